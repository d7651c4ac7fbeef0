import * as z from "zod";

import {
  closed,
  field,
  flag,
  group,
  named,
  needed,
  oneOf,
  optional,
  record,
  several,
  text,
  whole,
  words,
} from "./fields.ts";
import { container, containerHealthCheck, image, serviceShape, taskPolicy } from "./schema-container.ts";
import { user, variables } from "./schema-container.ts";
import { balancerHealthCheck, deregistrationDelay } from "./schema-network.ts";
import { secrets } from "./schema-secrets.ts";
import { label, volume } from "./schema-volumes.ts";
import { isSchedule } from "./schedule.ts";
import { scalingShape } from "./schema-scaling.ts";
import { timezone } from "./schema-schedule.ts";

/* The settings of the services of a stack: serving requests (web), without inbound requests (worker), or running on a schedule (job). */

const dependsOn = () =>
  record(label(), oneOf(["START", "COMPLETE", "SUCCESS", "HEALTHY"]), `an object such as { proxy: "HEALTHY" }`);

const sidecar = named(
  "SidecarConfig",
  "A container that runs next to the main container in every task.",
  closed({
    image: needed(image(), "Image that the sidecar runs."),
    command: optional(
      words(),
      "the image's",
      "Command that overrides the one of the sidecar's image, one array item per word.",
    ),
    entryPoint: optional(
      words(),
      "the image's",
      "Entry point that overrides the one of the sidecar's image, one array item per word.",
    ),
    environment: field(variables(), {}, "Environment variables of the sidecar."),
    secrets: secrets(),
    port: optional(whole(1, 65_535), "none", "TCP port that the sidecar listens on."),
    essential: field(flag(), true, "Stop the task when the sidecar stops."),
    user: optional(user(), "the image's", "User, or `user:group`, that the sidecar runs as."),
    cpu: optional(
      whole(1, 16_384),
      "shared with the other containers of the task",
      "CPU units of the task reserved for the sidecar.",
    ),
    memory: optional(
      whole(6, 122_880),
      "the task's memory",
      "Maximum memory in MiB of the sidecar, part of the task's memory; the sidecar is killed when it uses more.",
    ),
    healthCheck: optional(containerHealthCheck, "none", "A check that ECS runs inside the sidecar."),
    dependsOn: field(
      dependsOn(),
      {},
      "Containers that must reach a condition before the sidecar starts: other sidecars, or the main container by the service's name.",
    ),
  }),
);

const build = named(
  "BuildConfig",
  "How the pipeline builds a service's image.",
  closed({
    context: optional(
      text(/^(?!\/)(?!.*\.\.)[\w\-./]{1,200}$/, "the path of a directory in the source"),
      "`service/` and the service's name",
      "Directory that the image is built from, the build context.",
    ),
    dockerfile: field(
      text(/^(?!\/)(?!.*\.\.)[\w\-./]{1,200}$/, "the path of a file in the build context"),
      "Dockerfile",
      "Path of the file with the build instructions, in the context.",
    ),
    target: optional(text(/^[A-Za-z][\w.-]{0,127}$/, "the name of a stage"), "the last stage", "Stage to build."),
    args: field(
      record(
        text(/^[A-Za-z_]\w{0,127}$/, "letters, digits and _, not starting with a digit"),
        z.string({ error: "a string (quote numbers)" }),
        "an object of build arguments",
      ),
      {},
      "Build arguments. They are visible in the image's history, so do not use them for secrets.",
    ),
  }),
);

const common = {
  container,
  sidecars: field(
    record(label(), sidecar, "an object of sidecars"),
    {},
    "Containers next to the main container, by name.",
  ),
  dependsOn: field(dependsOn(), {}, "Sidecars that must reach a condition before the main container starts."),
  build: optional(build, "built from `service/` and the service's name", "How the pipeline builds the image."),
  image: optional(image(), "the image that the pipeline builds", "Image to run instead of one built by the pipeline."),
  imageOf: optional(label(), "its own image", "Another service of the stack whose image this service runs."),
  architecture: field(
    oneOf(["x86_64", "arm64"]),
    "x86_64",
    "CPU architecture that the image is built for and the tasks run on; `arm64` is Graviton, which costs less.",
  ),
  ephemeralStorage: optional(
    // ECS API Reference, EphemeralStorage: 21 to 200 GiB; 20 GiB are included with every task on Fargate.
    whole(21, 200),
    "the 20 GiB included with every task",
    "Ephemeral storage of a task in GiB, lost when the task stops.",
  ),
  volumes: field(
    record(label(), volume, "an object of volumes"),
    {},
    "EFS directories that outlive tasks, by volume name.",
  ),
  taskPolicy: optional(taskPolicy(), "`service.taskPolicy`", "IAM statements for this service."),
  spot: optional(
    named(
      "SpotConfig",
      "How many tasks run on Fargate Spot, which is cheaper and can be interrupted with two minutes' notice.",
      closed({
        // ECS API Reference, CapacityProviderStrategyItem (botocore 1.43.11): base 0 to 100,000; FARGATE_SPOT runs x86_64 and, since
        // platform version 1.4.0, ARM64. The page "Fargate capacity providers" of the Developer Guide still denies the latter in places.
        base: field(whole(0, 100_000), 1, "Number of tasks on regular Fargate before any task runs on Spot."),
        percent: field(whole(0, 100), 100, "Percentage of the remaining tasks that run on Spot."),
      }),
    ),
    "regular Fargate only",
    "Run tasks on Fargate Spot.",
  ),
};

