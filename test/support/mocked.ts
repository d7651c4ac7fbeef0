import type { Aws } from "../../src/aws/aws.ts";
import { senders } from "../../src/aws/clients.ts";
import { VirtualClock } from "../../src/engine/clock.ts";
import type { Look } from "../../src/engine/kind.ts";
import { Snapshot } from "../../src/engine/snapshot.ts";

/** An `Aws` on the real clients, for tests that mock those with aws-sdk-client-mock (`mockClient(EC2Client)`). */
export function mocked(): Aws {
  const services = senders({
    region: "ap-northeast-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retrying: { clock: new VirtualClock(0), random: () => 0.5 },
  });
  return { account: "123456789012", region: "ap-northeast-1", partition: "aws", stack: "demo-test", ...services };
}

/** What the engine gives to `observe` for the resource `network/it` of the stack `demo-test`. */
export function lookFor<Spec extends object>(spec: Partial<Spec>, knownId?: string): Look<Spec> {
  return { id: "network/it", owner: "demo-test/network/it", knownId, not: [], spec, snapshot: new Snapshot() };
}

/** The owner tags of that resource, as a list of `{ Key, Value }`. */
export const OWNED = [
  { Key: "fairlead:stack", Value: "demo-test" },
  { Key: "fairlead:id", Value: "network/it" },
];

/** Those of the same resource in the stack `demo-test-2`, whose names begin like ours. */
export const OTHERS = [
  { Key: "fairlead:stack", Value: "demo-test-2" },
  { Key: "fairlead:id", Value: "network/it" },
];

/** The owner tags of the same resource in another stack. */
export const FOREIGN = [
  { Key: "fairlead:stack", Value: "demo" },
  { Key: "fairlead:id", Value: "network/it" },
];

/** The engine's side of a create, noting the ids that it is told. */
export const making = (told: string[] = []) => ({
  owner: "demo-test/network/it",
  token: "token-1",
  secret: "secret-1",
  created: async (id: string) => void told.push(id),
});
