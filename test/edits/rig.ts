import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Aws } from "../../src/aws/aws.ts";
import { senders } from "../../src/aws/clients.ts";
import type { CallRecord } from "../../src/aws/clients.ts";
import { applyPlan } from "../../src/cli/apply-plan.ts";
import { deploy } from "../../src/cli/commands/deploy.ts";
import type { Purpose } from "../../src/cli/context.ts";
import { plainHold } from "../../src/cli/hold.ts";
import type { Connection } from "../../src/cli/connection.ts";
import type { Adoptions } from "../../src/engine/adopt.ts";
import { planned, type Planned } from "../../src/cli/planning.ts";
import { reportOf, type Report } from "../../src/cli/report.ts";
import { look, sessionOn, type Session } from "../../src/cli/session.ts";
import { apply } from "../../src/engine/apply.ts";
import { planTeardown } from "../../src/engine/plan.ts";
import { deletedIn, untilUnlisted } from "../../src/engine/until-unlisted.ts";
import { strays, sweep } from "../../src/engine/sweep.ts";
import { dealtWith } from "../../src/cli/receipt.ts";
import type { Sim } from "../../src/simulator/sim.ts";
import { VirtualClock } from "../../src/clock.ts";
import type { StackConfig } from "../../src/index.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { simOf, simulator, type Simulator, type SimulatorOptions } from "../../src/simulator/simulator.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { World, type WorldData } from "../../src/simulator/world.ts";
import type { State, StateStore } from "../../state/state.ts";
import { changed } from "../support/changed.ts";
import { SOURCE } from "../support/release.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";
import { announced } from "./outage.ts";
import { Recorder, type Done } from "./recorder.ts";

const SLOW = { ...TIMING };

/** What takes minutes on AWS and is polled meanwhile takes a part of that here: a walk has the same order of events in fewer looks. */
const QUICK: Partial<Record<keyof typeof TIMING, number>> = {
  distribution: 20,
  loadBalancer: 25,
  natGateway: 20,
  natGatewayDelete: 8,
  vpcEndpoint: 12,
  vpcEndpointDelete: 6,
};
/**
 * Shortens what takes minutes from here on; what it answers gives all of it its time back. The simulator has one timing for the whole
 * worker: a file that calls this does so in `beforeAll`, and the other in `afterAll`.
 */
export const shortened = (): (() => void) => changed(TIMING, QUICK);

const ACCOUNT = "123456789012";
const REGION = "ap-northeast-1";

/** How a state is read. */
type Reading = () => Promise<State | undefined>;

/** A world and the state of the stack in it, as plain data, and the config that both stand by. */
export interface Base {
  readonly config: StackConfig;
  readonly world: WorldData;
  readonly state: State;
}

/** A live, released stack, made by the command line itself. */
export async function releasedBase(config: StackConfig = {}): Promise<Base> {
  const stage = new Stage(config);
  try {
    const made = await stage.run("reconcile");
    const release = await released(stage, config);
    // The counts of a released stack.
    const raised = await stage.run("reconcile");
    if (made.exit !== 0 || release.exit !== 0 || raised.exit !== 0) throw new Error("The base could not be made.");
    const read = (...path: string[]) => readFileSync(join(stage.directory, ".fairlead", ...path), "utf8");
    return {
      config,
      world: JSON.parse(read("local", "world.json")) as WorldData,
      state: JSON.parse(read("fairlead-app-dev.json")) as State,
    };
  } finally {
    stage.remove();
  }
}

/** Releases what the config builds: one service from its folder, or several from that of the config. */
function released(stage: Stage, config: StackConfig) {
  if (config.services === undefined) {
    writeService(stage);
    return deployed(stage);
  }
  for (const { build } of resolveStack(config).services)
    if (build) {
      mkdirSync(join(stage.directory, build.context), { recursive: true });
      writeFileSync(join(stage.directory, build.context, build.dockerfile), SOURCE.Dockerfile);
    }
  return stage.act((context) => deploy(undefined, { target: "local", json: true, approve: true }, context));
}

/** What a reconcile of a rig came to. */
export interface Ran {
  readonly planned: Planned;
  /** Left out where the plan was refused. */
  readonly report?: Report;
  /** What its kinds were asked to do, by the resource that it was done to. */
  readonly done: ReadonlyMap<string, readonly Done[]>;
}

/** Stands for the end of the process in the middle of a run. */
export class Death extends Error {
  override readonly name = "Death";
}

/**
 * A stack in a world in memory, worked on by the command line's own functions below the commands: plan and reconcile without files, and
 * with the simulator behind `senders` in the place of the SDK's clients. So a walk takes a fraction of the time.
 */
export class Rig {
  readonly world: World;
  readonly clock: VirtualClock;
  state: State | undefined;
  /** Told of every attempt of every call. */
  called: (record: CallRecord) => void = () => {};
  /** Around every operation of the simulator, as `SimulatorOptions.intercept`. */
  intercept: NonNullable<SimulatorOptions["intercept"]> = () => {};
  /** The resource that a call of the run is made for; `undefined` where it is for none. */
  worksFor: () => string | undefined = () => undefined;
  /** Set once the process that works on it has died: nothing of it reaches AWS or the state any more. */
  dead = false;

  private constructor(world: World, state: State | undefined, clock: VirtualClock) {
    this.world = world;
    this.state = state;
    this.clock = clock;
  }

  /** A rig of its own that goes on from `base`. */
  static from({ world, state }: Pick<Base, "world"> & { readonly state: State | undefined }): Rig {
    return new Rig(World.of(structuredClone(world)), state, new VirtualClock(world.now));
  }

