import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rollback } from "../../src/cli/commands/rollback.ts";
import { begin, standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

/** Long enough for the simulated pipeline to build and to wait for the approval, and for ECS to be through, in seconds. */
const [UNTIL_APPROVAL, UNTIL_LIVE] = [600, 900];

const LOCAL = { target: "local" } as const;

describe("what reject and rollback say", { timeout: 120_000 }, () => {
  const stage = new Stage();

  beforeAll(async () => {
    await standReleased(stage);
  });
  afterAll(() => stage.remove());

  const live = async (version: number) => {
    const id = await begin(stage, version, UNTIL_APPROVAL);
    expect((await stage.type("approve", "--no-wait")).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(UNTIL_LIVE * 1_000));
    return id;
  };

  /** What `status` says of the service. */
  const runs = async () => (await stage.type("status")).lines.find((line) => line.startsWith("Service: ")) ?? "";

  it("reject names what it rejects and what comes next, and with another release's id rejects nothing", async () => {
    const id = await begin(stage, 2, UNTIL_APPROVAL);
    const other = await stage.type("reject", "01234567", "--reason", "no");
    expect(other.exit).toBe(1);
    expect(other.errors.join("\n")).toContain(
      `Release 01234567 does not wait for an approval; ${id} does. Nothing was rejected. To look at both: npx fairlead releases`,
    );
    const { exit, lines } = await stage.type("reject", id.slice(0, 8), "--reason", "wrong branch");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain(`release  ${id}`);
    expect(lines.slice(-2)).toEqual(["Rejected.", "To release something else: npx fairlead deploy"]);
    const nothing = await stage.type("reject", "--reason", "no");
    expect([nothing.exit, nothing.errors.join("\n")]).toEqual([
      1,
      expect.stringContaining("To look at the releases: npx fairlead releases"),
    ]);
  });

  it("rollback says from what to what, of which source, and how it ended", async () => {
    await live(3);
    const { exit, lines } = await stage.type("rollback", "--yes");
    expect(exit).toBe(0);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^Rolling back from fairlead-app-dev:3 to the image of fairlead-app-dev:2, sha256:\w+, .+: \S+@sha256:\w+\.$/,
      ),
    );
    expect(lines.join("\n")).toMatch(/^Live in /m);
    const again = await stage.type("rollback", "fairlead-app-dev:2", "--yes");
    expect([again.exit, again.lines.at(-1)]).toEqual([
      0,
      "The service already runs fairlead-app-dev:2. To look at the releases: npx fairlead releases",
    ]);
    const unknown = await stage.type("rollback", "fairlead-app-dev:99", "--yes");
    expect([unknown.exit, unknown.errors.join("\n")]).toEqual([2, expect.stringContaining("npx fairlead releases")]);
  });

  it("rollback changes nothing where the person declines, and says so", async () => {
    await live(4);
    const before = await runs();
    const { exit, lines } = await stage.act((context) => rollback(undefined, LOCAL, context), {
      choose: () => Promise.resolve(undefined),
    });
    expect([exit, lines.at(-1)]).toEqual([1, "No changes were made."]);
    expect(lines.at(-2)).toMatch(/^Rolling back from fairlead-app-dev:4 to the image of fairlead-app-dev:3, /);
    expect(await runs()).toBe(before);
    const { answer } = await stage.type("history", "--json", "--limit", "1");
    expect(JSON.parse(answer)).toMatchObject([{ verb: "rollback", outcome: "declined" }]);
  });

  it("rollback that is stopped in between says that ECS goes on with it, and ECS does", async () => {
    const stopping = new AbortController();
    const { exit, lines } = await stage.act(
      (context) => rollback(undefined, { ...LOCAL, yes: true }, { ...context, stop: stopping.signal }),
      {
        choose: () => Promise.resolve(undefined),
        // ECS has begun by then.
        reads: (line) =>
          void (line.includes("tasks: fairlead-app-dev:3 0 of 2 running") && stopping.abort(new Error("stopped"))),
      },
    );
    expect([exit, lines.at(-1)]).toEqual([1, "ECS continues the rollback. To see its progress: npx fairlead status"]);
    await stage.meddle((_aws, clock) => clock.sleep(UNTIL_LIVE * 1_000));
    expect(await runs()).toMatch(/^Service: 2 of 2 tasks run, revision fairlead-app-dev:3, /);
  });

  it("rollback keeps the settings of today, and names those that the former revision had otherwise", async () => {
    stage.edit({ container: { memory: 1024 } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await live(5);
    const { exit, lines } = await stage.type("rollback", "fairlead-app-dev:2", "--yes");
    expect(exit).toBe(0);
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^The current settings are kept\. fairlead-app-dev:2 had other values of .*memory.*, so a new revision is registered\.$/,
      ),
    );
    const { lines: after } = await stage.type("status");
    expect(after.join("\n")).toMatch(/^Service: 2 of 2 tasks run, revision fairlead-app-dev:\d+, image /m);
  });
});
