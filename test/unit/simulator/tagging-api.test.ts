import { CreateVpcCommand, DeleteVpcCommand } from "@aws-sdk/client-ec2";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import { describe, expect, it } from "vitest";
import { GLOBAL_REGION } from "../../../src/aws/tagging.ts";
import { ownerTags, tagList } from "../../../src/aws/tags.ts";
import { makeRole } from "../../support/foreign.ts";
import { DEMO } from "../../support/identities.ts";
import { simulated } from "../../support/simulated.ts";

const TagFilters = [{ Key: "fairlead:stack", Values: ["demo"] }];

describe("the simulated tagging API", () => {
  it("sees a create late and a delete much later, returns no roles, and only its own region", async () => {
    const { aws, clock } = simulated();
    const told = async (send = aws.tagging) => {
      const { ResourceTagMappingList = [] } = await send(new GetResourcesCommand({ TagFilters }));
      return ResourceTagMappingList.map(({ ResourceARN }) => ResourceARN);
    };
    const Tags = tagList(ownerTags(DEMO, "network/vpc"));
    const TagSpecifications = [{ ResourceType: "vpc" as const, Tags }];
    const { Vpc } = await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16", TagSpecifications }));
    await makeRole(aws, "demo-test-task", ownerTags(DEMO, "security/task-role"));
    expect(await told()).toEqual([]);
    await clock.sleep(120_000);
    expect(await told()).toEqual([`arn:aws:ec2:ap-northeast-1:123456789012:vpc/${Vpc?.VpcId}`]);
    expect(await told(aws.in(GLOBAL_REGION).tagging)).toEqual([]);
    await aws.ec2(new DeleteVpcCommand({ VpcId: Vpc?.VpcId }));
    await clock.sleep(1_800_000);
    expect(await told()).toHaveLength(1);
    await clock.sleep(7_200_000);
    expect(await told()).toEqual([]);
  });

  it("takes a hundred resources a page at most", async () => {
    const { aws } = simulated();
    const send = aws.tagging(new GetResourcesCommand({ TagFilters, ResourcesPerPage: 101 }));
    await expect(send).rejects.toThrow("between 1 and 100");
  });
});
