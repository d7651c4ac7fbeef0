import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { Stage } from "../support/stage.ts";

type Actions = Readonly<Record<string, string>>;

const all = (action: string, layer: string, ...names: string[]): Actions =>
  Object.fromEntries(names.map((name) => [`${layer}/${name}`, action]));
const updated = (...ids: string[]): Actions => Object.fromEntries(ids.map((id) => [id, "update"]));
const NEW_REVISION = updated("compute/task-definition", "compute/service");

/** The resources that live in a VPC or on its load balancer, and cannot move. */
const IN_THE_VPC = [
  ...["vpc", "internet-gateway", "public-1", "public-2", "private-1", "private-2", "public-routes"].map(
    (name) => `network/${name}`,
  ),
  ...["nat-1", "nat-2", "private-routes-1", "private-routes-2"].map((name) => `network/${name}`),
  ...["balancer-group", "tasks-group", "balancer-rules", "tasks-rules"].map((name) => `security/${name}`),
  ...["load-balancer", "target-group", "http-listener", "cloudfront-rule"].map((name) => `balancer/${name}`),
];

/** What an edit of the file is called, the edit, and exactly what it may lead to. */
const EDITS: readonly (readonly [string, StackConfig, Actions])[] = [
  [
    "the container's port",
    { container: { port: 8080 } },
    {
      // The target group stays: tasks are registered with ports of their own.
      ...updated("security/balancer-rules", "security/tasks-rules"),
      ...NEW_REVISION,
    },
  ],
  ["CPU and memory", { container: { cpu: 512, memory: 1024 } }, NEW_REVISION],
  ["an environment variable", { container: { environment: { LOG_LEVEL: "debug" } } }, NEW_REVISION],
  ["the health check's path", { container: { healthCheckPath: "/ready" } }, updated("balancer/target-group")],
  [
    "a health check inside the container",
    { container: { healthCheck: { command: ["CMD", "node", "-e", "0"] } } },
    NEW_REVISION,
  ],
  ["the size of /tmp", { container: { tmpSize: 128 } }, NEW_REVISION],
  ["an init process", { container: { initProcess: true } }, NEW_REVISION],
  ["the bounds of the autoscaler", { scaling: { max: 10 } }, updated("scaling/target")],
  [
    "a schedule, which a stack that is not released does not have yet",
    { schedule: { sleep: "cron(0 20 * * ? *)", wake: "cron(0 7 * * ? *)" } },
    {},
  ],
  [
    "a higher minimum during releases",
    { scaling: { releaseMin: 4 } },
    {
      ...updated("security/pipeline-role", "delivery/pipeline"),
      "security/warm-role": "create",
      "delivery/warm-project": "create",
    },
  ],
  ["the desired count", { service: { desiredCount: 3 } }, updated("scaling/target")],
  ["the autoscaler's CPU target", { scaling: { cpuTarget: 50 } }, updated("scaling/cpu-policy")],
  ["the retention of the logs", { logs: { retentionDays: 90 } }, updated("observability/application-log")],
  [
    "access logs of the CDN and of the load balancer",
    { accessLogs: { balancer: true, cookies: true } },
    {
      ...all("create", "edge", ...["bucket", "source", "destination", "delivery"].map((name) => `access-log-${name}`)),
      ...updated("edge/distribution", "balancer/load-balancer"),
    },
  ],
  [
    "flow logs",
    { network: { flowLogs: {} } },
    {
      "network/flow-log": "create",
      "network/flow-log-group": "create",
      "security/flow-logs-role": "create",
    },
  ],
  [
    "the VPC's CIDR",
    { network: { cidr: "10.1.0.0/16" } },
    {
      ...Object.fromEntries(IN_THE_VPC.map((id) => [id, "replace"])),
      ...updated("compute/service", "edge/distribution"),
    },
  ],
  [
    "the private subnets' CIDRs",
    { network: { privateSubnets: ["10.0.30.0/24", "10.0.40.0/24"] } },
    {
      "network/private-1": "replace",
      "network/private-2": "replace",
      ...updated("network/private-routes-1", "network/private-routes-2", "compute/service"),
    },
  ],
  [
    "one NAT gateway for both zones",
    { network: { nat: "single" } },
    { ...updated("network/private-routes-2"), "network/nat-2": "delete", "network/nat-address-2": "delete" },
  ],
  [
    "no NAT gateway at all",
    { network: { nat: "none" } },
    {
      ...updated("network/private-routes-1", "network/private-routes-2"),
      ...all("create", "compute", "endpoints-group", "endpoints-rules"),
      ...all("create", "compute", "endpoint-ecr-api", "endpoint-ecr-dkr", "endpoint-logs", "endpoint-secretsmanager"),
      "compute/endpoint-s3": "create",
      ...all("delete", "network", "nat-1", "nat-2", "nat-address-1", "nat-address-2"),
    },
  ],
  [
    "tasks with public addresses, and no NAT gateway",
    { network: { nat: "none", tasks: "public" } },
    {
      ...updated("network/private-routes-1", "network/private-routes-2", "compute/service"),
      ...all("delete", "network", "nat-1", "nat-2", "nat-address-1", "nat-address-2"),
    },
  ],
  [
    "a generated secret that is renewed with age",
    { container: { secrets: { SESSION_KEY: { generate: { rotateDays: 30 } } } } },
    { "secrets/session-key": "create", ...updated("security/task-execution-role"), ...NEW_REVISION },
  ],
  ["how many images are kept", { registry: { keepImages: 10 } }, updated("registry/repository")],
  ["immutable image tags", { registry: { mutableTags: false } }, updated("registry/repository")],
  ["the methods of the default behavior", { edge: { methods: "read" } }, updated("edge/distribution")],
  ["the price class", { edge: { priceClass: "PriceClass_200" } }, updated("edge/distribution")],
  ["the path that is cached", { edge: { staticPath: "/assets/*" } }, updated("edge/distribution")],
  [
    "no CDN",
    { edge: false },
    {
      ...updated("security/balancer-rules"),
      ...updated(...["load-balancer", "http-listener", "cloudfront-rule"].map((name) => `balancer/${name}`)),
      ...all("create", "security", "open-group", "open-rules"),
      ...all("delete", "edge", "distribution", "headers-policy"),
    },
  ],
  [
    "VPC endpoints beside the NAT gateways",
    { network: { endpoints: ["dynamodb", "sqs"] } },
    all("create", "compute", "endpoints-group", "endpoints-rules", "endpoint-dynamodb", "endpoint-sqs"),
  ],
  [
    "IPv6",
    { network: { ipv6: true } },
    {
      ...updated(
        ...["vpc", "public-1", "public-2", "private-1", "private-2"].map((name) => `network/${name}`),
        ...["public-routes", "private-routes-1", "private-routes-2"].map((name) => `network/${name}`),
        "security/tasks-rules",
      ),
      "network/egress-only-gateway": "create",
    },
  ],
  ["network ACLs", { network: { acls: {} } }, { "network/public-acl": "create", "network/private-acl": "create" }],
  [
    "a single zone",
    { network: { zones: ["ap-northeast-1a"] } },
    {
      // The public subnet in the other zone stays: a load balancer needs two.
      ...updated("compute/service"),
      ...all("delete", "network", "private-2", "private-routes-2", "nat-2", "nat-address-2"),
    },
  ],
  [
    "security services of the account",
    { security: { guardDuty: true, securityHub: true, enhancedScanning: true } },
    {
      "account/enhanced-scanning": "create",
      "account/guardduty": "create",
      "account/security-hub": "create",
      "registry/scan-filter": "create",
    },
  ],
  [
    "a firewall",
    { edge: { firewall: {} } },
    { ...updated("edge/distribution"), "edge/firewall": "create", "edge/firewall-log": "create" },
  ],
  [
    "a VPC origin",
    { edge: { origin: "vpc" } },
    {
      ...all("replace", "balancer", "load-balancer", "target-group", "http-listener", "cloudfront-rule"),
      ...updated("compute/service", "edge/distribution"),
      "edge/vpc-origin": "create",
    },
  ],
  ["no approval", { delivery: { approval: { enabled: false } } }, updated("delivery/pipeline")],
  [
    "releases that stop for findings",
    { delivery: { failOn: "HIGH" } },
    {
      ...updated("security/pipeline-role", "delivery/pipeline"),
      "security/scan-role": "create",
      "delivery/scan-project": "create",
    },
  ],
  ["the build machine", { delivery: { computeType: "BUILD_GENERAL1_SMALL" } }, updated("delivery/build-project")],
  [
    "the name of the source",
    { delivery: { sourceKey: "app.zip" } },
    updated("security/pipeline-role", "delivery/pipeline", "delivery/source-rule"),
  ],
  ["how long artifacts are kept", { delivery: { artifactRetentionDays: 7 } }, updated("delivery/artifact-bucket")],
  ["how many revisions are kept", { delivery: { keepRevisions: 40 } }, {}],
  ["how long uploads are kept", { delivery: { sourceRetentionDays: 7 } }, updated("delivery/source-bucket")],
  [
    "the task's own permissions",
    {
      service: {
        taskPolicy: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::data/*"] }],
      },
    },
    updated("security/task-role"),
  ],
  [
    "ECS Exec",
    { service: { enableExec: true }, container: { readonlyRootFilesystem: false } },
    updated("security/task-role", "compute/task-definition", "compute/service"),
  ],
  [
    "alarms that roll a deployment back",
    { alarms: {}, service: { deploymentAlarms: true } },
    {
      ...all("create", "alarms", "topic", "global-topic", "cdn-errors", "balancer-errors", "dashboard"),
      ...all("create", "alarms", "cpu", "memory", "missing-tasks", "target-errors", "latency", "unhealthy-targets"),
      ...all("create", "alarms", "pipeline-failed", "approval"),
      ...updated("compute/service"),
    },
  ],
  ["no circuit breaker", { service: { circuitBreaker: false } }, updated("compute/service")],
  ["no container insights", { cluster: { containerInsights: false } }, updated("compute/cluster")],
  ["the deregistration delay", { balancer: { deregistrationDelay: 5 } }, updated("balancer/target-group")],
];

describe("an edit of the config", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage();
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  for (const [what, config, actions] of EDITS)
    it(`of ${what} plans exactly what it takes, does it, and can be taken back`, async () => {
      stage.edit(config);
      expect(await stage.planned()).toEqual(actions);
      expect((await stage.run("reconcile")).exit).toBe(0);
      expect(await stage.planned()).toEqual({});
      stage.edit({});
      expect((await stage.run("reconcile")).exit).toBe(0);
      expect(await stage.planned()).toEqual({});
    });

  it("of the tags reaches every resource that has tags, and the owner tags stay", async () => {
    stage.edit({ tags: { team: "blue", "cost-center": "42" } });
    const { json } = await stage.run("plan");
    const changed = json.actions.filter(({ action }) => action !== "noop");
    expect(new Set(changed.flatMap(({ differences = [] }) => differences.map(({ path }) => path)))).toEqual(
      new Set(["tags.team", "tags.cost-center"]),
    );
    expect(changed.length).toBe(37);
    await stage.run("reconcile");
    expect(await stage.planned()).toEqual({});
    stage.edit({});
    await stage.run("reconcile");
    expect(await stage.planned()).toEqual({});
  });

  it("of the name creates another stack and leaves the first one unchanged", async () => {
    stage.edit({ name: "other-app" });
    const run = await stage.run("reconcile");
    expect(run.json.summary).toMatchObject({ created: 42, deleted: 0 });
    expect(run.lines.join("\n")).toContain(
      "Another stack is already deployed: fairlead-app in dev, region ap-northeast-1",
    );
    expect((await stage.run("teardown")).json.summary).toMatchObject({ deleted: 42 });
    stage.edit({});
    expect(await stage.planned()).toEqual({});
  });

  it("of another environment creates a separate stack for it", async () => {
    stage.edit({ environments: { prod: { logs: { retentionDays: 365 } } } });
    const run = await stage.run("reconcile", { env: "prod" });
    expect(run.json.summary).toMatchObject({ created: 42 });
    expect((await stage.run("teardown", { env: "prod" })).json.summary).toMatchObject({ deleted: 42 });
    expect(await stage.planned()).toEqual({});
  });
});
