import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** What is wrong with the service, the cause that is named, and what is said of it. */
const FAILURES: readonly [string, string, string, RegExp][] = [
  ["a build that breaks", "# simulate: build-error", "build-failed", /build/i],
  ["an image that exits", "# simulate: exits", "container-exits", /exit/i],
  ["an image that answers the health check with an error", "# simulate: unhealthy", "target-unhealthy", /health/i],
  ["an image that is not there", "# simulate: missing-image", "image-missing", /image/i],
];

describe("a release that fails", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage();
    writeService(stage);
    await stage.run("reconcile");
    expect((await deployed(stage)).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  it.each(FAILURES)("for %s exits with 1, its cause, and what ran before", async (_what, line, cause, says) => {
    writeService(stage, line);
    const { exit, json, lines } = await deployed(stage);
    expect(exit).toBe(1);
    expect(json.release.ending).toBe("failed");
    expect(json.release.finding?.cause).toBe(cause);
    expect(json.release.finding?.what).toMatch(says);
    expect(json.release.finding?.fix).not.toBe("");
    const what = json.release.finding?.what;
    expect(lines.join("\n")).toContain(`Cause: ${what}`);
    expect(lines.join("\n")).toMatch(/The old version still serves: \d tasks of fairlead-app-dev:2 are running/);
    const toDo = lines.find((text) => text.startsWith("To do: ")) ?? "";
    expect(toDo.endsWith(": npx fairlead logs --build")).toBe(cause === "build-failed");
    // No docker can pull from the simulated registry, but the folder is here.
    const reproduces =
      /To reproduce it locally: docker run --rm -e PORT=5000 -p 5000:5000 "\$\(docker build -q service\)"$/;
    expect(reproduces.test(toDo)).toBe(cause === "container-exits");
    expect(toDo).not.toContain("amazonaws.com");
    // ECS still goes back, which is what status has to say, and not how to make it go back.
    const now = (await stage.type("status")).lines.join("\n");
    expect(now.includes(`ECS is rolling release ${json.release.executionId} back: `)).toBe(cause !== "build-failed");
    expect(now).not.toContain("To stop it and roll back");
    const { executionId } = json.release;
    const told = (await stage.type("releases")).lines.join("\n");
    expect(told.includes(`${executionId}  rolling back`)).toBe(cause !== "build-failed");
    const listed = JSON.parse((await stage.type("releases", "--json")).answer) as { releases: object[] };
    expect(listed.releases).toContainEqual(expect.objectContaining({ executionId, cause: what }));
    const [run] = JSON.parse((await stage.type("history", "--limit", "1", "--json")).answer) as object[];
    expect(run).toMatchObject({ verb: "deploy", outcome: "failed", error: what, release: executionId });
    expect((await stage.type("history", "--limit", "1")).lines.join("\n")).toContain(` s: ${what?.slice(0, 60)}`);
    // Ten minutes later ECS is through with going back: what ran before runs still, and nothing is left to mend.
    const { world } = stage.world();
    world.data.now += 600_000;
    world.save();
    expect((await stage.run("status")).json).toMatchObject({
      service: { ready: true, taskDefinition: "fairlead-app-dev:2" },
    });
    expect(await stage.planned()).toEqual({});
  });
});

describe("a first release that fails", () => {
  it.each(FAILURES)("for %s reports its cause", async (_what, line, cause) => {
    const stage = new Stage();
    writeService(stage, line);
    await stage.run("reconcile");
    const { exit, json, lines } = await deployed(stage);
    expect(exit).toBe(1);
    expect(json.release.finding?.cause).toBe(cause);
    expect(lines.join("\n")).not.toMatch(/The old version/);
    stage.remove();
  });
});
