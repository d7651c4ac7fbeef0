// Amazon S3 user guide, "Lifecycle configuration elements": NoncurrentVersionExpiration counts the days since a version became noncurrent,
// rounded to the next midnight UTC; the current version is never touched by it. ExpiredObjectDeleteMarker takes a delete marker away once no
// version is left behind it.
import { expiringAt } from "../ended-records.ts";
import { earliest } from "../moment.ts";
import type { Sim } from "../sim.ts";
import { bucketOf, objectKey, objects, removeVersion, versionsIn, type SimObject } from "./records.ts";

const DAY = 86_400_000;

/** Looks again which versions in a bucket are to expire, after its rules or the versions of `key` have changed. */
export function reviewVersions(sim: Sim, bucket: string, key?: string): void {
  const rules = (bucketOf(sim, bucket).lifecycle ?? []).filter(({ Status }) => Status === "Enabled");
  const days = Math.min(
    ...rules.map(({ NoncurrentVersionExpiration: rule }) => rule?.NoncurrentDays ?? Number.POSITIVE_INFINITY),
  );
  const markers = rules.some(({ Expiration }) => Expiration?.ExpiredObjectDeleteMarker);
  const all = versionsIn(sim, bucket, key);
  const expire = (version: SimObject, at: number | undefined) =>
    (objects(sim)[objectKey(version)] = expiringAt(version, at));
  const count = new Map<string, number>();
  for (const version of all) count.set(version.key, (count.get(version.key) ?? 0) + 1);
  let newer: { readonly key: string; readonly changedAt: number } | undefined;
  for (const version of all) {
    const noncurrentSince = newer?.key === version.key ? newer.changedAt : undefined;
    newer = version;
    if (markers && version.body === undefined && count.get(version.key) === 1)
      expire(version, Math.ceil(sim.now / DAY) * DAY);
    else if (noncurrentSince === undefined || days === Number.POSITIVE_INFINITY) expire(version, undefined);
    else expire(version, Math.ceil((noncurrentSince + days * DAY) / DAY) * DAY);
  }
}

/** When the next version expires. */
export const nextExpiry = (sim: Sim): number => earliest(objects(sim), ({ expiresAt }) => expiresAt);

/** Takes away what has expired by now. */
export function expireVersions(sim: Sim): void {
  for (const key of Object.keys(objects(sim))) {
    const version = objects(sim)[key];
    if (!version || (version.expiresAt ?? Number.POSITIVE_INFINITY) > sim.now) continue;
    removeVersion(sim, version);
    // What is left of its key may be a marker with nothing behind it.
    reviewVersions(sim, version.bucket, version.key);
  }
}
