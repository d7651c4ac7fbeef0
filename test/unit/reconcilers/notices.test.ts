import { describe, expect, it } from "vitest";
import { Rule } from "../../../src/aws/eventbridge/rule.ts";
import { Topic } from "../../../src/aws/sns/topic.ts";
import type { PolicyDocument } from "../../../src/aws/policy.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { deliver, publications } from "../../../src/simulator/events/deliver.ts";
import { simOf } from "../../../src/simulator/simulator.ts";
import { topology } from "../../../reconcilers/topology.ts";
import { made } from "../../contract/made.ts";
import { simulated } from "../../support/simulated.ts";

const stack = resolveStack({
  services: { web: { image: "nginx" }, report: { type: "job", image: "nginx", schedule: "rate(1 day)" } },
  alarms: {},
});
const facts = { account: "123456789012", partition: "aws", originFacingPrefixList: "pl-1", released: {} };

/** The rules of the job and their topic, in the simulated AWS. */
async function told(change: (policy: PolicyDocument) => PolicyDocument = (policy) => policy) {
  const at = simulated();
  const { graph } = topology(stack, facts);
  const specOf = (id: string) => graph.get(id)?.spec as never;
  const topic = specOf("alarms/topic") as { policy: PolicyDocument };
  const { arn } = await made(at, Topic, { ...topic, policy: change(topic.policy) } as never);
  for (const id of ["report/alarms/job-failed", "report/alarms/job-not-started"]) {
    const rule = specOf(id) as { targets: object[] };
    await made(at, Rule, { ...rule, targets: rule.targets.map((target) => ({ ...target, arn })) } as never);
  }
  const sim = simOf({ world: at.world, clock: at.clock, account: at.aws.account, region: at.aws.region });
  return (detail: object) => {
    const task = {
      clusterArn: "arn:aws:ecs:ap-northeast-1:123456789012:cluster/fairlead-app-dev-cluster",
      group: "family:fairlead-app-dev-report",
      lastStatus: "STOPPED",
      taskArn: "arn:task",
      stoppedReason: "Essential container in task exited",
      ...detail,
    };
    deliver(sim, { source: "aws.ecs", "detail-type": "ECS Task State Change", detail: task });
    return Object.values(publications(sim)).map(({ text }) => text);
  };
}

describe("the notice of a failed job", () => {
  it("is sent for an exit code of its own container, and not for that of a sidecar that ended with it", async () => {
    const of = await told();
    const sidecar = { name: "agent", exitCode: 143 };
    expect(of({ containers: [{ name: "report", exitCode: 0 }, sidecar] })).toEqual([]);
    expect(of({ lastStatus: "RUNNING", containers: [{ name: "report", exitCode: 1 }] })).toEqual([]);
    expect(of({ group: "service:fairlead-app-dev-service", containers: [{ name: "report", exitCode: 1 }] })).toEqual(
      [],
    );
    expect(of({ containers: [{ name: "report", exitCode: 1 }, sidecar] })).toEqual([
      '"A run of the job report failed: Essential container in task exited."\n"Task: arn:task"\n"Its log: npx fairlead logs --service report --target aws --env dev"',
    ]);
  });

  it("is sent for a run that never started, which has no exit code", async () => {
    const of = await told();
    const [text] = of({ stopCode: "TaskFailedToStart", containers: [{ name: "report" }], stoppedReason: "No image" });
    expect(text).toContain("A run of the job report could not be started: No image");
  });

  it("would be dropped by a topic whose policy has a condition for EventBridge", async () => {
    const of = await told((policy) => ({
      ...policy,
      Statement: policy.Statement.map((one) => ({
        ...one,
        Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } },
      })),
    }));
    expect(of({ containers: [{ name: "report", exitCode: 1 }] })).toEqual([]);
  });
});
