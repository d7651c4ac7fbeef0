import type { ServiceRef } from "../service-ref.ts";
import { asking } from "./ask.ts";
import type { Evidence } from "./evidence.ts";
import { ofPipeline } from "./pipeline.ts";
import { ofService } from "./service.ts";

/** The execution or revision to diagnose. */
export interface About {
  readonly executionId?: string;
  /** An ARN, or `family:revision`. */
  readonly taskDefinition?: string;
  /** The command that runs the image on this machine, if that is not a pull from its registry; empty if there is none. */
  readonly run?: string;
}

/** Reads everything from AWS that may explain why a release, or the service itself, does not become healthy. */
export async function gather(ref: ServiceRef, about: About): Promise<Evidence> {
  const gaps: string[] = [];
  const ask = asking(gaps);
  const { executionId, taskDefinition, run } = about;
  const pipeline = executionId === undefined ? {} : await ofPipeline(ref, executionId, ask);
  const { deployment, since, until, ...seen } = pipeline;
  // A run that failed before its deployment did not touch the service.
  const service = seen.isBeforeDeployment
    ? { deployments: [], events: [], tasks: [], targets: [], log: [] }
    : await ofService(ref, { taskDefinition, deployment, since, until }, ask);
  return { ...seen, ...service, gaps, ...(run === undefined ? {} : { run }) };
}
