import { actionsOf, CREATES_LINKED_ROLE, PASSES_TO, prefixOf, tagActionOf } from "../../authorization/calls.ts";
import { refuse } from "../errors.ts";
import type { AccessRequest } from "../iam/evaluate.ts";
import type { Context } from "../iam/matching.ts";
import type { Sim } from "../sim.ts";
import { tagged } from "../tagging-api/records.ts";
import { BY_ID, createdBy } from "./by-id.ts";
import { BY_NAME } from "./by-name.ts";
import { fieldsOf, rolesIn, tagsIn, textsIn, untaggedIn } from "./inputs.ts";
import { actionFacts, hasKey, isOfType } from "./reference.ts";

/** A call, as a client sends it. */
export interface AskedCall {
  readonly service: string;
  readonly operation: string;
  readonly input: unknown;
}

/** One question to IAM: an action on one resource. */
export type Asked = AccessRequest & { readonly resource: string; readonly context: Context };

/** Calls that everybody may make: STS API Reference, "No permissions are required to perform this operation". */
const FREE = new Set(["sts:GetCallerIdentity"]);

/**
 * What IAM is asked about a call: each action that it is authorized as, on each resource that it is about, with the condition keys that the
 * service authorization reference has for the two.
 */
export function requestsOf(call: AskedCall, sim: Sim): Asked[] {
  const prefix = prefixOf(call.service);
  const name = `${prefix}:${call.operation}`;
  if (FREE.has(name)) return [];
  const input = fieldsOf(call.input);
  const about = [...(BY_NAME[prefix] ?? BY_ID[prefix] ?? (() => []))(input, sim, call.operation)];
  // Mount targets are interfaces in a subnet, with security groups.
  if (prefix === "elasticfilesystem") about.push(...(BY_ID["ec2"]?.(input, sim, call.operation) ?? []));
  const created = createdBy(name, input, sim);
  const actions = actionsOf(call.service, call.operation).filter((action) => isMeant(action, input));
  const keys = contextOf(call, sim);
  const asked = actions.flatMap((action) =>
    action === "cloudfront:TagResource"
      ? []
      : on(
          action,
          resourcesOf(action, [...about, ...madeBy(action, sim), ...(action === name ? created : [])], prefix, sim),
          keys,
          sim,
        ),
  );
  const tags =
    tagActionOf(call.service, call.operation) ?? actions.find((action) => action === "cloudfront:TagResource");
  if (tags !== undefined && tags !== name && Object.keys(tagsIn(input)).length > 0) {
    const made = prefix === "ec2" ? specifiedIn(input, sim) : created.length > 0 ? created : about;
    asked.push(
      ...on(
        tags,
        made.map((arn) => ({ arn, type: typeOf(tags, arn) })),
        { ...keys, ...createActionOf(prefix, call.operation) },
        sim,
      ),
    );
  }
  return [...asked, ...passed(name, input, sim), ...linked(name, sim)];
}

/** Versions of objects have actions of their own (Amazon S3 user guide, "Required permissions for Amazon S3 API operations"). */
function isMeant(action: string, input: Readonly<Record<string, unknown>>): boolean {
  if (!/^s3:(Get|Delete)Object(Version)?$/.test(action)) return true;
  const objects = [fieldsOf(input["Delete"])["Objects"] ?? input].flat().map(fieldsOf);
  return objects.some((one) => (one["VersionId"] !== undefined) === action.endsWith("Version"));
}

interface Target {
  readonly arn: string;
  readonly type: string | undefined;
}

const typeOf = (action: string, arn: string): string | undefined => {
  const [service = ""] = action.split(":");
  return Object.keys(actionFacts(action)?.types ?? {}).find((type) => isOfType(service, type, arn));
};

