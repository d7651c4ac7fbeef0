import { decide } from "./autopsy/causes.ts";
import { gather, type About } from "./autopsy/gather.ts";
import type { Finding } from "./finding.ts";
import type { ServiceRef } from "./service-ref.ts";

/**
 * Why a release, or the service itself, does not become healthy: everything that AWS says of it, joined into one cause and one
 * thing to do. `executionId`: the pipeline's run; `taskDefinition`: the revision, where it is known.
 */
export async function autopsy(ref: ServiceRef, about: About): Promise<Finding> {
  return decide(await gather(ref, about), ref);
}
