import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kindOf, kinds } from "../../src/aws/kinds.ts";
import { fileStore } from "../../state/file-store.ts";
import type { State } from "../../state/state.ts";
import type { AnyObserved } from "../../src/engine/kind.ts";
import { ownerOfStack } from "../../src/aws/owner.ts";
import { observeOne } from "../../src/engine/observe.ts";
import { Snapshot } from "../../src/engine/snapshot.ts";
import { Stage } from "../support/stage.ts";

type Spec = Readonly<Record<string, unknown>>;

/** One field of each kind that somebody changes behind our back, and what they make of it. */
const CHANGES: Readonly<Record<string, readonly [string, (spec: Spec) => unknown]>> = {
  "autoscaling/scalable-target": ["max", () => 99],
  "autoscaling/scaling-policy": ["target", () => 11],
  "cloudfront/distribution": ["priceClass", () => "PriceClass_All"],
  "cloudfront/response-headers-policy": ["contentTypeOptions", () => false],
  "codebuild/project": ["timeoutMinutes", () => 99],
  "codepipeline/pipeline": ["stages", ({ stages }) => (stages as unknown[]).toSpliced(2, 1)],
  "ec2/elastic-ip": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/internet-gateway": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/nat-gateway": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/route-table": ["routes", () => ({})],
  "ec2/security-group": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ec2/security-group-rules": ["ingress", () => []],
  "ec2/subnet": ["mapPublicIp", ({ mapPublicIp }) => mapPublicIp !== true],
  "ec2/vpc": ["dnsHostnames", () => false],
  "ec2/vpc-endpoint": ["tags", ({ tags }) => ({ ...(tags as object), Name: "somebody" })],
  "ecr/repository": ["scanOnPush", () => false],
  "ecs/cluster": ["containerInsights", () => false],
  "ecs/service": ["healthCheckGracePeriod", () => 7],
  "ecs/task-definition": ["memory", () => 1024],
  "elb/listener": ["action", ({ action }) => ({ ...(action as object), statusCode: "404" })],
  "elb/listener-rule": ["pathPatterns", () => ["/only/*"]],
  "elb/load-balancer": [
    "attributes",
    ({ attributes }) => ({ ...(attributes as object), "idle_timeout.timeout_seconds": "7" }),
  ],
  "elb/target-group": ["healthCheck", ({ healthCheck }) => ({ ...(healthCheck as object), path: "/elsewhere" })],
  "eventbridge/rule": ["enabled", () => false],
  "iam/role": ["description", () => "somebody else's"],
  "logs/log-group": ["retentionDays", () => undefined],
  "s3/bucket": ["versioning", () => false],
};

/** Nothing of these is changed by a newer revision alone: the service goes on with the one that it runs. */
const ONLY_WHAT_RUNS = ["ecs/task-definition"];

describe("what somebody does behind our back", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage({});
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  const stateOf = async () => (await fileStore(`${stage.directory}/state/fairlead-app-dev.json`).read()) as State;

  /** Changes or deletes resources in the simulated world, in a moment at which nobody else works in it. */
  async function meddle(work: (aws: ReturnType<Stage["world"]>) => Promise<void>) {
    const at = stage.world();
    await work(at);
    at.world.data.now = Math.max(at.world.data.now, at.clock.now());
    at.world.save();
  }

  const observed = async ({ aws }: ReturnType<Stage["world"]>, state: State, id: string): Promise<AnyObserved> => {
    const resource = state.resources[id];
    const kind = kindOf(resource?.type ?? "");
    if (!resource || !kind) throw new Error(`${id} is not in the state`);
    const world = { owner: ownerOfStack(aws.owner), services: aws, kindOf };
    const seen = await observeOne(world, kind, id, resource, resource.spec, new Snapshot());
    if (!seen) throw new Error(`${id} is not there`);
    return seen;
  };

  it("covers every kind", () => {
    expect(Object.keys(CHANGES).toSorted()).toEqual(kinds.map(({ type }) => type).toSorted());
  });

  const mendsChange = (type: string) => async () => {
    const state = await stateOf();
    const [id] = Object.entries(state.resources).find(([, resource]) => resource.type === type) ?? [];
    if (id === undefined) throw new Error(`the stack has no ${type}`);
    const kind = kindOf(type);
    const [field, change] = CHANGES[type] ?? [];
    if (!kind || field === undefined || !change) throw new Error(`no change for ${type}`);
    await meddle(async (at) => {
      const seen = await observed(at, state, id);
      const target = { ...seen.spec, [field]: change(seen.spec) };
      const renewed = (await kind.update(at.aws, seen, target, new Set([field]))) as { arn?: string } | undefined;
      if (ONLY_WHAT_RUNS.includes(type)) {
        const service = await observed(at, state, "compute/service");
        const moved = { ...service.spec, taskDefinition: renewed?.arn };
        await kindOf("ecs/service")?.update(at.aws, service, moved, new Set(["taskDefinition"]));
      }
    });
    const { json } = await stage.run("plan");
    const action = json.actions.find((one) => one.id === id);
    expect(action).toMatchObject({ action: "update", drift: true });
    expect(action?.differences?.every(({ cause }) => cause === "drift")).toBe(true);
    const others = json.actions.filter((one) => one.action !== "noop" && one.id !== id).map((one) => one.id);
    // A new revision is nothing before the service runs it.
    expect(others).toEqual(ONLY_WHAT_RUNS.includes(type) ? ["compute/service"] : []);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  };

  /** Deletes a resource, and before it whatever AWS would not let it go without. */
  const mendsDeletion = (type: string) => async () => {
    const state = await stateOf();
    const [id] = Object.entries(state.resources).find(([, resource]) => resource.type === type) ?? [];
    if (id === undefined) throw new Error(`the stack has no ${type}`);
    const gone = dependentsOf(state, id);
    await meddle(async (at) => {
      for (const one of gone) {
        const kind = kindOf(state.resources[one]?.type ?? "");
        let seen: AnyObserved | undefined = await observed(at, state, one);
        for (let tries = 0; seen && tries < 1_000; tries++) {
          if (seen.ready || tries === 0) await kind?.delete(at.aws, seen);
          await at.clock.sleep(5_000);
          seen = await observed(at, state, one).catch(() => undefined);
        }
      }
      // What lingers after a deletion, such as network interfaces, is gone when the next run comes.
      await at.clock.sleep(120_000);
    });
    const { json } = await stage.run("plan");
    const created = json.actions.filter((one) => one.action === "create");
    expect(created.map((one) => one.id)).toEqual(expect.arrayContaining([id]));
    for (const one of created) expect(one).toMatchObject({ drift: true });
    const run = await stage.run("reconcile");
    expect(run.lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(run.exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  };

  // A stack has NAT gateways or endpoints: those come last.
  const WITH_NAT = kinds.map(({ type }) => type).filter((type) => type !== "ec2/vpc-endpoint");
  for (const type of WITH_NAT) {
    it(`is mended where ${type} was changed`, mendsChange(type));
    it(`is mended where ${type} was deleted`, mendsDeletion(type));
  }

  it("is mended where ec2/vpc-endpoint was changed or deleted", async () => {
    stage.edit({ network: { nat: "none" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await mendsChange("ec2/vpc-endpoint")();
    await mendsDeletion("ec2/vpc-endpoint")();
  });
});

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
