import type { ConfigObject } from "../config-text.ts";
import {
  commandsOf,
  imageOf,
  interpolated,
  secretsOf,
  sidecarsOf,
  some,
  variablesOf,
  type Scene,
} from "./container.ts";
import type { Fields } from "./fields.ts";
import { queueOf, runningOf, storageOf } from "./running.ts";
import { NEVER, scheduleOf } from "./schedule.ts";

/** A service as the config has it, and what it means for the stack as a whole. */
export interface Converted {
  readonly service: ConfigObject;
  readonly isPublic: boolean;
  readonly aliases: readonly string[];
  readonly zone: string | undefined;
  readonly allowFrom: readonly string[];
  readonly placement: "public" | "private";
  readonly retentionDays: number | undefined;
  readonly scalesOnBacklog: boolean;
}

/** What App Runner scales between by default (App Runner API Reference, CreateAutoScalingConfiguration: MinSize 1, MaxSize 25). */
const APP_RUNNER = { min: 1, max: 25 };

type Kind = "public" | "internal" | "worker" | "job";

/** Converts a manifest; a string says why the service as a whole is left. */
export function serviceOf(fields: Fields, scene: Scene): Converted | string {
  fields.take("name");
  const type = fields.text("type") ?? "";
  fields.take("environments");
  if (type === "Static Site")
    return "static sites are not supported; instead, serve the files from a web service below /static/, which CloudFront caches (edge.staticPath)";
  const kind = kindOf(type, fields);
  if (kind === undefined) return `${JSON.stringify(type)} is no type of a service that Copilot has`;
  return converted(fields, scene, kind, type);
}

function kindOf(type: string, fields: Fields): Kind | undefined {
  switch (type) {
    case "Load Balanced Web Service":
      return "public";
    case "Request-Driven Web Service": {
      const http = fields.take("private");
      return http === undefined || http === false ? "public" : "internal";
    }
    case "Backend Service":
      return fields.map("image")?.has("port") === true ? "internal" : "worker";
    case "Worker Service":
      return "worker";
    case "Scheduled Job":
      return "job";
    default:
      return undefined;
  }
}

function converted(fields: Fields, scene: Scene, kind: Kind, type: string): Converted {
  const { build, image, port, healthCheck, dependsOn, user } = imageOf(fields, scene);
  const { ephemeralStorage, volumes, readonlyRootFilesystem } = storageOf(fields);
  const http = kind === "public" ? httpOf(fields, type) : undefined;
  if (kind !== "public")
    fields.leave("http", "a service is behind the load balancer, or internal: other services reach it at NAME_URL");
  const running = kind === "job" ? undefined : runningOf(fields, kind, http?.gracePeriod);
  const network = networkOf(fields);
  const job = kind === "job" ? jobOf(fields) : undefined;
  const queue = type === "Worker Service" ? queueOf(fields) : undefined;
  if (port === 443)
    fields
      .map("image")
      ?.leave("port", "the load balancer speaks HTTP to tasks; let the container listen on another port without TLS");
  const service: ConfigObject = {
    type: kind === "worker" || kind === "job" ? kind : undefined,
    internal: kind === "internal" ? true : undefined,
    path: http?.path,
    ...job,
    build,
    image,
    architecture: architectureOf(fields),
    container: some({
      port,
      healthCheckPath: http?.healthCheckPath,
      cpu: fields.number("cpu"),
      memory: fields.number("memory"),
      ...commandsOf(fields),
      environment: variablesOf(fields, scene, port),
      secrets: secretsOf(fields, scene),
      healthCheck,
      user,
      readonlyRootFilesystem,
    }),
    sidecars: sidecarsOf(fields, scene),
    dependsOn,
    volumes,
    ephemeralStorage,
    queue,
    healthCheck: http?.healthCheck,
    deregistrationDelay: http?.deregistrationDelay,
    service: running?.service,
    scaling: type === "Request-Driven Web Service" && !fields.has("count") ? APP_RUNNER : running?.scaling,
    spot: running?.spot,
  };
  const retentionDays = loggingOf(fields);
  leaveRest(fields);
  return {
    service: some(service) ?? {},
    isPublic: kind === "public",
    aliases: (http?.aliases ?? []).map((alias) => interpolated(alias, scene)),
    zone: http?.zone,
    allowFrom: http?.allowFrom ?? [],
    placement: network,
    retentionDays,
    scalesOnBacklog: running?.scaling?.["backlogPerTask"] !== undefined,
  };
}