const release = optional(
  named(
    "ReleaseConfig",
    "Steps of a release besides the deployment.",
    closed({
      before: needed(
        words(),
        "Command that runs once in the new image before traffic moves to it; a failure stops the release.",
      ),
    }),
  ),
  "only the deployment",
  "Steps of a release of this service besides the deployment.",
);

const running = group("RunningConfig", "The ECS service that keeps this service's tasks running.", serviceShape);

/** ELBv2 API Reference, PathPatternConditionConfig and RuleCondition: 128 characters of this set. */
const path = several(
  /^\/[\w\-.$/~"'@:+&*?]{0,127}$/,
  `a path pattern that starts with /, of at most 128 letters, digits and _ - . $ / ~ " ' @ : + & * ?`,
);

/** ELBv2 API Reference, HostHeaderConditionConfig: 128 characters, at least one dot, letters alone after the last one. */
const host = several(
  /^(?=.{1,128}$)[A-Za-z0-9\-.*?]+\.[A-Za-z]+$/,
  "a host name of at most 128 letters, digits and - . * ?, with only letters after the last dot",
);

export const webSchema = named(
  "WebServiceConfig",
  "A service that serves requests.",
  closed({
    type: field(oneOf(["web"]), "web", "Type of the service: `web` serves requests."),
    ...common,
    release,
    path: optional(
      path,
      "`/*` for the service `web`, for the only web service and when `host` is set",
      "Paths that the load balancer routes to the service; `*` and `?` are wildcards.",
    ),
    host: optional(host, "any", "Host names that the load balancer routes to the service; `*` and `?` are wildcards."),
    priority: optional(
      // ELBv2 API Reference, CreateRule: 1 to 50,000.
      whole(1, 50_000),
      "more specific paths first; 100 if `web` is the only one",
      "Priority of the service's listener rule; the matching rule with the lowest number applies.",
    ),
    internal: field(
      flag(),
      false,
      "Make the service reachable only from the stack's other services, by its name, and not through the load balancer.",
    ),
    healthCheck: balancerHealthCheck,
    deregistrationDelay,
    service: running,
    scaling: group("WebScalingConfig", "Autoscaling limits and targets of a web service.", {
      ...scalingShape,
      requestsPerTarget: optional(whole(1, 1_000_000), "not used", "Target number of requests per task and minute."),
    }),
  }),
);

export const workerSchema = named(
  "WorkerServiceConfig",
  "A service without a load balancer.",
  closed({
    type: needed(oneOf(["worker"]), "Type of the service: `worker` has no load balancer."),
    ...common,
    release,
    service: running,
    scaling: group("WorkerScalingConfig", "Autoscaling limits and targets of a worker.", {
      ...scalingShape,
      backlogPerTask: optional(
        whole(1, 1_000_000),
        "not used",
        "Target number of messages waiting in the queue per task; requires `queue`. With `min: 0` there is no task while the queue is empty.",
      ),
    }),
    queue: optional(
      z.union(
        [
          z.literal(true),
          named(
            "QueueConfig",
            "An SQS queue with a dead-letter queue.",
            closed({
              // SQS API Reference, CreateQueue: VisibilityTimeout 0 to 43,200 seconds, MessageRetentionPeriod up to 14 days.
              visibilityTimeout: field(
                whole(0, 43_200),
                60,
                "Seconds that a worker has to process a message before it is delivered again.",
              ),
              retentionDays: field(whole(1, 14), 4, "Days that an unprocessed message is kept."),
              // SQS Developer Guide, "Amazon SQS dead-letter queues": maxReceiveCount 1 to 1,000.
              maxReceives: field(
                whole(1, 1000),
                5,
                "Times that a message is delivered before it is moved to the dead-letter queue.",
              ),
            }),
          ),
        ],
        { error: "true, or an object with visibilityTimeout, retentionDays, maxReceives as whole numbers" },
      ),
      "none",
      "The worker's own queue, with a dead-letter queue.",
    ),
  }),
);

const EXPRESSION = "an EventBridge Scheduler expression: cron(0 3 * * ? *), rate(1 hour) or at(2030-01-31T03:00:00)";

export const jobSchema = named(
  "JobConfig",
  "A task that runs on a schedule and exits.",
  closed({
    type: needed(oneOf(["job"]), "Type of the service: `job` runs on a schedule and exits."),
    ...common,
    schedule: needed(
      z.string({ error: EXPRESSION }).refine(isSchedule, { error: EXPRESSION }),
      "When the job runs; the six fields of cron are minute, hour, day of the month, month, day of the week and year.",
    ),
    timezone: timezone("Time zone of `schedule`."),
    // EventBridge Scheduler API Reference, RetryPolicy: 0 to 185 attempts, 60 to 86,400 seconds.
    retries: field(whole(0, 185), 2, "Number of retries if the task cannot be started."),
    maxAgeMinutes: field(whole(1, 1440), 60, "Minutes after which retrying to start a task is given up."),
  }),
);

export const services = optional(
  record(
    label(),
    z.union([webSchema, workerSchema, jobSchema]),
    `an object of services, such as { web: {}, mailer: { type: "worker" } }`,
  ),
  "one web service called `web`",
  "The services of the stack, by name. `container`, `service`, `scaling`, `balancer.healthCheck` and `balancer.deregistrationDelay` at the top level apply to every service that does not set them itself, field by field.",
);
