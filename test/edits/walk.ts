import { hasChanges, type Plan } from "../../src/engine/action.ts";
import type { StackConfig } from "../../src/index.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { services } from "../../src/simulator/ecs/records.ts";
import { present } from "../../src/simulator/ecs/rollout.ts";
import { isRead } from "../../src/simulator/sim.ts";
import { changeByHand, CHANGES, deleteByHand } from "../support/by-hand.ts";
import { brokenAt } from "../support/request-path.ts";
import { overlaid, type Step } from "./edits.ts";
import { Death, Rig, type Base } from "./rig.ts";

/** What walks came to, for whoever wants to know how much they tried. */
export const tally = {
  steps: 0,
  invalid: 0,
  refused: 0,
  converged: 0,
  deaths: 0,
  byHand: 0,
  lost: 0,
  interrupting: 0,
  teardowns: 0,
};

/** Something that a walk found to be wrong, with all that led to it. */
export class Finding extends Error {
  override readonly name = "Finding";
}

const isValid = (config: StackConfig): boolean => {
  try {
    resolveStack(config);
    return true;
  } catch {
    return false;
  }
};

/** A stack that is walked over: the config that it stands by, and what led there. */
class Walker {
  readonly #rig: Rig;
  readonly #told: string[] = [];
  #config: StackConfig = {};
  #image: string;
  #forgotten = false;

  constructor(base: Base) {
    this.#rig = Rig.from(base);
    this.#image = this.#images().join();
  }

