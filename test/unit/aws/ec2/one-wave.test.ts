import {
  AssociateRouteTableCommand,
  AuthorizeSecurityGroupEgressCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  DescribeRouteTablesCommand,
  EC2Client,
  RevokeSecurityGroupEgressCommand,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { RouteTable } from "../../../../src/aws/ec2/route-table.ts";
import { SecurityGroupRules, type Rule } from "../../../../src/aws/ec2/security-group-rules.ts";
import { awsError } from "../../../support/failing.ts";
import { making, mocked, tagsIn } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));
const commands = () => ec2.calls().map((call) => call.args[0].constructor.name);

describe("what a create writes in one wave", () => {
  describe("of the rules of a security group", () => {
    const all: Rule = { protocol: "-1", fromPort: -1, toPort: -1, peer: "0.0.0.0/0", description: "" };
    const out: Rule = { protocol: "tcp", fromPort: 443, toPort: 443, peer: "0.0.0.0/0", description: "HTTPS" };
    const create = (egress: Rule[]) =>
      SecurityGroupRules.create(mocked(), { groupId: "sg-1", ingress: [], egress }, making());

    it("adds outbound rules while the defaults are removed, but after that where one of those is declared", async () => {
      const order = async (egress: Rule[]) => {
        const told: string[] = [];
        ec2.reset().resolves({});
        ec2.on(RevokeSecurityGroupEgressCommand).callsFake(async () => {
          await new Promise((resolve) => setImmediate(resolve));
          told.push("revoked");
          return {};
        });
        ec2.on(AuthorizeSecurityGroupEgressCommand).callsFake(() => {
          told.push("added");
          return {};
        });
        await create(egress);
        return told;
      };
      expect(await order([out])).toEqual(["added", "revoked", "revoked"]);
      expect(await order([out, { ...all, description: "Everything" }])).toEqual(["revoked", "revoked", "added"]);
      expect(await order([{ ...all, peer: "::/0" }])).toEqual(["revoked", "revoked", "added"]);
    });

    it("adds outbound rules again where they did not fit beside the defaults", async () => {
      const tooMany = awsError("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules has been reached.");
      ec2.on(AuthorizeSecurityGroupEgressCommand).rejectsOnce(tooMany).resolves({});
      await create([out]);
      expect(commands()).toEqual([
        "RevokeSecurityGroupEgressCommand",
        "RevokeSecurityGroupEgressCommand",
        "AuthorizeSecurityGroupEgressCommand",
        "AuthorizeSecurityGroupEgressCommand",
      ]);
      ec2.on(AuthorizeSecurityGroupEgressCommand).rejects(tooMany);
      await expect(create([out])).rejects.toThrow("The maximum number of rules");
    });
  });

  describe("of a route table", () => {
    const spec = {
      vpcId: "vpc-1",
      routes: { "0.0.0.0/0": "nat-1" },
      subnetIds: ["subnet-a"],
      tags: tagsIn("demo-test"),
    };
    const association = { SubnetId: "subnet-a", RouteTableId: "rtb-9", RouteTableAssociationId: "rtbassoc-1" };
    const taken = awsError("Resource.AlreadyAssociated", "the specified association conflicts with an existing one");

    it("moves a subnet that sits on another table only once it has its routes", async () => {
      ec2.on(CreateRouteTableCommand).resolves({ RouteTable: { RouteTableId: "rtb-1" } });
      ec2.on(AssociateRouteTableCommand).rejects(taken);
      ec2.on(DescribeRouteTablesCommand).resolves({
        RouteTables: [{ RouteTableId: "rtb-9", Associations: [association] }],
      });
      const late = awsError("InvalidNatGatewayID.NotFound", "The NAT gateway ID 'nat-1' does not exist");
      ec2.on(CreateRouteCommand).rejectsOnce(late).rejectsOnce(late).resolves({});
      await RouteTable.create(mocked(), spec, making());
      expect(commands().at(-1)).toBe("ReplaceRouteTableAssociationCommand");
      expect(ec2.commandCalls(CreateRouteCommand)).toHaveLength(3);
      ec2.resetHistory();
      ec2.on(CreateRouteCommand).rejects(awsError("InvalidParameterValue", "no such gateway"));
      await expect(RouteTable.create(mocked(), spec, making())).rejects.toThrow("no such gateway");
      expect(commands()).not.toContain("ReplaceRouteTableAssociationCommand");
    });
  });
});
