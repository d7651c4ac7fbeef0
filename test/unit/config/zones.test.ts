import { describe, expect, it } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { inZones } from "../../../src/config/zones.ts";

const account = (...letters: string[]) => ({
  all: letters.map((l) => `us-west-1${l}`),
  fargate: letters.map((l) => `us-west-1${l}`),
});
const stack = (zones?: string[]) => resolveStack({ region: "us-west-1", ...(zones ? { network: { zones } } : {}) });

describe("the zones of a stack", () => {
  it("are the account's, whatever letters they have", () => {
    expect(inZones(stack(), account("a", "c")).network.zones).toEqual(["us-west-1a", "us-west-1c"]);
    expect(inZones(stack(), account("b", "c")).network.zones).toEqual(["us-west-1b", "us-west-1c"]);
  });

  it("stay where the network is, even if AWS opens another zone", () => {
    const standing = ["us-west-1c", "us-west-1a"];
    expect(inZones(stack(), account("a", "b", "c"), standing).network.zones).toEqual(standing);
    // The first subnet was deleted by hand: the second one stays the second.
    expect(inZones(stack(), account("a", "c"), [undefined, "us-west-1a"]).network.zones).toEqual([
      "us-west-1c",
      "us-west-1a",
    ]);
  });

  it("are two for a load balancer where the config names one, and the second one stays where it is", () => {
    const places = (...args: Parameters<typeof inZones>) => inZones(...args).network.publicZones;
    const one = stack(["us-west-1c"]);
    expect(places(one, account("a", "b", "c"))).toEqual(["us-west-1c", "us-west-1a"]);
    expect(places(one, account("a", "b", "c"), ["us-west-1c", "us-west-1b"])).toEqual(["us-west-1c", "us-west-1b"]);
    // The first subnet is to move to where the second one is.
    expect(places(one, account("a", "c"), ["us-west-1a", "us-west-1c"])).toEqual(["us-west-1c", "us-west-1a"]);
    expect(() => places(one, account("c"))).toThrow(
      `network.zones: ["us-west-1c"] is the only zone that is available in this account, and a load balancer needs two; allowed: another region, or a stack without public services`,
    );
    const worker = resolveStack({
      region: "us-west-1",
      network: { zones: ["us-west-1c"] },
      services: { mailer: { type: "worker" } },
    });
    expect(places(worker, account("c"))).toEqual(["us-west-1c"]);
  });

  it("keep their places where one of two subnets was deleted outside Fairlead", () => {
    const standing = [undefined, "us-west-1c"];
    expect(inZones(stack(), account("a", "b", "c"), standing).network.zones).toEqual(["us-west-1a", "us-west-1c"]);
    const first = [undefined, "us-west-1a"];
    expect(inZones(stack(), account("a", "b", "c"), first).network.zones).toEqual(["us-west-1b", "us-west-1a"]);
  });

  it("stay where the network is while one of them is down, also if the config names it", () => {
    const standing = ["us-west-1a", "us-west-1b"];
    expect(inZones(stack(), account("a", "c"), standing).network.zones).toEqual(standing);
    expect(inZones(stack(standing), account("a", "c"), standing).network.zones).toEqual(standing);
  });

  it("leave out those without Fargate, unless the file names them", () => {
    const zones = { all: ["us-east-1a", "us-east-1e", "us-east-1f"], fargate: ["us-east-1a", "us-east-1f"] };
    expect(inZones(resolveStack({ region: "us-east-1" }), zones).network.zones).toEqual(["us-east-1a", "us-east-1f"]);
    const named = resolveStack({ region: "us-east-1", network: { zones: ["us-east-1a", "us-east-1e"] } });
    expect(inZones(named, zones).network.zones).toEqual(["us-east-1a", "us-east-1e"]);
  });

  it("are refused where the account has not got them, with those that it has", () => {
    expect(() => inZones(stack(["us-west-1a", "us-west-1b"]), account("a", "c"))).toThrow(
      `network.zones[1]: "us-west-1b" is not an availability zone of this account in us-west-1; allowed: "us-west-1a", "us-west-1c"`,
    );
  });

  it("are refused where there are too few", () => {
    expect(() => inZones(stack(), account("a"))).toThrow(
      `region: "us-west-1" has 1 zones with Fargate in this account, but the stack needs 2; allowed: another region`,
    );
  });
});
