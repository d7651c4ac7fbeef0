import * as z from "zod";

import type * as pipeline from "./config-delivery.ts";
import type * as layers from "./config-layers.ts";
import type { EnvironmentConfig, StackConfig } from "./config.ts";
import { fargateCpus } from "./fargate.ts";
import { regions } from "./regions.ts";
import {
  closed,
  flag,
  group,
  INT32,
  line,
  lines,
  oneOf,
  percent,
  required,
  text,
  texts,
  whole,
} from "./schema-parts.ts";

/* What each setting may be by itself. Rules that tie two settings together are in the check-*.ts files. */

/** Makes the compiler complain when an interface gains a field that the schema does not check. */
type Shape<T> = Record<keyof T, z.ZodType>;

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/**
 * The grammar of image references (distribution/reference, `reference.go`): a registry, a repository in lower case, a tag, a digest. At
 * most 255 characters (ECS API Reference, ContainerDefinition, image).
 */
const IMAGE =
  /^(?=.{1,255}$)(?:(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?|[A-Za-z0-9-]+:\d+|localhost)\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const IMAGE_ALLOWED =
  "an image reference of at most 255 characters, its repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1";

const NAME_ALLOWED = "lower-case letters, digits and single hyphens, beginning with a letter";
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const satisfies readonly layers.LogRetentionDays[];

const network = {
  cidr: z.string({ error: "an IPv4 range, such as 10.0.0.0/16" }).exactOptional(),
  zones: texts(2, 3, "a list of two or three zones"),
  publicSubnets: texts(2, 3, "a list of two or three ranges, one for each zone"),
  privateSubnets: texts(2, 3, "a list of two or three ranges, one for each zone"),
  nat: oneOf(["perZone", "single", "none"]),
} satisfies Shape<layers.NetworkConfig>;

const registry = {
  keepImages: whole(1, INT32),
  untaggedDays: whole(1, INT32),
  scanOnPush: flag(),
  mutableTags: flag(),
} satisfies Shape<layers.RegistryConfig>;

const checkCommand = `a list that begins with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"]`;

const containerHealthCheck = {
  command: z
    .array(lines(checkCommand), { error: checkCommand })
    .refine(([how, ...words]) => (how === "CMD" || how === "CMD-SHELL") && words.length > 0, { error: checkCommand }),
  interval: whole(5, 300),
  timeout: whole(2, 60),
  retries: whole(1, 10),
  startPeriod: whole(0, 300),
} satisfies Shape<layers.ContainerHealthCheckConfig>;

const container = {
  port: whole(1, 65_535),
  cpu: oneOf(fargateCpus),
  // Which amounts are sold depends on the CPU units: see check-tasks.ts.
  memory: whole(1, INT32),
  healthCheckPath: text(
    /^\/[\w\-.~/%?=&+:@,]{0,1023}$/,
    "a path that begins with /, of at most 1024 letters, digits and - . _ ~ / % ? = & + : @ ,",
  ),
  image: text(IMAGE, IMAGE_ALLOWED),
  environment: z
    .record(
      // ECS takes dots and hyphens too, as Spring's names have.
      required(/^[A-Za-z_][\w.-]{0,254}$/, "letters, digits and _ . -, not beginning with a digit"),
      lines("a text, numbers in quotes"),
      { error: "an object of environment variables" },
    )
    .exactOptional(),
  command: z
    .array(lines("a text"), { error: "a list of at least one text, each a word of the command" })
    .min(1, { error: "a list of at least one text, each a word of the command" })
    .exactOptional(),
  healthCheck: group(containerHealthCheck),
  readonlyRootFilesystem: flag(),
  tmpSize: whole(1, 122_880),
  initProcess: flag(),
  user: text(/^[\w][\w.-]*(:[\w][\w.-]*)?$/, "a user or user:group, in quotes, by name or number"),
  stopTimeout: whole(2, 120),
} satisfies Shape<layers.ContainerConfig>;

const cluster = { containerInsights: flag() } satisfies Shape<layers.ClusterConfig>;

/** IAM takes no other characters in a policy. */
const iam = () => required(/^[\t\n\r -~\u00a0-\u00ff]*$/, "a text of Latin letters");

const several = (pattern: RegExp, allowed: string) =>
  z.union([required(pattern, allowed), z.array(required(pattern, allowed)).min(1)], { error: allowed });

const statement = closed({
  Sid: text(/^[A-Za-z0-9]+$/, "letters and digits"),
  Effect: z.literal(["Allow", "Deny"], { error: `"Allow", "Deny"` }),
  Action: several(/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/, `an action such as "s3:GetObject", or a list of them`),
  Resource: several(/^(\*|arn:[!-~\u00a1-\u00ff]+)$/, `an ARN or "*", or a list of them`),
  Condition: z
    .record(
      iam(),
      z.record(iam(), z.union([iam(), z.array(iam())], { error: "a text or a list of texts" }), {
        error: `an object of condition keys, such as { "aws:SourceAccount": "123456789012" }`,
      }),
      { error: "an object of condition operators, such as { StringEquals: { ... } }" },
    )
    .exactOptional(),
} satisfies Shape<layers.PolicyStatement>);

const service = {
  desiredCount: whole(0, 5000),
  minHealthyPercent: whole(0, 100),
  maxPercent: whole(100, 200),
  circuitBreaker: flag(),
  healthCheckGracePeriod: whole(0, INT32),
  enableExec: flag(),
  taskPolicy: z.array(statement, { error: "a list of IAM statements" }).exactOptional(),
} satisfies Shape<layers.ServiceConfig>;

const scaling = {
  min: whole(0, 5000),
  max: whole(1, 5000),
  cpuTarget: percent(1, 100),
  memoryTarget: percent(1, 100),
  scaleInCooldown: whole(0, INT32),
  scaleOutCooldown: whole(0, INT32),
} satisfies Shape<layers.ScalingConfig>;

const MATCHER_ALLOWED = `HTTP codes from 200 to 499 in quotes, such as "200", "200,204" or "200-299"`;

const balancerHealthCheck = {
  interval: whole(5, 300),
  timeout: whole(2, 120),
  healthyThreshold: whole(2, 10),
  unhealthyThreshold: whole(2, 10),
  matcher: text(/^[234]\d\d(-[234]\d\d)?(,[234]\d\d(-[234]\d\d)?)*$/, MATCHER_ALLOWED),
} satisfies Shape<layers.BalancerHealthCheckConfig>;

const balancer = {
  deregistrationDelay: whole(0, 3600),
  idleTimeout: whole(1, 4000),
  healthCheck: group(balancerHealthCheck),
  deletionProtection: flag(),
} satisfies Shape<layers.BalancerConfig>;

const pathPattern = () =>
  text(
    /^\/[\w\-.*$/~"'@:+?&]{0,254}$/,
    `a path pattern that begins with /, of at most 255 letters, digits and _ - . * $ / ~ " ' @ : + ? &`,
  );

const edge = {
  priceClass: oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
  staticPath: pathPattern(),
  apiPath: pathPattern(),
  comment: line(128),
  enabled: flag(),
} satisfies Shape<layers.EdgeConfig>;

const approval = {
  enabled: flag(),
  message: line(1000),
} satisfies Shape<pipeline.ApprovalConfig>;

const delivery = {
  sourceKey: text(
    // CodePipeline API Reference, ActionConfigurationValue: 1,000 characters, fewer than S3 takes.
    /^[\w!\-.*'()][\w!\-.*'()/]{0,999}$/,
    "an S3 key of 1 to 1000 letters, digits and ! - _ . * ' ( ) /",
  ),
  computeType: oneOf([
    "BUILD_GENERAL1_SMALL",
    "BUILD_GENERAL1_MEDIUM",
    "BUILD_GENERAL1_LARGE",
    "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE",
  ]),
  buildImage: text(/^[\w\-.:/@]{1,255}$/, "an image name of 1 to 255 letters, digits and - _ . : / @"),
  buildTimeoutMinutes: whole(5, 2160),
  buildspec: text(/^[^\s/\p{Cc}\p{Cs}][^\p{Cc}\p{Cs}]{0,254}$/u, "the path of a file inside the source"),
  approval: group(approval),
  artifactRetentionDays: whole(1, INT32),
  sourceRetentionDays: whole(1, INT32),
} satisfies Shape<pipeline.DeliveryConfig>;

const logs = {
  retentionDays: oneOf(retentionDays),
  buildRetentionDays: oneOf(retentionDays),
} satisfies Shape<layers.LogsConfig>;

const state = {
  s3: group({
    bucket: text(
      // Amazon S3 User Guide, "General purpose bucket naming rules".
      /^(?!xn--|sthree-|amzn-s3-demo-|\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?<!-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/,
      "a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit, no two dots together, no IP address, and no beginning or end that S3 keeps for itself",
    ),
    prefix: text(
      /^[\w\-.]{1,100}(\/[\w\-.]{1,100}){0,5}$/,
      "names of letters, digits, dots, hyphens and underscores with slashes between them",
    ),
  } satisfies Shape<layers.S3StateConfig>),
} satisfies Shape<layers.StateConfig>;

/**
 * The strictest of the services that a tag goes to: CodeBuild (API Reference, Tag) and Elastic Load Balancing ("Tag an Application Load
 * Balancer", restrictions) take 127 and 255 characters, and the latter no `aws:` in values and no spaces at the ends.
 */
const TAG = "letters, digits, spaces and _ . : / = + - @";

const environmentShape = {
  region: oneOf(regions),
  tags: z
    .record(
      required(
        // AWS keeps "aws:" for itself in every spelling; "fairlead:" is where the owner is written.
        /^(?!aws:|fairlead:| )[\p{L}\p{N} _.:/=+\-@]{1,127}(?<! )$/iu,
        `1 to 127 ${TAG}, not beginning with aws: or fairlead:, no space at either end`,
      ),
      required(
        /^(?!aws:| )[\p{L}\p{N} _.:/=+\-@]{0,255}(?<! )$/iu,
        `up to 255 ${TAG}, not beginning with aws:, no space at either end`,
      ),
      { error: "an object of tags" },
    )
    .exactOptional(),
  network: group(network),
  registry: group(registry),
  container: group(container),
  cluster: group(cluster),
  service: group(service),
  scaling: group(scaling),
  balancer: group(balancer),
  edge: group(edge),
  delivery: group(delivery),
  logs: group(logs),
  state: group(state),
  protect: flag(),
} satisfies Shape<EnvironmentConfig>;

/** The whole of `stack.config.ts`. */
export const stackSchema = closed({
  name: text(NAME, NAME_ALLOWED),
  environment: text(NAME, NAME_ALLOWED),
  ...environmentShape,
  environments: z
    .record(required(NAME, NAME_ALLOWED), closed(environmentShape), {
      error: "an object of environments, such as { prod: { ... } }",
    })
    .exactOptional(),
} satisfies Shape<StackConfig>);

/** The path of every setting, `network.cidr` and so on; the groups are among them. */
export function settingPaths(schema: z.core.$ZodType = stackSchema, prefix = ""): string[] {
  if (schema instanceof z.ZodExactOptional) return settingPaths(schema.unwrap(), prefix);
  if (schema instanceof z.ZodArray) return settingPaths(schema.element, prefix);
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).flatMap(([key, inner]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [path, ...settingPaths(inner, path)];
  });
}
