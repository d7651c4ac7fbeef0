import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kinds } from "../../src/aws/kinds.ts";
import { fileStore } from "../../state/file-store.ts";
import type { State } from "../../state/state.ts";
import { changeByHand, deleteByHand, ONLY_WHAT_RUNS } from "../support/by-hand.ts";
import { Stage } from "../support/stage.ts";

describe("drift", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = new Stage({});
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  const stateOf = async () => (await fileStore(`${stage.directory}/.fairlead/fairlead-app-dev.json`).read()) as State;

  /** Changes or deletes resources in the simulated world, in a moment at which nobody else works in it. */
  async function meddle(work: (aws: ReturnType<Stage["world"]>) => Promise<void>) {
    const at = stage.world();
    await work(at);
    at.world.data.now = Math.max(at.world.data.now, at.clock.now());
    at.world.save();
  }

  const mendsChange = (type: string) => async () => {
    const state = await stateOf();
    const [id] = Object.entries(state.resources).find(([, resource]) => resource.type === type) ?? [];
    if (id === undefined) throw new Error(`the stack has no ${type}: list it in ELSEWHERE`);
    await meddle(({ aws }) => changeByHand(aws, state, id));
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

  const mendsDeletion = (type: string) => async () => {
    const state = await stateOf();
    const [id] = Object.entries(state.resources).find(([, resource]) => resource.type === type) ?? [];
    if (id === undefined) throw new Error(`the stack has no ${type}: list it in ELSEWHERE`);
    await meddle(async ({ aws, clock }) => void (await deleteByHand(aws, clock, state, id)));
    const { json } = await stage.run("plan");
    const created = json.actions.filter((one) => one.action === "create");
    expect(created.map((one) => one.id)).toEqual(expect.arrayContaining([id]));
    for (const one of created) expect(one).toMatchObject({ drift: true });
    const run = await stage.run("reconcile");
    expect(run.lines.filter((line) => line.startsWith("Failed"))).toEqual([]);
    expect(run.exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  };

  // Those of alarms, domains, scheduled limits, volumes, secrets, workers, jobs, firewalls and Service Connect, which a stack of one web service has none of: test/contract has them changed and
  // deleted.
  const ELSEWHERE = [
    "acm/certificate",
    "autoscaling/scheduled-action",
    "autoscaling/step-policy",
    "budgets/budget",
    "cloudfront/vpc-origin",
    "cloudwatch/alarm",
    "cloudwatch/dashboard",
    "ec2/egress-only-gateway",
    "ec2/flow-log",
    "logs/delivery",
    "logs/delivery-destination",
    "logs/delivery-source",
    "ec2/network-acl",
    "ecr/enhanced-scanning",
    "ecr/scan-filter",
    "efs/access-point",
    "efs/file-system",
    "efs/mount-target",
    "guardduty/detector",
    "route53/record",
    "route53/validation-record",
    "scheduler/schedule",
    "secretsmanager/secret",
    "securityhub/hub",
    "servicediscovery/http-namespace",
    "sns/subscription",
    "sns/topic",
    "sqs/queue",
    "wafv2/web-acl",
  ];
  // A stack has NAT gateways or endpoints: those come last.
  const WITH_NAT = kinds
    .map(({ type }) => type)
    .filter((type) => type !== "ec2/vpc-endpoint" && !ELSEWHERE.includes(type));
  for (const type of WITH_NAT) {
    it(`is mended where ${type} was changed`, mendsChange(type));
    it(`is mended where ${type} was deleted`, mendsDeletion(type));
  }

  it("is reverted if ec2/vpc-endpoint was changed or deleted", async () => {
    stage.edit({ network: { nat: "none" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await mendsChange("ec2/vpc-endpoint")();
    await mendsDeletion("ec2/vpc-endpoint")();
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
