import {
  AuthorizeSecurityGroupEgressCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { SecurityGroupRules, type Rule } from "../../../../src/aws/ec2/security-group-rules.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));

const ALL: Rule = { protocol: "-1", fromPort: -1, toPort: -1, peer: "0.0.0.0/0", description: "" };
const out: Rule = { protocol: "tcp", fromPort: 443, toPort: 443, peer: "0.0.0.0/0", description: "HTTPS" };
const spec = { groupId: "sg-1", ingress: [] as Rule[], egress: [out] };
const attrs = { groupId: "sg-1" };
const observed = { id: "sg-1", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const ALLOW_ALL: IpPermission = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const ALLOW_ALL_IPV6: IpPermission = { IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }] };
const group = (IpPermissions: IpPermission[], IpPermissionsEgress: IpPermission[]) =>
  ec2
    .on(DescribeSecurityGroupsCommand)
    .resolves({ SecurityGroups: [{ GroupId: "sg-1", IpPermissions, IpPermissionsEgress }] });
const unknown = awsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");

describe("AWS's default rules of a security group", () => {
  it("does without the default for IPv6 where the VPC has none, in the words of either refusal, and throws any other", async () => {
    const Ipv6Ranges = [{ CidrIpv6: "::/0", Description: undefined }];
    ec2
      .on(RevokeSecurityGroupEgressCommand, { IpPermissions: [{ IpProtocol: "-1", Ipv6Ranges }] })
      .rejectsOnce(unknown)
      .rejectsOnce(awsError("InvalidParameterValue", "Invalid value 'remote-ipv6-range' for the VPC."))
      .rejects(awsError("InvalidParameterValue", "CIDR block is malformed"));
    await SecurityGroupRules.create(mocked(), spec, making());
    await SecurityGroupRules.create(mocked(), spec, making());
    expect(ec2.commandCalls(AuthorizeSecurityGroupEgressCommand)).toHaveLength(2);
    await expect(SecurityGroupRules.create(mocked(), spec, making())).rejects.toThrow("CIDR block is malformed");
  });

  it("is absent if the group has only AWS's default rule, unless that is what is declared", async () => {
    const seen = (declared: Partial<typeof spec>) => SecurityGroupRules.observe(mocked(), lookFor(declared));
    const onlyDefault = { ...observed, spec: { groupId: "sg-1", ingress: [], egress: [ALL] } };
    group([], [ALLOW_ALL]);
    expect(await seen(spec)).toBeUndefined();
    expect(await seen({ groupId: "sg-1", ingress: [], egress: [] })).toBeUndefined();
    expect(await seen({ groupId: "sg-1", ingress: [], egress: [ALL] })).toEqual(onlyDefault);
    expect(await seen({ groupId: "sg-1" })).toBeUndefined();
    const ipv6 = { ...ALL, peer: "::/0" };
    for (const defaults of [[ALLOW_ALL, ALLOW_ALL_IPV6], [ALLOW_ALL_IPV6]]) {
      group([], defaults);
      expect(await seen(spec)).toBeUndefined();
      expect(await seen({ groupId: "sg-1", ingress: [], egress: [ALL] })).toBeUndefined();
    }
    group([], [ALLOW_ALL, ALLOW_ALL_IPV6]);
    const both = { groupId: "sg-1", ingress: [], egress: [ALL, ipv6] };
    expect(await seen(both)).toEqual({ ...observed, spec: both });
    group([], []);
    expect(await seen(spec)).toBeUndefined();
    expect(await seen({ groupId: "sg-1" })).toBeUndefined();
    expect(await seen({ groupId: "sg-1", ingress: [], egress: [ALL] })).toBeUndefined();
    expect((await seen({ groupId: "sg-1", ingress: [], egress: [] }))?.spec).toEqual({
      ...attrs,
      ingress: [],
      egress: [],
    });
  });

  it("takes a group that is gone for good for deleted, without waiting for it", async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).rejects(awsError("InvalidGroup.NotFound", "'sg-1' does not exist"));
    ec2.on(RevokeSecurityGroupEgressCommand).rejects(awsError("InvalidGroup.NotFound", "'sg-1' does not exist"));
    await SecurityGroupRules.delete(mocked(), { ...observed, spec: { ...spec, ingress: [out] } });
    expect(ec2.commandCalls(RevokeSecurityGroupIngressCommand)).toHaveLength(1);
  });
});