interface Http {
  readonly path?: readonly string[] | string | undefined;
  readonly healthCheckPath: string;
  readonly healthCheck?: ConfigObject | undefined;
  readonly deregistrationDelay?: number | undefined;
  readonly gracePeriod?: number | undefined;
  readonly aliases: readonly string[];
  readonly zone?: string | undefined;
  readonly allowFrom: readonly string[];
}

/** `http`: Copilot requests / where no health check is named. */
function httpOf(fields: Fields, type: string): Http {
  const http = fields.map("http");
  if (!http) {
    fields.leave("http", "a service without HTTP is a worker here, and no load balancer reaches it");
    return { healthCheckPath: "/", aliases: [], allowFrom: [] };
  }
  const check = http.map("healthcheck");
  const healthCheckPath = check ? (check.text("path") ?? "/") : (http.text("healthcheck") ?? "/");
  const healthCheck =
    check &&
    some({
      interval: within(check, "interval", 5, 300),
      timeout: within(check, "timeout", 2, 120),
      healthyThreshold: within(check, "healthy_threshold", 2, 10),
      unhealthyThreshold: within(check, "unhealthy_threshold", 2, 10),
      matcher: check.text("success_codes")?.replaceAll(/\s/g, ""),
    });
  const gracePeriod = check?.seconds("grace_period");
  check?.leave("port", "the load balancer checks the port that it sends requests to");
  check?.close();
  const path = http.text("path");
  for (const key of ["target_container", "targetContainer"])
    http.leave(
      key,
      "requests go to the main container; instead, let the proxy be the main container and the application a sidecar",
    );
  http.leave(
    "stickiness",
    "sticky sessions are not supported; instead, keep sessions outside of the tasks, such as in a database",
  );
  http.leave("additional_rules", "a service has one rule; instead, give path and host several values");
  http.leave("redirect_to_https", "HTTP is always redirected where there is a domain");
  if (http.has("version") && http.take("version") !== "http1")
    http.leave("version", "the load balancer speaks HTTP/1.1 to tasks");
  const sources = http.take("allowed_source_ips");
  const result = {
    path: type === "Request-Driven Web Service" ? undefined : pathsOf(path ?? "/"),
    healthCheckPath: healthCheckPath === "" ? "/" : healthCheckPath,
    healthCheck,
    gracePeriod,
    deregistrationDelay: http.seconds("deregistration_delay"),
    ...aliasesOf(http),
    allowFrom: Array.isArray(sources) ? sources.map(String) : [],
  };
  http.close();
  return result;
}

/** A number within AWS's bounds for load balancers; App Runner has others. */
function within(check: Fields, key: string, least: number, most: number): number | undefined {
  const value = check.seconds(key);
  if (value === undefined || (value >= least && value <= most)) return value;
  check.leave(key, `the load balancer takes ${least} to ${most}; the config has its default`);
  return undefined;
}

/** Copilot sends `api` and everything below it to a service. */
function pathsOf(path: string): readonly string[] | string {
  const plain = path.replace(/^\/+/, "").replace(/\/+$/, "");
  if (plain === "" || plain === "*") return "/*";
  return /[*?]/.test(plain) ? `/${plain}` : [`/${plain}`, `/${plain}/*`];
}

