import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclCommand,
  DescribeNetworkAclsCommand,
  EC2Client,
  ReplaceNetworkAclAssociationCommand,
  ReplaceNetworkAclEntryCommand,
  type NetworkAcl as Listed,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { NetworkAcl, type AclEntry, type NetworkAclSpec } from "../../../../src/aws/ec2/network-acl.ts";
import { Busy } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const CHANGES = /^(Create|Replace|Delete)/;
const sent = () =>
  ec2
    .calls()
    .map((call) => [call.args[0].constructor.name.replace("Command", ""), call.args[0].input] as const)
    .filter(([name]) => CHANGES.test(name));
/** The rules written or removed, in order: the call's first word, the number, and `out` for outbound. */
const written = () =>
  sent()
    .filter(([name]) => name.endsWith("Entry"))
    .map(([name, input]) => {
      const { RuleNumber, Egress } = input as { RuleNumber: number; Egress: boolean };
      return `${CHANGES.exec(name)?.[0]} ${RuleNumber}${Egress ? " out" : ""}`;
    });

const rule = (number: number, more: Partial<AclEntry> = {}): AclEntry => ({
  number,
  action: "allow",
  protocol: "tcp",
  fromPort: 443,
  toPort: 443,
  cidr: "0.0.0.0/0",
  ...more,
});
const ALL = { protocol: "-1", fromPort: -1, toPort: -1 };
const spec: NetworkAclSpec = {
  vpcId: "vpc-1",
  ingress: [rule(1, { ...ALL, action: "deny", cidr: "203.0.113.0/24" }), rule(100)],
  egress: [rule(100, { protocol: "icmp", fromPort: 3, toPort: 4 })],
  subnetIds: ["subnet-a", "subnet-b"],
  tags: tagsIn("demo-test"),
};
const observed = {
  id: "acl-1",
  spec,
  attrs: { networkAclId: "acl-1" },
  owner: "demo/test/ap-northeast-1:network/it",
  ready: true,
};
const on = (NetworkAclId: string, ...subnets: string[]) =>
  subnets.map((SubnetId) => ({ SubnetId, NetworkAclId, NetworkAclAssociationId: `aclassoc-${SubnetId}` }));
const DEFAULT: Listed = { NetworkAclId: "acl-0", IsDefault: true, Associations: on("acl-0", "subnet-a", "subnet-b") };
const listed: Listed = {
  NetworkAclId: "acl-1",
  VpcId: "vpc-1",
  IsDefault: false,
  Tags: OWNED,
  Associations: on("acl-1", "subnet-b", "subnet-a"),
  Entries: [
    { Egress: true, RuleNumber: 32_767, RuleAction: "deny", Protocol: "-1", CidrBlock: "0.0.0.0/0" },
    {
      Egress: true,
      RuleNumber: 100,
      RuleAction: "allow",
      Protocol: "1",
      CidrBlock: "0.0.0.0/0",
      IcmpTypeCode: { Type: 3, Code: 4 },
    },
    {
      Egress: false,
      RuleNumber: 100,
      RuleAction: "allow",
      Protocol: "6",
      CidrBlock: "0.0.0.0/0",
      PortRange: { From: 443, To: 443 },
    },
    { Egress: false, RuleNumber: 1, RuleAction: "deny", Protocol: "-1", CidrBlock: "203.0.113.0/24" },
    { Egress: false, RuleNumber: 32_767, RuleAction: "deny", Protocol: "-1", CidrBlock: "0.0.0.0/0" },
    { Egress: false, RuleNumber: 32_768, RuleAction: "deny", Protocol: "-1", Ipv6CidrBlock: "::/0" },
  ],
};
const move = (subnet: string, NetworkAclId: string) => [
  "ReplaceNetworkAclAssociation",
  { AssociationId: `aclassoc-${subnet}`, NetworkAclId },
];
const answers = (...NetworkAcls: Listed[]) => ec2.on(DescribeNetworkAclsCommand).resolves({ NetworkAcls });
const update = (before: Partial<NetworkAclSpec>, after: Partial<NetworkAclSpec>, updating = {}) =>
  NetworkAcl.update(mocked(), { ...observed, spec: { ...spec, ...before } }, { ...spec, ...after }, new Set(), {
    note: () => {},
    ...updating,
  });

