import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Stage } from "../support/stage.ts";

/** Secrets where users put them; each has `hunter2` in it. */
const config = (n: number) => ({
  container: {
    command: ["run", `--password=hunter2-${n}`],
    environment: {
      DB_PASSWORD: `hunter2-${n}`,
      "spring.datasource.password": `hunter2-${n}`,
      CONNECTION: `Server=db;User=app;Password=hunter2-${n};`,
      DATABASE_URL: `postgres://app:hunter2-${n}@db.example.com/shop`,
      HOOK: `https://hooks.example.com/x?token=hunter2-${n}`,
    },
  },
  tags: { Token: `hunter2-${n}` },
});

describe("a value in the config that looks like a secret", () => {
  let stage: Stage;
  afterEach(() => stage.remove());

  it("appears in no plan, report, history or log, and its change is still detected", async () => {
    stage = new Stage(config(1));
    const told: string[] = [];
    const type = async (...argv: string[]) => {
      const { exit, lines, answer } = await stage.type(...argv);
      told.push([...lines, answer].join("\n"));
      return exit;
    };
    await type("plan", "--full");
    expect(await type("reconcile", "--yes", "--log", "first.log")).toBe(0);
    stage.edit(config(2));
    for (const flags of [["--full"], ["--json"]]) await type("plan", ...flags);
    expect(told.join("\n")).toContain("container.environment.DB_PASSWORD");
    expect(await type("reconcile", "--yes", "--json", "--log", "second.log", "--log-answers")).toBe(0);
    for (const command of [["history"], ["history", "--json"], ["status"], ["status", "--json"], ["state", "show"]])
      await type(...command);
    for (const log of ["first.log", "second.log"]) told.push(readFileSync(join(stage.directory, log), "utf8"));
    expect(told.join("\n")).not.toContain("hunter2");
    // What answers are made of is in the second log alone, and the environment that AWS repeats is nothing but strings there.
    expect(told.at(-2)).not.toContain('"answer":');
    expect(told.at(-1)).toContain('"taskDefinition.containerDefinitions[].environment[].value":["string"]');
    expect((await stage.type("plan", "--log-answers")).lines.join()).toContain("--log-answers needs --log FILE");
    // The calls themselves had it.
    expect(JSON.stringify(stage.world().world.data)).toContain("hunter2-2");
  });
});
