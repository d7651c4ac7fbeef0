import { DescribeTargetGroupsCommand, DescribeTargetHealthCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { absent } from "../aws/errors.ts";
import type { ServiceRef } from "./service-ref.ts";

/** How many targets of a public service are healthy. */
export async function healthyTargets({ aws, names }: ServiceRef): Promise<number> {
  const asked = aws.elb(new DescribeTargetGroupsCommand({ Names: [names.targetGroup] }));
  const TargetGroupArn = (await absent(asked, "TargetGroupNotFound"))?.TargetGroups?.[0]?.TargetGroupArn;
  if (TargetGroupArn === undefined) return 0;
  const { TargetHealthDescriptions: found = [] } = await aws.elb(new DescribeTargetHealthCommand({ TargetGroupArn }));
  return found.filter(({ TargetHealth }) => TargetHealth?.State === "healthy").length;
}
