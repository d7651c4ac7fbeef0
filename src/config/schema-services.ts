import * as z from "zod";

import { closed, field, flag, group, named, needed, oneOf, optional, record, text, whole, words } from "./fields.ts";
import { container, containerHealthCheck, image, scalingShape, serviceShape, taskPolicy } from "./schema-container.ts";
import { user, variables } from "./schema-container.ts";
import { balancerHealthCheck, deregistrationDelay } from "./schema-network.ts";
import { isSchedule, isTimezone } from "./schedule.ts";

/* The settings of the services of a stack: what serves requests (web), what works on its own (worker), what runs at times (job). */

/** A label of a DNS name (RFC 1123), short enough for the names that are made of it. */
const label = () =>
  text(
    /^[a-z](?:[a-z0-9-]{0,18}[a-z0-9])?$/,
    "at most 20 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen",
  );

/** One text or several: a list of one need not be written as a list. */
const several = (pattern: RegExp, allowed: string) => {
  const item = text(pattern, allowed);
  return z.union([item, z.array(item).min(1)], { error: `${allowed}, or a list of them` });
};

const dependsOn = () =>
  record(label(), oneOf(["START", "COMPLETE", "SUCCESS", "HEALTHY"]), `an object such as { proxy: "HEALTHY" }`);

const sidecar = named(
  "SidecarConfig",
  "A container that runs beside the main one in every task.",
  closed({
    image: needed(image(), "Image that the sidecar runs."),
    command: optional(
      words(),
      "the image's",
      "Command that replaces that of the sidecar's image, one array item a word.",
    ),
    entryPoint: optional(
      words(),
      "the image's",
      "Entry point that replaces that of the sidecar's image, one array item a word.",
    ),
    environment: field(variables(), {}, "Environment variables of the sidecar."),
    port: optional(whole(1, 65_535), "none", "TCP port that the sidecar listens on."),
    essential: field(flag(), true, "Stop the task when the sidecar stops."),
    user: optional(user(), "the image's", "User, or `user:group`, that the sidecar runs as."),
    cpu: optional(
      whole(1, 16_384),
      "a share of what the task has",
      "CPU units reserved for the sidecar, out of the task's.",
    ),
    memory: optional(
      whole(6, 122_880),
      "as much as the task has",
      "Memory in MiB that the sidecar may use, out of the task's; it is killed when it uses more.",
    ),
    healthCheck: optional(containerHealthCheck, "none", "A check that ECS runs inside the sidecar."),
    dependsOn: field(
      dependsOn(),
      {},
      "Containers that have to be in a state before the sidecar starts: other sidecars, or the main container by the service's name.",
    ),
  }),
);

const build = named(
  "BuildConfig",
  "How the pipeline builds a service's image.",
  closed({
    context: optional(
      text(/^(?!\/)(?!.*\.\.)[\w\-./]{1,200}$/, "the path of a folder inside the source"),
      "`service/` and the service's name",
      "Folder that the image is built from.",
    ),
    dockerfile: field(
      text(/^(?!\/)(?!.*\.\.)[\w\-./]{1,200}$/, "the path of a file inside the build's context"),
      "Dockerfile",
      "Path of the file with the build's steps, inside the context.",
    ),
    target: optional(text(/^[A-Za-z][\w.-]{0,127}$/, "the name of a stage"), "the last stage", "Stage to build."),
    args: field(
      record(
        text(/^[A-Za-z_]\w{0,127}$/, "letters, digits and _, not beginning with a digit"),
        z.string({ error: "a text, numbers in quotes" }),
        "an object of build arguments",
      ),
      {},
      "Build arguments. They can be read in the image's history: no place for secrets.",
    ),
  }),
);

/** POSIX ids as EFS access points take them (Amazon EFS API Reference, PosixUser). */
const posixId = () => whole(0, 4_294_967_295);

