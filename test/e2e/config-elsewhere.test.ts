import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { execSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plan } from "../../src/cli/commands/plan.ts";
import { reconcile } from "../../src/cli/commands/reconcile.ts";
import { Stage } from "../support/stage.ts";

const LOCAL = { target: "local", json: true } as const;
const CONFIG = "infra/stack.config.ts";

describe("a stack whose config is in its own folder", () => {
  let stage: Stage;
  const file = (...path: string[]) => join(stage.directory, ...path);
  beforeEach(() => {
    stage = new Stage();
    mkdirSync(file("infra"));
    renameSync(file("stack.config.ts"), file(CONFIG));
  });
  afterEach(() => stage.remove());
  const within = (folder: string, config: string) =>
    stage.act((context) => plan({ ...LOCAL, config }, { ...context, directory: file(folder) }));
  const changes = ({ answer }: { readonly answer: string }) =>
    (JSON.parse(answer) as { summary: { unchanged: number; created: number } }).summary;

  it("has one state, whichever folder a command is run in", async () => {
    const made = await stage.act((context) => reconcile({ ...LOCAL, config: CONFIG }, context));
    expect(made.exit).toBe(0);
    expect(existsSync(file(".fairlead"))).toBe(false);
    expect(existsSync(file("infra/.fairlead/fairlead-app-dev.json"))).toBe(true);
    mkdirSync(file("other"));
    for (const [folder, config] of [
      [".", CONFIG],
      ["infra", "stack.config.ts"],
      ["other", "../infra/stack.config.ts"],
    ] as const)
      expect(changes(await within(folder, config))).toMatchObject({ created: 0, unchanged: 42 });
  });

  it("is not created again next to a state that was stored in the current folder, which a command moves", async () => {
    await stage.act((context) => reconcile({ ...LOCAL, config: CONFIG }, context));
    // As it was kept by Fairlead 0.1.
    cpSync(file("infra/.fairlead"), file("state"), { recursive: true });
    rmSync(file("infra/.fairlead"), { recursive: true });
    const before = readFileSync(file("state/fairlead-app-dev.json"), "utf8");
    const refused = await within(".", CONFIG).catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ name: "UsageError" });
    const { message } = refused as Error;
    expect(message).toContain(`The state of fairlead-app dev is in ${file("state")}`);
    expect(readFileSync(file("state/fairlead-app-dev.json"), "utf8")).toBe(before);
    const [, command = ""] = /To move it: (.+)$/.exec(message) ?? [];
    execSync(command);
    expect(changes(await within(".", CONFIG))).toMatchObject({ created: 0, unchanged: 42 });
    expect(existsSync(file("state/fairlead-app-dev.json"))).toBe(false);
  });
});
