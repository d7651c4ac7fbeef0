import { hasChanges } from "../../src/engine/action.ts";
import type { StackConfig } from "../../src/index.ts";
import { resolveStack } from "../../src/config/resolve.ts";
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
import { running, standing, unreleasedBy, unstartable } from "./running.ts";
import { requestsOf, wantedOf } from "./requests.ts";
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

/** A stack that is walked over: the config that it stands by, and what led there. */
class Walker {
  readonly #rig: Rig;
  readonly #told: string[] = [];
  #config: StackConfig;
  /** The images that each service runs by what was released or its config named, by digest. */
  #images: ReadonlyMap<string, string>;
  /** Services that somebody deleted with their revisions: they wait for their next release. */
  readonly #forgotten = new Set<string>();

  constructor(base: Base) {
    this.#rig = Rig.from(base);
    this.#config = base.config;
    this.#images = running(this.#rig.sim(), base.config);
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
    const { steps, forget, adopt, waits } = way;
    if (waits) await this.#rig.clock.sleep(RELEASE);
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
    const asked = disturbed
      ? []
      : this.#answered(this.#config, config).filter((path) => brokenAt(rig.sim(), [], path) === undefined);
    const stood = JSON.stringify(rig.state);
    const outages = asked.map((path) => new Outage(path));
    let [changes, hasStarted] = [0, false];
    const astray: string[] = [];
    rig.intercept = (moment, { service, operation }) => {
      // Polls are moments at which traffic is looked at as well.
      const isMoment = !isRead(operation) || POLLS.includes(operation) || outages.some(({ goesOn }) => goesOn);
      if (moment === "after" && isMoment) for (const outage of outages) outage.look(rig.sim());
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
    const broken = outages.filter(({ first }) => first !== undefined);
    for (const { first, lasted } of broken)
      if (lasted > (said ?? -1))
        this.#wrong(
          `traffic was interrupted for ${lasted / 1000} s, and the plan said ${said === undefined ? "nothing of it" : `${said / 1000} s`}: ${first}`,
          ...actionsOf(plan),
        );
    tally.converged++;
    if (said !== undefined) tally.interrupting++;
    if (broken.some(({ lasted }) => lasted > 0)) tally.interrupted++;
    await this.#settled(config);
    return undefined;
  }

  /** What users ask for and are answered as long as both configs have it. */
  #answered(before: StackConfig, next: StackConfig): string[] {
    const requests = [...requestsOf(before, next)];
    return requests.flatMap(([name, path]) => (this.#images.has(name) && !this.#forgotten.has(name) ? path : []));
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
    const lost = unstartable(rig.sim());
    if (lost.length > 0) this.#wrong("an image that is run is not in the registry", ...lost);
    this.#images = this.#kept(config);
    for (const path of this.#answered(config, config)) {
      const broken = brokenAt(rig.sim(), [], path);
      if (broken !== undefined) this.#wrong(`a request for ${path} is not answered: ${broken}`, ...standing(rig.sim()));
    }
  }

  /** What each service of the config runs from now on: what it ran before, unless the config says otherwise. */
  #kept(config: StackConfig): Map<string, string> {
    const now = running(this.#rig.sim(), config);
    const kept = new Map<string, string>();
    for (const [name, { desired, named, isJob }] of wantedOf(config)) {
      // What was taken out of the config, or became a job, waits for a release when it comes back.
      const before = isJob ? undefined : this.#images.get(name);
      const image = now.get(name);
      // An image that the config named stays until the next release once the config names none.
      const lost = before !== undefined && image !== undefined && image !== before && !named;
      if (lost && desired > 0 && !this.#forgotten.has(name))
        this.#wrong(`the image of ${name} went from ${before} to ${image}`);
      const stays = named || before === undefined ? (image ?? before) : before;
      if (stays !== undefined) kept.set(name, stays);
    }
    return kept;
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
        // With a service and its revisions goes what was released: it waits for the next release then.
        for (const name of unreleasedBy(gone, this.#config)) this.#forgotten.add(name);
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

/** Milliseconds in which a release has ended: ECS's rollouts take minutes. */
const RELEASE = 1_800_000;

/** How many refusals in a row are followed: each names one edit for all that it tells of. */
const ROUNDS = 3;

/** Walks over a stack that begins as `base`; throws a `Finding` where something is wrong. `teardown`: takes it down at the end. */
export async function walkOver(base: Base, steps: readonly Step[], teardown: boolean): Promise<void> {
  const walker = new Walker(base);
  for (const one of steps) await walker.step(one);
  if (teardown) await walker.teardown();
}
