import { hasChanges } from "../../src/engine/action.ts";
import type { StackConfig } from "../../src/index.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { services } from "../../src/simulator/ecs/records.ts";
import { present } from "../../src/simulator/ecs/present.ts";
import { isRead } from "../../src/simulator/sim.ts";
import { changeByHand, CHANGES, deleteByHand } from "../support/by-hand.ts";
import type { Planned } from "../../src/cli/planning.ts";
import { isWhole } from "../../src/cli/report.ts";
import type { Adoptions } from "../../src/engine/adopt.ts";
import { brokenAt } from "../support/request-path.ts";
import { missing, strays } from "./accounted.ts";
import { misremembered, unlike } from "./announced.ts";
import { overlaid, type Step } from "./edits.ts";
import { announced, Outage } from "./outage.ts";
import { wayOn, type WayOn } from "./refusals.ts";
import { actionsOf, Finding, tally } from "./finding.ts";
import { Death, Rig, type Base } from "./rig.ts";

const isValid = (config: StackConfig): boolean => {
  try {
    resolveStack(config);
    return true;
  } catch {
    return false;
  }
};

const counted = new WeakMap<StackConfig, { desired: number; most: number }>();

/** How many tasks a config asks for, and how many its scaling may hold at least. Asked at every call, so it is worked out once. */
function tasksOf(config: StackConfig): { desired: number; most: number } {
  const known = counted.get(config);
  if (known) return known;
  const { service, scaling } = resolveStack(config);
  const found = { desired: service.desiredCount, most: Math.max(service.desiredCount, scaling.min) };
  counted.set(config, found);
  return found;
}

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
    const refusal = await this.#run(next, { disturbed, death });
    if (refusal === undefined) this.#config = next;
    else await this.#refused(refusal, next, disturbed);
  }

  /** What was refused changes nothing when it is taken back, and what the refusal names instead leads on. */
  async #refused(refusal: readonly string[], next: StackConfig, disturbed: boolean): Promise<void> {
    if (!disturbed) {
      const { plan } = await this.#rig.plan(this.#config);
      if (plan.problems.length > 0) this.#wrong("what stood before is refused too", ...plan.problems);
      if (hasChanges(plan)) this.#wrong("taking the refused edit back is no empty plan", ...actionsOf(plan));
    }
    let [left, wanted]: [readonly string[] | undefined, StackConfig] = [refusal, next];
    for (let round = 1; left !== undefined; round++) {
      if (round > ROUNDS) this.#wrong("what refusals name leads to the next refusal, again and again", ...left);
      [left, wanted] = await this.#led(left, wanted, disturbed);
    }
    tally.ledOn++;
  }

  /** Does what a refusal names; answers the next one, and what is wanted by then. */
  async #led(
    refusal: readonly string[],
    next: StackConfig,
    disturbed: boolean,
  ): Promise<[readonly string[] | undefined, StackConfig]> {
    let way: WayOn;
    try {
      way = wayOn(refusal, this.#config, next);
    } catch (error) {
      return this.#wrong((error as Error).message);
    }
    const { steps, forget, adopt } = way;
    if (this.#rig.state && forget.length > 0) {
      const kept = Object.entries(this.#rig.state.resources).filter(([id]) => !forget.includes(id));
      this.#rig.state = { ...this.#rig.state, resources: Object.fromEntries(kept) };
    }
    for (const config of steps) {
      this.#told.push(JSON.stringify({ instead: config, forget, adopt: [...adopt] }));
      const again = await this.#run(config, { disturbed: disturbed || forget.length > 0, adopt });
      if (again !== undefined) return [again, config];
      this.#config = config;
    }
    return [undefined, next];
  }

  /** Plans and carries out; where the plan is refused, its sentences. */
  async #run(
    config: StackConfig,
    { disturbed, death, adopt }: { disturbed: boolean; death?: Step["death"]; adopt?: Adoptions },
  ): Promise<readonly string[] | undefined> {
    const rig = this.#rig;
    const asked = this.#served(config) && !disturbed && brokenAt(rig.sim()) === undefined;
    const stood = JSON.stringify(rig.state);
    const outage = new Outage();
    let [changes, hasStarted] = [0, false];
    const astray: string[] = [];
    rig.intercept = (moment, { service, operation }) => {
      // Polls are moments at which traffic is looked at as well.
      const isMoment = !isRead(operation) || POLLS.includes(operation) || outage.goesOn;
      if (asked && moment === "after" && isMoment && this.#served(config)) outage.look(rig.sim());
      if (isRead(operation)) return;
      if (moment === "before") changes++;
      if (hasStarted && moment === "before" && rig.worksFor() === undefined) astray.push(`${service}.${operation}`);
      if (death && changes === death.call && moment === death.moment) {
        rig.dead = true;
        this.#told.push(`died ${moment} ${service}.${operation}`);
        throw new Death("The process is dead.");
      }
    };
    let refusal: readonly string[] = [];
    const told = ({ plan }: Planned) => {
      refusal = plan.problems;
      hasStarted = true;
    };
    const { report, planned, done } = await rig.reconcile(config, told, adopt);
    const { plan } = planned;
    rig.intercept = () => {};
    const died = rig.dead;
    rig.dead = false;
    if (refusal.length > 0) {
      tally.refused++;
      if (changes > 0) this.#wrong("a refused plan changed something", ...refusal);
      if (JSON.stringify(rig.state) !== stood) this.#wrong("a refused plan wrote the state", ...refusal);
      this.#told.push(...refusal.map((sentence) => `refused: ${sentence}`));
      return refusal;
    }
    if (astray.length > 0) this.#wrong("calls were made for no resource of the plan", ...astray, ...actionsOf(plan));
    const odd = unlike(plan, done, !died && report !== undefined && isWhole(report));
    if (odd.length > 0) this.#wrong("what was done is not what was planned", ...odd, ...actionsOf(plan));
    if (died) {
      tally.deaths++;
      // Whoever is told that a run died runs it again.
      await rig.clock.sleep(60_000);
      if ((await this.#run(config, { disturbed: true })) !== undefined)
        this.#wrong("after a run that died the same config is refused");
      return undefined;
    }
    const failed = report?.actions.filter(({ outcome }) => outcome !== "done" && outcome !== "unchanged") ?? [];
    if (failed.length > 0)
      this.#wrong(
        "the plan said yes and the run failed",
        ...failed.map(({ id, outcome, error }) => `${id} ${outcome}: ${error}`),
        ...actionsOf(plan),
      );
    if (!hasChanges(plan) && changes > 0) this.#wrong(`nothing was planned and ${changes} changes were made`);
    const forgotten = misremembered(plan, rig.state);
    if (forgotten.length > 0) this.#wrong("the state is not what was planned", ...forgotten, ...actionsOf(plan));
    const said = announced(plan);
    if (outage.first !== undefined && outage.lasted > (said ?? -1))
      this.#wrong(
        `traffic was interrupted for ${outage.lasted / 1000} s, and the plan said ${said === undefined ? "nothing of it" : `${said / 1000} s`}: ${outage.first}`,
        ...actionsOf(plan),
      );
    tally.converged++;
    if (said !== undefined) tally.interrupting++;
    if (outage.lasted > 0) tally.interrupted++;
    await this.#settled(config);
    return undefined;
  }

  /** Whether anybody is served by this config. */
  #served(config: StackConfig): boolean {
    return !this.#forgotten && tasksOf(config).most > 0 && tasksOf(this.#config).desired > 0;
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
    const [stray] = strays(rig.world, rig.state);
    if (stray !== undefined) this.#wrong(`${stray} bears the stack's mark and no state knows it`);
    const gone = missing(rig.world, rig.state);
    if (gone.length > 0) this.#wrong("the state knows what is not there", ...gone);
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
    if ((await this.#run(open, { disturbed: true })) !== undefined)
      this.#wrong("the stack cannot be opened for a teardown");
    // What is turned on for the account stays on, since others may rely on it.
    const left = (await this.#rig.teardown(open)).filter(
      (what) => !/^(guardduty|securityhub|ecr\.scanning)/.test(what),
    );
    if (left.length > 0) this.#wrong("a teardown leaves something", ...left.slice(0, 10));
  }
}

/** What a run asks while it waits for tasks and endpoints. */
const POLLS = ["DescribeServices", "DescribeVpcEndpoints", "DescribeNatGateways"];

/** How many refusals in a row are followed: each names one edit for all that it tells of. */
const ROUNDS = 3;

/** Walks over a stack that begins as `base`; throws a `Finding` where something is wrong. `teardown`: takes it down at the end. */
export async function walkOver(base: Base, steps: readonly Step[], teardown: boolean): Promise<void> {
  const walker = new Walker(base);
  for (const one of steps) await walker.step(one);
  if (teardown) await walker.teardown();
}
