import {
  CreateVpcOriginCommand,
  DeleteVpcOriginCommand,
  GetVpcOriginCommand,
  UpdateVpcOriginCommand,
} from "@aws-sdk/client-cloudfront";
import { DescribeNetworkInterfacesCommand, DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import { CreateListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, it } from "vitest";
import { LoadBalancer } from "../../../src/aws/elb/load-balancer.ts";
import { TargetGroup } from "../../../src/aws/elb/target-group.ts";
import { balancer, internalBalancer, targetGroupSpec } from "../../contract/ground.ts";
import { made } from "../../contract/made.ts";
import { simulated, type Simulated } from "../../support/simulated.ts";

const MINUTES = 60_000;
const create = ({ aws }: Simulated, Arn: string, Name = "one") =>
  aws.cloudFront(
    new CreateVpcOriginCommand({
      VpcOriginEndpointConfig: { Name, Arn, HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: "http-only" },
    }),
  );
const get = ({ aws }: Simulated, Id: string) => aws.cloudFront(new GetVpcOriginCommand({ Id }));

/** A VPC origin that was just asked for. */
async function asked() {
  const at = simulated();
  const ground = await internalBalancer(at);
  const { VpcOrigin } = await create(at, ground.loadBalancerArn);
  return { at, ...ground, id: VpcOrigin?.Id ?? "" };
}

describe("a simulated VPC origin", () => {
  it("takes as long as AWS to come and to go, and takes no change meanwhile", async () => {
    const { at, id } = await asked();
    const remove = async () =>
      at.aws.cloudFront(new DeleteVpcOriginCommand({ Id: id, IfMatch: (await get(at, id)).ETag }));
    expect((await get(at, id)).VpcOrigin?.Status).toBe("Deploying");
    await expect(remove()).rejects.toMatchObject({ name: "IllegalDelete" });
    await at.clock.sleep(15 * MINUTES);
    const { VpcOrigin, ETag } = await get(at, id);
    expect(VpcOrigin?.Status).toBe("Deployed");
    const config = { ...VpcOrigin?.VpcOriginEndpointConfig, HTTPPort: 8080 };
    const update = new UpdateVpcOriginCommand({
      Id: id,
      IfMatch: ETag,
      VpcOriginEndpointConfig: config as never,
    });
    await at.aws.cloudFront(update);
    expect((await get(at, id)).VpcOrigin?.Status).toBe("Deploying");
    await at.clock.sleep(15 * MINUTES);
    await remove();
    expect((await get(at, id)).VpcOrigin?.Status).toBe("Deploying");
    await at.clock.sleep(15 * MINUTES);
    await expect(get(at, id)).rejects.toMatchObject({ name: "EntityNotFound" });
  });

  it("is refused for a load balancer that is not internal or not active, and under a name that is taken", async () => {
    const { at, loadBalancerArn } = await asked();
    await expect(create(at, loadBalancerArn)).rejects.toMatchObject({ name: "EntityAlreadyExists" });
    const other = simulated();
    const { loadBalancerArn: open } = await balancer(other);
    await expect(create(other, open)).rejects.toThrow("is not internal");
  });

  it("puts interfaces of a group of CloudFront's into the VPC, and leaves the group there", async () => {
    const { at, id, vpcId } = await asked();
    const filters = [{ Name: "vpc-id", Values: [vpcId] }];
    const interfaces = async () => {
      const { NetworkInterfaces = [] } = await at.aws.ec2(new DescribeNetworkInterfacesCommand({ Filters: filters }));
      return NetworkInterfaces.filter(({ RequesterId }) => RequesterId === "amazon-cloudfront");
    };
    expect((await interfaces()).map(({ Groups }) => Groups?.[0]?.GroupName)).toEqual(
      Array.from({ length: 2 }, () => "CloudFront-VPCOrigins-Service-SG"),
    );
    await at.clock.sleep(15 * MINUTES);
    await at.aws.cloudFront(new DeleteVpcOriginCommand({ Id: id, IfMatch: (await get(at, id)).ETag }));
    await at.clock.sleep(20 * MINUTES);
    expect(await interfaces()).toEqual([]);
    const { SecurityGroups = [] } = await at.aws.ec2(new DescribeSecurityGroupsCommand({ Filters: filters }));
    expect(SecurityGroups.map(({ GroupName }) => GroupName)).toContain("CloudFront-VPCOrigins-Service-SG");
  });
});

describe("a simulated target group", () => {
  it("belongs to one load balancer at most", async () => {
    const at = simulated();
    const { vpcId, subnetIds, groupId, loadBalancerArn } = await internalBalancer(at);
    const { arn } = await made(at, TargetGroup, targetGroupSpec(vpcId));
    const listen = (LoadBalancerArn: string) =>
      at.aws.elb(
        new CreateListenerCommand({
          LoadBalancerArn,
          Port: 80,
          Protocol: "HTTP",
          DefaultActions: [{ Type: "forward", TargetGroupArn: arn }],
        }),
      );
    await listen(loadBalancerArn);
    const spec = { vpcId, scheme: "internal" as const, subnetIds, groupIds: [groupId], attributes: {}, tags: {} };
    const other = await made(at, LoadBalancer, { name: "other", ...spec });
    await expect(listen(other.arn)).rejects.toThrow("cannot be associated with more than one load balancer");
  });
});
