import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { deploy } from "../../src/cli/verbs/deploy.ts";
import { writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const stage = new Stage();
let back: () => void;
beforeAll(async () => {
  await stage.run("reconcile");
});
afterAll(() => stage.remove());

const told = async (edit: StackConfig) => {
  stage.edit(edit);
  const { lines } = await stage.say("plan");
  return lines.filter((line) => line.startsWith("Interrupts traffic"));
};
const PORT = { container: { port: 8080 } };

describe("a plan that keeps requests from being answered", () => {
  it("says nothing of it while nothing is served", async () => {
    expect(await told(PORT)).toEqual([]);
  });

  describe("once a release serves them", () => {
    beforeAll(async () => {
      stage.edit({});
      writeService(stage);
      await stage.act((surroundings) =>
        deploy("service", { target: "local", json: true, approve: true }, surroundings),
      );
      back = stage.keep();
    });
    beforeEach(() => back());

    it.each<[string, StackConfig, RegExp]>([
      [
        "another port",
        PORT,
        /^Interrupts traffic: about 2 min\. balancer\/cloudfront-rule: the load balancer answers 503/,
      ],
      [
        "endpoints in the place of NAT gateways",
        { network: { nat: "none" } },
        /^Interrupts traffic: about 60 s\. network\/private-routes-1:/,
      ],
      [
        "another network",
        { network: { cidr: "10.9.0.0/16" } },
        /^Interrupts traffic: .*network\/nat-1|balancer\/load-balancer/,
      ],
    ])("says for how long, and why: %s", async (_what, edit, line) => {
      expect((await told(edit))[0]).toMatch(line);
    });

    it("is told to programs too", async () => {
      stage.edit(PORT);
      const { json } = await stage.run("plan");
      const [rule] = json.actions.filter(({ id }) => id === "balancer/cloudfront-rule") as { interrupts?: object }[];
      expect(rule?.interrupts).toEqual({ seconds: 120, why: expect.stringContaining("503") as string });
    });

    it("says nothing of an edit that rolls", async () => {
      expect(await told({ container: { cpu: 512, memory: 1024 } })).toEqual([]);
    });
  });
});

describe("a plan that puts NAT gateways in the place of endpoints", () => {
  it("says that the tasks have no way out meanwhile", async () => {
    const closed = new Stage({ network: { nat: "none" } });
    await closed.run("reconcile");
    writeService(closed);
    await closed.act((surroundings) => deploy("service", { target: "local", json: true, approve: true }, surroundings));
    closed.edit({ network: { nat: "perZone" } });
    const { lines } = await closed.say("plan");
    closed.remove();
    expect(lines).toContainEqual(
      expect.stringMatching(/^Interrupts traffic: about 2 min\. compute\/endpoint-ecr-api: the tasks lose their way/),
    );
  });
});
