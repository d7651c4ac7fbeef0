import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LockedError } from "../../state/state.ts";
import { approve, reject } from "../../src/cli/commands/approve.ts";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { writeService } from "../support/service.ts";
import { Stage, type Person } from "../support/stage.ts";

const LOCAL = { target: "local" } as const;

/** Waits at a question until something else answers it. */
const leftAlone: Person["choose"] = (_question, _choices, signal) =>
  new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined), { once: true }));

describe("a deploy that waits at its prompt, on the local target", { timeout: 120_000 }, () => {
  const stage = new Stage();
  let before: () => void;
  let version = 0;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    before = stage.keep();
  });
  afterEach(() => before());
  afterAll(() => stage.remove());

  /** Deploys a new source, with a person at the terminal. */
  const deployed = (person?: Person) => {
    writeService(stage, "", { "version.txt": String(++version) });
    return stage.act((context) => deploy("service", { ...LOCAL, json: true }, context), person);
  };
  /** Approves as soon as the simulated AWS can be changed. */
  const approved = async (flags: object = {}): Promise<number> => {
    try {
      return (await stage.act((context) => approve(undefined, { ...LOCAL, ...flags }, context))).exit;
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      await new Promise((resolve) => setImmediate(resolve));
      return approved(flags);
    }
  };
  const ending = ({ answer }: { readonly answer: string }) =>
    (JSON.parse(answer) as { release: { ending: string } }).release.ending;

  it("continues when another terminal approves", async () => {
    let other: Promise<number> | undefined;
    const choose: Person["choose"] = (...question) => {
      other = approved({ detach: true });
      return leftAlone(...question);
    };
    const end = await deployed({ choose });
    expect(await other).toBe(0);
    expect([end.exit, ending(end)]).toEqual([0, "live"]);
  });

  it("ends when another terminal rejects", async () => {
    const choose: Person["choose"] = (...question) => {
      void stage.act((context) => reject(undefined, { ...LOCAL, reason: "not now" }, context));
      return leftAlone(...question);
    };
    const end = await deployed({ choose });
    expect([end.exit, ending(end)]).toEqual([1, "rejected"]);
  });

  it("asks again if another command has changed something else, and no simulated time passes at the prompt", async () => {
    const asked: number[] = [];
    const choose: Person["choose"] = (...question) => {
      asked.push(stage.world().world.data.now);
      if (asked.length > 1) return Promise.resolve("Approved");
      void stage.say("reconcile");
      return leftAlone(...question);
    };
    const end = await deployed({ choose });
    expect([end.exit, ending(end)]).toEqual([0, "live"]);
    expect(asked).toHaveLength(2);
    expect(end.lines.filter((line) => line.includes("? Approval:"))).toHaveLength(1);
    // The approval expires after seven days.
    expect((asked[1] ?? 0) - (asked[0] ?? 0)).toBeLessThan(3_600_000);
  });

  it("waits behind another release without polling for days, and continues when that one is answered", async () => {
    expect((await deployed()).exit).toBe(0);
    let other: Promise<number> | undefined;
    const end = await deployed({
      choose: () => Promise.resolve("Approved"),
      reads: (line) => {
        if (line.includes("is queued behind")) other ??= approved();
      },
    });
    expect(await other).toBe(0);
    expect([end.exit, ending(end)]).toEqual([0, "live"]);
    expect((JSON.parse(end.answer) as { calls: number }).calls).toBeLessThan(1_000);
  });

  it("says what it waits behind, and ends, if there is no terminal", async () => {
    await deployed();
    const second = await deployed();
    expect(second.exit).toBe(0);
    const text = second.lines.join("\n");
    expect(text).toMatch(/Release \S+ is queued behind \S+ in Approval\./);
    expect(text).toMatch(/To approve: npx fairlead approve\n.*To reject:  npx fairlead reject --reason WHY/);
    expect(second.lines.at(-1)).toMatch(/To follow it again: npx fairlead deploy --attach \S+$/);
  });
});
