/**
 * AWS's documented request rates, kept from the start, so that a run is not throttled in the first place. Every number is a
 * default of an account in a region; an account whose rates AWS has raised is only slower than it could be.
 */
import type { Clock } from "../clock.ts";

/** A token bucket: how many calls it lets out at once, and how many more each second. */
type Rate = readonly [capacity: number, refill: number];

/**
 * Amazon EC2 Developer Guide, "Request throttling for the Amazon EC2 API": every API has its own bucket, most of them with
 * the rate of their category, and these with another.
 */
const EC2: Readonly<Record<string, Rate>> = {
  CreateNatGateway: [10, 1],
  CreateTags: [100, 10],
  CreateVpcEndpoint: [4, 0.3],
  DeleteNatGateway: [10, 1],
  DeleteTags: [100, 10],
  DeleteVpcEndpoints: [4, 0.3],
  // Asked for by id, with neither a filter nor a page size, it uses a smaller bucket than other reads.
  DescribeSecurityGroups: [50, 10],
  ModifyVpcEndpoint: [4, 0.3],
};
const EC2_READ: Rate = [100, 20];
const EC2_CHANGE: Rate = [50, 5];

/**
 * Elastic Load Balancing User Guide, "Request throttling for the Elastic Load Balancing API": the APIs of a category share a
 * bucket, and all of them share the account's, which is as large as the one for reads alone.
 */
const ELB_ACCOUNT: Rate = [40, 10];
const ELB_CHANGE: Rate = [20, 3];
const ELB_INTENSIVE: Rate = [10, 0.2];

/**
 * Amazon ECS API Reference, "Request throttling for the Amazon ECS API": the APIs of a category share a bucket. Here are
 * the categories that Fairlead calls.
 */
const ECS: readonly (readonly [rate: Rate, ...operations: string[]])[] = [
  [[20, 1], "CreateCluster", "DeleteCluster", "PutClusterCapacityProviders", "UpdateCluster", "UpdateClusterSettings"],
  [[50, 20], "DescribeClusters", "ListClusters"],
  [[20, 1], "DeregisterTaskDefinition", "RegisterTaskDefinition"],
  [[5, 1], "DeleteTaskDefinitions"],
  [[50, 20], "DescribeTaskDefinition", "ListTaskDefinitionFamilies", "ListTaskDefinitions"],
  [[50, 5], "CreateService", "DeleteService", "UpdateService"],
  [[100, 20], "DescribeServices", "ListServices"],
  [[100, 20], "DescribeTasks", "ListTasks"],
  [[20, 10], "TagResource", "UntagResource"],
  [[50, 20], "ListTagsForResource"],
];

/** CloudWatch Logs User Guide, "CloudWatch Logs quotas": calls per second, each API for itself. */
const LOGS: Readonly<Record<string, Rate>> = {
  CreateLogGroup: [10, 10],
  DeleteLogGroup: [10, 10],
  DeleteRetentionPolicy: [5, 5],
  DescribeLogGroups: [10, 10],
  ListTagsForResource: [5, 5],
  PutRetentionPolicy: [5, 5],
  TagResource: [5, 5],
  UntagResource: [5, 5],
};

/** CloudWatch User Guide, "CloudWatch service quotas": calls per second, each API for itself. */
const CLOUDWATCH: Readonly<Record<string, Rate>> = {
  DeleteAlarms: [3, 3],
  DescribeAlarms: [9, 9],
  PutMetricAlarm: [3, 3],
};

/** Route 53 Developer Guide, "Quotas": all calls of an account together, five a second. */
const ROUTE53: Rate = [5, 5];

/** Tag Editor User Guide, "Service quotas": GetResources accepts 15 calls a second. */
const TAGGING: Rate = [15, 15];

const READS = /^(Describe|Get|List|Search)/;

/** How long AWS lets so many calls of an operation take in all, beyond those that it takes at once; in seconds. */
export const secondsAtRate = (service: string, operation: string, calls: number): number =>
  Math.max(0, ...ratesOf(service, operation).map(([, [capacity, refill]]) => (calls - capacity) / refill));

/** The buckets, by name, that a call takes a token from. AWS documents no rate for other services. */
function ratesOf(service: string, operation: string): readonly (readonly [name: string, rate: Rate])[] {
  const own = `${service}.${operation}`;
  switch (service) {
    case "ec2":
      return [[own, EC2[operation] ?? (READS.test(operation) ? EC2_READ : EC2_CHANGE)]];
    case "elb": {
      const account = ["elb", ELB_ACCOUNT] as const;
      if (READS.test(operation)) return [account];
      // The narrow one first: a call that waits there keeps no token of the account's from the others.
      if (operation === "CreateLoadBalancer" || operation === "SetSubnets")
        return [["elb intensive", ELB_INTENSIVE], account];
      return [["elb change", ELB_CHANGE], account];
    }
    case "ecs":
      return ECS.filter(([, ...operations]) => operations.includes(operation)).map(
        ([rate, first]) => [`ecs.${first}`, rate] as const,
      );
    case "cloudWatch":
      return CLOUDWATCH[operation] === undefined ? [] : [[own, CLOUDWATCH[operation]]];
    case "logs":
      return LOGS[operation] === undefined ? [] : [[own, LOGS[operation]]];
    case "route53":
      return [["route53", ROUTE53]];
    case "tagging":
      return [[own, TAGGING]];
    default:
      return [];
  }
}

