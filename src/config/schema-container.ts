import * as z from "zod";

import { closed, field, flag, group, INT32, lines, named, needed, oneOf, optional, percent, record } from "./fields.ts";
import { text, whole, words } from "./fields.ts";
import { fargateCpus } from "./fargate.ts";

/* The settings of what runs: the container, the ECS service and its autoscaling. */

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

export const user = () => text(/^[\w][\w.-]*(:[\w][\w.-]*)?$/, "a user or user:group, in quotes, by name or number");

export const variables = () =>
  record(
    // ECS takes dots and hyphens too, as Spring's names have.
    text(/^[A-Za-z_][\w.-]{0,254}$/, "letters, digits and _ . -, not beginning with a digit"),
    lines("a text, numbers in quotes"),
    "an object of environment variables",
  );

const checkCommand = `a list that begins with "CMD" or "CMD-SHELL", such as ["CMD", "node", "check.js"]`;

export const containerHealthCheck = named(
  "ContainerHealthCheckConfig",
  "A health check inside the container, beside the load balancer's.",
  closed({
    command: needed(
      z
        .array(lines(checkCommand), { error: checkCommand })
        .refine(([how, ...rest]) => (how === "CMD" || how === "CMD-SHELL") && rest.length > 0, { error: checkCommand }),
      "What ECS runs inside the container, exit code 0 meaning healthy; with `CMD-SHELL`, in the image's shell. The program has to be in the image: slim images have no curl, distroless ones no shell.",
    ),
    interval: field(whole(5, 300), 30, "Seconds between two checks."),
    timeout: field(whole(2, 60), 5, "Seconds to wait for a check to end."),
    retries: field(whole(1, 10), 3, "Failed checks in a row that make the container unhealthy."),
    startPeriod: field(whole(0, 300), 60, "Seconds after the start during which failed checks do not count."),
  }),
);

export const containerShape = {
  port: field(whole(1, 65_535), 5000, "TCP port that the application listens on. It reaches the container as `PORT`."),
  cpu: field(
    named("FargateCpu", "CPU units that Fargate sells; 1024 units are one vCPU.", oneOf(fargateCpus)),
    256,
    "CPU units of a task, 1024 being one vCPU. Fargate sells it only with certain amounts of `memory`.",
  ),
  // Which amounts are sold depends on the CPU units: see check-tasks.ts.
  memory: field(
    whole(1, INT32),
    512,
    "Memory of a task in MiB, an amount that Fargate sells with `cpu` (256: 512, 1024 or 2048).",
  ),
  healthCheckPath: field(
    text(
      /^\/[\w\-.~/%?=&+:@,]{0,1023}$/,
      "a path that begins with /, of at most 1024 letters, digits and - . _ ~ / % ? = & + : @ ,",
    ),
    "/health",
    "Path that answers 200 while the application is healthy. The load balancer asks it.",
  ),
  image: optional(
    image(),
    "`latest` of the stack's own repository",
    "Image to run at first, until the pipeline deploys its own.",
  ),
  environment: field(
    variables(),
    {},
    "Environment variables, beside `APP_ENV` (the environment's name, unless you set it) and `PORT` (always `port`), which Fairlead sets.",
  ),
  command: optional(words(), "the image's", "Command that replaces the image's own, one array item a word."),
  entryPoint: optional(words(), "the image's", "Entry point that replaces the image's own, one array item a word."),
  healthCheck: optional(
    containerHealthCheck,
    "the load balancer's check alone decides",
    "A check that ECS runs inside the container too. ECS ignores an image's own HEALTHCHECK.",
  ),
  readonlyRootFilesystem: field(
    flag(),
    true,
    "Mount the container's root file system read-only; `/tmp` is a file system in memory.",
  ),
  tmpSize: field(
    whole(1, 122_880),
    64,
    "Size of `/tmp` in MiB where the root file system is read-only, below `memory`. What is written there counts as the task's memory.",
  ),
  initProcess: optional(
    flag(),
    "as `service.enableExec`",
    "Run an init process as process 1, which reaps zombies and forwards signals; ECS Exec wants it.",
  ),
  user: field(user(), "1000", "User, or `user:group`, that the process runs as, by name or number."),
  stopTimeout: field(whole(2, 120), 30, "Seconds between SIGTERM and SIGKILL when a task stops."),
};

