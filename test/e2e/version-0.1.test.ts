import { execSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plan } from "../../src/cli/commands/plan.ts";
import { services, taskDefinitions } from "../../src/simulator/ecs/records.ts";
import { present } from "../../src/simulator/ecs/present.ts";
import { simOf } from "../../src/simulator/simulator.ts";
import { VirtualClock } from "../../src/clock.ts";
import { World } from "../../src/simulator/world.ts";
import type { State } from "../../state/state.ts";
import { brokenAt } from "../support/request-path.ts";
import { Stage, type Answer } from "../support/stage.ts";

const RECORDED = new URL("../fixtures/fairlead-0.1/", import.meta.url);
const CONFIG = "infra/stack.config.ts";

/** What is called otherwise by today's version, and keeps the name that it has. */
const NAMED = [
  "balancer/target-group",
  "edge/headers-policy",
  "security/build-role",
  "security/events-role",
  "security/pipeline-role",
  "security/task-execution-role",
  "security/task-role",
];

describe("a released stack of Fairlead 0.1", () => {
  let stage: Stage;
  const file = (...path: string[]) => join(stage.directory, ...path);
  /** Below which the state and the world are now. */
  const folder = () => (existsSync(file(".fairlead")) ? ".fairlead" : "state");
  const state = () => JSON.parse(readFileSync(file(folder(), "fairlead-app-dev.json"), "utf8")) as State;
  const idsIn = ({ resources }: State) =>
    Object.fromEntries(
      Object.entries(resources).flatMap(([id, known]) => (id === "compute/task-definition" ? [] : [[id, known.id]])),
    );
  const namesIn = ({ resources }: State) => NAMED.map((id) => [id, resources[id]?.spec["name"]]);

  /** The images that run, and why a request would not be answered. */
  function served() {
    const world = World.open(file(folder(), "local", "world.json"), false);
    const sim = simOf({
      world,
      clock: new VirtualClock(world.data.now),
      account: "123456789012",
      region: "ap-northeast-1",
    });
    const tasks = Object.values(services(sim)).flatMap((service) => present(sim, service).tasks);
    const alive = tasks.filter(({ stoppedAt, stoppingAt }) => stoppedAt === undefined && stoppingAt === undefined);
    const containers = alive.flatMap(
      (task) => taskDefinitions(sim)[task.taskDefinition]?.definition.containerDefinitions ?? [],
    );
    const images = new Set(containers.map(({ image }) => image));
    return { images: [...images], broken: brokenAt(sim) };
  }

  // The state and the world as 0.1 left them, in the folder that it was run in.
  beforeEach(() => {
    stage = new Stage();
    mkdirSync(file("state", "local"), { recursive: true });
    cpSync(new URL("state.json", RECORDED), file("state/fairlead-app-dev.json"));
    cpSync(new URL("world.json", RECORDED), file("state/local/world.json"));
  });
  afterEach(() => stage.remove());

  it("shows what is migrated: its tags and comments, each resource updated in place under its existing name", async () => {
    expect(state()).toMatchObject({ version: 1 });
    expect(state()).not.toHaveProperty("name");
    const { exit, json } = await stage.run("plan");
    expect([exit, json.problems]).toEqual([0, []]);
    expect((await stage.say("plan")).lines.join("\n")).toContain(
      `The state is in ${file("state")}. The next command that changes something moves it to .fairlead beside the config.`,
    );
    const changed = json.actions.filter(({ action }) => action !== "noop");
    expect(new Set(changed.map(({ action }) => action))).toEqual(new Set(["update"]));
    const marked = changed.filter(({ differences = [] }) =>
      differences.some(({ path }) => path === "tags.fairlead:region" || path === "owner"),
    );
    expect(marked.length).toBeGreaterThan(30);
    // 0.1 called nothing drift that nobody changed, and no name differs.
    const differences = changed.flatMap(({ differences: all = [] }) => all);
    expect(differences.filter(({ cause, path }) => cause === "drift" || path === "name")).toEqual([]);
    expect(
      json.actions.filter(({ interrupts }: Answer["actions"][number] & { interrupts?: object }) => interrupts),
    ).toEqual([]);
  });

  it("is migrated by a reconcile, after which there are no changes", async () => {
    const [before, was] = [served(), state()];
    expect(before.broken).toBeUndefined();
    expect(before.images).toEqual([expect.stringMatching(/\/fairlead-app-dev:578de72$/)]);
    const migrated = await stage.run("reconcile");
    expect(migrated.exit).toBe(0);
    expect(migrated.lines).toContain(`Moved the state from ${file("state")} to ${file(".fairlead")}.`);
    expect(existsSync(file("state"))).toBe(false);
    expect(state()).toMatchObject({ version: 2, name: "fairlead-app", environment: "dev" });
    expect(idsIn(state())).toEqual(idsIn(was));
    expect(namesIn(state())).toEqual(namesIn(was));
    expect(await stage.planned()).toEqual({});
    expect(served()).toEqual(before);
    // A teardown finds all of it under its new marks.
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it("is read after it was moved from where 0.1 stored it, the current folder, next to a config elsewhere", async () => {
    mkdirSync(file("infra"));
    renameSync(file("stack.config.ts"), file(CONFIG));
    const planned = () => stage.act((context) => plan({ target: "local", json: true, config: CONFIG }, context));
    const [, command = ""] =
      /To move it: (.+)$/.exec(await planned().then(String, ({ message }: Error) => message)) ?? [];
    execSync(command);
    expect(existsSync(file("state/fairlead-app-dev.json"))).toBe(false);
    const { summary } = JSON.parse((await planned()).answer) as Answer;
    expect(summary).toMatchObject({ created: 0, replaced: 0, deleted: 0 });
    expect(summary["updated"]).toBeGreaterThan(30);
  });
});
