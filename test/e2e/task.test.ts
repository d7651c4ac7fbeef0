import { ListTasksCommand } from "@aws-sdk/client-ecs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { task } from "../../src/cli/commands/task.ts";
import { deployed, writeService } from "../support/service.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const CLUSTER = "fairlead-app-dev-cluster";
const MIGRATION = {
  run: "npm run migrate",
  exit: 3,
  seconds: 40,
  lines: ["Migrating.", "Error: no such table"],
};

describe("a one-off task", { timeout: 120_000 }, () => {
  const stage = new Stage();
  let before: () => void;
  const running = () =>
    stage.meddle(async (aws) => (await aws.ecs(new ListTasksCommand({ cluster: CLUSTER }))).taskArns ?? []);

  it("is refused where there is no service, and where nothing was released", async () => {
    const none = await stage.type("task", "web", "--", "true");
    expect(none.exit).toBe(1);
    expect(none.lines.at(-1)).toContain(
      "No task was started. Service fairlead-app-dev-service does not exist. To create it: npx fairlead reconcile",
    );
    expect((await stage.run("reconcile")).exit).toBe(0);
    const unreleased = await stage.type("task", "web", "--", "true");
    expect(unreleased.exit).toBe(1);
    expect(unreleased.lines.at(-1)).toContain("web has not been released");
  });

  describe("of a service that runs", () => {
    beforeAll(async () => {
      await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
      writeService(stage, `# simulate: command ${JSON.stringify(MIGRATION)}`);
      expect((await deployed(stage)).exit).toBe(0);
      before = stage.keep();
    }, 120_000);
    afterEach(() => before());

    it("ends with 0 and its lines", async () => {
      const { exit, lines } = await stage.type("task", "web", "--", "echo", "hello", "there");
      expect(exit).toBe(0);
      expect(lines).toContain("hello there");
      expect(lines.at(-1)).toMatch(/^The container fairlead-app ended with .*exit code 0/);
    });

    it("ends with the exit code of its container", async () => {
      const { exit, lines } = await stage.type("task", "web", "--", "npm", "run", "migrate");
      expect(exit).toBe(3);
      expect(lines.indexOf("Migrating.")).toBeGreaterThan(0);
      expect(lines.indexOf("Error: no such table")).toBeGreaterThan(lines.indexOf("Migrating."));
    });

    it("tells programs each event as a line", async () => {
      const { exit, answer } = await stage.type("task", "web", "--json", "--", "npm", "run", "migrate");
      const events = answer
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>);
      expect(exit).toBe(3);
      expect(events[0]).toMatchObject({ event: "started" });
      expect(events).toContainEqual(expect.objectContaining({ event: "log", text: "Migrating." }));
      expect(events.at(-1)).toMatchObject({ event: "ended", exitCode: 3, finding: null });
    });

    it("tells why it never started, with what to do", async () => {
      const { exit, lines } = await stage.type("task", "web", "--", "ruby", "migrate.rb");
      expect(exit).toBe(1);
      const text = lines.join("\n");
      expect(text).toContain('exec: "ruby": executable file not found');
      expect(text).toContain("the image's ENTRYPOINT is still prepended to the command");
    });

    it("tells of a lack of capacity that ECS answers as a failure", async () => {
      const reason = "Capacity is unavailable at this time. Please try again later or in a different availability zone";
      await stage.meddle(async (_aws, _clock, world) => {
        world.table("~ecs.placement")["next"] = { reason, times: 1 };
      });
      const { exit, lines } = await stage.type("task", "web", "--", "true");
      expect(exit).toBe(1);
      expect(lines.join("\n")).toContain("AWS has no capacity for it at the moment");
    });

    it("is stopped when its time is up", async () => {
      const { exit, lines } = await stage.type("task", "web", "--timeout", "2m", "--", "sleep", "3600");
      expect(exit).toBe(1);
      expect(lines.join("\n")).toContain("has reached its --timeout of");
      expect(await running()).toHaveLength(2);
    });

    it("goes on by itself with --detach, and is followed by --attach", async () => {
      const { exit, answer } = await stage.type("task", "web", "--detach", "--", "npm", "run", "migrate");
      expect(exit).toBe(0);
      const attached = await stage.type("task", "web", "--attach", answer.trim());
      expect(attached.exit).toBe(3);
      expect(attached.lines).toContain("Migrating.");
    });

    it("is left running, or stopped, after Ctrl-C", async () => {
      const interrupted = async (answer: string) => {
        const stop = new AbortController();
        const choose = () => Promise.resolve(answer);
        return stage.act(
          (context) => task("web", ["sleep", "3600"], { target: "local" }, { ...context, stop: stop.signal }),
          { choose, reads: (line) => void (line.includes("running") && stop.abort(new Error("stop"))) },
        );
      };
      const left = await interrupted("leave");
      expect(left.exit).toBe(1);
      expect(left.lines.at(-1)).toMatch(
        /keeps running\. To follow it: .* --attach [0-9a-f]{32}\. To stop it: aws ecs stop-task/,
      );
      const stopped = await interrupted("stop");
      expect(stopped.lines.at(-1)).toContain("Stopped by");
      expect(await running()).toHaveLength(3);
    });

    it("does not keep the stack from its teardown", async () => {
      expect((await stage.type("task", "web", "--detach", "--", "sleep", "360000")).exit).toBe(0);
      expect((await stage.run("teardown")).exit).toBe(0);
      expect(stage.things()).toEqual({});
    });
  });

  it("says how it is called", async () => {
    const nothing = await stage.type("task", "web");
    expect(nothing.exit).toBe(2);
    expect(nothing.lines.join("\n")).toContain("Put it after two hyphens");
    expect((await stage.type("task", "wbe", "--", "true")).exit).toBe(2);
    expect((await stage.type("task", "web", "--cpu", "300", "--", "true")).exit).toBe(2);
    expect((await stage.type("task", "web", "--cpu", "256", "--memory", "8192", "--", "true")).exit).toBe(2);
    expect((await stage.type("job", "run", "web")).lines.join("\n")).toContain("web is not a job");
  });

  afterAll(() => stage.remove());
});