/**
 * Changes of load balancing that go before others that wait: the distribution, which takes minutes, waits for all of these, and for one
 * of the target groups only.
 */
const FIRST: readonly string[] = ["ModifyLoadBalancerAttributes", "CreateListener", "CreateRule"];

/** A call that waits for a token. */
interface Waiter {
  readonly isFirst: boolean;
  readonly go: () => void;
  readonly stop: (reason: unknown) => void;
}

/** What is left of one rate. */
class Bucket {
  /** Milliseconds until one token is back, rounded up: whole numbers add up exactly, and it is never too early. */
  readonly #interval: number;
  /** Milliseconds until an empty bucket is full. */
  readonly #depth: number;
  /** When it will be full again, on the clock; a caller who has to wait has taken a token that is not back yet. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor([capacity, refill]: Rate) {
    this.#interval = Math.ceil(1000 / refill);
    this.#depth = capacity * this.#interval;
  }

  /** Those who wait, in the order in which they will go, and when the next tokens are back. */
  readonly #waiting: Waiter[] = [];
  readonly #slots: number[] = [];

  /**
   * Ends once a token is there. `isFirst`: before all that wait and are not, which then go one token later. `held` is told how many
   * milliseconds it will take.
   */
  async take(
    clock: Clock,
    isFirst: boolean,
    signal: AbortSignal | undefined,
    held: (ms: number) => void,
  ): Promise<void> {
    const now = clock.now();
    this.#fullAt = Math.max(now, this.#fullAt) + this.#interval;
    const at = this.#fullAt - this.#depth;
    if (at <= now) return;
    const turn = new Promise<void>((go, stop) => {
      const behind = isFirst ? this.#waiting.findIndex((waiter) => !waiter.isFirst) : -1;
      const place = behind === -1 ? this.#waiting.length : behind;
      this.#waiting.splice(place, 0, { isFirst, go, stop });
      this.#slots.push(at);
      held((this.#slots[place] ?? at) - now);
    });
    // Each token goes to whoever is next by then.
    clock.sleep(at - now, signal).then(
      () => this.#next()?.go(),
      (reason: unknown) => this.#next()?.stop(reason),
    );
    await turn;
  }

  #next(): Waiter | undefined {
    this.#slots.shift();
    return this.#waiting.shift();
  }

  empty(now: number): void {
    this.#fullAt = Math.max(this.#fullAt, now + this.#depth);
  }
}

/** Waits shorter than this many milliseconds are not worth a word. */
const WORTH_TELLING = 1_000;

/** The buckets of one account in one region, by name. */
export type Buckets = Map<string, Bucket>;

/** What AWS's rates leave of the calls of one account in one region. */
export class Rates {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #held: ((call: string, ms: number) => void) | undefined;
  readonly #buckets: Buckets;

  /**
   * `held` is told before a wait of more than a second: which call, and for how many milliseconds of the clock. `buckets`: those of other runs on the
   * same clock, none of which has a signal that is ever aborted: whoever waits may have been woken by another run.
   */
  constructor(
    clock: Clock,
    signal?: AbortSignal,
    held?: (call: string, ms: number) => void,
    buckets: Buckets = new Map(),
  ) {
    this.#clock = clock;
    this.#signal = signal;
    this.#held = held;
    this.#buckets = buckets;
  }

  /** Ends once a call may be sent: who comes first goes first, but for what `FIRST` has. Rejects with the signal's reason when it is aborted meanwhile. */
  async take(service: string, operation: string): Promise<void> {
    const held = (ms: number) => (ms > WORTH_TELLING ? this.#held?.(`${service}.${operation}`, ms) : undefined);
    const isFirst = service === "elb" && FIRST.includes(operation);
    for (const bucket of this.#bucketsOf(service, operation))
      await bucket.take(this.#clock, isFirst, this.#signal, held);
  }

  /** AWS throttled a call all the same: another program uses the account's rate up, so nothing is left of it for our other calls. */
  empty(service: string, operation: string): void {
    for (const bucket of this.#bucketsOf(service, operation)) bucket.empty(this.#clock.now());
  }

  #bucketsOf(service: string, operation: string): Bucket[] {
    return ratesOf(service, operation).map(([name, rate]) => {
      const bucket = this.#buckets.get(name) ?? new Bucket(rate);
      this.#buckets.set(name, bucket);
      return bucket;
    });
  }
}
