import {
  type Address,
  AllocateAddressCommand,
  DescribeAddressesCommand,
  EC2Client,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { ElasticIp } from "../../../../src/aws/ec2/elastic-ip.ts";
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
const spec = { tags };
const attrs = { allocationId: "eipalloc-1", publicIp: "203.0.113.7" };
const observed = { id: "eipalloc-1", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };

const listed = (AllocationId: string, more: Partial<Address> = {}): Address => ({
  AllocationId,
  PublicIp: "203.0.113.7",
  Domain: "vpc",
  Tags: OWNED,
  ...more,
});
const allocate = [
  "AllocateAddressCommand",
  { Domain: "vpc", TagSpecifications: [{ ResourceType: "elastic-ip", Tags: OWNED }] },
];
const list = ["DescribeAddressesCommand", { Filters: [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }] }];
const byId = ["DescribeAddressesCommand", { AllocationIds: ["eipalloc-1"] }];
const release = ["ReleaseAddressCommand", { AllocationId: "eipalloc-1" }];
const notFound = awsError("InvalidAllocationID.NotFound", "The allocation ID 'eipalloc-1' does not exist");

describe("ec2/elastic-ip", () => {
  it("allocates for a VPC with its tags, and reports the id", async () => {
    ec2.on(AllocateAddressCommand).resolves({ AllocationId: "eipalloc-1", PublicIp: "203.0.113.7" });
    const told: string[] = [];
    expect(await ElasticIp.create(mocked(), spec, making(told))).toEqual({ id: "eipalloc-1", attrs });
    expect(told).toEqual(["eipalloc-1"]);
    expect(sent()).toEqual([allocate]);
  });

  it("never repeats an allocation whose response was lost, since a forgotten address costs money", async () => {
    ec2.on(AllocateAddressCommand).rejects(awsError("ServiceUnavailable", "injected", 503));
    const told: string[] = [];
    await expect(ElasticIp.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([allocate]);
    expect(told).toEqual([]);
  });

  it("fails where the id cannot be written", async () => {
    const created = () => Promise.reject(new Error("disk full"));
    await expect(ElasticIp.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([allocate]);
  });

  it("throws the account's limit as it is", async () => {
    const limit = awsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    ec2.on(AllocateAddressCommand).rejects(limit);
    await expect(ElasticIp.create(mocked(), spec, making())).rejects.toBe(limit);
    expect(sent()).toEqual([allocate]);
  });

  it("finds the address by its owner tags in the one list", async () => {
    ec2
      .on(DescribeAddressesCommand)
      .resolves({ Addresses: [listed("eipalloc-0", { Tags: [] }), listed("eipalloc-1")] });
    expect(await ElasticIp.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([list]);
  });

  it("prefers the recorded id to the owner tags, even if its tags were removed", async () => {
    ec2.on(DescribeAddressesCommand).resolves({ Addresses: [listed("eipalloc-9"), listed("eipalloc-1")] });
    expect((await ElasticIp.observe(mocked(), lookFor(spec, "eipalloc-1")))?.id).toBe("eipalloc-1");
    ec2.resetHistory();
    ec2.on(DescribeAddressesCommand).resolves({ Addresses: [listed("eipalloc-9")] });
    ec2
      .on(DescribeAddressesCommand, { AllocationIds: ["eipalloc-1"] })
      .resolves({ Addresses: [listed("eipalloc-1", { Tags: [] })] });
    expect(await ElasticIp.observe(mocked(), lookFor(spec, "eipalloc-1"))).toEqual({
      ...observed,
      spec: { tags: {} },
      owner: undefined,
    });
    expect(sent()).toEqual([list, byId]);
  });

  it("falls back to the owner tags if the recorded id is gone", async () => {
    ec2.on(DescribeAddressesCommand).resolves({ Addresses: [listed("eipalloc-2")] });
    ec2.on(DescribeAddressesCommand, { AllocationIds: ["eipalloc-1"] }).rejects(notFound);
    expect((await ElasticIp.observe(mocked(), lookFor(spec, "eipalloc-1")))?.id).toBe("eipalloc-2");
  });

  it("is absent where the list is empty, another's or of an earlier generation, and the known id is gone", async () => {
    const look = { ...lookFor(spec, "eipalloc-1"), excludeIds: ["eipalloc-0"] };
    const another = [
      { Key: "fairlead:stack", Value: "demo" },
      { Key: "fairlead:environment", Value: "test" },
      { Key: "fairlead:region", Value: "ap-northeast-1" },
      { Key: "fairlead:id", Value: "network/other" },
    ];
    ec2
      .on(DescribeAddressesCommand)
      .resolves({ Addresses: [listed("eipalloc-0"), listed("eipalloc-8", { Tags: another })] });
    ec2.on(DescribeAddressesCommand, { AllocationIds: ["eipalloc-1"] }).rejects(notFound);
    expect(await ElasticIp.observe(mocked(), look)).toBeUndefined();
    ec2.on(DescribeAddressesCommand).resolves({});
    ec2.on(DescribeAddressesCommand, { AllocationIds: ["eipalloc-1"] }).rejects(notFound);
    expect(await ElasticIp.observe(mocked(), lookFor(spec, "eipalloc-1"))).toBeUndefined();
    expect(await ElasticIp.observe(mocked(), lookFor(spec))).toBeUndefined();
  });

  it("lists what the stack owns, and nothing of another's", async () => {
    ec2
      .on(DescribeAddressesCommand)
      .resolves({ Addresses: [listed("eipalloc-1"), listed("eipalloc-8", { Tags: FOREIGN }), listed("eipalloc-2")] });
    const { owner } = observed;
    expect(await ElasticIp.list?.(mocked(), [])).toEqual([
      { id: "eipalloc-1", owner },
      { id: "eipalloc-2", owner },
    ]);
    expect(sent()).toEqual([list]);
  });

  it("does not take a refused read for absence", async () => {
    ec2.on(DescribeAddressesCommand).resolves({ Addresses: [] });
    ec2
      .on(DescribeAddressesCommand, { AllocationIds: ["eipalloc-1"] })
      .rejects(awsError("UnauthorizedOperation", "You are not authorized"));
    await expect(ElasticIp.observe(mocked(), lookFor(spec, "eipalloc-1"))).rejects.toThrow("You are not authorized");
  });

  it("updates its tags and nothing else", async () => {
    const named = { ...observed, spec: { tags: { ...tags, Name: "old", Team: "a" } } };
    await ElasticIp.update(mocked(), named, { tags: { ...tags, Name: "new" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["CreateTagsCommand", { Resources: ["eipalloc-1"], Tags: [{ Key: "Name", Value: "new" }] }],
      ["DeleteTagsCommand", { Resources: ["eipalloc-1"], Tags: [{ Key: "Team" }] }],
    ]);
  });

  it("releases once no NAT gateway uses it, and counts an address that is already gone as deleted", async () => {
    const inUse = awsError("InvalidIPAddress.InUse", "The address '203.0.113.7' is in use.");
    ec2.on(ReleaseAddressCommand).rejectsOnce(inUse).rejectsOnce(inUse).rejects(notFound);
    await expect(ElasticIp.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([release, ["DescribeAddressesCommand", { AllocationIds: [observed.id] }], release, release]);
    ec2.reset();
    ec2.on(ReleaseAddressCommand).rejects(awsError("UnauthorizedOperation", "You are not authorized"));
    await expect(ElasticIp.delete(mocked(), observed)).rejects.toThrow("You are not authorized");
    expect(sent()).toEqual([release]);
  });
});
