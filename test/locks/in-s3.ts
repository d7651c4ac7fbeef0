import { S3Client } from "@aws-sdk/client-s3";
import type { Aws } from "../../src/aws/aws.ts";
import { retrying, type CallOptions } from "../../src/aws/call.ts";
import { stateObjects } from "../../src/aws/s3/state-objects.ts";
import { realClock } from "../../src/engine/clock.ts";
import { s3Store } from "../../state/s3-store.ts";
import type { StateStore } from "../../state/state.ts";

const REGION = "ap-northeast-1";
let client: S3Client | undefined;

/** Sends as Fairlead does, with one client alone: a process that had to load those of all services would be slow to start. */
const s3 = ((command: Parameters<S3Client["send"]>[0], options: CallOptions = {}) => {
  client ??= new S3Client({ region: REGION, maxAttempts: 1 });
  const at = client;
  return retrying("s3", () => at.send(command), options, { clock: realClock, random: Math.random });
}) as Aws["s3"];

/** A state in S3 at the endpoint and with the credentials of the surroundings. */
export function inS3({ bucket, stack }: { bucket: string; stack: string }): StateStore {
  const objects = stateObjects({ s3, account: "123456789012", region: REGION }, bucket);
  return s3Store({ objects, bucket, prefix: "ring", stack, clock: realClock });
}
