import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TIMING } from "../../src/simulator/timing.ts";
import { changed } from "../support/changed.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

interface Waited {
  readonly waited: { readonly seconds: number; readonly inProgress: readonly string[]; readonly stopped: boolean };
  readonly calls: number;
  readonly layers: readonly { readonly waiting: readonly string[] }[];
}

/** How long AWS takes differs from stage to stage: here the distribution is the last one in all of them. In seconds. */
const DISTRIBUTION_LAST: Partial<Record<keyof typeof TIMING, number>> = { distribution: 900 };

/** One life of a stack whose runs end before AWS is ready. */
describe("reconcile --no-wait", () => {
  const stage = new Stage();
  let asUsual = () => {};
  beforeAll(() => void (asUsual = changed(TIMING, DISTRIBUTION_LAST)));
  afterAll(() => {
    asUsual();
    stage.remove();
  });
  /** What the first run did not wait for. */
  let going: readonly string[] = [];
  const waited = async (...argv: string[]) => {
    const { exit, answer } = await stage.type("status", "--wait", "--json", ...argv);
    return { exit, json: JSON.parse(answer) as Waited };
  };

  it("ends with what is in progress and how long it usually takes, exit code 0", async () => {
    const { exit, lines } = await stage.type("reconcile", "--no-wait");
    expect(exit).toBe(0);
    const text = lines.join("\n");
    expect(text).toContain("Done in ");
    expect(text).toMatch(/All calls are made\. Still in progress:\n {2}creating .*which usually takes /);
    expect(text).toMatch(/^ {2}creating edge\/distribution, which usually takes /m);
    expect(text).toMatch(/\nTo wait for it: npx fairlead status --wait$/m);
    going = text.match(/(?<=^ {2}creating )[^,\n]+/gm) ?? [];
    expect(going).toContain("edge/distribution");
  });

  it("is a run like any other to later ones: nothing is created twice, and a plan says what is not ready", async () => {
    const text = (await stage.type("plan")).lines.join("\n");
    expect(text).toContain(`Not ready yet: ${going.join(", ")}; reconcile waits until `);
    const { exit, json } = await stage.run("reconcile", { wait: false });
    const left = json.actions.filter(({ outcome }) => outcome === "in-progress");
    expect({ exit, summary: json.summary }).toMatchObject({
      exit: 0,
      summary: { created: 0, inProgress: left.length },
    });
    expect(left.map(({ id }) => id)).toContain("edge/distribution");
    expect(left[0]).toMatchObject({ usual: expect.any(Number) as number });
    expect(left.filter(({ id }) => !going.includes(id))).toEqual([]);
    expect((await stage.type("plan", "--check")).exit).toBe(0);
  });

  it("is waited for by status --wait, within its time", async () => {
    const early = await waited("--timeout", "10s");
    const asked = early.json.calls;
    expect(early.exit).toBe(1);
    expect(early.json.waited).toMatchObject({ seconds: 10, stopped: false });
    expect(early.json.waited.inProgress).toContain("edge/distribution");
    const late = await waited();
    expect({ exit: late.exit, going: late.json.waited.inProgress }).toEqual({ exit: 0, going: [] });
    expect(late.json.waited.seconds).toBeGreaterThan(30);
    // Between the first look and the last only what is in progress is asked for: a call or two each, not the whole stack.
    const looks = late.json.waited.seconds / 5;
    expect(late.json.calls).toBeLessThan(2 * asked + looks * 2 * early.json.waited.inProgress.length);
    expect(late.json.layers.flatMap(({ waiting }) => waiting)).toEqual([]);
    // The time that passed has passed for other commands too.
    expect((await stage.type("plan")).lines.join("\n")).not.toContain("Not ready yet");
    expect((await waited()).json.waited.seconds).toBe(0);
  });

  it("and teardown --no-wait leaves nothing that another teardown would not delete", async () => {
    expect((await stage.type("reconcile", "-q")).exit).toBe(0);
    const { exit, lines } = await stage.type("teardown", "--no-wait", "--yes");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/Receipt: (?:no resources|only what is still being deleted)/);
    expect((await stage.type("teardown", "--yes")).exit).toBe(0);
    expect(Object.keys(stage.things()).filter((table) => table.startsWith("ec2."))).toEqual([]);
  });

  it("leaves a release to go on by itself: deploy --no-wait", async () => {
    expect((await stage.type("reconcile", "-q")).exit).toBe(0);
    writeService(stage);
    const { exit, lines, answer } = await stage.type("deploy", "--no-wait");
    const [, id] = /^To follow it: npx fairlead deploy --attach (\S+)$/m.exec(lines.join("\n")) ?? [];
    expect({ exit, answer }).toEqual({ exit: 0, answer: `${id}\n` });
    // Once for people, in what they paste, and once for programs.
    expect(lines.join("\n").split(id ?? "")).toHaveLength(2);
    expect(lines).toContain("The release has started.");
    expect((await stage.type("deploy", "--attach", id ?? "", "--approve")).lines.join("\n")).toContain("Live in ");
    expect((await stage.type("deploy", "--detach", "--json")).answer).toContain('"executionId"');
  });

  it("status --timeout needs --wait", async () => {
    const { exit, errors } = await stage.type("status", "--timeout", "10s");
    expect({ exit, errors }).toEqual({ exit: 2, errors: [expect.stringMatching(/--timeout .*--wait/)] });
  });
});
