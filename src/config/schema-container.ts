import * as z from "zod";

import { closed, field, flag, group, INT32, lines, named, needed, oneOf, optional, record } from "./fields.ts";
import { text, whole, words } from "./fields.ts";
import { fargateCpus } from "./fargate.ts";
import { secrets, variableName } from "./schema-secrets.ts";

/* The settings of the container and the ECS service. */

/**
 * The grammar of image references (distribution/reference, `reference.go`): a registry, a repository in lower case, a tag, a digest. At
 * most 255 characters (ECS API Reference, ContainerDefinition, image).
 */
const IMAGE =
  /^(?=.{1,255}$)(?:(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?|[A-Za-z0-9-]+:\d+|localhost)\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

export const image = () =>
  text(
    IMAGE,
    "an image reference of at most 255 characters, its repository in lower case, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1",
  );

export const user = () =>
  text(/^[\w][\w.-]*(:[\w][\w.-]*)?$/, "a user or user:group, in quotes, by name or numeric id");

export const variables = () =>
  record(variableName(), lines("a string (quote numbers)"), "an object of environment variables");

const checkCommand = `a list that starts with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"]`;

export const containerHealthCheck = named(
  "ContainerHealthCheckConfig",
  "A health check inside the container, in addition to the load balancer's.",
  closed({
    command: needed(
      z
        .array(lines(checkCommand), { error: checkCommand })
        .refine(([how, ...rest]) => (how === "CMD" || how === "CMD-SHELL") && rest.length > 0, { error: checkCommand }),
      "Command that ECS runs inside the container; exit code 0 means healthy. `CMD-SHELL` runs it in the image's shell. The program must exist in the image: slim images have no curl, distroless images have no shell.",
    ),
    interval: field(whole(5, 300), 30, "Seconds between checks."),
    timeout: field(whole(2, 60), 5, "Seconds to wait for a check to finish."),
    retries: field(whole(1, 10), 3, "Consecutive failed checks after which the container is unhealthy."),
    startPeriod: field(whole(0, 300), 60, "Seconds after the container starts during which failed checks are ignored."),
  }),
);

export const containerShape = {
  port: field(whole(1, 65_535), 5000, "TCP port that the application listens on. Passed to the container as `PORT`."),
  cpu: field(
    named("FargateCpu", "CPU units that Fargate supports; 1024 units are one vCPU.", oneOf(fargateCpus)),
    256,
    "CPU units of a task; 1024 units are one vCPU. Fargate supports only certain combinations with `memory`.",
  ),
  // The allowed amounts depend on the CPU units: see check-tasks.ts.
  memory: field(
    whole(1, INT32),
    512,
    "Memory of a task in MiB, an amount that Fargate supports with `cpu` (256: 512, 1024 or 2048).",
  ),
  healthCheckPath: field(
    text(
      /^\/[\w\-.~/%?=&+:@,]{0,1023}$/,
      "a path that starts with /, of at most 1024 letters, digits and - . _ ~ / % ? = & + : @ ,",
    ),
    "/health",
    "Path that the load balancer requests to check health; it must return 200 while the application is healthy.",
  ),
  image: optional(
    image(),
    "tag `latest` in the stack's own repository",
    "Image to run until the pipeline deploys its first one.",
  ),
  environment: field(
    variables(),
    {},
    "Environment variables, in addition to `APP_ENV` (the environment's name, unless you set it) and `PORT` (always `port`), which Fairlead sets.",
  ),
  secrets: secrets(),
  command: optional(words(), "the image's", "Command that overrides the image's, one array item per word."),
  entryPoint: optional(words(), "the image's", "Entry point that overrides the image's, one array item per word."),
  healthCheck: optional(
    containerHealthCheck,
    "only the load balancer's check",
    "A check that ECS also runs inside the container. ECS ignores the image's own HEALTHCHECK.",
  ),
  readonlyRootFilesystem: field(
    flag(),
    true,
    "Mount the container's root file system read-only; `/tmp` is an in-memory file system.",
  ),
  tmpSize: field(
    whole(1, 122_880),
    64,
    "Size of `/tmp` in MiB when the root file system is read-only, less than `memory`. Files in it count towards the task's memory.",
  ),
  initProcess: optional(
    flag(),
    "as `service.enableExec`",
    "Run an init process as process 1, which reaps zombies and forwards signals; recommended for ECS Exec.",
  ),
  user: field(user(), "1000", "User, or `user:group`, that the process runs as, by name or numeric id."),
  stopTimeout: field(whole(2, 120), 30, "Seconds between SIGTERM and SIGKILL when a task stops."),
};

export const container = group("ContainerConfig", "The main container of each task.", containerShape);

export const cluster = group("ClusterConfig", "The ECS cluster.", {
  containerInsights: field(
    flag(),
    true,
    "Collect CloudWatch Container Insights metrics; billed per metric. AWS creates a log group for them, `/aws/ecs/containerinsights/<cluster>/performance`; it is kept, with its events, when the setting is turned off, and deleted by a teardown.",
  ),
});

/** IAM accepts no other characters in a policy. */
const iam = () => text(/^[\t\n\r -~\u00a0-\u00ff]*$/, "a string of Latin-1 characters");

const several = (pattern: RegExp, allowed: string) =>
  z.union([text(pattern, allowed), z.array(text(pattern, allowed)).min(1)], { error: allowed });

const statement = named(
  "PolicyStatement",
  "One statement of an IAM policy, with the field names of IAM's JSON so that it can be pasted.",
  closed({
    Sid: optional(
      text(/^[A-Za-z0-9]+$/, "letters and digits"),
      "none",
      "A name for the statement, unique in the policy.",
    ),
    Effect: needed(oneOf(["Allow", "Deny"]), "Whether the statement allows or denies."),
    Action: needed(
      several(/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/, `an action such as "s3:GetObject", or a list of them`),
      "Actions that the application may perform; `*` and `?` are wildcards.",
    ),
    Resource: needed(
      several(/^(\*|arn:[!-~\u00a1-\u00ff]+)$/, `an ARN or "*", or a list of them`),
      "Resources that the actions apply to.",
    ),
    Condition: optional(
      record(
        iam(),
        record(
          iam(),
          z.union([iam(), z.array(iam())], { error: "a string or a list of strings" }),
          `an object of condition keys, such as { "aws:SourceAccount": "123456789012" }`,
        ),
        "an object of condition operators, such as { StringEquals: { ... } }",
      ),
      "none",
      "Conditions: operator -> key -> value or values.",
    ),
  }),
);

export const taskPolicy = () => z.array(statement, { error: "a list of IAM statements" });

/** The default task count of a service. */
export const USUAL_COUNT = 2;

export const serviceShape = {
  desiredCount: optional(
    whole(0, 5000),
    `${USUAL_COUNT}, or the nearest number within \`scaling\``,
    "Initial number of tasks; autoscaling adjusts it afterwards. If you set it and omit `scaling`, autoscaling keeps the count between this number and three times it.",
  ),
  minHealthyPercent: field(
    whole(0, 100),
    100,
    "Minimum percentage of the desired count that must stay healthy during a deployment.",
  ),
  maxPercent: field(whole(100, 200), 200, "Maximum percentage of the desired count that may run during a deployment."),
  circuitBreaker: field(flag(), true, "Roll back a deployment automatically when its tasks do not become healthy."),
  deploymentAlarms: field(
    flag(),
    false,
    "Roll back a deployment automatically when the alarm of the service's 5xx responses or of its latency goes off during it. Requires `alarms`; for public web services.",
  ),
  healthCheckGracePeriod: field(
    whole(0, INT32),
    60,
    "Seconds after a task's start during which failed health checks are ignored.",
  ),
  enableExec: field(
    flag(),
    false,
    "Allow `fairlead exec` into running tasks; requires `container.readonlyRootFilesystem: false`.",
  ),
};

export const service = group("ServiceConfig", "The ECS service that keeps the tasks running.", {
  ...serviceShape,
  taskPolicy: field(taskPolicy(), [], "IAM statements for the application, added to the task role."),
});
