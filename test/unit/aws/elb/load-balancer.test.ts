import {
  CreateLoadBalancerCommand,
  DeleteLoadBalancerCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  ModifyLoadBalancerAttributesCommand,
  type LoadBalancerState,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { LoadBalancer, type LoadBalancerSpec } from "../../../../src/aws/elb/load-balancer.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => elb.reset());
const sent = () => elb.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec: LoadBalancerSpec = {
  name: "web",
  vpcId: "vpc-1",
  scheme: "internet-facing",
  subnetIds: ["subnet-1", "subnet-2"],
  groupIds: ["sg-1", "sg-2"],
  attributes: { "idle_timeout.timeout_seconds": "30", "deletion_protection.enabled": "false" },
  tags,
};
const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/web/0123456789abcdef";
const attrs = {
  arn: ARN,
  dnsName: "web-1.elb.amazonaws.com",
  zoneId: "Z14GRHDCWA56QT",
  fullName: "app/web/0123456789abcdef",
};
const balancer = (State: LoadBalancerState = { Code: "active" }) => ({
  LoadBalancerArn: ARN,
  LoadBalancerName: "web",
  DNSName: "web-1.elb.amazonaws.com",
  CanonicalHostedZoneId: "Z14GRHDCWA56QT",
  VpcId: "vpc-1",
  Scheme: "internet-facing" as const,
  AvailabilityZones: [{ SubnetId: "subnet-2" }, { SubnetId: "subnet-1" }],
  SecurityGroups: ["sg-2", "sg-1"],
  State,
});
const observed = { id: ARN, spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const create = [
  "CreateLoadBalancerCommand",
  {
    Name: "web",
    Type: "application",
    Scheme: "internet-facing",
    Subnets: ["subnet-1", "subnet-2"],
    SecurityGroups: ["sg-1", "sg-2"],
    Tags: OWNED,
  },
];
const idle = (Value: string) => ({ Key: "idle_timeout.timeout_seconds", Value });
const protection = (Value: string) => ({ Key: "deletion_protection.enabled", Value });
const modify = (...Attributes: object[]) => [
  "ModifyLoadBalancerAttributesCommand",
  { LoadBalancerArn: ARN, Attributes },
];
const notFound = () => awsError("LoadBalancerNotFoundException", "One or more load balancers not found");

function thereIs(state?: LoadBalancerState) {
  elb.on(DescribeLoadBalancersCommand).rejects(notFound());
  elb.on(DescribeLoadBalancersCommand, { LoadBalancerArns: [ARN] }).resolves({ LoadBalancers: [balancer(state)] });
  elb.on(DescribeLoadBalancerAttributesCommand).resolves({ Attributes: [idle("30")] });
  elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: ARN, Tags: OWNED }] });
}

