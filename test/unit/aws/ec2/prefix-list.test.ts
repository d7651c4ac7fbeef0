import {
  DescribeManagedPrefixListsCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
  type IpPermission,
} from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { originFacingPrefixListOf, type Remembered } from "../../../../src/aws/ec2/prefix-list.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { mocked, OWNED } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
const NAME = "com.amazonaws.global.cloudfront.origin-facing";
beforeEach(() => {
  ec2.reset();
  ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists: [{ PrefixListId: "pl-1", PrefixListName: NAME }] });
});

const letsIn = (...lists: string[]): IpPermission => ({
  IpProtocol: "tcp",
  FromPort: 80,
  ToPort: 80,
  PrefixListIds: lists.map((PrefixListId) => ({ PrefixListId })),
});
const group = (...IpPermissions: IpPermission[]) =>
  ec2.on(DescribeSecurityGroupsCommand).resolves({ SecurityGroups: [{ GroupId: "sg-1", Tags: OWNED, IpPermissions }] });

const rules = (peer: unknown, id = "sg-1"): Remembered => ({
  type: "ec2/security-group-rules",
  id,
  spec: { ingress: [{ protocol: "tcp", fromPort: 80, toPort: 80, peer, description: "" }] },
});
const listOf = (...remembered: Remembered[]) => originFacingPrefixListOf(mocked(), new Snapshot(), remembered);
const lookedUp = () => ec2.commandCalls(DescribeManagedPrefixListsCommand).length;

describe("the prefix list of CloudFront's addresses", () => {
  it("is known without a separate call if the state and the live group name the same one", async () => {
    group(letsIn("pl-1"));
    expect(await listOf({ type: "ec2/vpc", id: "vpc-1", spec: {} }, rules("pl-1"), rules("sg-9", "sg-2"))).toBe("pl-1");
    expect(lookedUp()).toBe(0);
  });

  it.each<[string, IpPermission[], Remembered[]]>([
    ["nothing is remembered", [letsIn("pl-1")], []],
    ["only groups are remembered", [letsIn("pl-1")], [rules("sg-9")]],
    ["the live group lets another list in", [letsIn("pl-2")], [rules("pl-1")]],
    ["the live group lets another list in beside it", [letsIn("pl-1"), letsIn("pl-2")], [rules("pl-1")]],
    ["the live group lets no list in any more", [], [rules("pl-1")]],
    ["the state names another list than the live group", [letsIn("pl-1")], [rules("pl-2")]],
    ["the state names another group", [letsIn("pl-1")], [rules("pl-1", "sg-2")]],
    ["the state names two lists", [letsIn("pl-1")], [rules("pl-1"), rules("pl-2", "sg-2")]],
    ["the state is damaged", [letsIn("pl-1")], [{ ...rules("pl-1"), spec: { ingress: [null, { peer: 1 }] } }]],
  ])("is looked up by its name where %s", async (_where, live, remembered) => {
    group(...live);
    expect(await listOf(...remembered)).toBe("pl-1");
    expect(lookedUp()).toBe(1);
  });
});
