import {
  AttachInternetGatewayCommand,
  type AttachmentStatus,
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
  DescribeNetworkInterfacesCommand,
  DetachInternetGatewayCommand,
  EC2Client,
  type InternetGateway as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { InternetGateway } from "../../../../src/aws/ec2/internet-gateway.ts";
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
const spec = { vpcId: "vpc-1", tags };
const observed = {
  id: "igw-1",
  spec,
  attrs: { internetGatewayId: "igw-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
  status: "available",
};
const detached = { ...observed, spec: { vpcId: undefined, tags }, ready: false, status: "detached" };

// What AWS answers here, though the SDK's list of states does not have it.
const AVAILABLE = "available" as string as AttachmentStatus;
const listed = (InternetGatewayId: string, more: Partial<Listed> = {}): Listed => ({
  InternetGatewayId,
  Attachments: [{ VpcId: "vpc-1", State: AVAILABLE }],
  Tags: OWNED,
  ...more,
});
const ofStack = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
const create = [
  "CreateInternetGatewayCommand",
  { TagSpecifications: [{ ResourceType: "internet-gateway", Tags: OWNED }] },
];
const attach = ["AttachInternetGatewayCommand", { InternetGatewayId: "igw-1", VpcId: "vpc-1" }];
const detach = ["DetachInternetGatewayCommand", { InternetGatewayId: "igw-1", VpcId: "vpc-1" }];
const remove = ["DeleteInternetGatewayCommand", { InternetGatewayId: "igw-1" }];
const notFound = awsError("InvalidInternetGatewayID.NotFound", "The internetGateway ID 'igw-1' does not exist");

describe("ec2/internet-gateway", () => {
  it("creates with its tags, reports the id, and only then attaches", async () => {
    ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: "igw-1" } });
    const told: unknown[] = [];
    const created = async (id: string) => void told.push([id, sent().length]);
    expect(await InternetGateway.create(mocked(), spec, { ...making(), created })).toEqual({
      id: "igw-1",
      attrs: { internetGatewayId: "igw-1" },
    });
    expect(told).toEqual([["igw-1", 1]]);
    expect(sent()).toEqual([create, attach]);
  });

  it("goes no further where the id cannot be written", async () => {
    ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: "igw-1" } });
    const created = () => Promise.reject(new Error("disk full"));
    await expect(InternetGateway.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([create]);
  });

  it("asks again while AWS does not see the gateway or the VPC yet, and takes an attachment made already", async () => {
    ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: "igw-1" } });
    ec2
      .on(AttachInternetGatewayCommand)
      .rejectsOnce(notFound)
      .rejectsOnce(awsError("InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"))
      .rejects(awsError("Resource.AlreadyAssociated", "resource igw-1 is already attached to network vpc-1"));
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [listed("igw-1")] });
    expect((await InternetGateway.create(mocked(), spec, making())).id).toBe("igw-1");
    const look = ["DescribeInternetGatewaysCommand", { InternetGatewayIds: ["igw-1"] }];
    expect(sent()).toEqual([create, attach, attach, attach, look]);
  });

  it("does not take an attachment to another VPC for its own", async () => {
    ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: "igw-1" } });
    ec2
      .on(AttachInternetGatewayCommand)
      .rejects(awsError("Resource.AlreadyAssociated", "resource igw-1 is already attached to network vpc-2"));
    const elsewhere = listed("igw-1", { Attachments: [{ State: AVAILABLE, VpcId: "vpc-2" }] });
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [elsewhere] });
    await expect(InternetGateway.create(mocked(), spec, making())).rejects.toThrow("already attached to network vpc-2");
  });

  it("never repeats a create whose response was lost, and throws if the VPC has another gateway", async () => {
    ec2.on(CreateInternetGatewayCommand).rejects(awsError("InternalError", "injected", 500));
    const told: string[] = [];
    await expect(InternetGateway.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    expect(told).toEqual([]);
    const taken = awsError("InvalidParameterValue", "Network vpc-1 already has an internet gateway attached");
    ec2.on(CreateInternetGatewayCommand).resolves({ InternetGateway: { InternetGatewayId: "igw-1" } });
    ec2.on(AttachInternetGatewayCommand).rejects(taken);
    await expect(InternetGateway.create(mocked(), spec, making(told))).rejects.toBe(taken);
    expect(told).toEqual(["igw-1"]);
  });

  it("observes every page of the stack's gateways, in the desired spelling", async () => {
    ec2
      .on(DescribeInternetGatewaysCommand)
      .resolvesOnce({ InternetGateways: [], NextToken: "page-2" })
      .resolves({ InternetGateways: [listed("igw-1")] });
    expect(await InternetGateway.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeInternetGatewaysCommand", { Filters: ofStack }],
      ["DescribeInternetGatewaysCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it.each([
    ["bears no attachment, and waits for an update", undefined, { idle: true }],
    ["is being detached", [{ VpcId: "vpc-1", State: "detaching" as const }], {}],
    ["was detached, and waits for an update", [{ VpcId: "vpc-1", State: "detached" as const }], { idle: true }],
  ])("has no VPC where it %s", async (_, Attachments, more) => {
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [{ ...listed("igw-1"), Attachments }] });
    expect(await InternetGateway.observe(mocked(), lookFor(spec))).toEqual({ ...detached, ...more });
  });

  it("is not ready while it is being attached: a NAT gateway created then would fail", async () => {
    const Attachments = [{ VpcId: "vpc-1", State: "attaching" as const }];
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [{ ...listed("igw-1"), Attachments }] });
    expect(await InternetGateway.observe(mocked(), lookFor(spec))).toEqual({
      ...observed,
      ready: false,
      status: "attaching",
    });
  });

  it("prefers the recorded id to the owner tags, even if its tags were removed", async () => {
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [listed("igw-9"), listed("igw-1")] });
    expect((await InternetGateway.observe(mocked(), lookFor(spec, "igw-1")))?.id).toBe("igw-1");
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [listed("igw-9")] });
    ec2
      .on(DescribeInternetGatewaysCommand, { InternetGatewayIds: ["igw-1"] })
      .resolves({ InternetGateways: [listed("igw-1", { Tags: [] })] });
    expect(await InternetGateway.observe(mocked(), lookFor(spec, "igw-1"))).toEqual({
      ...observed,
      spec: { vpcId: "vpc-1", tags: {} },
      owner: undefined,
    });
  });

  it("is absent where the list is empty, another's or of an earlier generation, and the known id is gone", async () => {
    const look = { ...lookFor(spec, "igw-1"), excludeIds: ["igw-0"] };
    const another = [{ Key: "fairlead:stack", Value: "demo-test" }];
    ec2
      .on(DescribeInternetGatewaysCommand)
      .resolves({ InternetGateways: [listed("igw-0"), listed("igw-8", { Tags: another })] });
    ec2.on(DescribeInternetGatewaysCommand, { InternetGatewayIds: ["igw-1"] }).rejects(notFound);
    expect(await InternetGateway.observe(mocked(), look)).toBeUndefined();
    ec2.on(DescribeInternetGatewaysCommand).resolves({ InternetGateways: [] });
    ec2.on(DescribeInternetGatewaysCommand, { InternetGatewayIds: ["igw-1"] }).rejects(notFound);
    expect(await InternetGateway.observe(mocked(), lookFor(spec, "igw-1"))).toBeUndefined();
    expect(await InternetGateway.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("lists every page of what the stack owns, and nothing of another's", async () => {
    ec2
      .on(DescribeInternetGatewaysCommand)
      .resolvesOnce({
        InternetGateways: [listed("igw-1", { Attachments: [] }), listed("igw-8", { Tags: FOREIGN })],
        NextToken: "page-2",
      })
      .resolves({ InternetGateways: [listed("igw-2")] });
    const { owner } = observed;
    expect(await InternetGateway.list?.(mocked(), [])).toEqual([
      { id: "igw-1", owner },
      { id: "igw-2", owner },
    ]);
    expect(sent()).toEqual([
      ["DescribeInternetGatewaysCommand", { Filters: ofStack }],
      ["DescribeInternetGatewaysCommand", { Filters: ofStack, NextToken: "page-2" }],
    ]);
  });

  it("attaches again what was detached, and leaves an attachment alone otherwise", async () => {
    await InternetGateway.update(mocked(), detached, spec, new Set(["vpcId"]));
    expect(sent()).toEqual([attach]);
    ec2.resetHistory();
    await InternetGateway.update(mocked(), observed, { ...spec, tags: { ...tags, Name: "new" } }, new Set(["tags"]));
    expect(sent()).toEqual([["CreateTagsCommand", { Resources: ["igw-1"], Tags: [{ Key: "Name", Value: "new" }] }]]);
  });

  it("detaches once no public address is left in the VPC, and then deletes", async () => {
    const mapped = awsError("DependencyViolation", "Network vpc-1 has some mapped public address(es).");
    ec2.on(DetachInternetGatewayCommand).rejectsOnce(mapped).rejectsOnce(mapped).resolves({});
    await InternetGateway.delete(mocked(), observed);
    const look = ["DescribeNetworkInterfacesCommand", { Filters: [{ Name: "vpc-id", Values: ["vpc-1"] }] }];
    expect(sent()).toEqual([detach, look, detach, detach, remove]);
    ec2.resetHistory();
    ec2
      .on(DeleteInternetGatewayCommand)
      .rejectsOnce(awsError("DependencyViolation", "The internetGateway 'igw-1' has dependencies"))
      .resolves({});
    await InternetGateway.delete(mocked(), detached);
    expect(sent()).toEqual([remove, remove]);
  });

  it("is not detached while an unmanaged interface has a public address there, but despite one without", async () => {
    const foreign = (NetworkInterfaceId: string, Association?: { PublicIp: string }) => ({
      NetworkInterfaceId,
      Description: "their own",
      ...(Association ? { Association } : {}),
    });
    ec2.on(DetachInternetGatewayCommand).rejects(awsError("DependencyViolation", "Network vpc-1 has some mapped"));
    ec2
      .on(DescribeNetworkInterfacesCommand)
      .resolves({ NetworkInterfaces: [foreign("eni-1"), foreign("eni-2", { PublicIp: "203.0.113.7" })] });
    await expect(InternetGateway.delete(mocked(), observed)).rejects.toThrow(
      `internet gateway igw-1 cannot be detached from vpc-1: network interface eni-2 "their own", not created by Fairlead, has a public address in vpc-1.`,
    );
    expect(ec2.commandCalls(DeleteInternetGatewayCommand)).toEqual([]);
  });

  it.each(["Gateway.NotAttached", "InvalidInternetGatewayID.NotFound", "InvalidVpcID.NotFound"])(
    "counts a gateway that is gone already as deleted where the detachment answers %s",
    async (code) => {
      ec2.on(DetachInternetGatewayCommand).rejects(awsError(code, "gone"));
      ec2.on(DeleteInternetGatewayCommand).rejects(notFound);
      await expect(InternetGateway.delete(mocked(), observed)).resolves.toBeUndefined();
      expect(sent()).toEqual([detach, remove]);
    },
  );

  it("deletes nothing where the detachment is refused", async () => {
    ec2.on(DetachInternetGatewayCommand).rejects(awsError("UnauthorizedOperation", "You are not authorized"));
    await expect(InternetGateway.delete(mocked(), observed)).rejects.toThrow("You are not authorized");
    expect(sent()).toEqual([detach]);
  });
});
