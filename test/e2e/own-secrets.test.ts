import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  TagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, describe, expect, it } from "vitest";
import { secretSet } from "../../src/cli/commands/secret/set.ts";
import type { SimSecret } from "../../src/simulator/secretsmanager/records.ts";
import { setEvents } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const [FIRST, SECOND, THIRD] = ["value-one-4711", "value-two-4712\nwith a second line", "value-three-4713"] as const;
const config = { container: { secrets: { API_KEY: { own: "API_KEY" } } } } as const;

describe("the secrets that a person stores", () => {
  const stage = new Stage(config);
  const said: string[] = [];
  afterAll(() => stage.remove());

  const valueOf = (name: string) => {
    const table = stage.world().world.data.tables["secretsmanager.secrets@ap-northeast-1"] ?? {};
    const secret = table[`${PREFIX}/${name}`] as SimSecret | undefined;
    return secret?.versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;
  };
  const type = async (...argv: string[]) => {
    const ended = await stage.type(...argv);
    said.push(...ended.lines, ended.answer);
    return ended;
  };
  /** Runs a command with this on standard input. */
  const pipe = async (text: string, ...argv: string[]) => {
    stage.piped = text;
    const ended = await type(...argv);
    stage.piped = undefined;
    return ended;
  };

  it("are missed by a plan, with the command that stores one", async () => {
    const { exit, json } = await stage.run("plan");
    expect(exit).toBe(1);
    expect(json.problems).toEqual([
      "Service web: API_KEY is read from the stack's own secret API_KEY, which does not exist. Set its value: npx fairlead secret set API_KEY",
    ]);
  });

  it("are stored from a hidden prompt, before the stack exists, in a log that does not show them", async () => {
    const log = join(stage.directory, "calls.log");
    const ended = await stage.act((context) => secretSet("API_KEY", { target: "local", json: true, log }, context), {
      choose: async () => undefined,
      hidden: async () => FIRST,
    });
    expect(ended.exit).toBe(0);
    expect(JSON.parse(ended.answer)).toMatchObject({
      secret: { name: "API_KEY", secret: `${PREFIX}/API_KEY`, outcome: "created", services: ["web"], restarted: [] },
    });
    expect(valueOf("API_KEY")).toBe(FIRST);
    said.push(...ended.lines, ended.answer, readFileSync(log, "utf8"));
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("that are changed reach tasks when they are replaced, and a plan says until then that they are not", async () => {
    const { lines } = await pipe(`${SECOND}\n`, "secret", "set", "API_KEY");
    expect(valueOf("API_KEY")).toBe(SECOND);
    expect(lines.at(-1)).toBe(
      "web reads it. Running tasks keep the value that they started with. To replace them: npx fairlead secret restart",
    );
    const plan = await type("plan");
    expect(plan.lines.join("\n")).toMatch(
      /Note: 2 tasks of web started before API_KEY was last changed, .* ago\. To replace them: npx fairlead secret restart/,
    );
    expect(await stage.planned()).toEqual({});
    const restart = await type("secret", "restart");
    expect(restart.exit).toBe(0);
    expect(restart.lines.join("\n")).toContain("Replacing the tasks of web:");
    expect((await type("plan")).lines.join("\n")).not.toContain("started before");
    expect((await type("secret", "restart")).lines.at(-1)).toBe(
      "All tasks started after their secrets were last changed.",
    );
  });

  it("are replaced and reach the tasks in one go with --restart; a tag alone is no new value", async () => {
    writeFileSync(join(stage.directory, "value.txt"), `${THIRD}\n`);
    const ended = await type("secret", "set", "API_KEY", "--file", "value.txt", "--restart", "--json");
    expect(ended.exit).toBe(0);
    expect(JSON.parse(ended.answer)).toMatchObject({
      secret: { outcome: "updated", restarted: [{ service: "web", ending: "live" }] },
    });
    expect(valueOf("API_KEY")).toBe(THIRD);
    await stage.meddle((aws) =>
      aws.secretsManager(
        new TagResourceCommand({ SecretId: `${PREFIX}/API_KEY`, Tags: [{ Key: "team", Value: "shop" }] }),
      ),
    );
    expect((await type("plan")).lines.join("\n")).not.toContain("started before");
  });

  it("are listed with age and readers, and without values", async () => {
    await pipe("x", "secret", "set", "UNUSED");
    await stage.meddle(async (aws, clock) => {
      await aws.secretsManager(new CreateSecretCommand({ Name: `${PREFIX}/HANDMADE`, SecretString: "x" }));
      await aws.secretsManager(new CreateSecretCommand({ Name: `${PREFIX}-other/API_KEY`, SecretString: "x" }));
      await clock.sleep(60_000);
    });
    const { lines } = await type("secret", "list");
    expect(lines.slice(1)).toEqual([
      expect.stringMatching(/^API_KEY {3}set, changed .* ago, read by web$/) as string,
      expect.stringMatching(/^HANDMADE {2}not created by Fairlead, changed .* ago, read by no service$/) as string,
      expect.stringMatching(/^UNUSED {4}set, changed .* ago, read by no service$/) as string,
    ]);
    const { answer } = await type("secret", "list", "--json");
    expect(JSON.parse(answer)).toMatchObject({
      secrets: [{ name: "API_KEY", keeper: "set", services: ["web"] }, { keeper: "other" }, { name: "UNUSED" }],
    });
  });

  it("are not changed or deleted if someone else created them, and not deleted while a service reads them", async () => {
    const set = await pipe("y", "secret", "set", "HANDMADE");
    expect(set.exit).toBe(1);
    expect(set.lines.join("\n")).toContain("was not created by fairlead secret set or by this stack");
    expect((await type("secret", "rm", "HANDMADE", "--yes")).exit).toBe(1);
    expect((await type("secret", "rm", "NONE", "--yes")).exit).toBe(2);
    const named = await type("secret", "rm", "API_KEY", "--yes");
    expect(named.exit).toBe(1);
    expect(named.lines.join("\n")).toContain(`web reads secret ${PREFIX}/API_KEY.`);
    stage.edit({});
    const running = await type("secret", "rm", "API_KEY", "--yes");
    expect(running.exit).toBe(1);
    expect(running.lines.join("\n")).toContain(`Running tasks of web still read secret ${PREFIX}/API_KEY.`);
    stage.edit(config);
    expect(valueOf("API_KEY")).toBe(THIRD);
  });

  it("that someone deletes are named by the task that cannot read them, with the command that restores them", async () => {
    const back = stage.keep();
    await stage.meddle((aws) => aws.secretsManager(new DeleteSecretCommand({ SecretId: `${PREFIX}/API_KEY` })));
    const { lines } = await type("task", "web", "--", "true");
    expect(lines.join("\n")).toContain("is scheduled for deletion, so no task can read it.");
    expect(lines.join("\n")).toContain("npx fairlead secret set API_KEY");
    back();
  });

  it("are deleted with a window in which a new value restores them", async () => {
    const { exit, lines } = await type("secret", "rm", "UNUSED", "--yes");
    expect(exit).toBe(0);
    expect(lines.at(-1)).toMatch(/^Deleted .* until .*; npx fairlead secret set UNUSED restores it\.$/);
    expect(valueOf("UNUSED")).toBeUndefined();
    expect((await pipe("again", "secret", "set", "UNUSED")).lines.join("\n")).toContain("Restored, with a new value,");
    expect(valueOf("UNUSED")).toBe("again");
  });

  it("are refused with an empty value, without one, or with a name that AWS confuses", async () => {
    for (const [text, ...argv] of [
      ["\n", "API_KEY"],
      [undefined, "API_KEY"],
      ["x", "KEY-abcdef"],
      ["x", "a/b"],
      ["x", "API_KEY", "--file", "none.txt"],
    ] as const) {
      stage.piped = text;
      expect((await type("secret", "set", ...argv)).exit).toBe(2);
    }
    stage.piped = undefined;
    // A value as an argument would be in the shell's history.
    expect((await type("secret", "set", "API_KEY", "as-an-argument")).exit).not.toBe(0);
    expect(valueOf("API_KEY")).toBe(THIRD);
  });

  it("stay when the stack is torn down, since they were there before it", async () => {
    expect((await stage.run("teardown")).exit).toBe(0);
    const { DeletedDate } = await stage
      .world()
      .aws.secretsManager(new DescribeSecretCommand({ SecretId: `${PREFIX}/API_KEY` }));
    expect(DeletedDate).toBeUndefined();
  });

  it("are in no line, answer, log, state, history or backup", () => {
    const left = readdirSync(stage.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !["world.json", "value.txt"].includes(entry.name))
      .map(({ parentPath, name }) => readFileSync(join(parentPath, name), "utf8"));
    for (const value of [FIRST, SECOND.slice(0, 14), THIRD]) expect([...said, ...left].join("\n")).not.toContain(value);
  });
});
