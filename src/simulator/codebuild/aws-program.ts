import type { RegisterTaskDefinitionCommandInput } from "@aws-sdk/client-ecs";
import { autoscaling } from "../autoscaling/operations.ts";
import { targets } from "../autoscaling/records.ts";
import { ecr } from "../ecr/operations.ts";
import { ecs } from "../ecs/operations.ts";
import { taskDefinitionOf } from "../ecs/records.ts";
import { SimulatedError } from "../errors.ts";
import type { RoleCall } from "../iam/permissions.ts";
import { logs } from "../logs/operations.ts";
import { isRead, type Operations, type Sim } from "../sim.ts";
import { optionsOf } from "./options.ts";
import type { BuildRole } from "./permissions.ts";
import type { Ran } from "./machine.ts";

/** What AWS's command line works with. */
export interface AwsHost {
  readonly sim: Sim;
  readonly role: Pick<BuildRole, "ask" | "login" | "describe">;
  readonly files: ReadonlyMap<string, string>;
  /** The current moment of the build. */
  readonly now: () => number;
}

/** A call of AWS's: what it says, and what the role has to be allowed for it. */
interface Call {
  readonly of: Operations;
  readonly operation: string;
  readonly input: object;
  readonly needs: readonly RoleCall[];
}

/**
 * AWS's command line, as far as a build uses it: `ecr` and `ecs` with the commands below, and `logs get-log-events`. What else it is asked for
 * counts as done in silence.
 */
export function awsProgram(host: AwsHost): (words: readonly string[]) => Ran {
  return ([service = "", command = "", ...words]) => {
    if (service === "ecr" && command === "get-login-password")
      return refusedBy(host.role.login()) ?? { code: 0, output: "password\n" };
    const called = COMMANDS[`${service} ${command}`]?.(host, words);
    return called ? carryOut(host, called, words) : { code: 0, output: "" };
  };
}

const one = (words: readonly string[], option: string): string => optionsOf(words, option)[0] ?? "";

const on = (resource: string, ...actions: readonly string[]): RoleCall[] =>
  actions.map((action) => ({ action, resource }));

/** Images in the command line's short form: `imageTag=1` or `imageDigest=sha256:...`. */
const imagesOf = (words: readonly string[], option: string) =>
  optionsOf(words, option).map((pairs): Readonly<Record<string, string>> =>
    Object.fromEntries(pairs.split(",").map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
  );

/** The roles of a task definition, which who registers or runs it passes on. */
const passed = (roles: readonly (string | undefined)[]): RoleCall[] =>
  roles.flatMap((resource) =>
    resource === undefined
      ? []
      : [{ action: "iam:PassRole", resource, context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }],
  );

/** What a call about a scalable target needs, with the tags that the target has. */
const scaled = (sim: Sim, fits: (target: { resourceId: string; arn: string }) => boolean, action: string): RoleCall => {
  const target = Object.values(targets(sim)).find(fits);
  const tags = Object.entries(target?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, value]);
  return {
    action: `application-autoscaling:${action}`,
    resource: target?.arn ?? sim.arn("application-autoscaling", "scalable-target/*"),
    context: Object.fromEntries(tags) as Record<string, string>,
  };
};

