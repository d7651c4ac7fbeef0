import type {
  DeleteScalingPolicyCommandInput,
  DeregisterScalableTargetCommandInput,
  DescribeScalableTargetsCommandInput,
  DescribeScalableTargetsCommandOutput,
  DescribeScalingPoliciesCommandInput,
  DescribeScalingPoliciesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  PutScalingPolicyCommandInput,
  PutScalingPolicyCommandOutput,
  RegisterScalableTargetCommandInput,
  RegisterScalableTargetCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-application-auto-scaling";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { linger, lingering, type Lingering } from "../lingering.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { lowerTagList, tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import { clamp, serviceAt } from "./clamp.ts";
import {
  checkDimension,
  DIMENSION,
  PAGES,
  policies,
  policyKey,
  RUNNING,
  schedules,
  targetOf,
  targets,
  type SimScalableTarget,
} from "./records.ts";
import { scheduleOperations } from "./schedules.ts";
import { checkStepping } from "./stepping.ts";
import { checkTracking } from "./tracking.ts";

/**
 * Targets that were deregistered and are still described (terraform-provider-aws, internal/service/appautoscaling/target.go,
 * resourceTargetDelete: polls for up to five minutes until DescribeScalableTargets does not find it).
 */
const former = (sim: Sim) => sim.table<Lingering<SimScalableTarget>>("~autoscaling.targets");

const byArn = (sim: Sim, arn: string | undefined) =>
  Object.values(targets(sim)).find((target) => target.arn === arn) ??
  refuse("ResourceNotFoundException", `The specified resource doesn't exist: ${arn}`);

/** Application Auto Scaling, as far as the topology needs it: the desired count of ECS services. */
export const autoscaling: Operations = {
  ...scheduleOperations,

  RegisterScalableTarget(input: RegisterScalableTargetCommandInput, sim): Answer<RegisterScalableTargetCommandOutput> {
    const { ResourceId: resourceId = "", MinCapacity, MaxCapacity, ScalableDimension } = input;
    if (ScalableDimension !== DIMENSION) refuse("ValidationException", `Unsupported dimension ${ScalableDimension}`);
    serviceAt(sim, resourceId);
    const before = targets(sim)[resourceId];
    // What is left out stays as it was; a new target needs both.
    const min = MinCapacity ?? before?.min ?? refuse("ValidationException", "MinCapacity must be specified");
    const max = MaxCapacity ?? before?.max ?? refuse("ValidationException", "MaxCapacity must be specified");
    if (min > max) refuse("ValidationException", "Maximum capacity cannot be less than minimum capacity");
    if (before && input.Tags) refuse("ValidationException", "You must specify tags only when registering a new target");
    const target: SimScalableTarget = {
      resourceId,
      arn: before?.arn ?? sim.arn("application-autoscaling", `scalable-target/${sim.world.hex(20)}`),
      min,
      max,
      // What is left out stays, here too.
      suspended: { ...RUNNING, ...before?.suspended, ...input.SuspendedState },
      createdAt: before?.createdAt ?? sim.now,
      tags: before?.tags ?? tagsOfInput(lowerTagList(input.Tags ?? {})),
    };
    targets(sim)[resourceId] = target;
    clamp(sim, target);
    return { ScalableTargetARN: target.arn };
  },

  DescribeScalableTargets(
    input: DescribeScalableTargetsCommandInput,
    sim,
  ): Answer<DescribeScalableTargetsCommandOutput> {
    const { ResourceIds: ids, MaxResults: size, NextToken: token, ...rest } = input;
    onlyKnown("DescribeScalableTargets", rest, "ServiceNamespace", "ScalableDimension");
    if (input.ScalableDimension !== undefined && !ids)
      refuse("ValidationException", "ResourceIds must be specified when ScalableDimension is specified");
    if ((ids ?? []).length > PAGES.usual) refuse("ValidationException", `At most ${PAGES.usual} resource IDs`);
    const all = Object.values({ ...lingering(sim, former(sim)), ...targets(sim) });
    const found = all.filter(({ resourceId }) => ids?.includes(resourceId) ?? true);
    const { page, next } = pageOf(found, { token, size }, PAGES);
    return {
      NextToken: next,
      ScalableTargets: page.map(({ resourceId, arn, min, max, suspended = RUNNING, createdAt }) => ({
        ServiceNamespace: "ecs",
        ResourceId: resourceId,
        ScalableDimension: DIMENSION,
        MinCapacity: min,
        MaxCapacity: max,
        RoleARN: `arn:aws:iam::${sim.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
        CreationTime: new Date(createdAt),
        SuspendedState: suspended,
        ScalableTargetARN: arn,
      })),
    };
  },

  DeregisterScalableTarget(input: DeregisterScalableTargetCommandInput, sim) {
    const target = targetOf(sim, input.ResourceId);
    const { resourceId } = target;
    for (const [key, policy] of Object.entries(policies(sim)))
      if (policy.resourceId === resourceId) delete policies(sim)[key];
    for (const [key, schedule] of Object.entries(schedules(sim)))
      if (schedule.resourceId === resourceId) delete schedules(sim)[key];
    linger(sim, former(sim), resourceId, target, TIMING.release);
    delete targets(sim)[resourceId];
    return {};
  },

  PutScalingPolicy(input: PutScalingPolicyCommandInput, sim): Answer<PutScalingPolicyCommandOutput> {
    // The words differ from those of the other calls (hashicorp/terraform-provider-aws#427).
    const { resourceId } =
      targets(sim)[input.ResourceId ?? ""] ??
      refuse(
        "ObjectNotFoundException",
        `No scalable target registered for service namespace: ecs, resource ID: ${input.ResourceId}, scalable dimension: ${DIMENSION}`,
      );
    const { PolicyName: name = "", PolicyType, TargetTrackingScalingPolicyConfiguration: tracking } = input;
    const { StepScalingPolicyConfiguration: steps } = input;
    if (PolicyType === "TargetTrackingScaling" ? !tracking : PolicyType !== "StepScaling" || !steps)
      refuse(
        "ValidationException",
        "The simulated AWS knows target tracking and step scaling policies, each with its configuration",
      );
    checkTracking(tracking, serviceAt(sim, resourceId));
    checkStepping(steps);
    const key = policyKey(resourceId, name);
    const arn =
      policies(sim)[key]?.arn ??
      sim.arn("autoscaling", `scalingPolicy:${sim.world.hex(12)}:resource/ecs/${resourceId}:policyName/${name}`);
    policies(sim)[key] = {
      name,
      resourceId,
      arn,
      createdAt: policies(sim)[key]?.createdAt ?? sim.now,
      tracking: tracking && { DisableScaleIn: false, ...tracking },
      ...(steps ? { steps } : {}),
    };
    return { PolicyARN: arn, Alarms: [] };
  },

  DescribeScalingPolicies(
    input: DescribeScalingPoliciesCommandInput,
    sim,
  ): Answer<DescribeScalingPoliciesCommandOutput> {
    checkDimension(input);
    const all = Object.values(policies(sim)).filter(
      ({ name, resourceId }) =>
        (input.ResourceId === undefined || resourceId === input.ResourceId) &&
        (input.PolicyNames?.includes(name) ?? true),
    );
    const asked = { token: input.NextToken, size: input.MaxResults };
    // "Between 1 and 10. The default value is 10" (botocore application-autoscaling, DescribeScalingPolicies.MaxResults).
    const { page, next } = pageOf(all, asked, { ...PAGES, usual: 10 });
    return {
      NextToken: next,
      ScalingPolicies: page.map(({ name, resourceId, arn, createdAt, tracking, steps }) => ({
        PolicyARN: arn,
        PolicyName: name,
        ServiceNamespace: "ecs",
        ResourceId: resourceId,
        ScalableDimension: DIMENSION,
        ...(steps
          ? { PolicyType: "StepScaling" as const, StepScalingPolicyConfiguration: steps }
          : { PolicyType: "TargetTrackingScaling" as const, TargetTrackingScalingPolicyConfiguration: tracking }),
        Alarms: [],
        CreationTime: new Date(createdAt),
      })),
    };
  },

  DeleteScalingPolicy(input: DeleteScalingPolicyCommandInput, sim) {
    const key = policyKey(input.ResourceId, input.PolicyName);
    if (!(key in policies(sim)))
      refuse(
        "ObjectNotFoundException",
        `No scaling policy found for service namespace: ecs, resource ID: ${input.ResourceId}, scalable dimension: ${DIMENSION}: ${input.PolicyName}`,
      );
    delete policies(sim)[key];
    return {};
  },

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: byArn(sim, input.ResourceARN).tags,
  }),

  TagResource(input: TagResourceCommandInput, sim) {
    const target = byArn(sim, input.ResourceARN);
    target.tags = withTags(target.tags, tagsOfInput(lowerTagList(input.Tags ?? {})), "TooManyTagsException");
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const target = byArn(sim, input.ResourceARN);
    target.tags = withoutTags(target.tags, input.TagKeys);
    return {};
  },
};
