import type { Sim } from "../sim.ts";
import { fieldsOf, textsIn } from "./inputs.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The ARNs of what a call is about, from its input. */
export type Resources = (input: Fields, sim: Sim, operation: string) => readonly string[];

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** ARNs that a service's tagging calls are given. */
const given = (input: Fields) =>
  ["ResourceARN", "ResourceArn", "resourceArn", "Resource", "resource"].flatMap((name) =>
    textsIn(input[name]).filter((value) => value.startsWith("arn:")),
  );

/** ARNs of one resource for each name in these fields; `*` if none of them is set. */
const named =
  (service: string, start: string, names: readonly string[], region?: string): Resources =>
  (input, sim) => {
    const found = names.flatMap((name) => textsIn(input[name])).filter((name) => !name.startsWith("arn:"));
    const arns = given(input);
    const all = found.length > 0 || arns.length > 0 ? found : ["*"];
    return [...all.map((name) => sim.arn(service, `${start}${name}`, region)), ...arns];
  };

const records = <T extends object>(sim: Sim, table: string) => Object.values(sim.table<T>(table));

/** A call on a log group is about its streams as a whole; tags are its own (service authorization reference, and AWS's denials). */
const logs: Resources = (input, sim, operation) => {
  const groups = ["logGroupName", "logGroupIdentifier"].flatMap((name) => textsIn(input[name]));
  const plain = [...groups, ...textsIn(input["logGroupIdentifiers"])].map((name) =>
    name.startsWith("arn:") ? name.replace(/:\*$/, "") : sim.arn("logs", `log-group:${name}`),
  );
  const stream = text(input["logStreamName"]);
  const streams = stream === "" ? [] : plain.map((arn) => `${arn}:log-stream:${stream}`);
  const tagging = /tag/i.test(operation) ? given(input).map((arn) => arn.replace(/:\*$/, "")) : [];
  return [...plain, ...streams, ...tagging, ...deliveries(input, sim, operation)];
};

/** What vended logs are delivered from and to. */
function deliveries(input: Fields, sim: Sim, operation: string): string[] {
  if (!operation.includes("Deliver")) return [];
  const type = operation.includes("Source")
    ? "delivery-source"
    : operation.includes("Destination")
      ? "delivery-destination"
      : "delivery";
  const names = ["name", "id"].flatMap((name) => textsIn(input[name]));
  const sources = textsIn(input["deliverySourceName"]).map((name) => sim.arn("logs", `delivery-source:${name}`));
  const own = names.length > 0 || type !== "delivery" ? names : ["*"];
  return [
    ...given(input),
    ...own.map((name) => sim.arn("logs", `${type}:${name}`)),
    ...sources,
    ...textsIn(input["deliveryDestinationArn"]),
    // An update says nothing of the two that the delivery joins.
    ...(operation === "UpdateDeliveryConfiguration"
      ? ["delivery-source", "delivery-destination"].map((one) => sim.arn("logs", `${one}:*`))
      : []),
  ];
}

const codebuild: Resources = (input, sim) => {
  const projects = ["name", "names", "project", "projectName"].flatMap((name) => textsIn(input[name]));
  const builds = ["id", "ids"].flatMap((name) => textsIn(input[name])).map((id) => id.split(":")[0] ?? "");
  return [...projects, ...builds].map((name) => sim.arn("codebuild", `project/${name}`));
};

const codepipeline: Resources = (input, sim) => {
  const name = text(input["pipelineName"] ?? input["name"] ?? fieldsOf(input["pipeline"])["name"]);
  const stage = text(input["stageName"]);
  const parts = [name, ...(stage ? [`${name}/${stage}`, `${name}/${stage}/${text(input["actionName"])}`] : [])];
  return [...given(input), ...(name === "" ? [] : parts.map((part) => sim.arn("codepipeline", part)))];
};

const budgets: Resources = (input, sim) => {
  const name = text(input["BudgetName"] ?? fieldsOf(input["Budget"] ?? input["NewBudget"])["BudgetName"]);
  return [...given(input), ...(name === "" ? [] : [sim.arn("budgets", `budget/${name}`, "")])];
};

const cloudfront: Resources = (input, sim, operation) => {
  const id = text(input["Id"] ?? input["ResponseHeadersPolicyId"]);
  const type = /ResponseHeadersPolic/.test(operation)
    ? "response-headers-policy"
    : /VpcOrigin/.test(operation)
      ? "vpcorigin"
      : "distribution";
  return [...given(input), ...(id === "" ? [] : [sim.arn("cloudfront", `${type}/${id}`, "")])];
};

const cloudwatch: Resources = (input, sim, operation) => {
  const names = ["DashboardName", "DashboardNames"].flatMap((name) => textsIn(input[name]));
  const dashboards = names.map((name) => sim.arn("cloudwatch", `dashboard/${name}`, ""));
  const alarms = ["AlarmName", "AlarmNames"].flatMap((name) => textsIn(input[name]));
  const asked = alarms.length > 0 || !operation.includes("Alarm") ? alarms : ["*"];
  return [...given(input), ...dashboards, ...asked.map((name) => sim.arn("cloudwatch", `alarm:${name}`))];
};

