import {
  CreateVpcEndpointCommand,
  DeleteVpcEndpointsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  ModifyVpcEndpointCommand,
  type State,
  type VpcEndpoint as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { VpcEndpoint, type VpcEndpointSpec } from "../../../../src/aws/ec2/vpc-endpoint.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input]);

const tags = tagsIn("demo-test");
const spec: VpcEndpointSpec = {
  vpcId: "vpc-1",
  service: "com.amazonaws.ap-northeast-1.ecr.api",
  type: "Interface",
  subnetIds: ["subnet-a", "subnet-b"],
  groupIds: ["sg-1"],
  routeTableIds: [],
  privateDns: true,
  tags,
};
const gateway: VpcEndpointSpec = {
  ...spec,
  service: "com.amazonaws.ap-northeast-1.s3",
  type: "Gateway",
  subnetIds: [],
  groupIds: [],
  routeTableIds: ["rtb-1", "rtb-2"],
  privateDns: false,
};
const observed = {
  id: "vpce-1",
  spec,
  attrs: { endpointId: "vpce-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
  status: "available",
};

// AWS answers them in small letters, whatever the SDK's list says.
const state = (word: string) => word as State;
const listed = (VpcEndpointId: string, more: Partial<Listed> = {}): Listed => ({
  VpcEndpointId,
  VpcId: "vpc-1",
  ServiceName: spec.service,
  VpcEndpointType: "Interface",
  SubnetIds: ["subnet-b", "subnet-a"],
  Groups: [{ GroupId: "sg-1", GroupName: "endpoints" }],
  RouteTableIds: [],
  PrivateDnsEnabled: true,
  State: state("available"),
  Tags: OWNED,
  ...more,
});
const ofStack = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
const made = {
  VpcId: "vpc-1",
  TagSpecifications: [{ ResourceType: "vpc-endpoint", Tags: OWNED }],
  ClientToken: "token-1-vpc-1",
};
const create = [
  "CreateVpcEndpointCommand",
  {
    ...made,
    ServiceName: spec.service,
    VpcEndpointType: "Interface",
    SubnetIds: ["subnet-a", "subnet-b"],
    SecurityGroupIds: ["sg-1"],
    PrivateDnsEnabled: true,
  },
];
const remove = ["DeleteVpcEndpointsCommand", { VpcEndpointIds: ["vpce-1"] }];
const NO_ENDPOINT = ["InvalidVpcEndpointId.NotFound", "InvalidVpcEndpoint.NotFound"];

describe("ec2/vpc-endpoint", () => {
  it("creates an interface endpoint with its tags, subnets and groups, and reports the id", async () => {
    ec2.on(CreateVpcEndpointCommand).resolves({ VpcEndpoint: { VpcEndpointId: "vpce-1" } });
    const told: string[] = [];
    expect(await VpcEndpoint.create(mocked(), spec, making(told))).toEqual({
      id: "vpce-1",
      attrs: { endpointId: "vpce-1" },
    });
    expect(told).toEqual(["vpce-1"]);
    expect(sent()).toEqual([create]);
  });

  it("creates a gateway endpoint with its route tables alone", async () => {
    ec2.on(CreateVpcEndpointCommand).resolves({ VpcEndpoint: { VpcEndpointId: "vpce-1" } });
    await VpcEndpoint.create(mocked(), gateway, making());
    const input = { ServiceName: gateway.service, VpcEndpointType: "Gateway", RouteTableIds: ["rtb-1", "rtb-2"] };
    expect(sent()).toEqual([["CreateVpcEndpointCommand", { ...made, ...input }]]);
    expect(Object.keys(ec2.call(0).args[0].input)).not.toContain("PrivateDnsEnabled");
  });

  it("fails where the id cannot be written", async () => {
    const created = () => Promise.reject(new Error("disk full"));
    await expect(VpcEndpoint.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([create]);
  });

  it("asks again while AWS does not see what it is made from yet, in either spelling of the codes", async () => {
    const codes = [
      "InvalidVpcId.NotFound",
      "InvalidVpcID.NotFound",
      "InvalidSubnetId.NotFound",
      "InvalidSubnetID.NotFound",
      "InvalidSecurityGroupId.NotFound",
      "InvalidGroup.NotFound",
      "InvalidRouteTableId.NotFound",
      "InvalidRouteTableID.NotFound",
    ];
    const creating = ec2.on(CreateVpcEndpointCommand);
    for (const code of codes) creating.rejectsOnce(awsError(code, "does not exist"));
    creating.resolves({ VpcEndpoint: { VpcEndpointId: "vpce-1" } });
    expect((await VpcEndpoint.create(mocked(), spec, making())).id).toBe("vpce-1");
    expect(sent()).toEqual(Array.from({ length: codes.length + 1 }, () => create));
  });

  it("never repeats a create whose response was lost, and throws a refusal as it is", async () => {
    ec2.on(CreateVpcEndpointCommand).rejects(awsError("InternalError", "injected", 500));
    const told: string[] = [];
    await expect(VpcEndpoint.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    const conflict = awsError("InvalidParameter", "private-dns-enabled cannot be set because there is already one");
    ec2.on(CreateVpcEndpointCommand).rejects(conflict);
    await expect(VpcEndpoint.create(mocked(), spec, making(told))).rejects.toBe(conflict);
    expect(told).toEqual([]);
  });

  it("observes every page of the stack's endpoints, in the desired spelling", async () => {
    ec2
      .on(DescribeVpcEndpointsCommand)
      .resolvesOnce({ VpcEndpoints: [], NextToken: "page-2" })
      .resolves({ VpcEndpoints: [listed("vpce-1")] });
    expect(await VpcEndpoint.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeVpcEndpointsCommand", { Filters: ofStack }],
      ["DescribeVpcEndpointsCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("observes a gateway endpoint, which never has private DNS", async () => {
    const { SubnetIds: _, Groups: __, ...rest } = listed("vpce-1");
    const RouteTableIds = ["rtb-2", "rtb-1"];
    ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [{ ...rest, ServiceName: gateway.service, VpcEndpointType: "Gateway", RouteTableIds }],
    });
    expect(await VpcEndpoint.observe(mocked(), lookFor(gateway))).toEqual({ ...observed, spec: gateway });
  });

  it("is ready when available in either spelling, and has failed for AWS's own reason", async () => {
    const seen = async (word: string, more: Partial<Listed> = {}) => {
      ec2
        .on(DescribeVpcEndpointsCommand)
        .resolves({ VpcEndpoints: [listed("vpce-1", { ...more, State: state(word) })] });
      const { ready, status, failed, leaving } = (await VpcEndpoint.observe(mocked(), lookFor(spec))) ?? {};
      return { ready, status, failed, leaving };
    };
    expect(await seen("Available")).toEqual({ ready: true, status: "available" });
    expect(await seen("pending")).toEqual({ ready: false, status: "pending" });
    expect(await seen("pendingAcceptance")).toEqual({ ready: false, status: "pendingacceptance" });
    expect(await seen("deleting")).toEqual({ ready: false, status: "deleting", leaving: true });
    const LastError = { Code: "InsufficientFreeAddresses", Message: "No free addresses" };
    const failed = { ready: false, status: "failed" };
    expect(await seen("failed", { LastError })).toEqual({ ...failed, failed: "No free addresses" });
    expect(await seen("failed", { LastError: { Code: "X" } })).toEqual({ ...failed, failed: "X" });
    expect(await seen("Failed", { FailureReason: "Broken" })).toEqual({ ...failed, failed: "Broken" });
    expect(await seen("rejected")).toEqual({ ready: false, status: "rejected", failed: "rejected" });
    expect(await seen("expired")).toEqual({ ready: false, status: "expired", failed: "expired" });
  });

  it("prefers the known id, and then what is there to what is on its way out", async () => {
    const going = listed("vpce-0", { State: state("deleting") });
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [going, listed("vpce-9"), listed("vpce-1")] });
    expect((await VpcEndpoint.observe(mocked(), lookFor(spec, "vpce-1")))?.id).toBe("vpce-1");
    expect((await VpcEndpoint.observe(mocked(), lookFor(spec)))?.id).toBe("vpce-9");
    expect((await VpcEndpoint.observe(mocked(), lookFor(spec, "vpce-0")))?.status).toBe("deleting");
    ec2
      .on(DescribeVpcEndpointsCommand, { VpcEndpointIds: ["vpce-5"] })
      .resolves({ VpcEndpoints: [listed("vpce-5", { Tags: [] })] });
    expect(await VpcEndpoint.observe(mocked(), lookFor(spec, "vpce-5"))).toMatchObject({
      id: "vpce-5",
      owner: undefined,
    });
  });

  it("is absent if the recorded id is deleted or unknown and the list has no match", async () => {
    const look = () => ({ ...lookFor(spec, "vpce-1"), excludeIds: ["vpce-0"] });
    ec2.on(DescribeVpcEndpointsCommand).resolves({
      VpcEndpoints: [
        listed("vpce-0"),
        listed("vpce-1", { State: state("deleted") }),
        listed("vpce-8", { Tags: [{ Key: "fairlead:id", Value: "network/it" }] }),
      ],
    });
    const byId = { VpcEndpointIds: ["vpce-1"] };
    ec2
      .on(DescribeVpcEndpointsCommand, byId)
      .resolves({ VpcEndpoints: [listed("vpce-1", { State: state("deleted") })] });
    expect(await VpcEndpoint.observe(mocked(), look())).toBeUndefined();
    for (const code of NO_ENDPOINT) {
      ec2.on(DescribeVpcEndpointsCommand, byId).rejects(awsError(code, "does not exist"));
      expect(await VpcEndpoint.observe(mocked(), look())).toBeUndefined();
    }
    ec2.on(DescribeVpcEndpointsCommand).resolves({ VpcEndpoints: [] });
    expect(await VpcEndpoint.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("lists every page of what the stack owns until it is deleted, and nothing of another's", async () => {
    const being = (id: string, word: string) => listed(id, { State: state(word) });
    ec2
      .on(DescribeVpcEndpointsCommand)
      .resolvesOnce({ VpcEndpoints: [being("vpce-1", "deleting"), being("vpce-2", "Deleted")], NextToken: "page-2" })
      .resolves({ VpcEndpoints: [being("vpce-3", "failed"), listed("vpce-8", { Tags: FOREIGN })] });
    const { owner } = observed;
    expect(await VpcEndpoint.list?.(mocked(), [])).toEqual([
      { id: "vpce-3", owner },
      { id: "vpce-1", owner },
    ]);
    expect(sent()).toEqual([
      ["DescribeVpcEndpointsCommand", { Filters: ofStack }],
      ["DescribeVpcEndpointsCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("updates lists by what to add and what to remove, all in one call", async () => {
    const wanted = { ...spec, subnetIds: ["subnet-b", "subnet-c"], groupIds: ["sg-2"], privateDns: false };
    ec2
      .on(ModifyVpcEndpointCommand)
      .rejectsOnce(awsError("InvalidSecurityGroupId.NotFound", "sg-2 does not exist"))
      .resolves({});
    await VpcEndpoint.update(mocked(), observed, wanted, new Set(["subnetIds", "groupIds", "privateDns"]));
    const edit = {
      VpcEndpointId: "vpce-1",
      AddSubnetIds: ["subnet-c"],
      RemoveSubnetIds: ["subnet-a"],
      AddSecurityGroupIds: ["sg-2"],
      RemoveSecurityGroupIds: ["sg-1"],
      PrivateDnsEnabled: false,
    };
    expect(sent()).toEqual([
      ["ModifyVpcEndpointCommand", edit],
      ["ModifyVpcEndpointCommand", edit],
    ]);
  });

  it("updates a gateway's route tables without a word of the rest, and tags alone without a modification", async () => {
    const before = { ...observed, spec: gateway };
    const routeTableIds = ["rtb-2", "rtb-3"];
    await VpcEndpoint.update(mocked(), before, { ...gateway, routeTableIds }, new Set(["routeTableIds"]));
    await VpcEndpoint.update(mocked(), observed, { ...spec, tags: { ...tags, Name: "new" } }, new Set(["tags"]));
    const edit = { VpcEndpointId: "vpce-1", AddRouteTableIds: ["rtb-3"], RemoveRouteTableIds: ["rtb-1"] };
    expect(sent()).toEqual([
      ["ModifyVpcEndpointCommand", edit],
      ["CreateTagsCommand", { Resources: ["vpce-1"], Tags: [{ Key: "Name", Value: "new" }] }],
    ]);
    expect(Object.keys(ec2.call(0).args[0].input).toSorted()).toEqual(Object.keys(edit).toSorted());
  });

  it.each(NO_ENDPOINT)("counts an endpoint that is gone already (%s) as deleted, thrown or listed", async (code) => {
    ec2.on(DeleteVpcEndpointsCommand).rejects(awsError(code, "does not exist"));
    await expect(VpcEndpoint.delete(mocked(), observed)).resolves.toBeUndefined();
    const Error = { Code: code, Message: "does not exist" };
    ec2.on(DeleteVpcEndpointsCommand).resolves({ Unsuccessful: [{ ResourceId: "vpce-1", Error }] });
    await expect(VpcEndpoint.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([remove, remove]);
  });

  it("throws what DeleteVpcEndpoints lists as refused, though it answers 200", async () => {
    const Error = { Code: "InvalidParameter", Message: "Operation is not allowed for requester-managed VPC endpoints" };
    ec2.on(DeleteVpcEndpointsCommand).resolves({ Unsuccessful: [{ ResourceId: "vpce-1", Error }] });
    await expect(VpcEndpoint.delete(mocked(), observed)).rejects.toMatchObject({
      name: "InvalidParameter",
      message: "Operation is not allowed for requester-managed VPC endpoints",
    });
    ec2.on(DeleteVpcEndpointsCommand).resolves({ Unsuccessful: [] });
    await expect(VpcEndpoint.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([remove, remove]);
  });

  it("keeps only the lists that its type has, in one order, and leaves the declared as it was", () => {
    const declared = { ...spec, subnetIds: ["subnet-b", "subnet-a"], routeTableIds: ["rtb-2", "rtb-1"] };
    const before = structuredClone(declared);
    expect(VpcEndpoint.canonical?.(declared)).toEqual(spec);
    expect(VpcEndpoint.canonical?.({ ...declared, type: "Gateway", service: gateway.service })).toEqual(gateway);
    expect(declared).toEqual(before);
  });
});
