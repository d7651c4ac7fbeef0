import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroup as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { SecurityGroupRules, type Rule } from "../../../../src/aws/ec2/security-group-rules.ts";
import { awsError } from "../../../support/failing.ts";
import { FOREIGN, lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const sent = () => ec2.calls().map((call) => [call.args[0].constructor.name, call.args[0].input] as const);
/** What was sent for one direction; both are worked at side by side. */
const sentFor = (way: Way) => sent().filter(([name]) => name.includes(way));

const tcp = (port: number, peer: string, description = ""): Rule => ({
  protocol: "tcp",
  fromPort: port,
  toPort: port,
  peer,
  description,
});
const ALL: Rule = { protocol: "-1", fromPort: -1, toPort: -1, peer: "0.0.0.0/0", description: "" };

const web = tcp(80, "pl-1", "CloudFront");
const peer = tcp(8080, "sg-9");
const out = tcp(443, "0.0.0.0/0", "HTTPS");
const spec = { groupId: "sg-1", ingress: [web, peer], egress: [out] };
const attrs = { groupId: "sg-1" };
const observed = { id: "sg-1", spec, attrs, owner: "demo/test/ap-northeast-1:network/it", ready: true };

const WEB: IpPermission = {
  IpProtocol: "tcp",
  FromPort: 80,
  ToPort: 80,
  PrefixListIds: [{ PrefixListId: "pl-1", Description: "CloudFront" }],
};
const PEER: IpPermission = {
  IpProtocol: "tcp",
  FromPort: 8080,
  ToPort: 8080,
  UserIdGroupPairs: [{ GroupId: "sg-9" }],
};
const OUT: IpPermission = {
  IpProtocol: "tcp",
  FromPort: 443,
  ToPort: 443,
  IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "HTTPS" }],
};
const ALLOW_ALL: IpPermission = { IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
const ALLOW_ALL_IPV6: IpPermission = { IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0" }] };

type Operation = `${"Authorize" | "Revoke"}SecurityGroup${Way}` | `UpdateSecurityGroupRuleDescriptions${Way}`;
type Way = "Ingress" | "Egress";
const call = (operation: Operation, ...IpPermissions: IpPermission[]) => [
  `${operation}Command`,
  { GroupId: "sg-1", IpPermissions },
];
const listed = (IpPermissions: IpPermission[], IpPermissionsEgress: IpPermission[]): Listed => ({
  GroupId: "sg-1",
  IpPermissions,
  IpPermissionsEgress,
});
const group = (ingress: IpPermission[], egress: IpPermission[]) =>
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [listed(ingress, egress)] });
const duplicate = awsError("InvalidPermission.Duplicate", "the specified rule already exists");
const unknown = awsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
const NO_GROUP = ["InvalidGroup.NotFound", "InvalidSecurityGroupID.NotFound"];

