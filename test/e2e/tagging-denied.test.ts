// First: it takes the place of what the others load.
import { calm, scene } from "../support/scene.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsError } from "../support/failing.ts";
import { makeDoubles } from "../support/foreign.ts";
import { Stage } from "../support/stage.ts";

describe("a plan whose user has no access to the Resource Groups Tagging API", () => {
  const stage = new Stage();
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "GetResources")
        throw awsError("AccessDeniedException", "User is not authorized to perform: tag:GetResources", 400);
    };
  });
  afterAll(() => {
    calm();
    stage.remove();
  });

  it("reads each service's own list instead, finds the same, and says what to allow", async () => {
    const doubles = await stage.meddle(makeDoubles);
    const { exit, lines } = await stage.say("plan");
    expect(exit).toBe(0);
    const text = lines.join("\n");
    for (const id of Object.values(doubles)) expect(text).toContain(id);
    expect(text).toContain("Grant tag:GetResources to the credentials that run Fairlead.");
  });

  it("deletes what it finds that way", async () => {
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary).toMatchObject({ deleted: 5, failed: 0 });
    expect(await stage.planned()).toEqual({});
  });
});