const volume = named(
  "VolumeConfig",
  "A file system on EFS that all tasks of a service share.",
  closed({
    path: needed(
      text(/^\/[\w\-./]{0,254}$/, "an absolute path of at most 255 characters"),
      "Where the volume is mounted.",
    ),
    readOnly: field(flag(), false, "Mount the volume read-only."),
    uid: optional(posixId(), "`container.user`, where that is a number", "User that owns the volume's files."),
    gid: optional(posixId(), "as `uid`", "Group that owns the volume's files."),
  }),
);

const common = {
  container,
  sidecars: field(
    record(label(), sidecar, "an object of sidecars"),
    {},
    "Containers beside the main one, by their names.",
  ),
  dependsOn: field(dependsOn(), {}, "Sidecars that have to be in a state before the main container starts."),
  build: optional(build, "built from `service/` and the service's name", "How the pipeline builds the image."),
  image: optional(image(), "the image that is built", "Image to run instead of one that the pipeline builds."),
  imageOf: optional(label(), "an image of its own", "Service of the stack whose image this one runs too."),
  architecture: field(
    oneOf(["x86_64", "arm64"]),
    "x86_64",
    "Processor that the image is built for and the tasks run on; `arm64` is Graviton, which costs less.",
  ),
  ephemeralStorage: optional(
    // ECS API Reference, EphemeralStorage: 21 to 200 GiB; 20 come with every task on Fargate.
    whole(21, 200),
    "the 20 GiB that every task has",
    "Disk space of a task in GiB, lost when the task stops.",
  ),
  volumes: field(
    record(label(), volume, "an object of volumes"),
    {},
    "File systems that outlive tasks, by their names.",
  ),
  taskPolicy: optional(taskPolicy(), "`service.taskPolicy`", "Statements that this service itself needs on AWS."),
  spot: optional(
    named(
      "SpotConfig",
      "How many tasks run on spare capacity, which is cheaper and may be taken away with two minutes' notice.",
      closed({
        // ECS API Reference, CapacityProviderStrategyItem (botocore 1.43.11): base 0 to 100,000; FARGATE_SPOT runs x86_64 and, since
        // platform version 1.4.0, ARM64. The page "Fargate capacity providers" of the Developer Guide still denies the latter in places.
        base: field(whole(0, 100_000), 1, "Tasks that run on regular capacity before any runs on spare capacity."),
        percent: field(whole(0, 100), 100, "Percent of the other tasks that run on spare capacity."),
      }),
    ),
    "regular capacity only",
    "Run tasks on Fargate Spot.",
  ),
};

const release = optional(
  named(
    "ReleaseConfig",
    "What a release does besides the deployment.",
    closed({
      before: needed(
        words(),
        "Command that runs once in the new image before traffic moves; a failure stops the release.",
      ),
    }),
  ),
  "nothing besides the deployment",
  "What a release of this service does besides the deployment.",
);

const running = group("RunningConfig", "The ECS service that keeps this service's tasks running.", serviceShape);

