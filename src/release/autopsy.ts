import { decide } from "./autopsy/causes.ts";
import { gather, type About } from "./autopsy/gather.ts";
import type { Finding } from "./finding.ts";
import type { ServiceRef } from "./service-ref.ts";

/**
 * Why a release, or the service itself, does not become healthy: AWS's evidence, reduced to one cause and one
 * fix. `executionId`: the pipeline execution; `taskDefinition`: the revision, if known.
 */
export async function autopsy(ref: ServiceRef, about: About): Promise<Finding> {
  return decide(await gather(ref, about), ref);
}
