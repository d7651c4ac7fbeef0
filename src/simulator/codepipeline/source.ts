import type { Bytes } from "../bytes.ts";
import { bytesOf, newest, versionAt } from "../s3/records.ts";
import type { Sim } from "../sim.ts";

/** What a pipeline gets from S3. */
export interface Source {
  readonly bytes: Bytes;
  readonly versionId: string;
  readonly createdAt: number;
}

/** An object's newest version, or the version that is asked for; `undefined` where there is none. */
export function readSource(sim: Sim, bucket: string, key: string, version?: string): Source | undefined {
  const found = version === undefined ? newest(sim, bucket, key) : versionAt(sim, bucket, key, version);
  if (found?.body === undefined) return undefined;
  return { bytes: bytesOf(sim, found), versionId: found.versionId, createdAt: found.changedAt };
}
