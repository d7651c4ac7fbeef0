import type { Aws } from "../../src/aws/aws.ts";
import { senders } from "../../src/aws/clients.ts";
import { VirtualClock } from "../../src/clock.ts";
import type { Look } from "../../src/engine/resource-kind.ts";
import { Snapshot } from "../../src/engine/snapshot.ts";
import { ownerTags, tagList, type Tags } from "../../src/aws/tags.ts";
import { markOf } from "../../src/aws/owner.ts";
import { DEMO } from "./identities.ts";

/** An `Aws` on the real clients, for tests that mock those with aws-sdk-client-mock (`mockClient(EC2Client)`). */
export function mocked(): Aws {
  const services = senders({
    region: "ap-northeast-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    retrying: { clock: new VirtualClock(0), random: () => 0.5 },
  });
  return {
    account: "123456789012",
    region: "ap-northeast-1",
    partition: "aws",
    stack: "demo-test",
    owner: DEMO,
    ...services,
  };
}

/** The owner mark of the resource `network/it` of the stack `demo` in `test`. */
export const MARK = markOf(DEMO, "network/it");

/** What the engine gives to `observe` for that resource. */
export function lookFor<Spec extends object>(spec: Partial<Spec>, knownId?: string): Look<Spec> {
  return { id: "network/it", owner: MARK, knownId, excludeIds: [], spec, snapshot: new Snapshot() };
}

/** The owner tags of a resource of the stack `demo` in another environment, or in the same: `demo-test-2`, `demo-test`. */
export const tagsIn = (stack: string, id = "network/it"): Tags =>
  ownerTags({ ...DEMO, environment: stack.slice("demo-".length) }, id);

/** The owner tags of that resource, as a list of `{ Key, Value }`. */
export const OWNED = tagList(ownerTags(DEMO, "network/it"));

/** Those of the same resource in a stack whose names begin like ours. */
export const OTHERS = tagList(ownerTags({ ...DEMO, environment: "test-2" }, "network/it"));

/** The owner tags of the same resource in another stack. */
export const FOREIGN = tagList(ownerTags({ ...DEMO, name: "other" }, "network/it"));

/** The engine's side of a create, noting the ids that it is told. */
export const making = (told: string[] = []) => ({
  owner: MARK,
  token: "token-1",
  secret: "secret-1",
  created: async (id: string) => void told.push(id),
  usable: () => {},
  /** Without a pause: mocked answers come in order. */
  async until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (let tries = 0; tries < 20; tries++) {
      const answer = await look();
      if (answer !== undefined) return answer;
    }
    throw new Error("It was never created.");
  },
});
