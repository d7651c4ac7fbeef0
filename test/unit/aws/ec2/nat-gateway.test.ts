import {
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  EC2Client,
  type NatGateway as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { NatGateway } from "../../../../src/aws/ec2/nat-gateway.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec = { subnetId: "subnet-0123456789abcdef0", allocationId: "eipalloc-0fedcba9876543210", tags };
const observed = {
  id: "nat-1",
  spec,
  attrs: { natGatewayId: "nat-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
  status: "available",
};

const listed = (NatGatewayId: string, more: Partial<Listed> = {}): Listed => ({
  NatGatewayId,
  SubnetId: spec.subnetId,
  NatGatewayAddresses: [{ AllocationId: spec.allocationId, IsPrimary: true }],
  State: "available",
  Tags: OWNED,
  ...more,
});
const ofStack = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
const create = [
  "CreateNatGatewayCommand",
  {
    SubnetId: spec.subnetId,
    AllocationId: spec.allocationId,
    TagSpecifications: [{ ResourceType: "natgateway", Tags: OWNED }],
    ClientToken: "token-1-56789abcdef0-ba9876543210",
  },
];
const remove = ["DeleteNatGatewayCommand", { NatGatewayId: "nat-1" }];
const notFound = awsError("NatGatewayNotFound", "NatGateway nat-1 was not found");

describe("ec2/nat-gateway", () => {
  it("creates with its tags and a token that its subnet and address are part of, and reports the id", async () => {
    ec2.on(CreateNatGatewayCommand).resolves({ NatGateway: { NatGatewayId: "nat-1", State: "pending" } });
    const told: string[] = [];
    expect(await NatGateway.create(mocked(), spec, making(told))).toEqual({
      id: "nat-1",
      attrs: { natGatewayId: "nat-1" },
    });
    expect(told).toEqual(["nat-1"]);
    expect(sent()).toEqual([create]);
  });

  it("never repeats a create whose response was lost without checking", async () => {
    ec2.on(CreateNatGatewayCommand).rejects(awsError("InternalError", "injected", 500));
    const told: string[] = [];
    await expect(NatGateway.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(told).toEqual([]);
    expect(sent()).toEqual([create]);
  });

  it("fails where the id cannot be written", async () => {
    const created = () => Promise.reject(new Error("disk full"));
    await expect(NatGateway.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([create]);
  });

  it("asks again while AWS does not see the subnet or the address yet", async () => {
    ec2
      .on(CreateNatGatewayCommand)
      .rejectsOnce(awsError("InvalidSubnetID.NotFound", "The subnet ID does not exist"))
      .rejectsOnce(awsError("InvalidSubnet", "The subnet was not found"))
      .rejectsOnce(awsError("InvalidAllocationID.NotFound", "The allocation ID does not exist"))
      .rejectsOnce(awsError("InvalidElasticIpID.NotFound", "Elastic IP address could not be found"))
      .resolves({ NatGateway: { NatGatewayId: "nat-1" } });
    expect((await NatGateway.create(mocked(), spec, making())).id).toBe("nat-1");
    expect(sent()).toEqual([create, create, create, create, create]);
  });

  it("throws at once where the subnet is refused for another reason", async () => {
    const refused = awsError("InvalidSubnet", "The subnet is an IPv6-only subnet");
    ec2.on(CreateNatGatewayCommand).rejects(refused);
    await expect(NatGateway.create(mocked(), spec, making())).rejects.toBe(refused);
    expect(sent()).toEqual([create]);
  });

  it("observes every page of the stack's gateways, by the primary address", async () => {
    const NatGatewayAddresses = [
      { AllocationId: "eipalloc-2", IsPrimary: false },
      { AllocationId: spec.allocationId, IsPrimary: true },
    ];
    ec2
      .on(DescribeNatGatewaysCommand)
      .resolvesOnce({ NatGateways: [], NextToken: "page-2" })
      .resolves({ NatGateways: [listed("nat-1", { NatGatewayAddresses })] });
    expect(await NatGateway.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeNatGatewaysCommand", { Filter: ofStack }],
      ["DescribeNatGatewaysCommand", { Filter: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("is not ready while pending or deleting, and has failed for AWS's own reason", async () => {
    const seen = (more: Partial<Listed>) => {
      ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [listed("nat-1", more)] });
      return NatGateway.observe(mocked(), lookFor(spec));
    };
    const notReady = { ...observed, ready: false };
    expect(await seen({ State: "pending" })).toEqual({ ...notReady, status: "pending" });
    expect(await seen({ State: "deleting" })).toEqual({
      ...notReady,
      status: "deleting",
      leaving: true,
      within: 1_800,
    });
    const failed = { ...notReady, status: "failed" };
    const FailureCode = "Gateway.NotAttached";
    const FailureMessage = "Network vpc-1 has no Internet gateway attached";
    expect(await seen({ State: "failed", FailureCode, FailureMessage })).toEqual({ ...failed, failed: FailureMessage });
    expect(await seen({ State: "failed", FailureCode })).toEqual({ ...failed, failed: FailureCode });
    expect(await seen({ State: "failed" })).toEqual({ ...failed, failed: "AWS gave no reason" });
  });

  it("finds the one that takes the place of those that are deleted, on their way out or failed", async () => {
    const states = [
      listed("nat-0", { State: "deleted" }),
      listed("nat-3", { State: "deleting" }),
      listed("nat-2", { State: "failed" }),
    ];
    const seen = async (NatGateways: Listed[]) => {
      ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways });
      return (await NatGateway.observe(mocked(), lookFor(spec)))?.id;
    };
    expect(await seen([...states, listed("nat-1", { State: "pending" })])).toBe("nat-1");
    expect(await seen(states)).toBe("nat-2");
    expect(await seen(states.slice(0, 2))).toBe("nat-3");
    expect(await seen(states.slice(0, 1))).toBeUndefined();
  });

  it("prefers the recorded id to the owner tags, even if its tags were removed", async () => {
    ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [listed("nat-9"), listed("nat-1")] });
    expect((await NatGateway.observe(mocked(), lookFor(spec, "nat-1")))?.id).toBe("nat-1");
    ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [listed("nat-9")] });
    ec2
      .on(DescribeNatGatewaysCommand, { NatGatewayIds: ["nat-1"] })
      .resolves({ NatGateways: [listed("nat-1", { Tags: [] })] });
    expect(await NatGateway.observe(mocked(), lookFor(spec, "nat-1"))).toEqual({
      ...observed,
      spec: { ...spec, tags: {} },
      owner: undefined,
    });
  });

  it("is absent if the recorded id is deleted or unknown and the list has no match", async () => {
    const look = () => ({ ...lookFor(spec, "nat-1"), excludeIds: ["nat-0"] });
    ec2.on(DescribeNatGatewaysCommand).resolves({
      NatGateways: [
        listed("nat-0"),
        listed("nat-1", { State: "deleted" }),
        listed("nat-8", { Tags: [{ Key: "fairlead:id", Value: "network/it" }] }),
      ],
    });
    ec2
      .on(DescribeNatGatewaysCommand, { NatGatewayIds: ["nat-1"] })
      .resolves({ NatGateways: [listed("nat-1", { State: "deleted" })] });
    expect(await NatGateway.observe(mocked(), look())).toBeUndefined();
    ec2.on(DescribeNatGatewaysCommand, { NatGatewayIds: ["nat-1"] }).rejects(notFound);
    expect(await NatGateway.observe(mocked(), look())).toBeUndefined();
    ec2.on(DescribeNatGatewaysCommand).resolves({ NatGateways: [] });
    ec2.on(DescribeNatGatewaysCommand, { NatGatewayIds: ["nat-1"] }).rejects(notFound);
    expect(await NatGateway.observe(mocked(), look())).toBeUndefined();
  });

  it("lists every page of what the stack owns until it is deleted, and nothing of another's", async () => {
    ec2
      .on(DescribeNatGatewaysCommand)
      .resolvesOnce({
        NatGateways: [
          listed("nat-1", { State: "deleting" }),
          listed("nat-2", { State: "deleted" }),
          listed("nat-8", { Tags: FOREIGN }),
        ],
        NextToken: "page-2",
      })
      .resolves({ NatGateways: [listed("nat-3", { State: "failed" }), listed("nat-4")] });
    const { owner } = observed;
    expect(await NatGateway.list?.(mocked(), [])).toEqual([
      { id: "nat-4", owner },
      { id: "nat-3", owner },
      { id: "nat-1", owner },
    ]);
    expect(sent()).toEqual([
      ["DescribeNatGatewaysCommand", { Filter: ofStack }],
      ["DescribeNatGatewaysCommand", { Filter: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("updates its tags and nothing else", async () => {
    const named = { ...observed, spec: { ...spec, tags: { ...tags, Name: "old", Team: "a" } } };
    await NatGateway.update(mocked(), named, { ...spec, tags: { ...tags, Name: "new" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["CreateTagsCommand", { Resources: ["nat-1"], Tags: [{ Key: "Name", Value: "new" }] }],
      ["DeleteTagsCommand", { Resources: ["nat-1"], Tags: [{ Key: "Team" }] }],
    ]);
  });

  it("deletes in one call, and counts a gateway that is gone already as deleted", async () => {
    await expect(NatGateway.delete(mocked(), observed)).resolves.toBeUndefined();
    ec2.on(DeleteNatGatewayCommand).rejects(notFound);
    await expect(NatGateway.delete(mocked(), observed)).resolves.toBeUndefined();
    ec2.on(DeleteNatGatewayCommand).rejects(awsError("UnauthorizedOperation", "You are not authorized"));
    await expect(NatGateway.delete(mocked(), observed)).rejects.toThrow("You are not authorized");
    expect(sent()).toEqual([remove, remove, remove]);
  });

  it("interrupts for longer where its subnet changes, since tasks move to the new ones after it", () => {
    const planned = { id: "network/nat-1", action: "replace", order: "delete-first", spec, observed } as const;
    const moved = NatGateway.interrupts?.({ ...planned, changed: new Set(["subnetId"]) });
    const readdressed = NatGateway.interrupts?.({ ...planned, changed: new Set(["allocationId"]) });
    expect([moved?.seconds, readdressed?.seconds]).toEqual([320, 200]);
    expect(NatGateway.interrupts?.({ ...planned, order: "create-first", changed: new Set() })).toBeUndefined();
  });
});