describe("ec2/security-group-rules", () => {
  it("reports the group's id, removes AWS's default rules, and adds the rules of each direction in one call", async () => {
    const told: unknown[] = [];
    const created = async (id: string) => void told.push([id, sent().length]);
    expect(await SecurityGroupRules.create(mocked(), spec, { ...making(), created })).toEqual({ id: "sg-1", attrs });
    expect(told).toEqual([["sg-1", 0]]);
    expect(sentFor("Ingress")).toEqual([call("AuthorizeSecurityGroupIngress", WEB, PEER)]);
    expect(sentFor("Egress")).toEqual([
      call("RevokeSecurityGroupEgress", ALLOW_ALL),
      call("RevokeSecurityGroupEgress", ALLOW_ALL_IPV6),
      call("AuthorizeSecurityGroupEgress", OUT),
    ]);
  });

  it("changes nothing where the id cannot be written", async () => {
    const created = () => Promise.reject(new Error("disk full"));
    await expect(SecurityGroupRules.create(mocked(), spec, { ...making(), created })).rejects.toThrow("disk full");
    expect(sent()).toEqual([]);
  });

  it("writes IPv6 peers and protocols without ports as AWS takes them", async () => {
    const ingress = [
      { ...ALL, peer: "::/0", description: "IPv6" },
      { ...tcp(8, "10.0.0.0/8"), protocol: "icmp", toPort: -1 },
    ];
    await SecurityGroupRules.create(mocked(), { groupId: "sg-1", ingress, egress: [] }, making());
    expect(sentFor("Ingress")).toEqual([
      call(
        "AuthorizeSecurityGroupIngress",
        { IpProtocol: "-1", Ipv6Ranges: [{ CidrIpv6: "::/0", Description: "IPv6" }] },
        { IpProtocol: "icmp", FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
      ),
    ]);
  });

  it("adds rule by rule where a lost call had added one, since AWS then adds none of them", async () => {
    ec2.on(RevokeSecurityGroupEgressCommand).rejects(unknown);
    ec2
      .on(AuthorizeSecurityGroupIngressCommand)
      .rejectsOnce(awsError("InternalError", "injected", 500))
      .rejectsOnce(duplicate)
      .rejectsOnce(duplicate)
      .resolves({});
    ec2.on(AuthorizeSecurityGroupEgressCommand).rejects(duplicate);
    expect((await SecurityGroupRules.create(mocked(), spec, making())).id).toBe("sg-1");
    expect(sentFor("Egress")).toEqual([
      call("RevokeSecurityGroupEgress", ALLOW_ALL),
      call("RevokeSecurityGroupEgress", ALLOW_ALL_IPV6),
      call("AuthorizeSecurityGroupEgress", OUT),
    ]);
    expect(sentFor("Ingress")).toEqual([
      call("AuthorizeSecurityGroupIngress", WEB, PEER),
      call("AuthorizeSecurityGroupIngress", WEB, PEER),
      call("AuthorizeSecurityGroupIngress", WEB),
      call("AuthorizeSecurityGroupIngress", PEER),
    ]);
  });

  it("asks again while AWS does not see a group yet, and throws a refusal as it is", async () => {
    ec2
      .on(AuthorizeSecurityGroupIngressCommand)
      .rejectsOnce(awsError("InvalidGroup.NotFound", "The security group 'sg-9' does not exist"))
      .rejectsOnce(awsError("InvalidSecurityGroupID.NotFound", "The security group 'sg-9' does not exist"))
      .rejects(awsError("InvalidParameterValue", "CIDR block is malformed"));
    await expect(SecurityGroupRules.create(mocked(), spec, making())).rejects.toThrow("CIDR block is malformed");
    expect(ec2.commandCalls(AuthorizeSecurityGroupIngressCommand)).toHaveLength(3);
    // The other direction was at work already.
    expect(ec2.commandCalls(AuthorizeSecurityGroupEgressCommand)).toHaveLength(1);
    ec2.reset();
    const unseen = ec2.on(AuthorizeSecurityGroupEgressCommand);
    for (const code of NO_GROUP) unseen.rejectsOnce(awsError(code, "The security group 'sg-1' does not exist"));
    unseen.resolves({});
    await SecurityGroupRules.create(mocked(), spec, making());
    expect(ec2.commandCalls(AuthorizeSecurityGroupEgressCommand)).toHaveLength(3);
    ec2.reset().resolves({});
    ec2
      .on(RevokeSecurityGroupEgressCommand)
      .rejectsOnce(awsError(NO_GROUP[0] ?? "", "'sg-1' does not exist"))
      .resolves({});
    await SecurityGroupRules.create(mocked(), spec, making());
    // Two defaults and one repeat.
    expect(ec2.commandCalls(RevokeSecurityGroupEgressCommand)).toHaveLength(3);
  });

  it("observes one rule a peer, in order, and owns what the group has", async () => {
    const both = {
      IpProtocol: "tcp",
      FromPort: 8080,
      ToPort: 8080,
      UserIdGroupPairs: [{ GroupId: "sg-9", UserId: "123456789012" }],
      Ipv6Ranges: [{ CidrIpv6: "fd00::/8", Description: "IPv6" }],
    };
    group([both, WEB], [OUT]);
    expect(await SecurityGroupRules.observe(mocked(), lookFor(spec))).toEqual({
      ...observed,
      spec: { ...spec, ingress: [web, tcp(8080, "fd00::/8", "IPv6"), peer] },
    });
  });

  it("asks for the known group by its id, tagged or not, rather than for the declared one", async () => {
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    ec2
      .on(DescribeSecurityGroupsCommand, { GroupIds: ["sg-1"] })
      .resolves({ SecurityGroups: [listed([WEB, PEER], [OUT])] });
    const look = lookFor({ ...spec, groupId: "sg-2" }, "sg-1");
    expect(await SecurityGroupRules.observe(mocked(), look)).toEqual(observed);
    expect(sent()).toEqual([
      ["DescribeSecurityGroupsCommand", { Filters: [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }] }],
      ["DescribeSecurityGroupsCommand", { GroupIds: ["sg-1"] }],
    ]);
  });

  it("is present if AWS's default rule reappeared next to a declared rule, or if there is only some other rule", async () => {
    group([WEB], [ALLOW_ALL]);
    const seen = await SecurityGroupRules.observe(mocked(), lookFor(spec));
    expect(seen?.spec).toEqual({ groupId: "sg-1", ingress: [web], egress: [ALL] });
    group([], [OUT]);
    const other = await SecurityGroupRules.observe(mocked(), lookFor(spec));
    expect(other?.spec).toEqual({ groupId: "sg-1", ingress: [], egress: [out] });
  });

  it("is absent where the group is gone or not known yet", async () => {
    expect(await SecurityGroupRules.observe(mocked(), lookFor<typeof spec>({}))).toBeUndefined();
    expect(sent()).toEqual([]);
    ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [] });
    for (const code of NO_GROUP) {
      ec2.on(DescribeSecurityGroupsCommand, { GroupIds: ["sg-1"] }).rejects(awsError(code, "does not exist"));
      expect(await SecurityGroupRules.observe(mocked(), lookFor(spec, "sg-1"))).toBeUndefined();
    }
  });

  it("lists the stack's groups that have more than AWS's default rule, by the tags of the group itself", async () => {
    const of = (GroupId: string, ingress: IpPermission[], egress: IpPermission[], Tags = OWNED) => ({
      ...listed(ingress, egress),
      GroupId,
      Tags,
    });
    ec2
      .on(DescribeSecurityGroupsCommand)
      .resolvesOnce({
        SecurityGroups: [
          of("sg-1", [PEER], [ALLOW_ALL]),
          of("sg-2", [], [ALLOW_ALL, ALLOW_ALL_IPV6]),
          of("sg-3", [], []),
        ],
        NextToken: "page-2",
      })
      .resolves({
        SecurityGroups: [of("sg-4", [], [OUT]), of("sg-5", [], [OUT, ALLOW_ALL]), of("sg-8", [WEB], [], FOREIGN)],
      });
    const { owner } = observed;
    expect(await SecurityGroupRules.list?.(mocked(), [])).toEqual([
      { id: "sg-1", owner },
      { id: "sg-4", owner },
      { id: "sg-5", owner },
    ]);
    const Filters = [{ Name: "tag:fairlead:stack", Values: ["demo", "demo-test"] }];
    expect(sent()).toEqual([
      ["DescribeSecurityGroupsCommand", { Filters }],
      ["DescribeSecurityGroupsCommand", { Filters, NextToken: "page-2" }],
    ]);
  });

  it("updates by adding before it takes away, and rewords where only the description differs", async () => {
    const wanted = { groupId: "sg-1", ingress: [{ ...web, description: "" }, tcp(9090, "sg-9")], egress: [out] };
    await SecurityGroupRules.update(mocked(), observed, wanted, new Set(["ingress"]));
    expect(sent()).toEqual([
      call("AuthorizeSecurityGroupIngress", { ...PEER, FromPort: 9090, ToPort: 9090 }),
      call("RevokeSecurityGroupIngress", PEER),
      call("UpdateSecurityGroupRuleDescriptionsIngress", { ...WEB, PrefixListIds: [{ PrefixListId: "pl-1" }] }),
    ]);
    ec2.resetHistory();
    const egress = [{ ...out, description: "All of it" }];
    await SecurityGroupRules.update(mocked(), observed, { ...spec, egress }, new Set(["egress"]));
    const reworded = { ...OUT, IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "All of it" }] };
    expect(sent()).toEqual([call("UpdateSecurityGroupRuleDescriptionsEgress", reworded)]);
  });

  it("takes away first where old and new rules do not fit side by side", async () => {
    const full = awsError("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules has been reached.");
    const wanted = { ...spec, ingress: [tcp(80, "pl-2"), peer] };
    const NEW = { ...WEB, PrefixListIds: [{ PrefixListId: "pl-2" }] };
    ec2.on(AuthorizeSecurityGroupIngressCommand).rejectsOnce(full).resolves({});
    await SecurityGroupRules.update(mocked(), observed, wanted, new Set(["ingress"]));
    expect(sent()).toEqual([
      call("AuthorizeSecurityGroupIngress", NEW),
      call("RevokeSecurityGroupIngress", WEB),
      call("AuthorizeSecurityGroupIngress", NEW),
    ]);
    ec2.reset();
    ec2.on(AuthorizeSecurityGroupIngressCommand).rejects(full);
    const more = { ...spec, ingress: [web, tcp(80, "pl-2"), peer] };
    await expect(SecurityGroupRules.update(mocked(), observed, more, new Set(["ingress"]))).rejects.toBe(full);
    expect(sent()).toEqual([call("AuthorizeSecurityGroupIngress", NEW)]);
  });

  it("deletes what was observed, rule by rule where one is gone already", async () => {
    ec2.on(RevokeSecurityGroupIngressCommand).rejectsOnce(unknown).rejectsOnce(unknown).resolves({});
    ec2.on(RevokeSecurityGroupEgressCommand).rejects(unknown);
    await expect(SecurityGroupRules.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sentFor("Ingress")).toEqual([
      call("RevokeSecurityGroupIngress", WEB, PEER),
      call("RevokeSecurityGroupIngress", WEB),
      call("RevokeSecurityGroupIngress", PEER),
    ]);
    expect(sentFor("Egress")).toEqual([call("RevokeSecurityGroupEgress", OUT)]);
  });

  it.each(NO_GROUP)("counts the rules of a group that is gone (%s) as deleted", async (code) => {
    ec2.rejects(awsError(code, "does not exist"));
    await expect(SecurityGroupRules.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([call("RevokeSecurityGroupIngress", WEB, PEER), call("RevokeSecurityGroupEgress", OUT)]);
  });

  it("keeps each rule once, in one order and without ports that mean nothing, and leaves the declared as it was", () => {
    const anything = { ...ALL, fromPort: 0, toPort: 65_535 };
    const declared = { groupId: "sg-1", ingress: [peer, web, peer], egress: [out, anything] };
    const before = structuredClone(declared);
    expect(SecurityGroupRules.canonical?.(declared)).toEqual({ ...spec, egress: [ALL, out] });
    expect(declared).toEqual(before);
  });
});
