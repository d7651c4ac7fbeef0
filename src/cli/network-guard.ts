import type { Aws } from "../aws/aws.ts";
import { checkedNetwork, type NetworkFindings, type NetworkUse } from "../aws/ec2/existing-network.ts";
import { limitsEver } from "../config/counts.ts";
import { readsFrom } from "../config/secrets.ts";
import { isPublic } from "../config/shared-stack.ts";
import type { Stack } from "../config/stack.ts";
import type { Plan } from "../engine/action.ts";
import type { Session } from "./session.ts";

/** What is to be said of the existing network that a plan puts resources into; nothing where the stack creates its own. */
export async function existingNetworkFindings(
  { aws, snapshot, stack }: Session,
  plan: Plan<Aws>,
): Promise<NetworkFindings> {
  const { network } = stack;
  if (network.vpc === undefined || network.vpc === "") return { problems: [], notes: [] };
  return checkedNetwork(aws, snapshot, network, useOf(stack, plan));
}

/** What a plan puts into the network. Room is asked for only where more is put there than stands there already. */
function useOf(stack: Stack, { actions }: Plan<Aws>): NetworkUse {
  const changing = (type: string) =>
    actions.filter(({ kind, action }) => kind.type === type && action !== "noop" && action !== "delete");
  const newBalancer = changing("elb/load-balancer").some(
    ({ observed, differences }) => !observed || differences.some(({ path }) => /^(subnetIds|vpcId)/.test(path)),
  );
  const grows = changing("ecs/service").length > 0 || changing("autoscaling/scalable-target").length > 0;
  return {
    newBalancer,
    isInternal: stack.edge?.origin === "vpc" && (stack.shareable || stack.services.some(isPublic)),
    ownerIsKnown: stack.shared !== undefined,
    tasks: grows ? tasksOf(stack, actions) : undefined,
    endpoints: endpointsOf(stack),
    volumes: hasVolumes(stack),
  };
}

const hasVolumes = ({ services }: Stack) => services.some(({ volumes }) => Object.keys(volumes).length > 0);

/** While a service is deployed, ECS runs up to `maxPercent` of its tasks, rounded down (ECS API reference, DeploymentConfiguration). */
function tasksOf({ services }: Stack, actions: Plan<Aws>["actions"]): NetworkUse["tasks"] {
  const most = services.map((one) =>
    one.type === "job" ? 1 : Math.floor((limitsEver(one.scaling).max * one.service.maxPercent) / 100),
  );
  const running = actions.map(({ kind, observed }) => (kind.type === "ecs/service" ? desiredOf(observed?.spec) : 0));
  return { most: sum(most), running: sum(running) };
}

const desiredOf = (spec: Readonly<Record<string, unknown>> | undefined): number =>
  (spec?.["count"] as { readonly desired?: number } | undefined)?.desired ?? 0;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, more) => total + more, 0);

/** What tasks ask AWS for before they run: image, log stream and secrets; and the channel of ECS Exec where a service has it. */
function endpointsOf({ services }: Stack): string[] {
  const exec = services.some((one) => one.type !== "job" && one.service.enableExec);
  return [
    "ecr.api",
    "ecr.dkr",
    "logs",
    ...(services.some((one) => readsFrom(one, "secretsManager")) ? ["secretsmanager"] : []),
    ...(services.some((one) => readsFrom(one, "ssm")) ? ["ssm"] : []),
    ...(exec ? ["ssmmessages"] : []),
  ];
}
