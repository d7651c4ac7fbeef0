import type { Aws } from "../../src/aws/aws.ts";
import { markOf } from "../../src/aws/owner.ts";
import { ownerTags } from "../../src/aws/tags.ts";
import { isTagged } from "../../src/engine/fields.ts";
import type { ResourceKind } from "../../src/engine/resource-kind.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import { polling } from "../../src/testing/polling.ts";
import type { Simulated } from "../support/simulated.ts";

let sequence = 0;

/** Makes a resource that the subject of a contract refers to, and waits until it can be used. */
export async function made<Spec extends object, Attrs extends object>(
  at: Simulated,
  kind: ResourceKind<Spec, Attrs, Aws>,
  spec: Spec,
): Promise<Attrs> {
  const id = `contract/ground-${sequence++}`;
  const tagged = isTagged(kind) ? { ...spec, tags: ownerTags(at.aws.owner, id) } : spec;
  const { attrs } = await kind.create(at.aws, kind.canonical?.(tagged) ?? tagged, {
    owner: markOf(at.aws.owner, id),
    token: `ground-${sequence}`,
    secret: "a-secret-of-the-ground-0123456789",
    created: async () => {},
    usable: () => {},
    until: polling(at),
  });
  // EC2 may not find by its id what it has just created.
  if (kind.type.startsWith("ec2/")) await at.clock.sleep(1_000 * TIMING.listLag);
  return attrs;
}
