// What a stack's policy is for: the kinds of its config and of its state, and the names that its resources have.
import { glob } from "../simulator/iam/matching.ts";
import type { AnyAwsKind } from "../aws/aws.ts";
import { kindOf, kinds } from "../aws/kinds.ts";
import type { Places } from "../aws/permissions/places.ts";
import type { PolicyRequest, Purpose } from "../aws/permissions/policy.ts";
import { namePatternsOf, namesOf, ownSecret, stateBucketOf } from "../config/naming.ts";
import { readsFrom, secretsOf } from "../config/secrets.ts";
import { topology, type DeclaredStack } from "../../reconcilers/topology.ts";
import type { State } from "../../state/state.ts";

/** Names of resources that the config or the state may choose freely, by the type that the service authorization reference has for them. */
const NAMED: Readonly<Record<string, string>> = {
  "cloudwatch/alarm": "cloudwatch:alarm",
  "codebuild/project": "codebuild:project",
  "codepipeline/pipeline": "codepipeline:pipeline",
  "ecr/repository": "ecr:repository",
  "ecs/cluster": "ecs:cluster",
  "elb/target-group": "elasticloadbalancing:targetgroup",
  "eventbridge/rule": "events:rule",
  "iam/role": "iam:role",
  "logs/log-group": "logs:log-group",
  "s3/bucket": "s3:bucket",
  "sns/topic": "sns:topic",
  "sqs/queue": "sqs:queue",
};

/** A resource, as far as a policy depends on it. */
interface Known {
  readonly type: string;
  readonly spec: object;
}

/** Whose policy it is. */
export interface Holder {
  readonly account: string;
  readonly partition: string;
}

/** Everything that the printed documents depend on. */
export interface StackPolicy extends PolicyRequest {
  /** The user's own kinds that do not say what they need. */
  readonly silent: readonly string[];
}

/** The policy of a stack. `all`: for every kind that there is, and not only for those of the config and the state. */
export function stackPolicy(
  stack: DeclaredStack,
  { account, partition }: Holder,
  { purpose, all, state }: { readonly purpose: Purpose; readonly all: boolean; readonly state: State | undefined },
): StackPolicy {
  // Which kinds there are depends on the file alone; what AWS knows changes settings of resources.
  const zones = Object.fromEntries(stack.domains.map((domain) => [domain, "Z0"]));
  // Some exist before, some only after a service's first release.
  const nodes = [true, false].flatMap((isReleased) => {
    const released = Object.fromEntries(stack.services.map((service) => [service.name, isReleased]));
    return topology(stack, { account, partition, originFacingPrefixList: "pl-0", released, zones }).graph.nodes;
  });
  const planned = nodes.map(({ kind, spec }): Known => ({ type: kind.type, spec }));
  const known = [...planned, ...Object.values(state?.resources ?? {})];
  const types = new Set(all ? kinds.map(({ type }) => type) : known.map(({ type }) => type));
  const own = ownKinds([...(stack.kinds ?? []), ...nodes.map(({ kind }) => kind as AnyAwsKind)]);
  const permissions = own.flatMap((kind) => kind.permissions ?? []);
  const stored = stack.services.flatMap((service) => secretsOf(service)).map(({ source }) => source);
  return {
    purpose,
    places: placesOfStack(stack, { account, partition }, known),
    types,
    own: permissions.flatMap((one) =>
      typeof one === "string" ? [] : [{ Effect: "Allow", Action: one.Action, Resource: one.Resource }],
    ),
    actions: permissions.filter((one) => typeof one === "string"),
    parameters: stack.services.some((service) => readsFrom(service, "ssm")),
    secrets: stored.some(({ secretsManager, own: name }) => secretsManager !== undefined || name !== undefined),
    leftBehind: stack.leftBehind ?? false,
    silent: own.filter((kind) => kind.permissions === undefined).map(({ type }) => type),
  };
}

function ownKinds(listed: readonly AnyAwsKind[]): AnyAwsKind[] {
  const byType = new Map(listed.map((kind) => [kind.type, kind]));
  return [...byType.values()].filter(({ type }) => kindOf(type) === undefined);
}

function placesOfStack(stack: DeclaredStack, { account, partition }: Holder, known: readonly Known[]): Places {
  const names = namesOf(stack, account);
  const { name, environment, region, stackName: prefix } = stack;
  const patterns = namePatternsOf(stack);
  const covered = [
    `${prefix}-*`,
    prefix,
    ...["/ecs", "/aws/codebuild"].flatMap((start) => [
      `${start}/${prefix}`,
      `${start}/${prefix}-*`,
      `${start}/${prefix}/*`,
    ]),
  ];
  const inType: Readonly<Record<string, readonly string[]>> = {
    "iam/role": patterns.roles,
    "eventbridge/rule": patterns.rules,
    "elb/target-group": patterns.targetGroups,
    "s3/bucket": [`${prefix}-*-${account}-${region}`],
    "ecs/cluster": [names.cluster],
    "codepipeline/pipeline": [names.pipeline],
  };
  const further: Record<string, string[]> = {};
  for (const { type, spec } of known) {
    const reference = NAMED[type];
    const { name: given } = spec as { name?: unknown };
    if (reference === undefined || typeof given !== "string") continue;
    if ((inType[type] ?? covered).some((pattern) => glob(pattern, given))) continue;
    const list = (further[reference] ??= []);
    if (!list.includes(given)) list.push(given);
  }
  const base = stack.shared;
  return {
    partition,
    account,
    region,
    name,
    environment,
    prefix,
    loadBalancer: names.loadBalancer,
    cluster: names.cluster,
    ...patterns,
    pipeline: names.pipeline,
    state: stack.state.s3 && {
      bucket: stateBucketOf(stack, account),
      prefix: `${stack.state.s3.prefix ?? "fairlead"}/${prefix}`,
    },
    secrets: stack.services.flatMap((service) =>
      secretsOf(service).flatMap(({ source: { secretsManager, own } }) =>
        secretsManager !== undefined ? [secretsManager] : own !== undefined ? [ownSecret(prefix, own)] : [],
      ),
    ),
    domains: stack.domains,
    regions: stack.regions ?? [region],
    network: base ? { owner: base } : stack.network.vpc === undefined ? undefined : { vpc: stack.network.vpc },
    further,
  };
}