describe("elb/load-balancer", () => {
  it("creates with its tags, reports the ARN, and only then writes what is not AWS's default", async () => {
    const told: string[] = [];
    let before: string[] = [];
    elb.on(CreateLoadBalancerCommand).resolves({ LoadBalancers: [balancer({ Code: "provisioning" })] });
    elb.on(ModifyLoadBalancerAttributesCommand).callsFake(() => void (before = [...told]));
    expect(await LoadBalancer.create(mocked(), spec, making(told))).toEqual({ id: ARN, attrs });
    expect(before).toEqual([ARN]);
    expect(sent()).toEqual([create, modify(idle("30"))]);
  });

  it("asks again while ELB does not see the network that EC2 has just made", async () => {
    elb
      .on(CreateLoadBalancerCommand)
      .rejectsOnce(awsError("SubnetNotFoundException", "The subnet ID 'subnet-1' does not exist"))
      .rejectsOnce(awsError("InvalidSubnetException", "VPC vpc-1 has no internet gateway"))
      .rejectsOnce(awsError("InvalidSecurityGroupException", "One or more security groups are invalid"))
      .resolves({ LoadBalancers: [balancer()] });
    await LoadBalancer.create(mocked(), { ...spec, attributes: {} }, making());
    expect(sent()).toEqual([create, create, create, create]);
  });

  it("does not ask again where the subnets are wrong for good", async () => {
    const refusal = awsError("InvalidSubnetException", "Not enough IP space available in subnet-1");
    elb.on(CreateLoadBalancerCommand).rejects(refusal);
    await expect(LoadBalancer.create(mocked(), spec, making())).rejects.toThrow("Not enough IP space available");
    expect(sent()).toEqual([create]);
  });

  it("never repeats a create whose response was lost, and reports no id", async () => {
    const told: string[] = [];
    elb.on(CreateLoadBalancerCommand).rejects(awsError("InternalError", "injected", 500));
    await expect(LoadBalancer.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    expect(told).toEqual([]);
  });

  it("observes by its known ARN, whatever the name, with AWS's lists in order and AWS's defaults filled in", async () => {
    thereIs();
    const found = await LoadBalancer.observe(mocked(), lookFor({ name: "other" }, ARN));
    expect(found).toMatchObject({ ...observed, status: "active" });
    expect(found?.spec.attributes).toMatchObject({ "routing.http2.enabled": "true", "access_logs.s3.bucket": "" });
    const calls = elb.commandCalls(DescribeLoadBalancersCommand).map(({ args: [{ input }] }) => input);
    expect(calls).toEqual([{ LoadBalancerArns: [ARN] }]);
  });

  it("finds by name if no ARN is recorded or the recorded one is gone, and reports that it has no owner tags", async () => {
    thereIs();
    elb.on(DescribeLoadBalancersCommand, { Names: ["web"] }).resolves({ LoadBalancers: [balancer()] });
    elb.on(DescribeTagsCommand).resolves({ TagDescriptions: [{ ResourceArn: ARN, Tags: [] }] });
    const answer = { id: ARN, owner: undefined, spec: { tags: {} } };
    expect(await LoadBalancer.observe(mocked(), lookFor({ name: "web" }))).toMatchObject(answer);
    expect(await LoadBalancer.observe(mocked(), lookFor({ name: "web" }, `${ARN}0`))).toMatchObject(answer);
  });

  it("answers absence as undefined: not found, an empty list, gone between two reads, a name not known yet", async () => {
    thereIs();
    expect(await LoadBalancer.observe(mocked(), lookFor({ name: "web" }))).toBeUndefined();
    elb.on(DescribeLoadBalancerAttributesCommand).rejects(notFound());
    expect(await LoadBalancer.observe(mocked(), lookFor(spec, ARN))).toBeUndefined();
    elb.on(DescribeLoadBalancersCommand, { Names: ["web"] }).resolves({ LoadBalancers: [] });
    expect(await LoadBalancer.observe(mocked(), lookFor({ name: "web" }))).toBeUndefined();
    elb.resetHistory();
    expect(await LoadBalancer.observe(mocked(), lookFor<LoadBalancerSpec>({}))).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  it("lists every page of what the stack owns, and asks for the tags of those that are called like it alone", async () => {
    const listed = (LoadBalancerName: string) => ({ LoadBalancerName, LoadBalancerArn: `arn:${LoadBalancerName}` });
    elb
      .on(DescribeLoadBalancersCommand)
      .resolvesOnce({ LoadBalancers: ["demo-test", "demo", "demo-testing"].map(listed), NextMarker: "page-2" })
      .resolves({ LoadBalancers: ["demo-test-other", "demo-test-bare", "demo-test-more"].map(listed) });
    elb.on(DescribeTagsCommand).resolves({
      TagDescriptions: [
        { ResourceArn: "arn:demo-test", Tags: OWNED },
        { ResourceArn: "arn:demo-test-other", Tags: FOREIGN },
        { ResourceArn: "arn:demo-test-bare", Tags: [] },
        { ResourceArn: "arn:demo-test-more", Tags: OWNED },
      ],
    });
    const { owner } = observed;
    expect(await LoadBalancer.list?.(mocked(), [])).toEqual([
      { id: "arn:demo-test", owner },
      { id: "arn:demo-test-more", owner },
    ]);
    expect(sent()).toEqual([
      ["DescribeLoadBalancersCommand", {}],
      ["DescribeLoadBalancersCommand", { Marker: "page-2" }],
      [
        "DescribeTagsCommand",
        { ResourceArns: ["arn:demo-test", "arn:demo-test-bare", "arn:demo-test-more", "arn:demo-test-other"] },
      ],
    ]);
  });

  it.each([
    { state: { Code: "provisioning" }, ready: false, failed: undefined },
    { state: { Code: "active_impaired" }, ready: true, failed: undefined },
    { state: { Code: "failed", Reason: "No free addresses" }, ready: false, failed: "No free addresses" },
    { state: { Code: "failed" }, ready: false, failed: "AWS could not create it." },
  ] as const)("is ready: $ready, failed: $failed while AWS says $state", async ({ state, ready, failed }) => {
    thereIs(state);
    const found = await LoadBalancer.observe(mocked(), lookFor(spec, ARN));
    expect([found?.ready, found?.status, found?.failed]).toEqual([ready, state.Code, failed]);
  });

  it("updates each field by its own call, and puts an attribute that is desired no more back to AWS's default", async () => {
    elb.onAnyCommand().resolves({});
    await LoadBalancer.update(mocked(), observed, { ...spec, subnetIds: ["subnet-3"] }, new Set(["subnetIds"]));
    await LoadBalancer.update(mocked(), observed, { ...spec, groupIds: ["sg-3"] }, new Set(["groupIds"]));
    const attributes = { "deletion_protection.enabled": "true" };
    await LoadBalancer.update(mocked(), observed, { ...spec, attributes }, new Set(["attributes"]));
    const labelled = { ...observed, spec: { ...spec, tags: { ...tags, "fairlead:id": "other", "fairlead:old": "x" } } };
    await LoadBalancer.update(mocked(), labelled, spec, new Set(["tags"]));
    expect(sent()).toEqual([
      ["SetSubnetsCommand", { LoadBalancerArn: ARN, Subnets: ["subnet-3"] }],
      ["SetSecurityGroupsCommand", { LoadBalancerArn: ARN, SecurityGroups: ["sg-3"] }],
      modify(idle("60"), protection("true")),
      ["AddTagsCommand", { ResourceArns: [ARN], Tags: [{ Key: "fairlead:id", Value: "network/it" }] }],
      ["RemoveTagsCommand", { ResourceArns: [ARN], TagKeys: ["fairlead:old"] }],
    ]);
  });

  it("asks again while ELB may not write to the bucket for its logs", async () => {
    const refusal = awsError("InvalidConfigurationRequestException", "Access Denied for bucket: logs. Please check");
    elb.on(ModifyLoadBalancerAttributesCommand).rejectsOnce(refusal).resolves({});
    const attributes = { ...spec.attributes, "access_logs.s3.enabled": "true" };
    await LoadBalancer.update(mocked(), observed, { ...spec, attributes }, new Set(["attributes"]));
    const call = modify({ Key: "access_logs.s3.enabled", Value: "true" });
    expect(sent()).toEqual([call, call]);
  });

  it("takes its protection off before it deletes, and counts one that is gone already as deleted", async () => {
    elb.onAnyCommand().resolves({});
    const attributes = { ...spec.attributes, "deletion_protection.enabled": "true" };
    const locked = { ...observed, spec: { ...spec, attributes } };
    const remove = ["DeleteLoadBalancerCommand", { LoadBalancerArn: ARN }];
    await LoadBalancer.delete(mocked(), locked);
    await LoadBalancer.delete(mocked(), observed);
    expect(sent()).toEqual([modify(protection("false")), remove, remove]);
    elb.on(ModifyLoadBalancerAttributesCommand).rejects(notFound());
    elb.on(DeleteLoadBalancerCommand).rejects(notFound());
    await expect(LoadBalancer.delete(mocked(), locked)).resolves.toBeUndefined();
  });
});
