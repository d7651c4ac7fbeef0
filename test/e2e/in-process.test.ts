import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provision, remove } from "../../examples/tenants/provision.ts";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FairleadError, plan, reconcile, status, teardown, type ChangePlan, type PerRegion } from "../../src/index.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "fairlead-in-process-"));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const config = { name: "demo" };

/** The answer of a stack in one region. */
function single<Answer extends object>(answer: PerRegion<Answer>): Answer {
  if ("regions" in answer) throw new Error("It is in two regions.");
  return answer;
}

/** What a run is rejected with. */
async function failed(run: Promise<unknown>): Promise<FairleadError> {
  const error: unknown = await run.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof FairleadError) return error;
  throw new Error(`It was not rejected as it should be: ${String(error)}`);
}

/** A folder of its own for each of several stacks. */
const folder = (name: string) => {
  const path = join(directory, name);
  mkdirSync(path);
  return path;
};

describe("commands that a program runs", () => {
  it("answer what --json answers, through the whole life of a stack, and print nothing", async () => {
    const written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, "write"));
    const code = process.exitCode;
    const planned = single(await plan(config, { directory }));
    expect([planned.stack, planned.changes, planned.summary.created]).toEqual(["demo", true, 42]);
    const made = single(await reconcile(config, { directory }));
    expect([made.summary.created, made.summary.failed]).toEqual([42, 0]);
    expect(made.outputs["ecs_cluster_name"]).toBe("demo-dev-cluster");
    expect(single(await plan(config, { directory })).changes).toBe(false);
    const layers = single(await status(config, { directory })).layers;
    expect(layers.every(({ missing }) => missing.length === 0)).toBe(true);
    expect(existsSync(join(directory, ".fairlead"))).toBe(true);
    const ended = single(await teardown(config, { directory, yes: true }));
    expect([ended.summary.deleted, ended.receipt.left]).toEqual([42, []]);
    expect(written.map((spy) => spy.mock.calls)).toEqual([[], []]);
    expect(process.exitCode).toBe(code);
    vi.restoreAllMocks();
  });

  it("tell what happens while it happens, to each who iterates", async () => {
    const run = reconcile(config, { directory });
    const heard: string[] = [];
    const finished: string[] = [];
    const others = (async () => {
      for await (const event of run) {
        heard.push(event.event);
        if (heard.length === 3) break;
      }
    })();
    for await (const event of run) if (event.event === "finished") finished.push(`${event.region} ${event.id}`);
    await others;
    expect(heard).toHaveLength(3);
    expect(new Set(finished).size).toBe(42);
    expect(finished).toContain("ap-northeast-1 network/vpc");
    // One who comes late hears nothing more, and ends.
    for await (const event of run) throw new Error(`It is over: ${event.event}`);
    expect(single(await run).summary.created).toBe(42);
  });

  it("read the stack from a file too, and keep its state beside it", async () => {
    const sub = folder("sub");
    writeFileSync(join(sub, "stack.config.ts"), 'export default { name: "filed", environments: { prod: {} } };\n');
    const answer = single(await reconcile({ file: "sub/stack.config.ts" }, { directory, env: "prod" }));
    expect([answer.stack, answer.env]).toEqual(["filed", "prod"]);
    expect(existsSync(join(sub, ".fairlead", "filed-prod.json"))).toBe(true);
  });

  it("throw what is wrong with a message, advice, an exit code and the settings", async () => {
    const wrong = await failed(plan({ name: "demo", container: { cpu: 7 as 256 } }, { directory }));
    expect([wrong.exit, wrong.message]).toEqual([2, "The config is invalid. No changes were made."]);
    expect(wrong.problems.map(({ path }) => path)).toEqual(["container.cpu"]);
    const missing = await failed(plan({ file: "nowhere.ts" }, { directory }));
    expect([missing.exit, missing.message]).toEqual([2, expect.stringContaining("There is no nowhere.ts")]);
    // An iteration throws it as well.
    const events = (async () => {
      for await (const event of plan({ file: "nowhere.ts" }, { directory })) expect(event.event).toBe("said");
    })();
    expect((await failed(events)).message).toContain("There is no nowhere.ts");
  });

  it("show the plan to confirm before anything is changed, and change nothing on AWS without it", async () => {
    const shown: ChangePlan[] = [];
    const no = (planned: ChangePlan) => {
      shown.push(planned);
      return false;
    };
    const declined = await failed(reconcile(config, { directory, confirm: no }));
    expect([declined.exit, declined.message]).toEqual([1, "The plan was not confirmed. No changes were made."]);
    expect(shown.map(({ account, region, summary }) => [account, region, summary.created])).toEqual([
      ["123456789012", "ap-northeast-1", 42],
    ]);
    expect(shown[0]?.cost).toBeDefined();
    expect(single(await plan(config, { directory })).summary.created).toBe(42);

    await reconcile(config, { directory, confirm: async () => true });
    expect((await failed(teardown(config, { directory, confirm: no }))).message).toContain("was not confirmed");
    expect(shown[1]?.summary.deleted).toBe(42);
    // Without changes there is nothing to ask.
    expect(single(await reconcile(config, { directory, confirm: no })).summary.unchanged).toBe(42);

    for (const verb of [reconcile, teardown]) {
      const error = await failed(verb(config, { directory, target: "aws" }));
      expect([error.exit, error.message]).toEqual([2, expect.stringContaining("needs confirm")]);
    }
  });

  it("end as after Ctrl-C when the signal is aborted, with what was done, and go on from there", async () => {
    const stopping = new AbortController();
    const run = reconcile(config, { directory, signal: stopping.signal });
    const listening = (async () => {
      for await (const event of run) if (event.event === "finished" && event.id === "network/vpc") stopping.abort();
    })();
    const [error] = await Promise.all([failed(run), failed(listening)]);
    expect(error.exit).toBe(1);
    expect(error.answer).toMatchObject({ stack: "demo", actions: expect.any(Array) });
    const early = await failed(reconcile(config, { directory, signal: stopping.signal }));
    expect([early.exit, early.message]).toEqual([
      2,
      "The signal was aborted before reconcile began. No changes were made.",
    ]);
    expect(single(await reconcile(config, { directory })).summary.failed).toBe(0);
    expect(single(await plan(config, { directory })).changes).toBe(false);
  });

  it("keep each other out of one folder, as processes do", async () => {
    const both = await Promise.allSettled([reconcile(config, { directory }), reconcile(config, { directory })]);
    const locked = both.flatMap((one) => (one.status === "rejected" ? [one.reason as FairleadError] : []));
    expect(locked.map(({ exit }) => exit)).toEqual([4]);
  });

  it("run twenty stacks at once, none of which has anything of another, and all are torn down", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `stack-${index}`);
    const places = new Map(names.map((name) => [name, folder(name)]));
    const options = (name: string) => ({ directory: places.get(name) ?? "", yes: true });
    const heard = new Map<string, Set<string>>();
    const made = await Promise.all(
      names.map(async (name, index) => {
        const run = reconcile({ name, region: index % 2 ? "eu-west-1" : "us-east-1" }, options(name));
        const regions = new Set<string>();
        heard.set(name, regions);
        for await (const event of run) if (event.event === "finished") regions.add(event.region);
        return single(await run);
      }),
    );
    expect(made.map(({ stack, summary }) => [stack, summary.created])).toEqual(names.map((name) => [name, 42]));
    for (const [index, name] of names.entries()) {
      expect(made[index]?.outputs["ecs_cluster_name"]).toBe(`${name}-dev-cluster`);
      expect([...(heard.get(name) ?? [])]).toEqual([index % 2 ? "eu-west-1" : "us-east-1"]);
    }
    const ended = await Promise.all(
      names.map(async (name, index) =>
        single(await teardown({ name, region: index % 2 ? "eu-west-1" : "us-east-1" }, options(name))),
      ),
    );
    expect(ended.map(({ summary, receipt }) => [summary.deleted, receipt.left])).toEqual(names.map(() => [42, []]));
  });
});

describe("examples/tenants", () => {
  it("creates and deletes a stack for each tenant, and says what failed", async () => {
    const lines: string[] = [];
    const place = { folder: directory, say: (line: string) => void lines.push(line) };
    const addresses = await provision(["acme", "globex", "Not A Name"], place);
    expect(addresses.get("acme")).toMatch(/^https:\/\//);
    expect(addresses.get("Not A Name")).toBe("The config is invalid. No changes were made.");
    expect(lines.toSorted()).toEqual([
      "Not A Name: The config is invalid. No changes were made.",
      "acme: 42 created, 0 updated",
      "globex: 42 created, 0 updated",
    ]);
    await remove(["acme", "globex"], place);
    expect(lines.slice(3).toSorted()).toEqual(["acme: deleted", "globex: deleted"]);
  });
});
