import { TIMING } from "../../src/simulator/timing.ts";
import { expect } from "vitest";
import { Snapshot } from "../../src/engine/snapshot.ts";
import type { AwsKind } from "../../src/aws/aws.ts";
import type { SimNetworkInterface } from "../../src/simulator/ec2/network-interfaces.ts";
import { type Simulated } from "../support/simulated.ts";

/** Puts an interface into a subnet, as others would. */
export function put(
  at: Simulated,
  more: Pick<SimNetworkInterface, "subnetId" | "vpcId"> & Partial<SimNetworkInterface>,
) {
  const id = more.id ?? "eni-0123456789abcdef0";
  const one: SimNetworkInterface = { id, groupIds: [], description: "", privateIp: "10.0.0.99", ...more };
  at.world.table<SimNetworkInterface>(`ec2.networkInterfaces@${at.aws.region}`)[id] = one;
  return id;
}

export const interfaces = (at: Simulated) =>
  Object.values(at.world.table<SimNetworkInterface>(`ec2.networkInterfaces@${at.aws.region}`));

/** Deletes what bears an id, as a teardown does. */
export async function remove<Spec extends object, Attrs extends object>(
  at: Simulated,
  kind: AwsKind<Spec, Attrs>,
  id: string,
) {
  const look = {
    id: "contract/subject",
    owner: "demo/test/ap-northeast-1:contract/subject",
    knownId: id,
    excludeIds: [],
    spec: {},
  };
  // Its create was a moment ago, and AWS may not show it yet.
  await at.clock.sleep(TIMING.listLag * 1_100);
  const observed = await kind.observe(at.aws, { ...look, snapshot: new Snapshot() });
  if (!observed) throw new Error(`${id} is not there.`);
  const started = at.clock.now();
  const error = await kind.delete(at.aws, observed).then(
    () => undefined,
    (reason: unknown) => reason as Error,
  );
  return { error: error?.message, seconds: (at.clock.now() - started) / 1000 };
}

export const machine = { description: "my machine", instanceId: "i-0fedcba9876543210", byHand: true } as const;
export const aws = (words: string) => `aws ${words} --region ap-northeast-1`;

/** It is named, and the delete ends soon: half a minute after it was first seen. */
export function ends(
  { error, seconds }: { error: string | undefined; seconds: number },
  refusal: string,
  ...named: string[]
) {
  expect(error).toMatch(new RegExp(`^${refusal}`));
  for (const part of [...named, "not created by Fairlead", "then run again. To "]) expect(error).toContain(part);
  expect(seconds).toBeGreaterThanOrEqual(30);
  expect(seconds).toBeLessThan(60);
}

/** What the ground made bears the stack's mark: takes it off. */
export function notOwned(at: Simulated, table: string) {
  const [all, none] = [Object.values(at.world.table<{ tags: object }>(`${table}@${at.aws.region}`)), {}];
  for (const one of all) one.tags = Array.isArray(one.tags) ? [] : none;
}

/** Lists show what is new only after a while. */
export const later = (at: Simulated) => at.clock.sleep(20_000);
