import type { AwsKind } from "../aws/aws.ts";
import { polling } from "./polling.ts";
import type { Simulated } from "./simulated.ts";

class Cut extends Error {}

/** Creates a resource as a run does that dies right after the create call has returned. Throws if its `create` never says that it has. */
export async function cutShort<Spec extends object, Attrs extends object>(
  kind: AwsKind<Spec, Attrs>,
  at: Simulated,
  spec: Spec,
  owner: string,
): Promise<void> {
  try {
    await kind.create(at.aws, spec, {
      owner,
      token: "token-of-a-run-that-dies",
      secret: "a-secret-of-a-run-that-dies-0123456789ab",
      created: () => Promise.reject(new Cut()),
      usable: () => {},
      until: polling(at),
    });
  } catch (error) {
    if (error instanceof Cut) return;
    throw error;
  }
  throw new Error("create does not tell its id.");
}
