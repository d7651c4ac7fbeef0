import { rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { runCommandLine } from "../../src/cli/main.ts";
import { paused } from "../support/paused.ts";
import { writeService } from "../support/service.ts";
import { Stage, type Said } from "../support/stage.ts";
import { holderOf } from "../support/states.ts";

const LOCAL = { target: "local" } as const;

describe("a lock that a run in another terminal holds", { timeout: 180_000 }, () => {
  const stage = new Stage();
  const world = join(stage.directory, ".fairlead", "local", "world.json.lock");
  let standing: () => void;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    standing = stage.keep();
  });
  beforeEach(() => standing());
  afterEach(() => rmSync(world, { force: true }));
  afterAll(() => stage.remove());

  /** Somebody else's run, of a process that lives: this one. */
  const lock = (verb = "reconcile") =>
    writeFileSync(world, JSON.stringify(holderOf(verb, { pid: process.pid, host: hostname(), process: undefined })));
  /** Runs a command line, and is told its lines. */
  const typed = (reads: (line: string) => void, ...argv: string[]) =>
    stage.act((context) => runCommandLine(argv, context), { choose: () => Promise.resolve(undefined), reads });

  it("is named with who holds it, since when, and how to wait for it", async () => {
    lock();
    const { exit, errors } = await stage.type("reconcile");
    expect(exit).toBe(4);
    expect(errors.join("\n")).toBe(
      `Error: The state has been locked by ann@there (reconcile, process ${process.pid}) since 2026-01-01T00:00:00.000Z. To wait until that run has finished: npx fairlead status --wait. If its process no longer exists, remove the lock: npx fairlead state unlock`,
    );
  });

  it("is waited for by status --wait, which then shows what that run has left", async () => {
    stage.edit({ tags: { Team: "shop" } });
    let status: Promise<Said> | undefined;
    const { ended, met } = await paused(stage.directory, ["reconcile"], async () => {
      // The answer is awaited once the run goes on.
      const told = await new Promise<string>((resolve) => {
        const reads = (line: string) => void (line.startsWith("Waiting for") && resolve(line));
        status = typed(reads, "status", "--wait");
      });
      return told;
    });
    expect(ended.code).toBe(0);
    expect(met).toMatch(/^Waiting for the reconcile by \S+ \(process \d+\) since 20\S+Z: \d+ of \d+ done/);
    expect(await status).toMatchObject({ exit: 0, errors: [] });
    expect((await stage.type("plan", "--check")).exit).toBe(0);
    stage.edit({});
  });

  it("is waited for no longer than --timeout says", async () => {
    lock("teardown");
    const { exit, lines } = await stage.say("status", { wait: true, timeout: 1 });
    expect(exit).toBe(1);
    expect(lines.at(-1)).toMatch(
      /^Still in progress after .+: the teardown by ann@there \(process \d+\) since 2026-01-01T00:00:00Z\. To keep waiting: npx fairlead status --wait$/,
    );
  });

  it("is waited for no longer than until Ctrl-C, and not at all where its process is gone", async () => {
    lock();
    const stopping = new AbortController();
    const reads = (line: string) => void (line.startsWith("Waiting for") && stopping.abort(new Error("stopped")));
    const { exit } = await stage.act(
      (context) => runCommandLine(["status", "--wait"], { ...context, stop: stopping.signal }),
      { choose: () => Promise.resolve(undefined), reads },
    );
    expect(exit).toBe(1);
    writeFileSync(world, JSON.stringify(holderOf("reconcile")));
    const gone = await stage.type("status", "--wait");
    expect([gone.exit, gone.lines.filter((line) => line.startsWith("Waiting for"))]).toEqual([0, []]);
  });

  it("is waited for by a deploy whose question was answered meanwhile, with who holds it and what to do", async () => {
    writeService(stage, "", {});
    const waits: string[] = [];
    const { exit, lines } = await stage.act(
      (context) => deploy("service", { ...LOCAL, config: "stack.config.ts" }, context),
      {
        choose: () => {
          lock();
          return Promise.resolve("Approved");
        },
        reads: (line) => {
          if (!line.startsWith("Waiting for the lock")) return;
          waits.push(line);
          rmSync(world);
        },
      },
    );
    expect(waits).toEqual([
      `Waiting for the lock: The state has been locked by ann@there (reconcile, process ${process.pid}) since 2026-01-01T00:00:00.000Z. To wait until that run has finished: npx fairlead status --wait. If its process no longer exists, remove the lock: npx fairlead state unlock`,
    ]);
    expect([exit, lines.filter((line) => line.startsWith("Live in "))]).toEqual([0, [expect.any(String)]]);
  });

  it("is waited for by such a deploy until Ctrl-C, which leaves the release waiting", async () => {
    writeService(stage, "", { "version.txt": "2" });
    const stopping = new AbortController();
    const { exit, lines } = await stage.act(
      (context) => deploy("service", LOCAL, { ...context, stop: stopping.signal }),
      {
        choose: () => {
          lock();
          return Promise.resolve("Approved");
        },
        reads: (line) => void (line.startsWith("Waiting for the lock") && stopping.abort(new Error("stopped"))),
      },
    );
    expect(exit).toBe(1);
    expect(lines.at(-1)).toMatch(
      /^Release \S+ is not affected\. It is waiting, as shown above\. To follow it again: npx fairlead deploy --attach \S+$/,
    );
    rmSync(world);
    expect((await stage.type("approve")).exit).toBe(0);
  });
});
