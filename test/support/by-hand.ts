import { join } from "node:path";
import type { Aws } from "../../src/aws/aws.ts";
import { kindOf } from "../../src/aws/kinds.ts";
import { ownerOfStack } from "../../src/aws/owner.ts";
import type { Clock } from "../../src/clock.ts";
import type { AnyObserved } from "../../src/engine/resource-kind.ts";
import { observeOne } from "../../src/engine/observe.ts";
import { Snapshot } from "../../src/engine/snapshot.ts";
import { fileStore } from "../../state/file-store.ts";
import type { State } from "../../state/state.ts";
import type { Stage } from "./stage.ts";

type Spec = Readonly<Record<string, unknown>>;

/** One field of each kind that somebody changes outside Fairlead, and what they make of it. */
export const CHANGES: Readonly<Record<string, readonly [string, (spec: Spec) => unknown]>> = {
  "acm/certificate": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "autoscaling/scalable-target": ["max", () => 99],
  "autoscaling/scaling-policy": ["target", () => 11],
  "autoscaling/scheduled-action": ["schedule", () => "cron(0 1 * * ? *)"],
  "autoscaling/step-policy": ["cooldown", () => 11],
  "budgets/budget": ["monthly", () => 7],
  "cloudfront/distribution": ["priceClass", () => "PriceClass_All"],
  "cloudfront/response-headers-policy": ["contentTypeOptions", () => false],
  "cloudfront/vpc-origin": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "cloudwatch/alarm": ["threshold", () => 99],
  "cloudwatch/dashboard": ["widgets", () => []],
  "codebuild/project": ["timeoutMinutes", () => 99],
  "codepipeline/pipeline": ["stages", ({ stages }) => (stages as unknown[]).toSpliced(2, 1)],
  "ec2/egress-only-gateway": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/elastic-ip": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/flow-log": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/internet-gateway": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/nat-gateway": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/network-acl": ["ingress", ({ ingress }) => (ingress as unknown[]).slice(1)],
  "ec2/route-table": ["routes", () => ({})],
  "ec2/security-group": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/security-group-rules": ["ingress", () => []],
  "ec2/subnet": ["mapPublicIp", ({ mapPublicIp }) => mapPublicIp !== true],
  "ec2/vpc": ["dnsHostnames", () => false],
  "ec2/vpc-endpoint": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  // Nothing of it can be changed.
  "ecr/enhanced-scanning": ["region", ({ region }) => region],
  "ecr/scan-filter": ["frequency", () => "SCAN_ON_PUSH"],
  "ecr/repository": ["scanOnPush", () => false],
  "ecs/cluster": ["containerInsights", () => false],
  "ecs/service": ["healthCheckGracePeriod", () => 7],
  "ecs/task-definition": ["memory", () => 1024],
  "efs/access-point": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "efs/file-system": ["backups", () => false],
  "efs/mount-target": ["groupIds", () => []],
  "elb/listener": ["action", ({ action }) => ({ ...(action as object), statusCode: "404" })],
  "elb/listener-rule": ["pathPatterns", () => ["/only/*"]],
  "elb/load-balancer": [
    "attributes",
    ({ attributes }) => ({ ...(attributes as object), "idle_timeout.timeout_seconds": "7" }),
  ],
  "elb/target-group": ["healthCheck", ({ healthCheck }) => ({ ...(healthCheck as object), path: "/elsewhere" })],
  "eventbridge/rule": ["enabled", () => false],
  // Nothing of it can be changed.
  "guardduty/detector": ["region", ({ region }) => region],
  "iam/role": ["description", () => "somebody else's"],
  "logs/delivery": ["recordFields", () => ["date", "time", "cs-uri-query"]],
  "logs/delivery-destination": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "logs/delivery-source": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "logs/log-group": ["retentionDays", () => undefined],
  "route53/record": ["alias", ({ alias }) => ({ ...(alias as object), dnsName: "elsewhere.example.com" })],
  "route53/validation-record": ["ttl", () => 60],
  "s3/bucket": ["versioning", () => false],
  "scheduler/schedule": ["enabled", () => false],
  "secretsmanager/secret": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  // Nothing of it can be changed.
  "securityhub/hub": ["region", ({ region }) => region],
  "servicediscovery/http-namespace": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  // Nothing of it can be changed.
  "sns/subscription": ["endpoint", ({ endpoint }) => endpoint],
  "sns/topic": ["displayName", () => "somebody"],
  "sqs/queue": ["visibilityTimeout", () => 7],
  "wafv2/web-acl": ["rules", ({ rules }) => (rules as unknown[]).slice(1)],
};