function aliasesOf(http: Fields): { readonly aliases: readonly string[]; readonly zone: string | undefined } {
  const alias = http.take("alias");
  const zone = http.text("hosted_zone");
  const all = alias === undefined ? [] : Array.isArray(alias) ? alias : [alias];
  const maps = all.flatMap((one) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? [one as { name?: unknown; hosted_zone?: unknown }]
      : [],
  );
  return {
    aliases: [
      ...all.filter((one) => typeof one === "string"),
      ...maps.flatMap(({ name }) => (typeof name === "string" ? [name] : [])),
    ],
    zone: zone ?? maps.flatMap(({ hosted_zone: one }) => (typeof one === "string" ? [one] : []))[0],
  };
}

/** Copilot starts tasks in public subnets unless the manifest says otherwise. */
function networkOf(fields: Fields): "public" | "private" {
  const network = fields.map("network");
  const vpc = network?.map("vpc");
  const placement = vpc?.take("placement");
  vpc?.leave(
    "security_groups",
    "each service has its own security group; to let it into another, add rules in resources with stack.tasks",
  );
  vpc?.close();
  network?.take("connect");
  network?.close();
  if (typeof placement === "object") vpc?.leave("placement", "subnets are those of the stack: network.privateSubnets");
  return placement === undefined || placement === "public" ? "public" : "private";
}

function architectureOf(fields: Fields): "arm64" | undefined {
  const map = fields.map("platform");
  const [system, processor] = map
    ? [map.text("osfamily"), map.text("architecture")]
    : (fields.text("platform") ?? "").split("/");
  if (system !== undefined && /windows/i.test(system))
    fields.leave("platform", "Windows is not supported; build an image for Linux");
  return /^(?:arm64|aarch64)$/i.test(processor ?? "") ? "arm64" : undefined;
}

function jobOf(fields: Fields): ConfigObject {
  const on = fields.map("on");
  const text = on?.text("schedule") ?? "";
  const schedule = scheduleOf(text);
  if (schedule === undefined)
    on?.leave(
      "schedule",
      `EventBridge Scheduler has no expression for ${JSON.stringify(text)}; the config has cron(0 0 * * ? *), every day at midnight`,
    );
  if (schedule === NEVER)
    on?.leave("schedule", `every job has a schedule; the config has ${NEVER}, so that only fairlead job run starts it`);
  on?.close();
  fields.leave(
    "retries",
    "a task that ran and failed is not repeated; retries is for tasks that could not be started: repeat in the program",
  );
  const seconds = fields.seconds("timeout") ?? 3600;
  fields.leave("timeout", `a job runs until it ends; instead, stop it in the command: timeout ${seconds} PROGRAM`);
  return { schedule: schedule ?? "cron(0 0 * * ? *)" };
}

function loggingOf(fields: Fields): number | undefined {
  const logging = fields.map("logging");
  const days = logging?.number("retention");
  for (const key of ["destination", "image", "configFilePath", "secretOptions", "enableMetadata", "env_file"])
    logging?.leave(
      key,
      "logs go to CloudWatch Logs; instead, run a Fluent Bit sidecar that reads from a socket, or a subscription filter",
    );
  logging?.close();
  return days;
}

function leaveRest(fields: Fields): void {
  fields.leave(
    "publish",
    "there are no SNS topics; instead, send to the queue of a worker, whose URL every service has as NAME_QUEUE_URL",
  );
  fields.leave("nlb", "Network Load Balancers are not supported; instead, an Application Load Balancer for HTTP");
  fields.leave(
    "observability",
    "tracing is not set up; instead, add a sidecar: image public.ecr.aws/aws-observability/aws-otel-collector",
  );
  fields.leave(
    "taskdef_overrides",
    "instead, patch a field of the task definition, by its id in the plan: patch: { ID: { ... } }",
  );
  fields.leave("tags", "tags are those of the stack: tags");
  fields.leaveUnread("count", "jobs run one task");
  fields.leaveUnread("exec", "ECS Exec is for services: fairlead exec");
  fields.close();
}
