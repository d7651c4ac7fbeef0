import { GetObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import type { Holder, State } from "../../state/state.ts";
import type { Versions } from "./account.ts";
import { PREFIX, REGION } from "./in-s3.ts";
import type { PlaceInS3 } from "./task.ts";

/** Reads all versions. */
export async function versionsOf({ bucket, stack, endpoint }: PlaceInS3): Promise<Versions> {
  const s3 = new S3Client({ region: REGION, endpoint });
  const all = async <T>(key: string): Promise<T[]> => {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key }));
    if (page.IsTruncated) throw new Error(`${key} has more versions than one page of a list.`);
    const found = page.Versions?.filter(({ Key }) => Key === key) ?? [];
    const texts: string[] = [];
    // Amazon S3 User Guide, "Listing objects in a versioning-enabled bucket": the latest version of an object comes first.
    for (const { VersionId } of found.toReversed()) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId }));
      texts.push((await Body?.transformToString()) ?? "");
    }
    return texts.map((text) => JSON.parse(text) as T);
  };
  const states = await all<State>(`${PREFIX}/${stack}.json`);
  const locks = await all<Holder>(`${PREFIX}/${stack}/lock.json`);
  s3.destroy();
  return { states, holders: locks.filter(({ token }, n) => token !== locks[n - 1]?.token) };
}
