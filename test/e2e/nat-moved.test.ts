import { afterAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

describe("a NAT gateway that moves to another subnet", () => {
  const stage = new Stage({ network: { nat: "single" } });
  afterAll(() => stage.remove());

  it("interrupts outbound traffic for no longer than the plan says", async () => {
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    await stage.run("reconcile");
    stage.edit({ network: { nat: "single", publicSubnets: ["10.0.4.0/24", "10.0.5.0/24"] } });
    const { json } = await stage.run("plan");
    const nat = json.actions.find(({ id }) => id === "network/nat-1") as { interrupts?: { seconds: number } };
    const { exit, broken } = await watched(stage);
    expect(exit).toBe(0);
    expect(broken.join()).toContain("has no NAT gateway");
    const [first = 0, last = 0] = [broken[0], broken.at(-1)].map((line = "") => Date.parse(line.slice(0, 24)));
    const seconds = nat.interrupts?.seconds ?? 0;
    expect((last - first) / 1000).toBeLessThanOrEqual(seconds);
    // The old one goes before the new one comes, and the simulated AWS takes up to a tenth longer than usual for either.
    expect(seconds).toBeGreaterThan(1.1 * (TIMING.natGatewayDelete + TIMING.natGateway));
    expect(await stage.planned()).toEqual({});
  });
});