/** ELBv2 API Reference, PathPatternConditionConfig and RuleCondition: 128 characters of this set. */
const path = several(
  /^\/[\w\-.$/~"'@:+&*?]{0,127}$/,
  `a path pattern that begins with /, of at most 128 letters, digits and _ - . $ / ~ " ' @ : + & * ?`,
);

/** ELBv2 API Reference, HostHeaderConditionConfig: 128 characters, at least one dot, letters alone after the last one. */
const host = several(
  /^(?=.{1,128}$)[A-Za-z0-9\-.*?]+\.[A-Za-z]+$/,
  "a host name of at most 128 letters, digits and - . * ?, with letters alone after the last dot",
);

export const webSchema = named(
  "WebServiceConfig",
  "A service that answers requests.",
  closed({
    type: field(oneOf(["web"]), "web", "What kind of service it is: `web` answers requests."),
    ...common,
    release,
    path: optional(
      path,
      "`/*` for the service `web`, for the only web service and where a `host` is given",
      "Paths that the load balancer sends to the service; `*` and `?` are wildcards.",
    ),
    host: optional(host, "any", "Host names that the load balancer sends to the service; `*` and `?` are wildcards."),
    priority: optional(
      // ELBv2 API Reference, CreateRule: 1 to 50,000.
      whole(1, 50_000),
      "the more specific the path, the sooner; 100 where `web` is the only one",
      "Place of the service's rule among those of the load balancer; the lowest that matches a request counts.",
    ),
    internal: field(
      flag(),
      false,
      "Reachable from the stack's other services alone, by the service's name, and not through the load balancer.",
    ),
    healthCheck: balancerHealthCheck,
    deregistrationDelay,
    service: running,
    scaling: group("WebScalingConfig", "Bounds and targets of a web service's autoscaling.", {
      ...scalingShape,
      requestsPerTarget: optional(
        whole(1, 1_000_000),
        "not looked at",
        "Requests per task and minute that scaling aims at.",
      ),
    }),
  }),
);

export const workerSchema = named(
  "WorkerServiceConfig",
  "A service that works without being asked by the load balancer.",
  closed({
    type: needed(oneOf(["worker"]), "What kind of service it is: `worker` has no load balancer."),
    ...common,
    release,
    service: running,
    scaling: group("WorkerScalingConfig", "Bounds and targets of a worker's autoscaling.", {
      ...scalingShape,
      backlogPerTask: optional(
        whole(1, 1_000_000),
        "not looked at",
        "Messages waiting in the queue per task that scaling aims at; needs `queue`.",
      ),
    }),
    queue: optional(
      z.union(
        [
          z.literal(true),
          named(
            "QueueConfig",
            "A queue on SQS, with another one for messages that could not be worked on.",
            closed({
              // SQS API Reference, CreateQueue: VisibilityTimeout 0 to 43,200 seconds, MessageRetentionPeriod up to 14 days.
              visibilityTimeout: field(
                whole(0, 43_200),
                60,
                "Seconds that a worker has for a message before another one is given it.",
              ),
              retentionDays: field(whole(1, 14), 4, "Days that a message waits before it is dropped."),
              // SQS Developer Guide, "Amazon SQS dead-letter queues": maxReceiveCount 1 to 1,000.
              maxReceives: field(
                whole(1, 1000),
                5,
                "Times that a message is given to a worker before it is moved to the dead-letter queue.",
              ),
            }),
          ),
        ],
        { error: "true, or an object with visibilityTimeout, retentionDays, maxReceives as whole numbers" },
      ),
      "none",
      "A queue of the worker's own, with a dead-letter queue.",
    ),
  }),
);

const EXPRESSION = "a schedule of EventBridge Scheduler: cron(0 3 * * ? *), rate(1 hour) or at(2030-01-31T03:00:00)";
const ZONE = "an IANA time zone, such as Europe/Berlin";

export const jobSchema = named(
  "JobConfig",
  "A task that runs at times and ends.",
  closed({
    type: needed(oneOf(["job"]), "What kind of service it is: `job` runs at times and ends."),
    ...common,
    schedule: needed(
      z.string({ error: EXPRESSION }).refine(isSchedule, { error: EXPRESSION }),
      "When the job runs; the six fields of cron are minute, hour, day of the month, month, day of the week and year.",
    ),
    timezone: field(
      z.string({ error: ZONE }).refine(isTimezone, { error: ZONE }),
      "UTC",
      "Time zone that `schedule` is meant in.",
    ),
    // EventBridge Scheduler API Reference, RetryPolicy: 0 to 185 attempts, 60 to 86,400 seconds.
    retries: field(whole(0, 185), 2, "Times that a task which could not be started is tried again."),
    maxAgeMinutes: field(whole(1, 1440), 60, "Minutes after which a task that could not be started is given up."),
  }),
);

export const services = optional(
  record(
    label(),
    z.union([webSchema, workerSchema, jobSchema]),
    `an object of services, such as { web: {}, mailer: { type: "worker" } }`,
  ),
  "one web service called `web`",
  "The services of the stack, by their names. `container`, `service`, `scaling`, `balancer.healthCheck` and `balancer.deregistrationDelay` beside them are where each service begins, group by group and field by field.",
);
