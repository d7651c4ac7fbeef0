import * as fc from "fast-check";
import type { StackConfig } from "../../src/index.ts";
import { stepOf, type Edit, type Step } from "./edits.ts";

/** What the walks over several services begin with: two that users reach, a worker with a queue, and a job, all built by the pipeline. */
export const SEVERAL: StackConfig = {
  services: {
    web: {},
    api: { path: "/api/*" },
    orders: { type: "worker", queue: true },
    report: { type: "job", schedule: "cron(0 2 * * ? *)" },
  },
};

/** A whole service, which an edit puts in the place of whatever has that name; `undefined` takes it out of the file. */
const WHOLE: Readonly<Record<string, readonly unknown[]>> = {
  "services.web": [{}, { host: "shop.example.com" }],
  "services.api": [
    { path: "/api/*" },
    { path: "/api/*", imageOf: "web", container: { port: 8080 } },
    { internal: true },
    { type: "worker" },
    undefined,
  ],
  "services.orders": [
    { type: "worker", queue: true },
    { type: "worker" },
    { type: "worker", queue: true, scaling: { min: 0, backlogPerTask: 10 } },
    { path: "/orders/*" },
    { type: "job", schedule: "rate(1 hour)" },
    undefined,
  ],
  "services.report": [
    { type: "job", schedule: "cron(0 2 * * ? *)" },
    { type: "job", schedule: "rate(2 hours)", imageOf: "api", retries: 0 },
    { type: "worker" },
    undefined,
  ],
  "services.search": [
    { internal: true, image: "public.ecr.aws/nginx/nginx:1.27" },
    { path: "/search/*", image: "public.ecr.aws/nginx/nginx:1.27" },
    { type: "worker", image: "public.ecr.aws/nginx/nginx:1.27", queue: { maxReceives: 3 } },
    { path: "/search/*", imageOf: "web" },
    undefined,
  ],
};

/** Settings of one service; an edit of one that the file does not have, or whose type has no such setting, is invalid and passed over. */
const PARTS: Readonly<Record<string, readonly unknown[]>> = {
  path: ["/api/*", "/v2/*", "/v2/*/items", "/*"],
  "container.port": [5000, 8080, 9090],
  "container.cpu": [256, 512],
  "container.healthCheckPath": ["/health", "/ready"],
  "container.environment": [{ A: "1" }, {}],
  "container.secrets": [{ KEY: { generate: { length: 32 } } }, {}],
  "container.command": [["node", "main.js"], undefined],
  "service.desiredCount": [0, 1, 3],
  "service.enableExec": [true, false],
  "scaling.max": [4, 6],
  "scaling.min": [1, 2],
  "scaling.requestsPerTarget": [100, undefined],
  "scaling.backlogPerTask": [5, undefined],
  "scaling.schedule": [{ nights: { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)", min: 1 } }, undefined],
  queue: [true, { visibilityTimeout: 120, maxReceives: 3 }, undefined],
  volumes: [{ data: { path: "/data" } }, { data: { path: "/data", of: "api" } }, undefined],
  sidecars: [{ proxy: { image: "public.ecr.aws/nginx/nginx:1.27", essential: false } }, undefined],
  spot: [{}, { base: 0, percent: 50 }, undefined],
  architecture: ["arm64", undefined],
  ephemeralStorage: [40, undefined],
  image: ["public.ecr.aws/nginx/nginx:1.27", undefined],
  imageOf: ["web", "api", undefined],
  internal: [true, undefined],
  host: ["shop.example.com", undefined],
  priority: [7, 200, undefined],
  healthCheck: [{ matcher: "200-299" }, undefined],
  deregistrationDelay: [5, 60],
  taskPolicy: [[{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::a/*" }], undefined],
  "release.before": [["node", "migrate.js"]],
  release: [undefined],
  schedule: ["rate(3 hours)", "cron(30 4 * * ? *)"],
  timezone: ["Europe/Berlin", "Asia/Tokyo"],
  retries: [0, 5],
};

/** Settings of the stack that go through all of its services. */
const COMMON: Readonly<Record<string, readonly unknown[]>> = {
  "container.port": [5000, 8080],
  "container.environment": [{ STAGE: "1" }, {}],
  "scaling.memoryTarget": [60, 80],
  "network.nat": ["perZone", "single", "none"],
  edge: [false, {}],
  "edge.origin": ["public", "vpc"],
  domain: ["shop.example.com", undefined],
  alarms: [{ emails: ["ops@example.com"] }, undefined],
  "service.deploymentAlarms": [true, false],
  "delivery.approval.enabled": [true, false],
  "delivery.failOn": ["CRITICAL", undefined],
  "logs.retentionDays": [30, 90],
  schedule: [{ sleep: "cron(0 22 * * ? *)", wake: "cron(30 5 * * ? *)" }, undefined],
  protect: [true, false],
};

const NAMES = ["web", "api", "orders", "report", "search"];

const among = (
  values: Readonly<Record<string, readonly unknown[]>>,
  prefix: fc.Arbitrary<string>,
): fc.Arbitrary<Edit> =>
  fc
    .tuple(prefix, fc.constantFrom(...Object.keys(values)))
    .chain(([before, path]) =>
      fc.constantFrom(...(values[path] ?? [])).map((value): Edit => ({ path: before + path, value })),
    );

const one = fc.oneof(
  { weight: 4, arbitrary: among(WHOLE, fc.constant("")) },
  {
    weight: 6,
    arbitrary: among(
      PARTS,
      fc.constantFrom(...NAMES).map((name) => `services.${name}.`),
    ),
  },
  { weight: 2, arbitrary: among(COMMON, fc.constant("")) },
);

/** A walk of one to three steps over a stack of several services. */
export const serviceWalk: fc.Arbitrary<Step[]> = fc.array(stepOf(one), { minLength: 1, maxLength: 3 });
