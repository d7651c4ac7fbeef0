import { afterEach, describe, expect, it } from "vitest";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { Stage } from "../support/stage.ts";

describe("a tag whose key differs only in case", () => {
  let stage: Stage;
  afterEach(() => stage.remove());

  it("is on every resource after one run, including the roles, where both spellings are one key", async () => {
    stage = new Stage({ tags: { Team: "shop" } });
    await stage.run("reconcile");
    stage.edit({ tags: { team: "shop" } });
    const { exit } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("is refused by IAM next to the other spelling", async () => {
    stage = new Stage();
    const { aws } = stage.world();
    const Tags = ["Team", "team"].map((Key) => ({ Key, Value: "a" }));
    const trust = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ecs-tasks.amazonaws.com" }, Action: "sts:AssumeRole" }],
    });
    const making = aws.iam(new CreateRoleCommand({ RoleName: "r", AssumeRolePolicyDocument: trust, Tags }));
    await expect(making).rejects.toThrow("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  });
});
