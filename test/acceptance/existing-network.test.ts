import { describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { boto3Networks, OF_NETWORKS } from "./boto3-network.ts";
import { stackOnMoto } from "./stack-on-moto.ts";
import { mutating } from "./world.ts";

describe("a stack in a VPC that boto3 made", () => {
  let network: NonNullable<StackConfig["network"]>;
  let before: string;
  let networks: ReturnType<typeof boto3Networks>;
  const told = () => networks.tell(network.vpc ?? "");
  const at = stackOnMoto(({ moto, stack }) => {
    networks = boto3Networks(moto);
    network = networks.make();
    before = told();
    stack.edit({ network });
  });
  const { stack, run } = at;

  it("is created without any call that changes a network, and then needs no changes", async () => {
    await at.moto.forget();
    const { code, json, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("network.");
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ failed: 0, created: 29 });
    const calls = mutating(await at.moto.calls());
    expect(calls.filter((call) => call.startsWith("ec2.") && OF_NETWORKS.test(call))).toEqual([]);
    expect(calls).toContain("ec2.CreateSecurityGroup");
    expect((await run("plan", "--check")).code).toBe(0);
  });

  it("says before the first change what it cannot use", async () => {
    const [first = "", second = ""] = network.privateSubnets ?? [];
    stack.edit({
      network: { ...network, publicSubnets: [first, second], privateSubnets: [...(network.publicSubnets ?? [])] },
    });
    await at.moto.forget();
    const { code, stderr } = await run("reconcile", "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain(`network.publicSubnets: ${first} is not public`);
    expect(mutating(await at.moto.calls())).toEqual([]);
    stack.edit({ network });
  });

  it("leaves the VPC byte for byte as it was", async () => {
    const { code } = await run("teardown", "--yes");
    expect(code).toBe(0);
    expect(told()).toBe(before);
  });
});