/** What a create of EC2 makes: the types that have the tags of the request and none of their own. */
function madeBy(action: string, sim: Sim): string[] {
  if (!action.startsWith("ec2:")) return [];
  return Object.entries(actionFacts(action)?.types ?? {}).flatMap(([type, { keys, required }]) =>
    required === true && keys.includes("aws:RequestTag") && !keys.includes("aws:ResourceTag")
      ? [sim.arn("ec2", `${type}/*`)]
      : [],
  );
}

const specifiedIn = (input: Readonly<Record<string, unknown>>, sim: Sim): string[] =>
  [input["TagSpecifications"] ?? []]
    .flat()
    .flatMap((one) => textsIn(fieldsOf(one)["ResourceType"]))
    .map((type) => sim.arn("ec2", `${type}/*`));

/** The resources that an action is asked about: those of the types that it has. */
function resourcesOf(action: string, arns: readonly string[], prefix: string, sim: Sim): Target[] {
  const [service = ""] = action.split(":");
  const facts = actionFacts(action);
  // A service that only a user's own kind calls.
  if (!facts && !actionFacts(`${prefix}:TagResource`)) return [{ arn: "*", type: undefined }];
  if (!facts)
    return refuse(
      "SimulatorUnknownAction",
      `The simulated AWS does not know the action ${action}. Run npm run constraints.`,
      501,
    );
  const types = Object.entries(facts.types);
  if (types.length === 0) return [{ arn: "*", type: undefined }];
  // What EFS does to network interfaces is about none that is known before.
  const all = service === "ec2" && prefix !== "ec2" ? [...arns, sim.arn("ec2", "network-interface/*")] : arns;
  const found = [...new Set(all)].flatMap((arn): Target[] => {
    const type = types.find(([name]) => isOfType(service, name, arn))?.[0];
    // The reference has only load balancers for the tags of all that Elastic Load Balancing has ("Policy resources", its user guide).
    if (type === undefined && !/^elasticloadbalancing:(Add|Remove)Tags$/.test(action)) return [];
    // IAM's denials name a log group by its streams, except those of tags (Amazon CloudWatch Logs user guide, "Identity-based policies":
    // the two forms of a log group's ARN).
    const asked = service === "logs" && type === "log-group" && !/tag/i.test(action) ? `${arn}:log-stream:` : arn;
    return [{ arn: asked, type }];
  });
  if (found.length > 0) return found;
  const required = types.some(([, { required: needed }]) => needed === true);
  if (required)
    refuse("SimulatorUnknownResource", `The simulated AWS does not know what ${action} is about in this call.`, 501);
  return [{ arn: "*", type: undefined }];
}

/** The keys of a call that do not depend on the resource. */
function contextOf({ service, operation, input }: AskedCall, sim: Sim): Context {
  const fields = fieldsOf(input);
  const prefix = prefixOf(service);
  const keys: Record<string, string | readonly string[]> = {};
  for (const [key, value] of Object.entries(tagsIn(input))) keys[`aws:RequestTag/${key}`] = value;
  const touched = [...Object.keys(tagsIn(input)), ...untaggedIn(input)];
  if (touched.length > 0) keys["aws:TagKeys"] = touched;
  if (prefix === "application-autoscaling")
    keys["application-autoscaling:service-namespace"] = textsIn(fields["ServiceNamespace"]);
  if (prefix === "ecs") {
    const [cluster] = ["cluster", "clusters"].flatMap((name) => textsIn(fields[name]));
    if (cluster !== undefined)
      keys["ecs:cluster"] = cluster.startsWith("arn:") ? cluster : sim.arn("ecs", `cluster/${cluster}`);
  }
  if (operation === "ChangeResourceRecordSets") {
    const changes = [fieldsOf(fields["ChangeBatch"])["Changes"] ?? []].flat().map(fieldsOf);
    const sets = changes.map((one) => fieldsOf(one["ResourceRecordSet"]));
    const name = "route53:ChangeResourceRecordSets";
    keys[`${name}Actions`] = changes.flatMap((one) => textsIn(one["Action"]));
    keys[`${name}RecordTypes`] = sets.flatMap((one) => textsIn(one["Type"]));
    // Route 53 developer guide, "Using IAM policy conditions": lower case, without the dot at the end.
    keys[`${name}NormalizedRecordNames`] = sets
      .flatMap((one) => textsIn(one["Name"]))
      .map((one) => one.toLowerCase().replace(/\.$/, ""));
  }
  return keys;
}