describe("ec2/network-acl", () => {
  it("creates with its tags, reports the id, writes the rules, and only then moves the subnets", async () => {
    ec2.on(CreateNetworkAclCommand).resolves({ NetworkAcl: { NetworkAclId: "acl-1" } });
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolvesOnce({ NetworkAcls: [{ ...DEFAULT, Associations: on("acl-0", "subnet-a") }] })
      // AWS tells of a new subnet a moment later.
      .resolvesOnce({ NetworkAcls: [DEFAULT, { ...listed, Associations: on("acl-1", "subnet-a") }] })
      .resolves({ NetworkAcls: [listed] });
    ec2.on(ReplaceNetworkAclAssociationCommand).resolves({ NewAssociationId: "aclassoc-new" });
    const told: string[] = [];
    const made = await NetworkAcl.create(mocked(), spec, making(told));
    expect(made).toEqual({ id: "acl-1", attrs: { networkAclId: "acl-1" } });
    expect(told).toEqual(["acl-1"]);
    const entry = { NetworkAclId: "acl-1", RuleAction: "allow", CidrBlock: "0.0.0.0/0" };
    expect(sent()).toEqual([
      [
        "CreateNetworkAcl",
        {
          VpcId: "vpc-1",
          TagSpecifications: [{ ResourceType: "network-acl", Tags: OWNED }],
          ClientToken: "token-1-vpc-1",
        },
      ],
      [
        "CreateNetworkAclEntry",
        { ...entry, Egress: false, RuleNumber: 100, Protocol: "6", PortRange: { From: 443, To: 443 } },
      ],
      [
        "CreateNetworkAclEntry",
        { ...entry, Egress: false, RuleNumber: 1, Protocol: "-1", RuleAction: "deny", CidrBlock: "203.0.113.0/24" },
      ],
      [
        "CreateNetworkAclEntry",
        { ...entry, Egress: true, RuleNumber: 100, Protocol: "1", IcmpTypeCode: { Type: 3, Code: 4 } },
      ],
      move("subnet-a", "acl-1"),
      move("subnet-b", "acl-1"),
    ]);
  });

  it("is read without AWS's own last rules, and shows rules for IPv6", async () => {
    const more = { Egress: false, RuleNumber: 50, RuleAction: "allow", Protocol: "-1", Ipv6CidrBlock: "::/0" } as const;
    answers({ ...listed, Entries: [...(listed.Entries ?? []), more] });
    expect(await NetworkAcl.observe(mocked(), lookFor(spec))).toEqual({
      ...observed,
      unmanaged: ["inbound rule 50 for ::/0"],
    });
  });

  it("writes the last rule of a list that grows first, and of one that shrinks the first: none is missing in between", async () => {
    const [one, two, three] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map((cidr) => ({ cidr }));
    const before = [rule(100, one), rule(101, two)];
    const after = [rule(100, three), rule(101, one), rule(102, two)];
    await update({ ingress: before }, { ingress: after });
    expect(written()).toEqual(["Create 102", "Replace 101", "Replace 100"]);
    ec2.resetHistory();
    await update({ ingress: after }, { ingress: before });
    expect(written()).toEqual(["Replace 100", "Replace 101", "Delete 102"]);
    ec2.resetHistory();
    await update({ ingress: after }, { ingress: after, egress: [] });
    expect(written()).toEqual(["Delete 100 out"]);
  });

  it("takes rules that a call with a lost response wrote, or that somebody removed", async () => {
    ec2.on(CreateNetworkAclEntryCommand).rejects(awsError("NetworkAclEntryAlreadyExists", "exists"));
    await update({ ingress: [] }, { ingress: [rule(100)] });
    expect(written()).toEqual(["Create 100", "Replace 100"]);
    ec2.reset().resolves({});
    ec2.on(ReplaceNetworkAclEntryCommand).rejects(awsError("InvalidNetworkAclEntry.NotFound", "none"));
    await update({ ingress: [rule(100)] }, { ingress: [rule(100, { cidr: "10.0.0.0/8" })] });
    expect(written()).toEqual(["Replace 100", "Create 100"]);
  });

  it("removes rules first where the quota has no room for both", async () => {
    ec2
      .on(CreateNetworkAclEntryCommand)
      .rejectsOnce(awsError("NetworkAclEntryLimitExceeded", "The maximum number"))
      .resolves({});
    await update({ ingress: [rule(1), rule(2)] }, { ingress: [rule(1), rule(100)] });
    expect(written()).toEqual(["Create 100", "Delete 2", "Create 100"]);
    ec2.reset().resolves({});
    const full = awsError("NetworkAclEntryLimitExceeded", "The maximum number");
    ec2.on(CreateNetworkAclEntryCommand).rejects(full);
    await expect(update({ ingress: [rule(1)] }, { ingress: [rule(1), rule(100)] })).rejects.toBe(full);
  });

  it("gives a subnet that leaves it the default one again, once what was in it has moved", async () => {
    answers(DEFAULT);
    await update({}, { subnetIds: ["subnet-a"] }, { addOnly: true });
    expect(sent()).toEqual([]);
    ec2.on(ReplaceNetworkAclAssociationCommand).resolves({ NewAssociationId: "aclassoc-new" });
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolvesOnce({ NetworkAcls: [listed] })
      .resolvesOnce({ NetworkAcls: [DEFAULT] })
      .resolves({ NetworkAcls: [listed] });
    await update({}, { subnetIds: ["subnet-a"] });
    expect(sent()).toEqual([move("subnet-b", "acl-0")]);
  });

  it("leaves a subnet alone that is gone, or that somebody moved meanwhile", async () => {
    answers({ ...listed, NetworkAclId: "acl-9", Associations: on("acl-9", "subnet-b") });
    await update({}, { subnetIds: ["subnet-a"] });
    expect(sent()).toEqual([]);
  });

  it("waits for a new subnet that AWS does not tell the ACL of yet, or whose association is another by now", async () => {
    answers();
    await expect(update({ subnetIds: ["subnet-a"] }, {})).rejects.toThrow(Busy);
    answers(DEFAULT);
    ec2.on(ReplaceNetworkAclAssociationCommand).rejects(awsError("InvalidAssociationID.NotFound", "none"));
    await expect(update({ subnetIds: ["subnet-a"] }, {})).rejects.toThrow(
      "AWS does not tell yet which network ACL subnet subnet-b has.",
    );
  });

  it("is deleted after its subnets have the default one again; that there is none is a success", async () => {
    ec2.on(ReplaceNetworkAclAssociationCommand).resolves({ NewAssociationId: "aclassoc-new" });
    ec2
      .on(DescribeNetworkAclsCommand)
      .resolvesOnce({ NetworkAcls: [listed] })
      .resolvesOnce({ NetworkAcls: [DEFAULT] })
      .resolves({ NetworkAcls: [listed] });
    ec2.on(DeleteNetworkAclCommand).rejects(awsError("InvalidNetworkAclID.NotFound", "does not exist"));
    await expect(NetworkAcl.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([
      move("subnet-a", "acl-0"),
      move("subnet-b", "acl-0"),
      ["DeleteNetworkAcl", { NetworkAclId: "acl-1" }],
    ]);
  });
});
