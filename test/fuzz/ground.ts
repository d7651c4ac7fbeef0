import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AllocateAddressCommand, CreateSubnetCommand, CreateVpcCommand, type ResourceType } from "@aws-sdk/client-ec2";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { vi } from "vitest";
import { APP } from "../support/identities.ts";
import { ownerTags, tagList } from "../../src/aws/tags.ts";
import type { WorldData } from "../../src/simulator/world.ts";
import { countsOf } from "../crash/likeness.ts";
import { makeRole } from "../support/foreign.ts";
import { Stage } from "../support/stage.ts";
import { PLAIN, type StackUnderTest } from "../support/stacks.ts";

/** What lies on disk at one moment. */
export interface Sight {
  /** The world's file and the state's, byte by byte. */
  readonly bytes: string;
  readonly state: string | undefined;
  /** Every record of every table that holds resources, by `table key`. */
  readonly things: ReadonlyMap<string, string>;
  readonly counts: Readonly<Record<string, number>>;
}

/**
 * A folder with a stack that stands, beside things of somebody else's in the same account; and the same account without the stack.
 * The machine's clock stands still meanwhile, so that the same case is the same case again.
 */
export class Ground {
  readonly stage = new Stage();
  readonly #stack: StackUnderTest;
  /** The ids of what is somebody else's, by the type of resource that the stack has of the same sort. */
  readonly foreignIds: { readonly type: string; readonly id: string }[] = [];
  #standing = () => {};
  #nothing = () => {};
  #foreign: Sight["things"] = new Map();
  #whole: Sight["counts"] = {};

  constructor(stack: StackUnderTest = PLAIN) {
    this.#stack = stack;
  }

  async build(): Promise<this> {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.UTC(2026, 0, 1) });
    this.#stack.write(this.stage);
    await this.#plant();
    this.#nothing = this.stage.keep();
    this.#foreign = this.look().things;
    for (const time of ["first", "second"]) {
      const { exit, lines } = await this.stage.type("reconcile", "--yes");
      if (exit !== 0) throw new Error(`The stack does not stand the ${time} time: ${lines.join("\n")}`);
      // Whatever AWS is still about by itself has come to its end.
      await this.stage.meddle(async (_aws, clock) => clock.sleep(3_600_000));
    }
    this.#whole = this.look().counts;
    this.#standing = this.stage.keep();
    return this;
  }

  remove(): void {
    this.stage.remove();
    vi.useRealTimers();
  }

  /** Puts everything back: the stack stands, or there is nothing but what is somebody else's. */
  begin(standing: boolean): void {
    if (standing) this.#standing();
    else this.#nothing();
    this.#stack.write(this.stage);
  }

  get stateFile(): string {
    return join(this.stage.directory, ".fairlead", `${this.#stack.name}.json`);
  }

  look(): Sight {
    const world = readFileSync(join(this.stage.directory, ".fairlead", "local", "world.json"), "utf8");
    // A folder in the place of the file has no bytes.
    const state = existsSync(this.stateFile) ? bytesOf(this.stateFile) : undefined;
    const data = JSON.parse(world) as WorldData;
    const tables = Object.entries(data.tables).filter(([name]) => !name.startsWith("~"));
    const things = tables.flatMap(([name, table]) =>
      Object.entries(table).map(([key, record]) => [`${name} ${key}`, JSON.stringify(record)] as const),
    );
    return { bytes: `${world}\n${state}`, state, things: new Map(things), counts: countsOf(data) };
  }

  /** What is wrong with somebody else's things: all of them are as they were. */
  disturbed({ things }: Sight): string[] {
    return [...this.#foreign]
      .filter(([name, record]) => things.get(name) !== record)
      .map(([name]) => `${name} is somebody else's, and is ${things.has(name) ? "changed" : "gone"}.`);
  }

  /** What is left of the stack after a teardown. */
  left({ things }: Sight): string[] {
    return [...things.keys()].filter((name) => !this.#foreign.has(name)).map((name) => `${name} is left.`);
  }

  /** What there is more of, or less, than in a stack that nobody disturbed. */
  miscounted({ counts }: Sight): string[] {
    const names = new Set([...Object.keys(counts), ...Object.keys(this.#whole)]);
    return [...names]
      .filter((name) => counts[name] !== this.#whole[name])
      .map((name) => `${name}: ${counts[name] ?? 0} in the place of ${this.#whole[name] ?? 0}.`);
  }

  /** One of each sort that a careless run would take for the stack's own. */
  async #plant(): Promise<void> {
    const role = `${this.#stack.name}-theirs`;
    const [bucket, logs] = ["somebody-elses-bucket", `/ecs/${role}`];
    await this.stage.meddle(async (aws, clock) => {
      const theirs = (type: ResourceType, id: string) => ({
        TagSpecifications: [{ ResourceType: type, Tags: tagList(ownerTags({ ...APP, name: "other-app" }, id)) }],
      });
      const Cidr = { CidrBlock: "10.0.0.0/16" };
      const { Vpc } = await aws.ec2(new CreateVpcCommand({ ...Cidr, ...theirs("vpc", "network/vpc") }));
      const { Vpc: bare } = await aws.ec2(new CreateVpcCommand(Cidr));
      // EC2 may not find by its id what it has just created.
      await clock.sleep(5_000);
      const inside = { VpcId: Vpc?.VpcId, CidrBlock: "10.0.0.0/24", AvailabilityZone: "ap-northeast-1a" };
      const { Subnet } = await aws.ec2(new CreateSubnetCommand({ ...inside, ...theirs("subnet", "network/public-1") }));
      const address = { Domain: "vpc", ...theirs("elastic-ip", "network/nat-address-1") } as const;
      const { AllocationId } = await aws.ec2(new AllocateAddressCommand(address));
      const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
      await aws.s3(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
      await aws.logs(new CreateLogGroupCommand({ logGroupName: logs }));
      await makeRole(aws, role);
      await clock.sleep(3_600_000);
      const ids = { "s3/bucket": bucket, "logs/log-group": logs, "iam/role": role, "ec2/subnet": Subnet?.SubnetId };
      const more = { "ec2/elastic-ip": AllocationId, "ec2/vpc": Vpc?.VpcId };
      for (const [type, id] of Object.entries({ ...ids, ...more })) this.foreignIds.push({ type, id: id ?? "" });
      this.foreignIds.push({ type: "ec2/vpc", id: bare?.VpcId ?? "" });
    });
  }
}

const bytesOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
};

/** The records that are gone, and those that were changed. */
export const vanished = (before: Sight, after: Sight): string[] =>
  [...before.things.keys()].filter((name) => !after.things.has(name));
export const changed = (before: Sight, after: Sight): string[] =>
  [...new Set([...before.things.keys(), ...after.things.keys()])].filter(
    (name) => before.things.get(name) !== after.things.get(name),
  );
