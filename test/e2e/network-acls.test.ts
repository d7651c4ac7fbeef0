import {
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  DeleteNetworkAclEntryCommand,
  DescribeNetworkAclsCommand,
  ReplaceNetworkAclAssociationCommand,
  type NetworkAcl,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const ACLS: StackConfig = { network: { acls: {} } };

describe("network ACLs of a stack that serves", () => {
  const stage = new Stage();
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    writeService(stage);
    expect((await deployed(stage)).exit).toBe(0);
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterAll(() => stage.remove());

  /** Those of the stack, by their names, and the VPC's default one. */
  const standing = () =>
    stage.meddle(async ({ ec2 }, clock) => {
      await clock.sleep(60_000);
      const { NetworkAcls = [] } = await ec2(new DescribeNetworkAclsCommand({}));
      const nameOf = ({ IsDefault, Tags = [] }: NetworkAcl) =>
        IsDefault ? "default" : (Tags.find(({ Key }) => Key === "Name")?.Value ?? "").replace("fairlead-app-dev-", "");
      return Object.fromEntries(NetworkAcls.map((acl) => [nameOf(acl), acl]));
    });
  const subnetsOf = (acl: NetworkAcl | undefined) => acl?.Associations?.length ?? 0;
  /** Reconciles while requests come in, and expects nothing to do afterwards. */
  const serves = async (config: StackConfig) => {
    stage.edit(config);
    expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
    expect(await stage.planned()).toEqual({});
  };

  it("are turned on without a request failing, one for each tier", async () => {
    stage.edit(ACLS);
    expect(await stage.planned()).toEqual({ "network/public-acl": "create", "network/private-acl": "create" });
    await serves(ACLS);
    const { "public-acl": outer, "private-acl": inner, default: rest } = await standing();
    expect([outer, inner, rest].map(subnetsOf)).toEqual([2, 2, 0]);
    const inbound = inner?.Entries?.filter(({ Egress }) => !Egress).map((entry) => [
      entry.RuleNumber,
      entry.RuleAction,
      entry.CidrBlock,
      entry.PortRange?.From,
    ]);
    expect(inbound).toEqual([
      [1030, "allow", "0.0.0.0/0", undefined],
      [1020, "allow", "0.0.0.0/0", 1024],
      [1010, "allow", "0.0.0.0/0", 1024],
      [1000, "allow", "10.0.0.0/16", undefined],
      [32_767, "deny", "0.0.0.0/0", undefined],
    ]);
  });

  it("let tasks of a new release start", async () => {
    writeService(stage, "", { "version.txt": "2" });
    expect((await deployed(stage)).exit).toBe(0);
  });

  const moves: readonly (readonly [string, StackConfig])[] = [
    ["another container port", { ...ACLS, container: { port: 8080 } }],
    ["a third zone", { network: { acls: {}, zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"] } }],
    ["a single zone", { network: { acls: {}, zones: ["ap-northeast-1a"] } }],
    ["other private subnets", { network: { acls: {}, privateSubnets: ["10.0.30.0/24", "10.0.40.0/24"] } }],
    ["endpoints instead of NAT gateways", { network: { acls: {}, nat: "none" } }],
    ["public addresses", { network: { acls: {}, nat: "none", tasks: "public" } }],
    [
      "denied ranges and rules of its own",
      {
        network: {
          acls: {
            deny: ["203.0.113.0/24", "198.51.100.0/24"],
            public: [{ direction: "in", action: "deny", ports: "8080", cidr: "0.0.0.0/0" }],
            private: [{ direction: "in", ports: "22", cidr: "192.0.2.0/24" }],
          },
        },
      },
    ],
    [
      "one more denied range, and one rule less",
      {
        network: {
          acls: {
            deny: ["192.0.2.0/24", "203.0.113.0/24", "198.51.100.0/24"],
            private: [{ direction: "in", ports: "22", cidr: "192.0.2.0/24" }],
          },
        },
      },
    ],
    ["the way it was", ACLS],
  ];
  for (const [what, config] of moves) it(`keep serving through an edit to ${what}`, () => serves(config));

  it("are reverted if somebody moves a subnet to another one, or changes rules", async () => {
    const keep = stage.keep();
    const before = await standing();
    await stage.meddle(async ({ ec2 }, clock) => {
      const { "private-acl": inner, "public-acl": outer } = before;
      const { NetworkAcl: made } = await ec2(new CreateNetworkAclCommand({ VpcId: inner?.VpcId }));
      // EC2 may not find by its id what it has just created.
      await clock.sleep(5_000);
      const [AssociationId] = inner?.Associations?.map((one) => one.NetworkAclAssociationId) ?? [];
      await ec2(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId: made?.NetworkAclId }));
      const NetworkAclId = outer?.NetworkAclId;
      await ec2(new DeleteNetworkAclEntryCommand({ NetworkAclId, RuleNumber: 1020, Egress: false }));
      const CidrBlock = "0.0.0.0/0";
      const rule = {
        NetworkAclId,
        RuleNumber: 5,
        Egress: false,
        Protocol: "-1",
        RuleAction: "deny",
        CidrBlock,
      } as const;
      await ec2(new CreateNetworkAclEntryCommand(rule));
      await clock.sleep(60_000);
    });
    const { json } = await stage.run("plan");
    const changed = json.actions.filter(({ action }) => action !== "noop");
    expect(changed.map(({ id, action, drift }) => [id, action, drift])).toEqual([
      ["network/public-acl", "update", true],
      ["network/private-acl", "update", true],
    ]);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    const { "private-acl": inner, "public-acl": outer } = await standing();
    expect([inner, outer].map(subnetsOf)).toEqual([2, 2]);
    expect(outer?.Entries).toHaveLength(before["public-acl"]?.Entries?.length ?? 0);
    keep();
  });

  it("make a release fail that they cut off from AWS", async () => {
    const keep = stage.keep();
    stage.edit({
      network: { acls: { private: [{ direction: "out", action: "deny", ports: "443", cidr: "0.0.0.0/0" }] } },
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    writeService(stage, "", { "version.txt": "3" });
    const { exit } = await deployed(stage);
    expect(exit).not.toBe(0);
    keep();
  });

  it("are turned off without a request failing, and the subnets have the default one again", async () => {
    await serves({});
    const acls = await standing();
    expect(Object.keys(acls)).toEqual(["default"]);
    expect(subnetsOf(acls["default"])).toBe(4);
  });

  it("leave nothing behind, after a config that lost the setting too", async () => {
    await serves(ACLS);
    stage.edit({});
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("Receipt: no resources of fairlead-app-dev are left");
  });
});
