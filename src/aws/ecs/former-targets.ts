// While a load balancer takes the place of another, tasks are targets of both: then requests are answered whichever way they come.
import { DescribeTargetGroupsCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Seen } from "../../engine/resource-kind.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import type { ServiceSpec } from "./service-spec.ts";

/**
 * The former target groups that tasks stay in for now: those of the same VPC that still exist. A service may have five (Amazon ECS developer guide,
 * "Registering multiple target groups with a service"). Where the container or its port changes too, the tasks that start join them with the new one:
 * ECS refuses a port that the task definition does not have, and a target group takes targets on any port (botocore elbv2, CreateTargetGroup: its `Port`
 * is what targets registered without one of their own have).
 */
export async function stillServing(
  aws: Aws,
  { loadBalancers: former = [] }: Seen<ServiceSpec>,
  { loadBalancers }: ServiceSpec,
) {
  const [next] = loadBalancers;
  const arns = former.map(({ targetGroupArn }) => targetGroupArn);
  const old = arns.filter((arn) => loadBalancers.every(({ targetGroupArn }) => targetGroupArn !== arn));
  if (!next || old.length === 0) return [];
  const found = await Promise.all(
    [next.targetGroupArn, ...old].map(async (arn) => {
      const asked = aws.elb(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] }));
      return (await absent(asked, "TargetGroupNotFound"))?.TargetGroups?.[0];
    }),
  );
  const vpc = found[0]?.VpcId;
  // Without a load balancer it is on its way out.
  const kept = found.slice(1).filter((one) => one?.VpcId === vpc && (one?.LoadBalancerArns?.length ?? 0) > 0);
  const { containerName, containerPort } = next;
  return former
    .filter(({ targetGroupArn }) => kept.some((one) => one?.TargetGroupArn === targetGroupArn))
    .map(({ targetGroupArn }) => ({ targetGroupArn, containerName, containerPort }));
}
