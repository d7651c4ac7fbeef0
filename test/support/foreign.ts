import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { AllocateAddressCommand, CreateSubnetCommand, CreateVpcCommand, type ResourceType } from "@aws-sdk/client-ec2";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import type { Aws } from "../../src/aws/aws.ts";
import { ownerTags, tagList, type Tags } from "../../src/aws/tags.ts";
import type { Clock } from "../../src/clock.ts";
import { APP } from "./identities.ts";

/** The stack that tests stand up where they say nothing else. */
export const STACK = "fairlead-app-dev";

/** A role that ECS tasks may assume, made by somebody else than Fairlead. */
export async function makeRole(aws: Aws, RoleName: string, tags: Tags = {}): Promise<void> {
  const Principal = { Service: "ecs-tasks.amazonaws.com" };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
  await aws.iam(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument, Tags: tagList(tags) }));
}

const marked = (ResourceType: ResourceType, id: string) => [{ ResourceType, Tags: tagList(ownerTags(APP, id)) }];

/** An address that bears the stack's mark and that no state knows. */
export async function makeAddress(aws: Aws): Promise<string> {
  const TagSpecifications = marked("elastic-ip", "network/nat-address-1");
  return (await aws.ec2(new AllocateAddressCommand({ Domain: "vpc", TagSpecifications }))).AllocationId ?? "";
}

/** What a run that died long ago, and whose state is lost, has left of the stack: all of it bears the stack's mark. */
export async function makeDoubles(aws: Aws, clock: Clock) {
  const { Vpc } = await aws.ec2(
    new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications: marked("vpc", "network/vpc") }),
  );
  // EC2 may not find by its id what it has just created.
  await clock.sleep(5_000);
  const { Subnet } = await aws.ec2(
    new CreateSubnetCommand({
      VpcId: Vpc?.VpcId,
      CidrBlock: "10.0.1.0/24",
      TagSpecifications: marked("subnet", "network/public-1"),
    }),
  );
  const address = await makeAddress(aws);
  const [log, role] = [`/ecs/${STACK}-earlier`, `${STACK}-earlier`];
  await aws.logs(new CreateLogGroupCommand({ logGroupName: log, tags: ownerTags(APP, "observability/earlier") }));
  await makeRole(aws, role, ownerTags(APP, "security/earlier"));
  // EC2's lists show what is new only after a while.
  await clock.sleep(60_000);
  return { vpc: Vpc?.VpcId ?? "", subnet: Subnet?.SubnetId ?? "", address, log, role };
}