  /** The images of the tasks that run, by digest. */
  #images(): string[] {
    const sim = this.#rig.sim();
    const tasks = Object.values(services(sim)).flatMap((service) => present(sim, service).tasks);
    const alive = tasks.filter(({ runningAt, stoppingAt }) => runningAt !== undefined && stoppingAt === undefined);
    return [
      ...new Set(
        alive.filter(({ stoppedAt }) => stoppedAt === undefined).flatMap(({ images = {} }) => Object.values(images)),
      ),
    ];
  }

  #wrong(what: string, ...more: readonly string[]): never {
    throw new Finding([...this.#told, `FOUND: ${what}`, ...more].join("\n"));
  }

  async step({ edits, hand, lost, death }: Step): Promise<void> {
    const next = overlaid(this.#config, edits);
    tally.steps++;
    if (!isValid(next)) return void tally.invalid++;
    this.#told.push(JSON.stringify({ before: this.#config, edits, hand, lost, death }));
    if (hand) await this.#byHand(hand);
    if (lost) {
      [this.#rig.state, tally.lost] = [undefined, tally.lost + 1];
      // The tagging API tells of what was made a moment ago only after a while.
      await this.#rig.clock.sleep(200_000);
    }
    const disturbed = hand !== undefined || lost !== undefined;
    if (await this.#run(next, { disturbed, death })) this.#config = next;
    else await this.#back(disturbed);
  }

  /** The edit was refused and is taken back, as a user would. */
  async #back(disturbed: boolean): Promise<void> {
    const { plan } = await this.#rig.plan(this.#config);
    if (plan.problems.length > 0) this.#wrong("what stood before is refused too", ...plan.problems);
    if (!disturbed && hasChanges(plan))
      this.#wrong("taking the refused edit back is no empty plan", ...actionsOf(plan));
    if (hasChanges(plan) && !(await this.#run(this.#config, { disturbed, death: undefined })))
      this.#wrong("what stood before is refused too");
  }

  /** Plans and carries out; false where the plan is refused. */
  async #run(
    config: StackConfig,
    { disturbed, death }: { disturbed: boolean; death: Step["death"] },
  ): Promise<boolean> {
    const rig = this.#rig;
    const before = this.#served(config) && !disturbed ? brokenAt(rig.sim()) : "not asked";
    let changes = 0;
    let outage: string | undefined;
    let interrupts = false;
    const watch = () => {
      if (before !== undefined || interrupts || outage !== undefined) return;
      const broken = this.#served(config) ? brokenAt(rig.sim()) : undefined;
      if (broken !== undefined) outage = `${new Date(rig.clock.now()).toISOString()} ${broken}`;
    };
    rig.intercept = (moment, { service, operation }) => {
      // Polls are moments at which traffic is looked at as well.
      if (moment === "after" && (!isRead(operation) || POLLS.includes(operation))) watch();
      if (isRead(operation)) return;
      if (moment === "before") changes++;
      if (death && changes === death.call && moment === death.moment) {
        rig.dead = true;
        this.#told.push(`died ${moment} ${service}.${operation}`);
        throw new Death("The process is dead.");
      }
    };
    let refusal: readonly string[] = [];
    const ran = await rig.reconcile(config, ({ plan }) => {
      interrupts = plan.actions.some((action) => action.interrupts !== undefined);
      refusal = plan.problems;
    });
    rig.intercept = () => {};
    const died = rig.dead;
    rig.dead = false;
    if (refusal.length > 0) {
      tally.refused++;
      if (changes > 0) this.#wrong("a refused plan changed something", ...refusal);
      for (const sentence of refusal)
        if (!NAMES_SOMETHING.test(sentence)) this.#wrong("a refusal names no way on", sentence);
      return false;
    }
    if (died) {
      tally.deaths++;
      // Whoever is told that a run died runs it again.
      await rig.clock.sleep(60_000);
      if (!(await this.#run(config, { disturbed: true, death: undefined })))
        this.#wrong("after a run that died the same config is refused");
      return true;
    }
    const { report, planned } = ran;
    const failed = report?.actions.filter(({ outcome }) => outcome !== "done" && outcome !== "unchanged") ?? [];
    if (failed.length > 0)
      this.#wrong(
        "the plan said yes and the run failed",
        ...failed.map(({ id, outcome, error }) => `${id} ${outcome}: ${error}`),
        ...actionsOf(planned.plan),
      );
    if (!hasChanges(planned.plan) && changes > 0) this.#wrong(`nothing was planned and ${changes} changes were made`);
    if (outage !== undefined)
      this.#wrong(`traffic was interrupted and no plan said so: ${outage}`, ...actionsOf(planned.plan));
    tally.converged++;
    if (interrupts) tally.interrupting++;
    await this.#settled(config);
    return true;
  }

  /** Whether anybody is served by this config. */
  #served(config: StackConfig): boolean {
    if (this.#forgotten) return false;
    const { service, scaling } = resolveStack(config);
    const desired = Math.max(service.desiredCount, scaling.min);
    return desired > 0 && resolveStack(this.#config).service.desiredCount > 0;
  }

  /** What has to be true once a run is through. */
  async #settled(config: StackConfig): Promise<void> {
    const rig = this.#rig;
    const { plan } = await rig.plan(config);
    if (plan.problems.length > 0) this.#wrong("the next plan is refused", ...plan.problems);
    if (hasChanges(plan)) this.#wrong("the next plan is not empty", ...actionsOf(plan));
    if ((plan.leftovers ?? []).length > 0)
      this.#wrong(
        "something is left over",
        ...(plan.leftovers ?? []).map(({ type, id, why }) => `${type} ${id} ${why}`),
      );
    const [stray] = strays(rig);
    if (stray !== undefined) this.#wrong(`${stray} bears the stack's mark and no state knows it`);
    const { service, container } = resolveStack(config);
    if (service.desiredCount === 0 || this.#forgotten) return;
    const images = this.#images();
    // An image that the config named stays until the next release once the config names none.
    if (container.image !== undefined && images.length > 0) this.#image = images.join();
    if (container.image === undefined && images.join() !== this.#image && images.length > 0)
      this.#wrong(`the image went from ${this.#image} to ${images.join()}`);
    const broken = brokenAt(rig.sim());
    if (broken !== undefined) this.#wrong(`a request is not answered: ${broken}`, ...this.#service());
  }

  /** How the service stands, in a few lines. */
  #service(): string[] {
    const sim = this.#rig.sim();
    return Object.values(services(sim)).flatMap((service) => {
      const now = present(sim, service);
      return [
        `${now.desiredCount} desired of ${now.taskDefinition}`,
        ...now.tasks.map((task) => JSON.stringify(task)),
        ...now.events.slice(0, 3).map(({ message }) => message),
      ];
    });
  }

  async #byHand({ what, which }: NonNullable<Step["hand"]>): Promise<void> {
    const rig = this.#rig;
    const { state } = rig;
    const ids = Object.entries(state?.resources ?? {}).filter(([, { type }]) => type in CHANGES);
    const [id] = ids[which % Math.max(1, ids.length)] ?? [];
    if (!state || id === undefined) return;
    tally.byHand++;
    this.#told.push(`by hand: ${what} ${id}`);
    try {
      if (what === "change") await changeByHand(rig.aws(), state, id);
      else {
        const gone = await deleteByHand(rig.aws(), rig.clock, state, id);
        // With the service and its revisions goes what was released: the stack waits for the next release then.
        this.#forgotten ||= gone.includes("compute/service") && gone.includes("compute/task-definition");
      }
    } catch (error) {
      // AWS did not let them either; what they had done by then stands.
      this.#told.push(`by hand: ${(error as Error).message}`);
    }
    await rig.clock.sleep(120_000);
  }

  async teardown(): Promise<void> {
    tally.teardowns++;
    // A stack that is protected against deletion is opened first.
    const open = overlaid(this.#config, [
      { path: "protect", value: false },
      { path: "balancer.deletionProtection", value: false },
    ]);
    if (!(await this.#run(open, { disturbed: true, death: undefined })))
      this.#wrong("the stack cannot be opened for a teardown");
    const left = await this.#rig.teardown(open);
    if (left.length > 0) this.#wrong("a teardown leaves something", ...left.slice(0, 10));
  }
}

/** What a run asks while it waits for tasks and endpoints. */
const POLLS = ["DescribeServices", "DescribeVpcEndpoints"];

/** A setting, a command, a range or an ARN: what a reader can act on. */
const NAMES_SOMETHING =
  /\b(network|container|service|scaling|balancer|edge|delivery|registry|logs|cluster)\.[a-zA-Z]+|--adopt |npm run |npx fairlead|fairlead [a-z]+|aws [a-z0-9]+ [a-z-]+|\d+\.\d+\.\d+\.\d+\/\d+|protect (to )?false|in two steps/;

const actionsOf = ({ actions, old }: Pick<Plan, "actions" | "old">): string[] => [
  ...actions
    .filter(({ action }) => action !== "noop")
    .map(
      ({ id, action, order = "", why = "", differences }) =>
        `  ${action} ${id} ${order} ${why} ${differences.map(({ path, old: was, new: wanted, cause }) => `${path} ${cause} ${JSON.stringify(was)} -> ${JSON.stringify(wanted)}`).join("; ")}`,
    ),
  ...old.map(({ id, generation }) => `  old ${id} ${generation.id}`),
];

/** Records that bear the stack's owner tags and that no resource of the state is. */
function strays(rig: Rig): string[] {
  const known = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string") known.add(value);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(collect);
  };
  for (const { id, attrs, old = [] } of Object.values(rig.state?.resources ?? {}))
    collect([id, attrs, old.map((one) => one.id)]);
  return Object.entries(rig.world.data.tables).flatMap(([name, records]) => {
    // Revisions stay where a rollback needs them, and so do the images.
    if (name.startsWith("~") || name.startsWith("ecs.taskDefinitions") || name.startsWith("ecr.images")) return [];
    return Object.entries(records).flatMap(([key, record]) => {
      const { arn, tags, deletedAt, goneAt } = record as {
        arn?: string;
        tags?: unknown;
        deletedAt?: number;
        goneAt?: number;
      };
      const isOurs = JSON.stringify(tags ?? "").includes("fairlead:");
      const leaves = deletedAt !== undefined || goneAt !== undefined;
      return !isOurs || leaves || known.has(key) || (arn !== undefined && known.has(arn)) ? [] : [`${name} ${key}`];
    });
  });
}

/** Walks over a stack that begins as `base`; throws a `Finding` where something is wrong. `teardown`: takes it down at the end. */
export async function walkOver(base: Base, steps: readonly Step[], teardown: boolean): Promise<void> {
  const walker = new Walker(base);
  for (const one of steps) await walker.step(one);
  if (teardown) await walker.teardown();
}