  /** A way to send commands; `pulse` is asked before each and may throw. */
  aws(): Aws {
    const { world, clock } = this;
    const plugin = simulator({
      world,
      clock,
      account: ACCOUNT,
      region: REGION,
      intercept: (moment, call) => this.intercept(moment, call),
    });
    const answer: Simulator["answer"] = (call) => {
      if (this.dead) throw new Death("The process is dead.");
      return plugin.answer(call);
    };
    const services = senders({
      region: REGION,
      plugin: { ...plugin, answer },
      latency: TIMING.call * 1000,
      retrying: { clock, random: () => world.random() },
      called: (record) => this.called(record),
    });
    const owner = { name: "fairlead-app", environment: "dev", region: REGION };
    return { account: ACCOUNT, partition: "aws", region: REGION, stack: "fairlead-app-dev", owner, ...services };
  }

  /** A store that keeps the state as it is: what a run writes never changes afterwards. */
  #store(): StateStore {
    const nobody = async () => undefined;
    return {
      where: "memory",
      read: async () => this.state,
      write: async (state) => {
        if (this.dead) throw new Death("The process is dead.");
        this.state = Object.keys(state.resources).length === 0 ? undefined : state;
      },
      replace: async (state) => void (this.state = state),
      lock: async () => async () => {},
      check: async () => {},
      holder: nobody,
      unlock: nobody,
      backups: async () => [],
      readBackup: nobody,
      prepareWrite: () => {},
      prepareRecord: () => {},
      record: async () => 1,
      runs: async () => [],
      progress: nobody,
      reporting: () => ({ start: async () => {}, changed: () => {}, end: async () => {} }),
    };
  }

  /** A session as a command begins it: `read` is how it reads the state, `early` what was read before its lock was held. */
  async session(
    config: StackConfig,
    { read, early, observes }: Pick<Purpose, "observes"> & Partial<Record<"read" | "early", Reading>> = {},
  ): Promise<Session> {
    const stop = new AbortController().signal;
    const aws = this.aws();
    const terminal = {
      line: () => {},
      error: () => {},
      answer: () => {},
      draw: () => {},
      live: false,
      asks: false,
      confirm: async () => true,
      choose: async () => undefined,
      ask: async () => undefined,
      hidden: async () => undefined,
      piped: async () => undefined,
    };
    const connection: Connection = {
      at: {
        clock: this.clock,
        random: () => this.world.random(),
        hex: (length) => this.world.hex(length),
        services: aws,
        endpoint: undefined,
        close: () => {},
      },
      aws,
      account: { isProven: true },
      tell: () => {},
      guard: async () => {},
      calls: new Map(),
      retries: new Map(),
      startedAt: this.clock.now(),
    };
    const context = { directory: "/nowhere", terminal, stop };
    const written = resolveStack(config);
    const store = { ...this.#store(), ...(read && { read }) };
    const flags = { target: "local" } as const;
    return sessionOn({ flags, written, context, store, connection, hold: plainHold, observes }, early?.());
  }

  async plan(config: StackConfig, adopt?: Adoptions): Promise<Planned> {
    return planned(await this.session(config), adopt);
  }

  /**
   * Plans, and carries out what is planned unless the plan is refused; `told` is told of the plan before anything is done. A run that is to
   * interrupt traffic takes its time as on AWS, so that what it says of it can be held against that.
   */
  async reconcile(config: StackConfig, told: (plan: Planned) => void = () => {}, adopt?: Adoptions): Promise<Ran> {
    const session = await this.session(config);
    const found = await planned(session, adopt);
    told(found);
    const { plan } = found;
    const recorder = new Recorder();
    if (plan.problems.length > 0) return { planned: found, done: recorder.done };
    this.worksFor = () => recorder.resource;
    const asBefore = announced(plan) === undefined ? () => {} : changed(TIMING, SLOW);
    const end = await applyPlan(session, plan, found.state, async (around) => {
      const applied = await apply(around, recorder.of(plan));
      await untilUnlisted(around, deletedIn(applied));
      return applied;
    }).finally(asBefore);
    return { planned: found, report: reportOf(session, plan, end.done, {}), done: recorder.done };
  }

  /** Takes everything down, as the command does; answers what is left. */
  async teardown(config: StackConfig): Promise<string[]> {
    const session = await this.session(config);
    const { state, seen } = await look(session);
    const remembered = planTeardown(session.world, session.topology.graph, state, seen);
    const { plan } = await strays(session.world, session.inventory, remembered, session.snapshot);
    if (plan.problems.length > 0) return [...plan.problems];
    const { done } = await applyPlan(session, plan, state, async (around) => {
      const report = reportOf(session, plan, await apply(around, plan), {});
      return { report, receipt: await sweep(around, session.inventory, dealtWith(plan, report)) };
    });
    const failed = done.report.actions.flatMap(({ id, outcome, error = "" }) =>
      outcome === "done" ? [] : [`${id}: ${outcome}: ${error}`],
    );
    const { left, unseen } = done.receipt;
    const there = Object.entries(this.world.data.tables)
      .filter(([name]) => !name.startsWith("~"))
      .flatMap(([name, records]) => Object.keys(records).map((key) => `${name} ${key}`));
    return [
      ...failed,
      ...left.map(({ type, id, why }) => `${type} ${id}: ${why}`),
      ...unseen.map(({ type }) => type),
      ...there,
    ];
  }

  /** The world at this moment, as an operation would see it. */
  sim(): Sim {
    return simOf({ world: this.world, clock: this.clock, account: ACCOUNT, region: REGION });
  }
}
