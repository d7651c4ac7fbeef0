import { afterEach, describe, expect, it } from "vitest";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

let stage: Stage | undefined;
afterEach(() => stage?.remove());

describe("tasks that may take an hour to finish their requests", () => {
  it("are waited for by a reconcile that replaces them, and by a teardown", async () => {
    const balancer = { deregistrationDelay: 3600 };
    stage = new Stage({ balancer });
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    stage.edit({ balancer, container: { environment: { MODE: "new" } } });
    const edited = await stage.run("reconcile");
    expect(edited.exit).toBe(0);
    expect(edited.json.seconds).toBeGreaterThan(3_200);
    const torn = await stage.run("teardown");
    expect(torn.exit).toBe(0);
    expect(torn.json.seconds).toBeGreaterThan(3_200);
    expect(torn.lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
