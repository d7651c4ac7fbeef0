import type { Service as EcsService } from "@aws-sdk/client-ecs";
import { DescribeTargetGroupAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";

/** How many seconds a task may run after it was asked to stop (ECS API Reference, ContainerDefinition: stopTimeout, on Fargate). */
const STOPS_WITHIN = 120;
/** Additional seconds for the new tasks of a deployment: with five minutes more (`Poller`) the 20 minutes of Terraform's aws_ecs_service. */
const STARTS_WITHIN = 780;

const KEY = "deregistration_delay.timeout_seconds";

/** Deregistration delays of target groups, by ARN: read once per run. */
const delays = new WeakMap<Aws, Map<string, Promise<number>>>();

/**
 * For how many seconds a service may keep draining: a stopping task finishes its requests first, for the deregistration delay of its
 * target group, an hour at most (ELB API reference, TargetGroupAttribute), and the deployment waits until it has stopped.
 */
export async function drainsWithin(aws: Aws, { loadBalancers = [] }: EcsService): Promise<number> {
  const known = delays.get(aws) ?? new Map<string, Promise<number>>();
  delays.set(aws, known);
  const asked = loadBalancers.flatMap(({ targetGroupArn: arn }) => {
    if (arn === undefined) return [];
    const delay = known.get(arn) ?? delayOf(aws, arn);
    known.set(arn, delay);
    return [delay];
  });
  return Math.max(0, ...(await Promise.all(asked))) + STOPS_WITHIN + STARTS_WITHIN;
}

async function delayOf(aws: Aws, TargetGroupArn: string): Promise<number> {
  const asking = aws.elb(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  const found = await absent(asking, "TargetGroupNotFound");
  return Number(found?.Attributes?.find(({ Key }) => Key === KEY)?.Value ?? 0);
}
