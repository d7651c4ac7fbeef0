import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openGate, type Gate, type Strike } from "../crash/gate.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { NOTHING, WHOLE } from "./whole.ts";
import { startMoto, type Moto } from "./world.ts";

describe("a run that is interrupted with Ctrl-C", () => {
  const stack = project();
  let moto: Moto;
  let gate: Gate;

  const run = async (verb: string, heard?: (said: string) => void) => {
    const env = { ...moto.env, AWS_ENDPOINT_URL: gate.endpoint };
    const ended = await command(
      stack.directory,
      [verb, "--target", "aws", "--yes", "--json", ...moto.logged()],
      env,
      heard,
    );
    return { ...ended, json: (ended.stdout === "" ? undefined : JSON.parse(ended.stdout)) as Answer | undefined };
  };

  /** Signals to the run, whose lock says which process it is. */
  const interrupt = () => {
    const lock = readFileSync(join(stack.directory, ".fairlead", "fairlead-app-dev.json.lock"), "utf8");
    process.kill((JSON.parse(lock) as { pid: number }).pid, "SIGINT");
  };

  /** Runs a command that is interrupted at one of its calls, and again as soon as it has said that it stops where `again`. */
  const struck = (verb: string, at: Omit<Strike, "kill">, again = false) => {
    let left = again ? 1 : 0;
    gate.await({ ...at, kill: interrupt });
    return run(verb, (said) => {
      if (left > 0 && said.includes("Stopping:")) {
        left--;
        interrupt();
      }
    });
  };

  beforeAll(async () => {
    moto = await startMoto({ ready: "alb=3,nat=3,cloudfront=3,service=1" });
    gate = await openGate(moto.endpoint);
  });
  afterAll(async () => {
    await gate.close();
    moto.stop();
    stack.remove();
  });

  it("starts no new actions, finishes those in progress, and reports the result", async () => {
    const { code, stderr, json } = await struck("reconcile", { moment: "after", number: 12, answers: true });
    expect(code).toBe(1);
    expect(stderr).toContain("Stopping: finishing what is in progress, starting nothing new.");
    expect(stderr).toContain("No progress is lost: the next run continues from here.");
    expect(stderr).not.toContain("Failed:");
    const ends = new Map(json?.actions.map(({ id, outcome }) => [id, outcome]));
    expect([...ends.values()]).not.toContain("failed");
    expect(ends.get("network/vpc")).toBe("done");
    expect(ends.get("compute/service")).toBe("skipped");
    // What the run says it has made, and nothing else, is in the state, with its id.
    const state = readFileSync(join(stack.directory, ".fairlead", "fairlead-app-dev.json"), "utf8");
    const { resources } = JSON.parse(state) as { resources: Record<string, { id?: string; status: string }> };
    const made = [...ends].filter(([, outcome]) => outcome !== "skipped").map(([id]) => id);
    expect(Object.keys(resources).toSorted()).toEqual(made.toSorted());
    expect(Object.values(resources).every(({ id, status }) => id !== undefined && status === "created")).toBe(true);
  });

  it("ends at once the second time, and the next run copes", async () => {
    // The call hangs: nothing but the second signal ends the run.
    const { code, stderr } = await struck("reconcile", { moment: "before", number: 6 }, true);
    expect({ code, stderr }).toMatchObject({
      code: 130,
      stderr: expect.stringContaining("Stopped. The next run checks"),
    });
    gate.await();
    expect((await run("reconcile")).code).toBe(0);
    expect(await moto.count()).toEqual(WHOLE);
  });

  it("leaves a teardown for the next one to continue", async () => {
    const { code, stderr, json } = await struck("teardown", { moment: "after", number: 5, answers: true });
    expect(code).toBe(1);
    expect(stderr).not.toContain("Failed:");
    expect(json?.actions.map(({ outcome }) => outcome)).toContain("skipped");
    gate.await();
    expect((await run("teardown")).code).toBe(0);
    expect(await moto.count()).toEqual(NOTHING);
  });
});