/** Service Authorization Reference, "Actions, resources, and condition keys for AWS Application Auto Scaling". */
const BOUNDS: Readonly<Record<string, (host: AwsHost, words: readonly string[]) => Call>> = {
  "application-autoscaling describe-scalable-targets"(_host, words) {
    const input = {
      ServiceNamespace: one(words, "--service-namespace"),
      ScalableDimension: one(words, "--scalable-dimension"),
      ResourceIds: optionsOf(words, "--resource-ids"),
    };
    const needs = on("*", "application-autoscaling:DescribeScalableTargets");
    return { of: autoscaling, operation: "DescribeScalableTargets", input, needs };
  },
  "application-autoscaling register-scalable-target"({ sim }, words) {
    const ResourceId = one(words, "--resource-id");
    const input = {
      ServiceNamespace: one(words, "--service-namespace"),
      ScalableDimension: one(words, "--scalable-dimension"),
      ResourceId,
      MinCapacity: Number(one(words, "--min-capacity")),
    };
    const service = sim.arn("ecs", ResourceId);
    const needs = [
      scaled(sim, ({ resourceId }) => resourceId === ResourceId, "RegisterScalableTarget"),
      ...on(service, "ecs:DescribeServices", "ecs:UpdateService"),
    ];
    return { of: autoscaling, operation: "RegisterScalableTarget", input, needs };
  },
  "application-autoscaling list-tags-for-resource"({ sim }, words) {
    const ResourceARN = one(words, "--resource-arn");
    const needs = [scaled(sim, ({ arn }) => arn === ResourceARN, "ListTagsForResource")];
    return { of: autoscaling, operation: "ListTagsForResource", input: { ResourceARN }, needs };
  },
  "application-autoscaling tag-resource"({ sim }, words) {
    const ResourceARN = one(words, "--resource-arn");
    const input = { ResourceARN, Tags: JSON.parse(one(words, "--tags")) as object };
    const needs = [scaled(sim, ({ arn }) => arn === ResourceARN, "TagResource")];
    return { of: autoscaling, operation: "TagResource", input, needs };
  },
  "application-autoscaling untag-resource"({ sim }, words) {
    const ResourceARN = one(words, "--resource-arn");
    const input = { ResourceARN, TagKeys: optionsOf(words, "--tag-keys") };
    const needs = [scaled(sim, ({ arn }) => arn === ResourceARN, "UntagResource")];
    return { of: autoscaling, operation: "UntagResource", input, needs };
  },
};

/*
 * What each needs: Service Authorization Reference, "Actions, resources, and condition keys for Amazon Elastic Container Service", and the
 * same for Amazon ECR and Amazon CloudWatch Logs.
 */
