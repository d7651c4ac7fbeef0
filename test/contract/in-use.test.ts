import { describe, expect, it } from "vitest";
import { InternetGateway } from "../../src/aws/ec2/internet-gateway.ts";
import { SecurityGroup } from "../../src/aws/ec2/security-group.ts";
import { Subnet } from "../../src/aws/ec2/subnet.ts";
import { LoadBalancer } from "../../src/aws/elb/load-balancer.ts";
import { Snapshot } from "../../src/engine/snapshot.ts";
import type { AwsKind } from "../../src/aws/aws.ts";
import type { SimNetworkInterface } from "../../src/simulator/ec2/network-interfaces.ts";
import { simulated, type Simulated } from "../support/simulated.ts";
import { balancer, gateway, network } from "./ground.ts";

/** Puts an interface into a subnet behind Fairlead's back. */
function put(at: Simulated, more: Pick<SimNetworkInterface, "subnetId" | "vpcId"> & Partial<SimNetworkInterface>) {
  const id = more.id ?? "eni-0123456789abcdef0";
  const made: SimNetworkInterface = { id, groupIds: [], description: "", privateIp: "10.0.0.99", ...more };
  at.world.table<SimNetworkInterface>(`ec2.networkInterfaces@${at.aws.region}`)[id] = made;
  return id;
}

const interfaces = (at: Simulated) =>
  Object.values(at.world.table<SimNetworkInterface>(`ec2.networkInterfaces@${at.aws.region}`));

/** Deletes what bears an id, as a teardown does. */
async function remove<Spec extends object, Attrs extends object>(
  at: Simulated,
  kind: AwsKind<Spec, Attrs>,
  id: string,
) {
  const look = {
    id: "contract/subject",
    owner: "demo/test/ap-northeast-1:contract/subject",
    knownId: id,
    not: [],
    spec: {},
  };
  const observed = await kind.observe(at.aws, { ...look, snapshot: new Snapshot() });
  if (!observed) throw new Error(`${id} is not there.`);
  const started = at.clock.now();
  const error = await kind.delete(at.aws, observed).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  return { error: error?.message, seconds: (at.clock.now() - started) / 1000 };
}

const ADVICE = "is not Fairlead's. Delete it or move it away, then run again.";
const machine = { description: "my machine", instanceId: "i-0fedcba9876543210", byHand: true } as const;

describe("a delete that something stands in the way of", () => {
  it("fails at once, and names it, where it is somebody else's", async () => {
    const at = simulated();
    const { vpcId, subnetIds, groupId } = await network(at);
    const [subnetId = ""] = subnetIds;
    const eni = put(at, { vpcId, subnetId, groupIds: [groupId], ...machine });
    const named = `${eni} ("my machine", attached to i-0fedcba9876543210)`;
    const subnet = await remove(at, Subnet, subnetId);
    expect(subnet.error).toBe(`${subnetId} cannot be deleted: ${named} is in it and ${ADVICE}`);
    expect(subnet.seconds).toBeLessThan(5);
    const group = await remove(at, SecurityGroup, groupId);
    expect(group.error).toBe(`${groupId} cannot be deleted: ${named} is in it and ${ADVICE}`);
    expect(group.seconds).toBeLessThan(5);
    expect(interfaces(at)).toHaveLength(1);
  });

  it("detaches an internet gateway beside somebody else's interface, unless that has a public address", async () => {
    const at = simulated();
    const { vpcId, subnetIds } = await network(at);
    const [subnetId = ""] = subnetIds;
    const [found] = Object.values(at.world.table<{ id: string }>(`ec2.internetGateways@${at.aws.region}`));
    const id = found?.id ?? "";
    const eni = put(at, { vpcId, subnetId, publicIp: "203.0.113.7", ...machine });
    const held = await remove(at, InternetGateway, id);
    expect(held.error).toContain(
      `${id} cannot be detached: ${eni} ("my machine", attached to i-0fedcba9876543210) is in`,
    );
    put(at, { id: eni, vpcId, subnetId, ...machine });
    expect((await remove(at, InternetGateway, id)).error).toBeUndefined();
    await gateway(at, vpcId);
  });

  it("waits for the interfaces of a load balancer that is gone, and looks at them now and then only", async () => {
    const at = simulated();
    const { loadBalancerArn, subnetIds } = await balancer(at);
    await remove(at, LoadBalancer, loadBalancerArn);
    const { error, seconds } = await remove(at, Subnet, subnetIds[0] ?? "");
    expect(error).toBeUndefined();
    const looks = at.calls.filter(({ operation }) => operation === "DescribeNetworkInterfaces");
    expect(looks.length).toBeGreaterThanOrEqual(1);
    expect(looks.length).toBeLessThanOrEqual(1 + seconds / 10);
  });

  it("deletes what a task left behind, and nothing that is attached", async () => {
    const at = simulated();
    const { vpcId, subnetIds } = await network(at);
    const [subnetId = ""] = subnetIds;
    const description = `arn:aws:ecs:${at.aws.region}:${at.aws.account}:attachment/665d4fbe`;
    put(at, { vpcId, subnetId, description, available: true });
    const { error, seconds } = await remove(at, Subnet, subnetId);
    expect(error).toBeUndefined();
    expect(seconds).toBeLessThan(5);
    expect(interfaces(at)).toEqual([]);
  });
});
