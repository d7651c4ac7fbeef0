import type { World } from "./world.ts";

/** What an operation of the simulator works with: the world, seen from one account and region at one moment. */
export interface Sim {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** Virtual time, in milliseconds since the epoch. */
  readonly now: number;
  readonly world: World;
  /** Records of a regional table, such as `ec2.vpcs`; live. Names that start with `~` hold no resources (tokens, counters). */
  table<T>(name: string): Record<string, T>;
  /** Records of a table that all regions share, such as `iam.roles`; live. */
  global<T>(name: string): Record<string, T>;
  /** A new id in AWS's way: `vpc-` and 17 hexadecimal digits. */
  id(prefix: string): string;
  /** An ARN in this account; `region` is left empty for IAM and CloudFront. */
  arn(service: string, resource: string, region?: string): string;
  /** When something that takes `seconds` from now will be done, give or take a tenth. */
  in(seconds: number): number;
}

/** One operation: takes the command's input (a copy), changes the world, answers the command's output. */
// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own input and output; `operations` of a service are typed one by one
export type Operation = (input: any, sim: Sim) => object | void;

/** The operations of one service by the name of the SDK's command without `Command`: `CreateVpc`. */
export type Operations = Readonly<Record<string, Operation>>;

/** A command's output without what the SDK adds to it. */
export type Answer<Output> = Omit<Output, "$metadata">;

/** A record that lists show only from `visibleAt` on, as AWS's do; a world that an earlier version wrote says no such time of some. */
export interface Lagging {
  visibleAt?: number;
}

/** The records of a table that a list shows by now. */
export const visible = <T extends Lagging>(table: Record<string, T>, sim: Sim): T[] =>
  Object.values(table).filter((record) => (record.visibleAt ?? 0) <= sim.now);

/** The operations that change nothing. */
const READS = /^(Describe|List|Get|Head|BatchGet|Filter)/;

/** Whether an operation changes nothing, by its name. */
export const isRead = (operation: string): boolean => READS.test(operation);

/** The same operations, with `sweep` done first by each that changes something: a read must leave the world as it is. */
export const changing = (operations: Operations, sweep: (sim: Sim) => void): Operations =>
  Object.fromEntries(
    Object.entries(operations).map(([name, applyPlan]): [string, Operation] => [
      name,
      isRead(name)
        ? applyPlan
        : (input, sim) => {
            sweep(sim);
            return applyPlan(input, sim);
          },
    ]),
  );