const COMMANDS: Readonly<Record<string, (host: AwsHost, words: readonly string[]) => Call>> = {
  ...BOUNDS,
  "ecr describe-images"(_host, words) {
    const repositoryName = one(words, "--repository-name");
    const imageIds = imagesOf(words, "--image-ids");
    const input = { repositoryName, ...(imageIds.length > 0 ? { imageIds } : {}) };
    return { of: ecr, operation: "DescribeImages", input, needs: [] };
  },
  "ecr describe-image-scan-findings"({ sim }, words) {
    const repositoryName = one(words, "--repository-name");
    const [imageId = {}] = imagesOf(words, "--image-id");
    const needs = on(sim.arn("ecr", `repository/${repositoryName}`), "ecr:DescribeImageScanFindings");
    return { of: ecr, operation: "DescribeImageScanFindings", input: { repositoryName, imageId }, needs };
  },
  "ecs describe-task-definition"(_host, words) {
    const input = { taskDefinition: one(words, "--task-definition"), include: ["TAGS"] };
    return { of: ecs, operation: "DescribeTaskDefinition", input, needs: on("*", "ecs:DescribeTaskDefinition") };
  },
  "ecs register-task-definition"({ sim, files }, words) {
    const text = files.get(one(words, "--cli-input-json").replace(/^file:\/\//, "")) ?? "{}";
    const input = JSON.parse(text) as RegisterTaskDefinitionCommandInput;
    const { family, executionRoleArn, taskRoleArn, tags = [] } = input;
    const resource = sim.arn("ecs", `task-definition/${family}:*`);
    const context = { "ecs:CreateAction": "RegisterTaskDefinition" };
    const needs = [
      ...on(resource, "ecs:RegisterTaskDefinition"),
      ...(tags.length > 0 ? [{ action: "ecs:TagResource", resource, context }] : []),
      ...passed([executionRoleArn, taskRoleArn]),
    ];
    return { of: ecs, operation: "RegisterTaskDefinition", input, needs };
  },
  "ecs describe-services"({ sim }, words) {
    const [cluster, service] = [one(words, "--cluster"), one(words, "--services")];
    const needs = on(sim.arn("ecs", `service/${cluster}/${service}`), "ecs:DescribeServices");
    return { of: ecs, operation: "DescribeServices", input: { cluster, services: [service] }, needs };
  },
  "ecs run-task"({ sim }, words) {
    const cluster = one(words, "--cluster");
    const taskDefinition = one(words, "--task-definition");
    const { arn, definition } = taskDefinitionOf(sim, taskDefinition);
    const propagateTags = optionsOf(words, "--propagate-tags")[0];
    const input = {
      cluster,
      taskDefinition,
      launchType: one(words, "--launch-type"),
      networkConfiguration: JSON.parse(one(words, "--network-configuration")) as object,
      clientToken: one(words, "--client-token"),
      startedBy: one(words, "--started-by"),
      enableECSManagedTags: words.includes("--enable-ecs-managed-tags"),
      ...(propagateTags === undefined ? {} : { propagateTags }),
    };
    const task = sim.arn("ecs", `task/${cluster}/*`);
    const needs = [
      { action: "ecs:RunTask", resource: arn, context: { "ecs:cluster": sim.arn("ecs", `cluster/${cluster}`) } },
      { action: "ecs:TagResource", resource: task, context: { "ecs:CreateAction": "RunTask" } },
      ...passed([definition.executionRoleArn, definition.taskRoleArn]),
    ];
    return { of: ecs, operation: "RunTask", input, needs };
  },
  "ecs describe-tasks"(_host, words) {
    const task = one(words, "--tasks");
    const input = { cluster: one(words, "--cluster"), tasks: [task] };
    return { of: ecs, operation: "DescribeTasks", input, needs: on(task, "ecs:DescribeTasks") };
  },
  "logs get-log-events"({ sim }, words) {
    const [logGroupName, logStreamName] = [one(words, "--log-group-name"), one(words, "--log-stream-name")];
    const input = { logGroupName, logStreamName, limit: Number(one(words, "--limit")), startFromHead: false };
    const resource = sim.arn("logs", `log-group:${logGroupName}:log-stream:${logStreamName}`);
    return { of: logs, operation: "GetLogEvents", input, needs: on(resource, "logs:GetLogEvents") };
  },
};

/**
 * A build is executed when it starts, although its commands run later: changes take effect at once, and reads return what will exist when
 * the command runs.
 */
function carryOut(host: AwsHost, { of, operation, input, needs }: Call, words: readonly string[]): Ran {
  const refused =
    operation === "DescribeImages" ? host.role.describe(one(words, "--repository-name")) : host.role.ask(...needs);
  if (refused !== undefined) return refusedBy(refused) ?? { code: REFUSED, output: "" };
  try {
    const sim = isRead(operation) ? { ...host.sim, now: host.now() } : host.sim;
    const answer = of[operation]?.(structuredClone(input), sim);
    const [query] = optionsOf(words, "--query");
    const told = query === undefined ? answer : found(answer, query);
    const isJson = one(words, "--output") === "json";
    return { code: 0, output: `${isJson ? JSON.stringify(told ?? null, undefined, 4) : textOf(told)}\n` };
  } catch (error) {
    if (!(error instanceof SimulatedError)) throw error;
    const errors = `An error occurred (${error.name}) when calling the ${operation} operation: ${error.message}\n`;
    return { code: REFUSED, output: "", errors };
  }
}

/** AWS CLI user guide, "Command line return codes in the AWS CLI": 254, the service has returned an error. */
const REFUSED = 254;

const refusedBy = (refused: string | undefined): Ran | undefined =>
  refused === undefined
    ? undefined
    : { code: REFUSED, output: "", errors: `An error occurred (AccessDeniedException): ${refused}\n` };

/** What a JMESPath of names and numbers finds, such as `imageDetails[0].imageDigest` or `Tags."a:b"`. */
function found(answer: unknown, query: string): unknown {
  const steps = [...query.matchAll(/"([^"]+)"|[A-Za-z]\w*|\d+/g)].map(([step, quoted = step]) => quoted);
  return steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], answer);
}

/** AWS CLI user guide, "Text output format": what is not there is `None`, and a list has tabs between its items. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return "None";
  return Array.isArray(value)
    ? value.map(textOf).join("\t")
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
}