/** A scalable target's ARN has an id of AWS's own. */
const autoscaling: Resources = (input, sim) => {
  const arns = given(input);
  if (arns.length > 0) return arns;
  const resourceId = text(input["ResourceId"]);
  const found = records<{ resourceId: string; arn: string }>(sim, "autoscaling.targets").find(
    (one) => one.resourceId === resourceId,
  );
  return [found?.arn ?? sim.arn("application-autoscaling", "scalable-target/*")];
};

const efs: Resources = (input, sim) => {
  const targets = sim.table<{ fileSystemId: string }>("efs.mountTargets");
  const ids = ["FileSystemId", "AccessPointId", "ResourceId"].flatMap((name) => textsIn(input[name]));
  const mounted = textsIn(input["MountTargetId"]).map((id) => targets[id]?.fileSystemId ?? "*");
  return [...ids, ...mounted].map((id) =>
    sim.arn("elasticfilesystem", `${id.startsWith("fsap-") ? "access-point" : "file-system"}/${id}`),
  );
};

const route53: Resources = (input) =>
  ["HostedZoneId", "Id"]
    .flatMap((name) => textsIn(input[name]))
    .map((id) => `arn:aws:route53:::hostedzone/${id.replace(/^\/?hostedzone\//, "")}`);

/** A secret's ARN ends with six characters of AWS's; who asks by the name of one that does not exist asks for that name. */
const secretsmanager: Resources = (input, sim) => {
  const known = records<{ name: string; arn: string }>(sim, "secretsmanager.secrets");
  return ["SecretId", "Name"]
    .flatMap((name) => textsIn(input[name]))
    .map((id) => {
      const found = known.find(({ name, arn }) => name === id || arn === id);
      return found?.arn ?? (id.startsWith("arn:") ? id : sim.arn("secretsmanager", `secret:${id}`));
    });
};

const servicediscovery: Resources = (input, sim, operation) => {
  const id = text(input["Id"]);
  if (id !== "")
    return [sim.arn("servicediscovery", `${operation.endsWith("Namespace") ? "namespace" : "service"}/${id}`)];
  return [...given(input), sim.arn("servicediscovery", "namespace/*")];
};

const sns: Resources = (input, sim) => [
  ...["TopicArn", "SubscriptionArn"]
    .flatMap((name) => textsIn(input[name]))
    .map((arn) => arn.split(":").slice(0, 6).join(":")),
  ...given(input),
  ...textsIn(input["Name"]).map((name) => sim.arn("sns", name)),
];

const sqs: Resources = (input, sim) => [
  ...textsIn(input["QueueName"]).map((name) => sim.arn("sqs", name)),
  ...textsIn(input["QueueUrl"]).map((url) => sim.arn("sqs", url.split("/").at(-1) ?? "")),
];

const scheduler: Resources = (input, sim) =>
  textsIn(input["Name"]).map((name) =>
    sim.arn("scheduler", `schedule/${text(input["GroupName"]) || "default"}/${name}`),
  );

/** A web ACL of CloudFront is global. */
const wafv2: Resources = (input, sim) => {
  const names = textsIn(input["Name"]).map((name) => `global/webacl/${name}/${text(input["Id"]) || "*"}`);
  const logged = textsIn(fieldsOf(input["LoggingConfiguration"])["ResourceArn"]);
  return [...given(input), ...logged, ...names.map((name) => sim.arn("wafv2", name))];
};

const guardduty: Resources = (input, sim) =>
  textsIn(input["DetectorId"]).map((id) => sim.arn("guardduty", `detector/${id}`));

const acm: Resources = (input) => textsIn(input["CertificateArn"]);

/** What the calls of a service are about, for services whose resources are found by name, ARN or an id in the input. */
export const BY_NAME: Readonly<Record<string, Resources>> = {
  acm,
  "application-autoscaling": autoscaling,
  budgets,
  cloudfront,
  cloudwatch,
  codebuild,
  codepipeline,
  ecr: named("ecr", "repository/", ["repositoryName", "repositoryNames"]),
  elasticfilesystem: efs,
  events: named("events", "rule/", ["Name", "Rule"]),
  iam: (input, sim) => [
    ...textsIn(input["RoleName"]).map((name) => sim.arn("iam", `role/${name}`, "")),
    ...textsIn(input["InstanceProfileName"]).map((name) => sim.arn("iam", `instance-profile/${name}`, "")),
  ],
  logs,
  route53,
  scheduler,
  secretsmanager,
  servicediscovery,
  sns,
  sqs,
  guardduty,
  // An account has one in a region.
  securityhub: (_input, sim) => [sim.arn("securityhub", "hub/default")],
  wafv2,
  ssm: named("ssm", "parameter/", ["Name"]),
};
