// What blocks deleting a target group or a load balancer: unmanaged listeners and rules, and AWS services that use a load balancer.
import { ListTagsForResourceCommand, ListVpcOriginsCommand } from "@aws-sdk/client-cloudfront";
import {
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  type Action,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { Snapshot } from "../../engine/snapshot.ts";
import type { Aws } from "../aws.ts";
import { absent } from "../errors.ts";
import { awsCommand } from "../command-line.ts";
import { type Held, type Obstacle } from "../obstacles.ts";
import { everyPage } from "../pages.ts";
import { tagsFrom } from "../tags.ts";
import { tagsOf } from "./shared.ts";

/** What blocks deleting a target group ("You can delete a target group if it is not referenced by any actions", API reference, DeleteTargetGroup). */
export const heldTargetGroup = (aws: Aws, arn: string): Held => ({
  refusal: `target group ${arn} cannot be deleted`,
  looks: [
    async () => {
      const found = await absent(
        aws.elb(new DescribeTargetGroupsCommand({ TargetGroupArns: [arn] })),
        "TargetGroupNotFound",
      );
      const balancers = found?.TargetGroups?.[0]?.LoadBalancerArns ?? [];
      return (await Promise.all(balancers.map((balancer) => usesIn(aws, balancer, arn)))).flat();
    },
  ],
});

/** The listeners and rules of a load balancer that forward to a target group. */
async function usesIn(aws: Aws, LoadBalancerArn: string, group: string): Promise<Obstacle[]> {
  const snapshot = new Snapshot();
  const listeners = await everyPage(async (Marker) => {
    const page = await absent(
      aws.elb(new DescribeListenersCommand({ LoadBalancerArn, Marker })),
      "LoadBalancerNotFound",
    );
    return { items: page?.Listeners, next: page?.NextMarker };
  });
  const uses = listeners.map(async ({ ListenerArn = "", Port, Protocol, DefaultActions }): Promise<Obstacle[]> => {
    if (leadsTo(DefaultActions, group))
      return [
        {
          what: `listener ${Protocol}:${Port} (${ListenerArn})`,
          tags: await tagsOf(aws, snapshot, ListenerArn),
          how: "forwards to it",
          remove: awsCommand(["elbv2", "delete-listener", "--listener-arn", ListenerArn], aws),
        },
      ];
    const rules = await everyPage(async (Marker) => {
      const page = await absent(aws.elb(new DescribeRulesCommand({ ListenerArn, Marker })), "ListenerNotFound");
      return { items: page?.Rules, next: page?.NextMarker };
    });
    const naming = rules.filter(({ Actions, IsDefault }) => !IsDefault && leadsTo(Actions, group));
    return Promise.all(
      naming.map(async ({ RuleArn = "", Priority }) => ({
        what: `rule ${Priority} of listener ${Protocol}:${Port} (${RuleArn})`,
        tags: await tagsOf(aws, snapshot, RuleArn),
        how: "forwards to it",
        remove: awsCommand(["elbv2", "delete-rule", "--rule-arn", RuleArn], aws),
      })),
    );
  });
  return (await Promise.all(uses)).flat();
}

const leadsTo = (actions: readonly Action[] = [], group: string) =>
  actions.some(
    ({ TargetGroupArn, ForwardConfig }) =>
      TargetGroupArn === group || ForwardConfig?.TargetGroups?.some((one) => one.TargetGroupArn === group),
  );

/**
 * What blocks deleting an application load balancer, besides deletion protection: a VPC origin of CloudFront, and a network load balancer
 * that has it as a target (Application Load Balancer guide, "Delete an Application Load Balancer"; Network Load Balancer guide, "Use an Application Load
 * Balancer as a target").
 */
export const heldLoadBalancer = (aws: Aws, arn: string): Held => ({
  refusal: `load balancer ${arn} cannot be deleted`,
  looks: [
    async () => {
      const origins = await everyPage(async (Marker) => {
        const { VpcOriginList } = await aws.cloudFront(new ListVpcOriginsCommand({ Marker }));
        return { items: VpcOriginList?.Items, next: VpcOriginList?.NextMarker };
      });
      const found = origins
        .filter(({ OriginEndpointArn }) => OriginEndpointArn === arn)
        .map(async ({ Id = "", Name, Arn }): Promise<Obstacle> => {
          const asked = aws.cloudFront(new ListTagsForResourceCommand({ Resource: Arn }));
          const { Tags } = (await absent(asked, "NoSuchResource", "EntityNotFound")) ?? {};
          return {
            what: `VPC origin ${Id} "${Name}" of CloudFront`,
            tags: tagsFrom(Tags?.Items),
            how: "points to it",
            show: awsCommand(["cloudfront", "get-vpc-origin", "--id", Id]),
          };
        });
      return Promise.all(found);
    },
    async () => {
      const groups = await everyPage(async (Marker) => {
        const page = await aws.elb(new DescribeTargetGroupsCommand({ Marker }));
        return { items: page.TargetGroups, next: page.NextMarker };
      });
      const found = groups
        .filter(({ TargetType }) => TargetType === "alb")
        .map(async ({ TargetGroupArn = "", TargetGroupName }): Promise<Obstacle[]> => {
          const { TargetHealthDescriptions = [] } = await aws.elb(new DescribeTargetHealthCommand({ TargetGroupArn }));
          if (!TargetHealthDescriptions.some(({ Target }) => Target?.Id === arn)) return [];
          const words = ["elbv2", "deregister-targets", "--target-group-arn", TargetGroupArn, "--targets", `Id=${arn}`];
          return [
            {
              what: `target group ${TargetGroupName}`,
              tags: await tagsOf(aws, new Snapshot(), TargetGroupArn),
              how: "has it as a target",
              remove: awsCommand(words, aws),
            },
          ];
        });
      return (await Promise.all(found)).flat();
    },
  ],
});