export const container = group("ContainerConfig", "The one container that each task runs.", containerShape);

export const cluster = group("ClusterConfig", "The ECS cluster.", {
  containerInsights: field(
    flag(),
    true,
    "Collect CloudWatch Container Insights metrics; billed per metric. AWS makes a log group for them by itself, `/aws/ecs/containerinsights/<cluster>/performance`: it stays, with what it holds, when the setting is switched off, and a teardown deletes it.",
  ),
});

/** IAM takes no other characters in a policy. */
const iam = () => text(/^[\t\n\r -~\u00a0-\u00ff]*$/, "a text of Latin letters");

const several = (pattern: RegExp, allowed: string) =>
  z.union([text(pattern, allowed), z.array(text(pattern, allowed)).min(1)], { error: allowed });

const statement = named(
  "PolicyStatement",
  "One statement of an IAM policy, spelt as in IAM's own JSON so that it can be pasted.",
  closed({
    Sid: optional(
      text(/^[A-Za-z0-9]+$/, "letters and digits"),
      "none",
      "A name for the statement, unique in the policy.",
    ),
    Effect: needed(oneOf(["Allow", "Deny"]), "Whether the statement permits or forbids."),
    Action: needed(
      several(/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/, `an action such as "s3:GetObject", or a list of them`),
      "What the application may do; `*` and `?` are wildcards.",
    ),
    Resource: needed(
      several(/^(\*|arn:[!-~\u00a1-\u00ff]+)$/, `an ARN or "*", or a list of them`),
      "What the actions may touch.",
    ),
    Condition: optional(
      record(
        iam(),
        record(
          iam(),
          z.union([iam(), z.array(iam())], { error: "a text or a list of texts" }),
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

/** Tasks of a service that nothing is said of. */
export const USUAL_COUNT = 2;

export const serviceShape = {
  desiredCount: optional(
    whole(0, 5000),
    `${USUAL_COUNT}, or the nearest number within \`scaling\``,
    "Tasks to start with; the autoscaler moves the number afterwards. When you set it and leave `scaling` out, the bounds are it and three times it.",
  ),
  minHealthyPercent: field(
    whole(0, 100),
    100,
    "Percent of the desired count that must stay healthy during a deployment.",
  ),
  maxPercent: field(whole(100, 200), 200, "Percent of the desired count that may run during a deployment."),
  circuitBreaker: field(flag(), true, "Roll a deployment back by itself when its tasks do not become healthy."),
  healthCheckGracePeriod: field(
    whole(0, INT32),
    60,
    "Seconds after a task's start during which failed health checks are ignored.",
  ),
  enableExec: field(
    flag(),
    false,
    "Permit `fairlead exec` into running tasks; needs `container.readonlyRootFilesystem: false`.",
  ),
};

export const service = group("ServiceConfig", "The ECS service that keeps the tasks running.", {
  ...serviceShape,
  taskPolicy: field(taskPolicy(), [], "Statements that the application itself needs on AWS; they go on the task role."),
});

export const scalingShape = {
  min: optional(whole(0, 5000), "`service.desiredCount`", "Fewest tasks."),
  max: optional(whole(1, 5000), "three times `service.desiredCount`", "Most tasks."),
  cpuTarget: field(percent(1, 100), 70, "Average CPU use that scaling aims at, in percent."),
  memoryTarget: field(percent(1, 100), 80, "Average memory use that scaling aims at, in percent."),
  scaleInCooldown: field(whole(0, INT32), 300, "Seconds to wait after tasks were removed before removing more."),
  scaleOutCooldown: field(whole(0, INT32), 60, "Seconds to wait after tasks were added before adding more."),
};

export const scaling = group("ScalingConfig", "Bounds and targets of the service's autoscaling.", scalingShape);
