import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exec } from "../../src/cli/commands/exec.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

describe("exec", () => {
  let stage: Stage;
  const enter = () => stage.act((context) => exec({ target: "local", command: "/bin/sh -l" }, context));
  beforeAll(async () => {
    stage = new Stage();
    writeService(stage);
  });
  afterAll(() => stage.remove());

  it("says what is missing, step by step, and then how to enter a task", async () => {
    await expect(enter()).rejects.toThrow(
      "Service fairlead-app-dev-service does not exist. To create it: npx fairlead reconcile",
    );
    await stage.run("reconcile");
    await expect(enter()).rejects.toThrow("ECS Exec is disabled. Set service.enableExec to true");
    stage.edit({ service: { enableExec: true }, container: { readonlyRootFilesystem: false } });
    await expect(enter()).rejects.toThrow("ECS Exec is not enabled on service fairlead-app-dev-service yet.");
    await stage.run("reconcile");
    await expect(enter()).rejects.toThrow("No task of fairlead-app-dev-service is running.");
    await deployed(stage);
    const { exit, answer } = await enter();
    expect(exit).toBe(0);
    expect(answer).toMatch(
      /^aws ecs execute-command --region ap-northeast-1 --cluster fairlead-app-dev-cluster --task arn:aws:ecs:\S+ --container fairlead-app --command '\/bin\/sh -l' --interactive\n$/,
    );
  });
});
