// What policies of both types have in common: target tracking and steps.
import {
  DeleteScalingPolicyCommand,
  PutScalingPolicyCommand,
  type PutScalingPolicyCommandInput,
  type ScalingPolicy as Listed,
} from "@aws-sdk/client-application-auto-scaling";
import type { Aws } from "../aws.ts";
import { CROSSED, DESIRED_COUNT, NOT_REGISTERED, policiesOf, resourceIdOf, type OfTarget } from "./shared.ts";

/** How policies are found and deleted. */
export const POLICY = {
  list: policiesOf,
  nameOf: ({ PolicyName }: Listed) => PolicyName,
  remove: (
    aws: Aws,
    { ResourceId, name }: { readonly ResourceId: string | undefined; readonly name: string | undefined },
  ) =>
    aws.autoScaling(new DeleteScalingPolicyCommand({ ...DESIRED_COUNT, PolicyName: name, ResourceId }), {
      notYet: CROSSED,
    }),
};

/** Creates a policy, or overwrites the one of that name; returns its ARN, which is empty where the response has none. */
export async function putPolicy(
  aws: Aws,
  spec: OfTarget,
  how: Pick<
    PutScalingPolicyCommandInput,
    "PolicyType" | "TargetTrackingScalingPolicyConfiguration" | "StepScalingPolicyConfiguration"
  >,
): Promise<{ arn: string }> {
  const { PolicyARN } = await aws.autoScaling(
    new PutScalingPolicyCommand({ ...DESIRED_COUNT, PolicyName: spec.name, ResourceId: resourceIdOf(spec), ...how }),
    {
      notYet: [
        ...CROSSED,
        // Application Auto Scaling cannot call CloudWatch or ECS on our behalf yet.
        { code: "FailedResourceAccessException" },
        NOT_REGISTERED,
      ],
    },
  );
  return { arn: PolicyARN ?? "" };
}