/** Nothing of these is changed by a newer revision alone: the service goes on with the one that it runs. */
export const ONLY_WHAT_RUNS = ["ecs/task-definition"];

/** A resource of the state as it is on AWS; throws where it is not there. */
export async function observedNow(aws: Aws, state: State, id: string): Promise<AnyObserved> {
  const resource = state.resources[id];
  const kind = kindOf(resource?.type ?? "");
  if (!resource || !kind) throw new Error(`${id} is not in the state`);
  const world = { owner: ownerOfStack(aws.owner), services: aws, kindOf };
  const seen = await observeOne(world, kind, id, resource, resource.spec, new Snapshot());
  if (!seen) throw new Error(`${id} is not there`);
  return seen;
}

/** Changes one field of a resource, as somebody in the console would. */
export async function changeByHand(aws: Aws, state: State, id: string): Promise<void> {
  const type = state.resources[id]?.type ?? "";
  const kind = kindOf(type);
  const [field, change] = CHANGES[type] ?? [];
  if (!kind || field === undefined || !change) throw new Error(`no change for ${type}`);
  const seen = await observedNow(aws, state, id);
  const target = { ...seen.spec, [field]: change(seen.spec) };
  const renewed = (await kind.update(aws, seen, target, new Set([field]))) as { arn?: string } | undefined;
  if (!ONLY_WHAT_RUNS.includes(type)) return;
  // A job has a schedule instead, which starts the revision that it names.
  const runner = id.replace("compute/task-definition", "compute/service");
  if (!(runner in state.resources)) return;
  const service = await observedNow(aws, state, runner);
  const moved = { ...service.spec, taskDefinition: renewed?.arn };
  await kindOf("ecs/service")?.update(aws, service, moved, new Set(["taskDefinition"]));
}

/** Changes one field of each of these resources of a stage's stack, and waits until every service shows it. */
export async function changedByHand(stage: Stage, ids: readonly string[], name = "fairlead-app-dev"): Promise<void> {
  const state = await fileStore(join(stage.directory, ".fairlead", `${name}.json`)).read();
  if (!state) throw new Error("There is no state yet.");
  await stage.meddle(async (aws, clock) => {
    for (const id of ids) await changeByHand(aws, state, id);
    // A queue shows a change after a minute (SQS API Reference, SetQueueAttributes).
    await clock.sleep(120_000);
  });
}

/** Deletes a resource, and before it whatever AWS would not let it go without; answers what. */
export async function deleteByHand(aws: Aws, clock: Clock, state: State, id: string): Promise<string[]> {
  const gone = dependentsOf(state, id);
  for (const one of gone) {
    const kind = kindOf(state.resources[one]?.type ?? "");
    let seen: AnyObserved | undefined = await observedNow(aws, state, one);
    for (let tries = 0; seen && tries < 1_000; tries++) {
      if (seen.ready || tries === 0) await kind?.delete(aws, seen);
      await clock.sleep(5_000);
      seen = await observedNow(aws, state, one).catch(() => undefined);
    }
  }
  // What lingers after a deletion, such as network interfaces, is gone when the next run comes.
  await clock.sleep(120_000);
  return gone;
}

/** A resource and everything that needs it, in an order in which it can be deleted. */
function dependentsOf(state: State, id: string): string[] {
  const order: string[] = [];
  const visit = (one: string) => {
    if (order.includes(one)) return;
    for (const [user, { needs }] of Object.entries(state.resources))
      if (needs.some((need) => need.to === one && !need.loose)) visit(user);
    order.push(one);
  };
  visit(id);
  return order;
}
