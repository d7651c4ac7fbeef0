import { TagResourceCommand } from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { sleeps } from "../../../src/aws/asleep.ts";
import { Service } from "../../../src/aws/ecs/service.ts";
import { Snapshot } from "../../../src/engine/snapshot.ts";
import { serviceSpec } from "../../contract/ground.ts";
import { made } from "../../contract/made.ts";
import { simulated } from "../../support/simulated.ts";

describe("a stack", () => {
  it("sleeps when all of its services that exist say so, and not while a sleep or a wake is half done", async () => {
    const at = simulated();
    const { aws, calls } = at;
    const spec = await serviceSpec(at, "first");
    const asleep = (...services: string[]) => sleeps(aws, new Snapshot(), spec.cluster, services);
    const first = await made(at, Service, spec);
    expect(await asleep("first")).toBe(false);
    expect(await asleep("none")).toBe(false);
    const tags = [{ key: "fairlead:asleep", value: "true" }];
    await aws.ecs(new TagResourceCommand({ resourceArn: first.arn, tags }));
    expect(await asleep("first")).toBe(true);
    // A service that was added to the config since does not exist yet.
    expect(await asleep("first", "none")).toBe(true);
    const second = await made(at, Service, { ...spec, name: "second", loadBalancers: [] });
    expect(await asleep("first", "second")).toBe(false);
    await aws.ecs(new TagResourceCommand({ resourceArn: second.arn, tags }));
    calls.length = 0;
    expect(await asleep("first", "second")).toBe(true);
    expect(calls.map(({ operation }) => operation)).toEqual(["DescribeServices"]);
  });

  it("without services is asleep by the word of its cluster", async () => {
    const at = simulated();
    const spec = await serviceSpec(at, "first");
    expect(await sleeps(at.aws, new Snapshot(), spec.cluster, [])).toBe(false);
    const resourceArn = `arn:aws:ecs:${at.aws.region}:${at.aws.account}:cluster/${spec.cluster}`;
    await at.aws.ecs(new TagResourceCommand({ resourceArn, tags: [{ key: "fairlead:asleep", value: "true" }] }));
    expect(await sleeps(at.aws, new Snapshot(), spec.cluster, [])).toBe(true);
    expect(await sleeps(at.aws, new Snapshot(), "none", [])).toBe(false);
  });
});
