import { describe } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { eachAlone, type Alone } from "../support/each-alone.ts";

const IMAGE = "public.ecr.aws/docker/library/node:22";
const REVISION = ["compute/service", "compute/task-definition"];
const QUEUE = ["mailer/queue/dead-letters", "mailer/queue/queue"];
const ofAll = (name: string) => ["", "mailer/"].map((scope) => `${scope}alarms/${name}`);

const STACK: StackConfig = {
  services: {
    web: {
      build: { context: "service" },
      sidecars: { proxy: { image: "public.ecr.aws/nginx/nginx:1.27" } },
      scaling: { requestsPerTarget: 600 },
    },
    mailer: { type: "worker", image: IMAGE, queue: { maxReceives: 4 }, scaling: { backlogPerTask: 25 } },
    report: { type: "job", image: IMAGE, schedule: "cron(0 2 * * ? *)" },
  },
  alarms: {},
};

/** Settings of services, of their queues and schedules, and of alarms: the setting, its value, and what alone it changes. */
const SETTINGS: readonly Alone[] = [
  ["services.web.ephemeralStorage", 30, REVISION],
  ["services.web.ephemeralStorage", 50, REVISION],
  ["services.web.sidecars.proxy.image", "public.ecr.aws/nginx/nginx:1.28", REVISION],
  ["services.web.sidecars.proxy.port", 8080, REVISION],
  ["services.web.spot", { percent: 50 }, ["compute/service"]],
  ["services.web.spot.base", 2, ["compute/service"]],
  ["services.web.spot.percent", 75, ["compute/service"]],
  ["services.web.build.args", { VERSION: "2" }, ["delivery/build-project"]],
  ["services.web.build.target", "runtime", ["delivery/build-project"]],
  ["services.web.scaling.requestsPerTarget", 900, ["scaling/load-policy"]],
  ["services.mailer.scaling.backlogPerTask", 50, ["mailer/scaling/load-policy"]],
  ["services.mailer.queue.retentionDays", 7, ["mailer/queue/queue"]],
  ["services.mailer.queue.maxReceives", 3, ["mailer/queue/queue"]],
  ["services.mailer.queue.visibilityTimeout", 120, QUEUE],
  ["services.report.retries", 5, ["report/compute/schedule"]],
  ["services.report.maxAgeMinutes", 30, ["report/compute/schedule"]],
  ["services.report.timezone", "Europe/Berlin", ["report/compute/schedule"]],
  ["alarms.targetErrors", 10, ["alarms/target-errors"]],
  ["alarms.balancerErrors", 10, ["alarms/balancer-errors"]],
  ["alarms.latencySeconds", 0.5, ["alarms/latency"]],
  ["alarms.unhealthyTargets", 2, ["alarms/unhealthy-targets"]],
  ["alarms.missingTasksMinutes", 30, ofAll("missing-tasks")],
  ["alarms.cpuPercent", 75, ofAll("cpu")],
  ["alarms.memoryPercent", 75, ofAll("memory")],
  ["alarms.cdnErrors", 10, ["alarms/cdn-errors"]],
  ["alarms.messageAgeSeconds", 600, ["mailer/alarms/message-age"]],
  ["alarms.deadLetters", 5, ["mailer/alarms/dead-letters"]],
  ["service.deploymentAlarms", true, ["compute/service"]],
];

/** Alarms and notices that are turned off. */
const OFF: readonly Alone[] = [
  ["alarms.targetErrors", false, ["alarms/target-errors"], "delete"],
  ["alarms.balancerErrors", false, ["alarms/balancer-errors"], "delete"],
  ["alarms.latencySeconds", false, ["alarms/latency"], "delete"],
  ["alarms.unhealthyTargets", false, ["alarms/unhealthy-targets"], "delete"],
  ["alarms.missingTasksMinutes", false, ofAll("missing-tasks"), "delete"],
  ["alarms.cpuPercent", false, ofAll("cpu"), "delete"],
  ["alarms.memoryPercent", false, ofAll("memory"), "delete"],
  ["alarms.messageAgeSeconds", false, ["mailer/alarms/message-age"], "delete"],
  ["alarms.deadLetters", false, ["mailer/alarms/dead-letters"], "delete"],
  ["alarms.failedPipelines", false, ["alarms/pipeline-failed"], "delete"],
  ["alarms.approvals", false, ["alarms/approval"], "delete"],
  ["alarms.failedJobs", false, ["report/alarms/job-failed", "report/alarms/job-not-started"], "delete"],
  ["alarms.dashboard", false, ["alarms/dashboard"], "delete"],
  // The topic in us-east-1 is there for it alone.
  ["alarms.cdnErrors", false, ["alarms/cdn-errors", "alarms/global-topic"], "delete"],
];

describe("settings of a web service, a worker, a job and their alarms", () => {
  eachAlone(STACK, SETTINGS);
});

describe("each alarm and notice of a stack", () => {
  eachAlone(STACK, OFF);
});
