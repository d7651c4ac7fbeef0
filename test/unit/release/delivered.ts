import type { Aws, ServiceName } from "../../../src/aws/aws.ts";
import type { Clock } from "../../../src/clock.ts";
import { namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { ReleaseEvent } from "../../../src/release/events.ts";
import { findExecution } from "../../../src/release/executions.ts";
import { follow, type Followed, type Following } from "../../../src/release/follow.ts";
import type { ServiceRef } from "../../../src/release/service-ref.ts";
import { NAMES } from "../../support/delivery.ts";
import { SOURCE, type Release } from "../../support/release.ts";

/** The site of the stack that `deliverable()` makes. */
export function siteOf({ aws, clock }: { readonly aws: Aws; readonly clock: Clock }): ServiceRef {
  const stack = resolveStack({ name: "demo", environment: "test", region: "ap-northeast-1" });
  const names = {
    ...namesOf(stack, aws.account),
    sourceBucket: NAMES.source,
    artifactBucket: NAMES.artifacts,
    sourceRule: "source",
    pipeline: NAMES.pipeline,
    buildProject: NAMES.project,
    buildLogGroup: NAMES.log,
    repository: NAMES.repository,
    cluster: NAMES.cluster,
    service: NAMES.service,
    taskFamily: "ground",
    container: "app",
  };
  return { aws, clock, names, stack };
}

/** A good source whose Dockerfile asks the simulator for a failure. */
export const failing = (what: string) => ({ ...SOURCE, Dockerfile: `${SOURCE.Dockerfile}# simulate: ${what}\n` });

/** Uploads a source and follows what it starts to the end; answers all that was told. */
export async function followed(
  release: Release,
  files: Readonly<Record<string, string>>,
  options: Following = {},
  ref = siteOf(release.at),
): Promise<Followed & { events: ReleaseEvent[]; executionId: string; version: string }> {
  const version = await release.upload(files);
  const executionId = await findExecution(ref, version);
  const events: ReleaseEvent[] = [];
  const ended = await follow(ref, executionId, (event) => events.push(event), options);
  return { ...ended, events, executionId, version };
}

/** The events of one sort. */
export const only = <Name extends ReleaseEvent["event"]>(events: readonly ReleaseEvent[], name: Name) =>
  events.filter((event): event is Extract<ReleaseEvent, { event: Name }> => event.event === name);

/** The site with other answers to one command: what the simulator cannot show. */
export function altered<Input extends object, Output extends object>(
  ref: ServiceRef,
  service: ServiceName,
  Altered: new (input: Input) => { readonly input: Input },
  change: (answer: Output, input: Input) => Output,
): ServiceRef {
  const send = ref.aws[service] as unknown as (command: object, options?: object) => Promise<Output>;
  const instead = async (command: object, options?: object) => {
    const answer = await send(command, options);
    return command instanceof Altered ? change(answer, command.input) : answer;
  };
  return { ...ref, aws: { ...ref.aws, [service]: instead } };
}

/** The site where AWS refuses one command, which never gets there. */
export function refusing(
  ref: ServiceRef,
  service: ServiceName,
  Refused: new (input: never) => object,
  error: Error,
): ServiceRef {
  const send = ref.aws[service] as unknown as (command: object, options?: object) => Promise<object>;
  const instead = async (command: object, options?: object) => {
    if (command instanceof Refused) throw error;
    return send(command, options);
  };
  return { ...ref, aws: { ...ref.aws, [service]: instead } };
}
