import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { boto3Networks, OF_NETWORKS } from "./boto3-network.ts";
import { mutating, startMoto, type Moto } from "./world.ts";

describe("a stack in a VPC that boto3 made", () => {
  const stack = project();
  let moto: Moto;
  let network: NonNullable<StackConfig["network"]>;
  let before: string;
  let networks: ReturnType<typeof boto3Networks>;
  const told = () => networks.tell(network.vpc ?? "");
  const run = async (...args: string[]) => {
    const ended = await command(stack.directory, [...args, "--target", "aws", "--json", ...moto.logged()], moto.env);
    return { ...ended, json: (ended.stdout === "" ? {} : JSON.parse(ended.stdout)) as Answer };
  };

  beforeAll(async () => {
    moto = await startMoto();
    networks = boto3Networks(moto);
    network = networks.make();
    before = told();
    stack.edit({ network });
  });
  afterAll(() => {
    moto.stop();
    stack.remove();
  });

  it("is created without any call that changes a network, and then needs no changes", async () => {
    await moto.forget();
    const { code, json, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("network.");
    expect(code).toBe(0);
    expect(json.summary).toMatchObject({ failed: 0, created: 29 });
    const calls = mutating(await moto.calls());
    expect(calls.filter((call) => call.startsWith("ec2.") && OF_NETWORKS.test(call))).toEqual([]);
    expect(calls).toContain("ec2.CreateSecurityGroup");
    expect((await run("plan", "--check")).code).toBe(0);
  });

  it("says before the first change what it cannot use", async () => {
    const [first = "", second = ""] = network.privateSubnets ?? [];
    stack.edit({
      network: { ...network, publicSubnets: [first, second], privateSubnets: [...(network.publicSubnets ?? [])] },
    });
    await moto.forget();
    const { code, stderr } = await run("reconcile", "--yes");
    expect(code).toBe(1);
    expect(stderr).toContain(`network.publicSubnets: ${first} is not public`);
    expect(mutating(await moto.calls())).toEqual([]);
    stack.edit({ network });
  });

  it("leaves the VPC byte for byte as it was", async () => {
    const { code } = await run("teardown", "--yes");
    expect(code).toBe(0);
    expect(told()).toBe(before);
  });
});
