import {
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
  type TargetGroup,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { stillServing } from "../../../../src/aws/ecs/former-targets.ts";
import type { ServiceSpec } from "../../../../src/aws/ecs/service-spec.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";
import { spec } from "./service-demo.ts";

const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => elb.reset());

type Target = ServiceSpec["loadBalancers"][number];
const target = (targetGroupArn: string, containerPort = 8080, containerName = "web"): Target => ({
  targetGroupArn,
  containerName,
  containerPort,
});
const moved = (former: readonly Target[], next: readonly Target[]) =>
  stillServing(mocked(), { ...spec, loadBalancers: former }, { ...spec, loadBalancers: next });

/** What ELB knows of a target group. */
function known(TargetGroupArn: string, more: TargetGroup = {}) {
  const group = { TargetGroupArn, VpcId: "vpc-1", LoadBalancerArns: [`${TargetGroupArn}-balancer`], ...more };
  elb.on(DescribeTargetGroupsCommand, { TargetGroupArns: [TargetGroupArn] }).resolves({ TargetGroups: [group] });
}

describe("the target groups that tasks stay in while a load balancer is replaced", () => {
  it("are the former ones", async () => {
    known("new", { LoadBalancerArns: [] });
    known("old");
    expect(await moved([target("old")], [target("new")])).toEqual([target("old")]);
  });

  it("get the tasks' new container and port, since a task definition has no others", async () => {
    known("new");
    known("old");
    expect(await moved([target("old", 5000, "app")], [target("new", 8080, "web")])).toEqual([
      target("old", 8080, "web"),
    ]);
  });

  it("are none where the target group stays, and none without a load balancer or a target group of the same VPC", async () => {
    expect(await moved([target("new", 5000)], [target("new")])).toEqual([]);
    known("new");
    known("idle", { LoadBalancerArns: [] });
    known("elsewhere", { VpcId: "vpc-2" });
    elb
      .on(DescribeTargetGroupsCommand, { TargetGroupArns: ["gone"] })
      .rejects(awsError("TargetGroupNotFoundException", "One or more target groups not found"));
    expect(await moved([target("idle"), target("elsewhere")], [target("new")])).toEqual([]);
  });
});
