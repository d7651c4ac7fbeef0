import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PutImageCommand } from "@aws-sdk/client-ecr";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { expect } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { StackConfig } from "../../src/index.ts";
import { namesOf } from "../../src/config/naming.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { firstBroken, type Hop } from "../../src/release/doctor.ts";
import { look } from "../../src/release/doctor/seen.ts";
import type { ServiceRef } from "../../src/release/service-ref.ts";
import { Stage } from "./stage.ts";

export const WAY = [
  "distribution",
  "load balancer",
  "load balancer's security group",
  "listener",
  "listener rule",
  "target group",
  "tasks' security group",
  "public subnets' routes",
  "private subnets' routes",
  "service",
  "task definition and image",
];
export const RECONCILE = "Run `npx fairlead reconcile`.";
export const RELEASE = "Deploy the application: run `npx fairlead deploy`.";
export const REPOSITORY = "fairlead-app-dev";
/** What the task definition names until a release puts an image there. */
export const PLACEHOLDER = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/${REPOSITORY}:unreleased`;
const MANIFEST = "{}";
export const IMAGE = `123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/${REPOSITORY}@sha256:${createHash("sha256").update(MANIFEST).digest("hex")}`;
export const CLUSTER = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };

type Intercept = Parameters<Stage["world"]>[1];

/** A stack in the simulated world, as it stood before its first release and as it stands after it. */
export class Ward {
  readonly #config: StackConfig;
  readonly #stage: Stage;
  fresh = "";
  released = "";

  constructor(config: StackConfig) {
    this.#config = config;
    this.#stage = new Stage(config);
  }

  async build(): Promise<void> {
    expect((await this.#stage.run("reconcile")).exit).toBe(0);
    const { clock, world } = this.#stage.world();
    world.data.now = Math.max(world.data.now, clock.now()) + 600_000;
    world.save();
    this.fresh = readFileSync(this.#file, "utf8");
    await this.#deploy();
    expect((await this.#stage.run("reconcile")).exit).toBe(0);
    this.released = readFileSync(this.#file, "utf8");
  }

  /** What the deploy action of the pipeline does: a revision like the one that the service runs, with the image that was approved. */
  async #deploy(): Promise<void> {
    const { aws } = this.ref();
    await aws.ecr(new PutImageCommand({ repositoryName: REPOSITORY, imageManifest: MANIFEST, imageTag: "first" }));
    const { services: [service] = [] } = await aws.ecs(
      new DescribeServicesCommand({ cluster: CLUSTER.cluster, services: [CLUSTER.service] }),
    );
    const { taskDefinition: running, tags } = await aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition, include: ["TAGS"] }),
    );
    const { family, cpu, memory, networkMode, executionRoleArn, taskRoleArn, requiresCompatibilities, volumes } =
      running ?? {};
    const { taskDefinition } = await aws.ecs(
      new RegisterTaskDefinitionCommand({
        family,
        cpu,
        memory,
        networkMode,
        executionRoleArn,
        taskRoleArn,
        requiresCompatibilities,
        volumes,
        tags,
        containerDefinitions: running?.containerDefinitions?.map((container) => ({ ...container, image: IMAGE })),
      }),
    );
    await aws.ecs(new UpdateServiceCommand({ ...CLUSTER, taskDefinition: taskDefinition?.taskDefinitionArn }));
  }

  get #file(): string {
    return join(this.#stage.directory, ".fairlead", "local", "world.json");
  }

  restore(world: string): void {
    writeFileSync(this.#file, world);
  }

  text(): string {
    return readFileSync(this.#file, "utf8");
  }

  remove(): void {
    this.#stage.remove();
  }

  ref(intercept?: Intercept): ServiceRef {
    const { aws, clock } = this.#stage.world("ap-northeast-1", intercept);
    const stack = resolveStack(this.#config);
    return { aws, clock, stack, names: namesOf(stack, aws.account) };
  }
}

/** The site where AWS answers one command in another way than the simulated one does. */
export function told(ref: ServiceRef, command: new (input: never) => object, answer: object): ServiceRef {
  const aws = Object.entries(ref.aws).map(([name, send]: [string, unknown]) =>
    typeof send === "function"
      ? [name, async (asked: object, ...rest: unknown[]) => (asked instanceof command ? answer : send(asked, ...rest))]
      : [name, send],
  );
  return { ...ref, aws: Object.fromEntries(aws) as Aws };
}

export const one = (hops: readonly Hop[], name: string): Hop | undefined => hops.find((hop) => hop.name === name);

/** The hops that are not ok, by their state. */
export const notOk = (hops: readonly Hop[]): Record<string, string> =>
  Object.fromEntries(hops.filter(({ state }) => state !== "ok").map(({ name, state }) => [name, state]));

/** Asserts that one hop is broken, with its sentence and fix, and that the others are ok but for those named. */
export function brokenAt(
  hops: Hop[],
  name: string,
  what: string,
  fix = RECONCILE,
  others: Record<string, string> = {},
) {
  expect(one(hops, name)).toEqual({ name, state: "broken", what, fix });
  expect(notOk(hops)).toEqual({ [name]: "broken", ...others });
  expect(firstBroken(hops)).toEqual(one(hops, name));
}

/** What the way leads through, in AWS's ids. */
export async function ids(ref: ServiceRef) {
  const seen = look(ref);
  const { subnets, groups, tables, gateways, nats, endpoints } = seen.network;
  const group = async (name: string) => (await groups).find(({ GroupName }) => GroupName === name)?.GroupId ?? "";
  const named = async (name: string) =>
    (await subnets).find(({ Tags }) => Tags?.some(({ Key, Value }) => Key === "fairlead:id" && Value === name))
      ?.SubnetId ?? "";
  const subnet = await named("network/private-1");
  const [rule] = await seen.rules;
  return {
    distribution: (await seen.distribution)?.Id ?? "",
    dnsName: (await seen.balancer)?.DNSName ?? "",
    balancer: (await seen.balancer)?.LoadBalancerArn ?? "",
    listener: (await seen.listener)?.ListenerArn ?? "",
    rule: rule?.RuleArn ?? "",
    secret: rule?.Conditions?.flatMap(({ HttpHeaderConfig }) => HttpHeaderConfig?.Values ?? [])[0] ?? "",
    conditions: rule?.Conditions ?? [],
    targetGroup: (await seen.targetGroup)?.TargetGroupArn ?? "",
    balancerGroup: await group("fairlead-app-dev-alb"),
    tasksGroup: await group("fairlead-app-dev-tasks"),
    subnet,
    table: (await tables).find(({ Associations }) => Associations?.some(({ SubnetId }) => SubnetId === subnet))
      ?.RouteTableId,
    publicSubnet: await named("network/public-1"),
    gateway: (await gateways)[0]?.InternetGatewayId,
    nats: await nats,
    endpoints: await endpoints,
  };
}
