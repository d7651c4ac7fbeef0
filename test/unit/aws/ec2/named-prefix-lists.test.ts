import { DescribeManagedPrefixListsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { checkedPrefixLists } from "../../../../src/aws/ec2/named-prefix-lists.ts";
import { mocked } from "../../../support/mocked.ts";

const ec2 = mockClient(EC2Client);
beforeEach(() => ec2.reset().resolves({}));

describe("prefix lists of balancer.allowFrom", () => {
  const check = (sources: string[], ports = 1, hasIpv6 = false) =>
    checkedPrefixLists(mocked(), { sources, ports, hasIpv6 });

  it("are not asked for where there are none", async () => {
    expect(await check(["0.0.0.0/0"])).toEqual({ problems: [], notes: [] });
    expect(ec2.calls()).toEqual([]);
  });

  it("count as their maximum number of entries on each port", async () => {
    const PrefixLists = [
      { PrefixListId: "pl-1", MaxEntries: 30, AddressFamily: "IPv4", State: "create-complete" as const },
    ];
    ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists });
    expect(await check(["pl-1"], 2)).toEqual({ problems: [], notes: [] });
    const { notes } = await check(["pl-1", "203.0.113.0/24"], 2);
    expect(notes[0]).toContain("its 2 entries count as 62 rules on 2 ports, and AWS refuses more than 60");
  });

  it("are refused where they failed, are being deleted, or have no address of the load balancer's kind", async () => {
    const PrefixLists = [
      { PrefixListId: "pl-1", State: "delete-in-progress" as const },
      { PrefixListId: "pl-2", State: "modify-failed" as const, StateMessage: "too large" },
      { PrefixListId: "pl-3", AddressFamily: "IPv6" },
    ];
    ec2.on(DescribeManagedPrefixListsCommand).resolves({ PrefixLists });
    expect((await check(["pl-1", "pl-2", "pl-3", "pl-4"])).problems).toEqual([
      "balancer.allowFrom: prefix list pl-1 is delete-in-progress.",
      "balancer.allowFrom: prefix list pl-2 is modify-failed (too large).",
      expect.stringContaining("prefix list pl-3 has IPv6 addresses, and the load balancer has IPv4 addresses only."),
      expect.stringContaining("there is no prefix list pl-4 in ap-northeast-1"),
    ]);
    expect((await check(["pl-3"], 1, true)).problems).toEqual([]);
  });
});