/** `ec2:CreateAction` and its like: the call that the tags come with. */
const createActionOf = (prefix: string, operation: string): Context => ({ [`${prefix}:CreateAction`]: operation });

/** One request for each resource, with the keys that the reference has for action and resource. */
function on(action: string, targets: readonly Target[], keys: Context, sim: Sim): Asked[] {
  return targets.map(({ arn, type }) => {
    const known = Object.entries(keys).filter(([key]) => hasKey(action, type, key.replace(/\/.*$/, "")));
    const tags = hasKey(action, type, "aws:ResourceTag") && !arn.endsWith("*") ? tagsOf(sim, arn) : {};
    const vpc = hasKey(action, type, "ec2:Vpc") ? vpcOf(sim, arn) : undefined;
    const own = Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value] as const);
    return { action, resource: arn, context: { ...globalsOf(sim), ...Object.fromEntries([...known, ...own]), ...vpc } };
  });
}

/** `ec2:Vpc`, which is an ARN (service authorization reference, condition keys of Amazon EC2). */
function vpcOf(sim: Sim, arn: string): Context {
  const id = arn.slice(arn.lastIndexOf("/") + 1);
  const tables = ["ec2.subnets", "ec2.routeTables", "ec2.securityGroups"];
  const record = tables
    .map((table) => sim.table<{ vpcId?: string }>(table)[id])
    .find((one) => one?.vpcId !== undefined);
  return record?.vpcId === undefined ? {} : { "ec2:Vpc": sim.arn("ec2", `vpc/${record.vpcId}`) };
}

const tagsOf = (sim: Sim, arn: string) => tagged(sim).find((one) => one.arn === arn)?.tags ?? {};

/** IAM user guide, "AWS global condition context keys". */
const globalsOf = (sim: Sim): Context => ({
  "aws:PrincipalAccount": sim.account,
  "aws:RequestedRegion": sim.region,
  "aws:ResourceAccount": sim.account,
  "aws:SecureTransport": "true",
});

/** Each role that the call gives a service. A task is run with the roles of its definition. */
function passed(name: string, input: Readonly<Record<string, unknown>>, sim: Sim): Asked[] {
  const service = PASSES_TO[name];
  if (service === undefined) return [];
  const definitions = name === "ecs:RunTask" ? textsIn(input["taskDefinition"]).map((id) => definitionOf(sim, id)) : [];
  return rolesIn([input, ...definitions]).map((resource) => ({
    action: "iam:PassRole",
    resource,
    context: { ...globalsOf(sim), "iam:PassedToService": service },
  }));
}

/** A task definition by its ARN, or by `family:revision` or the family: then it is the newest. */
const definitionOf = (sim: Sim, id: string) =>
  Object.values(sim.table<{ arn: string }>("ecs.taskDefinitions")).findLast(
    ({ arn }) => arn === id || arn.endsWith(`/${id}`) || arn.includes(`/${id}:`),
  );

/** The service-linked role that the call creates where the account has none. */
function linked(name: string, sim: Sim): Asked[] {
  const role = CREATES_LINKED_ROLE[name];
  if (!role || role.service in sim.global("~iam.linkedRoles")) return [];
  return [
    {
      action: "iam:CreateServiceLinkedRole",
      resource: sim.arn("iam", `role/aws-service-role/${role.service}/${role.name}`, ""),
      context: { ...globalsOf(sim), "iam:AWSServiceName": role.service },
    },
  ];
}
