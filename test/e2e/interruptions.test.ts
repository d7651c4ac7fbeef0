import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import type { StackConfig } from "../../src/index.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PORT = { container: { port: 8080 } };
const CLOSED = { network: { nat: "none" } } as const;

const told = async (stage: Stage, edit: StackConfig) => {
  stage.edit(edit);
  const { lines } = await stage.say("plan");
  return lines.filter((line) => line.startsWith("Interrupts traffic"));
};

describe("a plan that interrupts traffic", () => {
  const stage = new Stage();
  let back: () => void;
  beforeAll(async () => {
    await stage.run("reconcile");
  });
  afterAll(() => stage.remove());

  it("does not mention it while nothing is served", async () => {
    expect(await told(stage, { network: { cidr: "10.9.0.0/16" } })).toEqual([]);
  });

  describe("once a release serves requests", () => {
    beforeAll(async () => {
      stage.edit({});
      writeService(stage);
      await deployed(stage);
      await stage.run("reconcile");
      back = stage.keep();
    });
    beforeEach(() => back());

    it("says for how long, and why", async () => {
      const [line] = await told(stage, { network: { cidr: "10.9.0.0/16" } });
      expect(line).toMatch(/^Interrupts traffic: .*network\/nat-1|balancer\/load-balancer/);
    });

    it("is in the JSON output too", async () => {
      stage.edit({ network: { cidr: "10.9.0.0/16" } });
      const { json } = await stage.run("plan");
      const [balancer] = json.actions.filter(({ id }) => id === "balancer/load-balancer") as { interrupts?: object }[];
      expect(balancer?.interrupts).toEqual({ seconds: 600, why: expect.stringContaining("CloudFront") as string });
    });

    it.each<[string, StackConfig]>([
      ["another port", PORT],
      ["endpoints in the place of NAT gateways", CLOSED],
      ["one NAT gateway in the place of two", { network: { nat: "single" } }],
      ["another health check path", { container: { healthCheckPath: "/ready" } }],
      ["another size", { container: { cpu: 512, memory: 1024 } }],
      ["a third zone", { network: { zones: ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"] } }],
      ["another port and endpoints at once", { ...PORT, ...CLOSED }],
    ])("keeps answering requests at every moment of %s, and announces nothing", async (_what, edit) => {
      expect(await told(stage, edit)).toEqual([]);
      const { exit, looks, broken } = await watched(stage);
      expect(broken).toEqual([]);
      expect(exit).toBe(0);
      expect(looks).toBeGreaterThan(1);
      expect(await stage.planned()).toEqual({});
      // The old way is closed once the new one serves.
      if (edit.container?.port === undefined) return;
      const groups = Object.values(
        stage.world().world.table<{ ingress: { from: number }[] }>("ec2.securityGroups@ap-northeast-1"),
      );
      expect(groups.flatMap(({ ingress }) => ingress.map(({ from }) => from))).not.toContain(5000);
    });

    it("requests are answered throughout the change from endpoints to NAT gateways", async () => {
      stage.edit(CLOSED);
      expect((await stage.run("reconcile")).exit).toBe(0);
      expect(await told(stage, {})).toEqual([]);
      expect(await watched(stage)).toMatchObject({ exit: 0, broken: [] });
      expect(await stage.planned()).toEqual({});
    });
  });
});
