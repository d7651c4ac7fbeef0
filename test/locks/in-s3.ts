import { S3Client } from "@aws-sdk/client-s3";
import type { Aws } from "../../src/aws/aws.ts";
import { retrying, type CallOptions } from "../../src/aws/call.ts";
import { stateObjects } from "../../src/aws/s3/state-objects.ts";
import { realClock } from "../../src/clock.ts";
import { s3Store } from "../../state/s3-store.ts";
import type { StateStore } from "../../state/state.ts";
import type { PlaceInS3 } from "./task.ts";

export const REGION = "ap-northeast-1";
export const PREFIX = "ring";
const clients = new Map<string, S3Client>();

/** Sends as Fairlead does, with one client alone: a process that had to load those of all services would be slow to start. */
function senderTo(endpoint: string): Aws["s3"] {
  const client = clients.get(endpoint) ?? new S3Client({ region: REGION, endpoint, maxAttempts: 1 });
  clients.set(endpoint, client);
  return ((command: Parameters<S3Client["send"]>[0], options: CallOptions = {}) =>
    retrying("s3", () => client.send(command), options, { clock: realClock, random: Math.random })) as Aws["s3"];
}

/** A state in the S3 at an endpoint, with the credentials of the surroundings. */
export function inS3({ bucket, stack, endpoint }: PlaceInS3): StateStore {
  const objects = stateObjects({ s3: senderTo(endpoint), account: "123456789012", region: REGION }, bucket);
  return s3Store({ objects, bucket, prefix: PREFIX, stack, clock: realClock });
}
