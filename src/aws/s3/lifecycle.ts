import type { LifecycleRule } from "@aws-sdk/client-s3";
import { SET, unmanagedIn, type Usual } from "../beyond.ts";

/** When S3 deletes by itself what lies in a bucket. */
export interface Lifecycle {
  /** Days after which a version that is no longer the newest goes. */
  expireNoncurrentDays?: number;
  /** Days after which an object goes. */
  expireDays?: number;
  /**
   * A delete marker goes once no version is left behind it. Not together with `expireDays` (botocore s3, LifecycleExpiration:
   * `ExpiredObjectDeleteMarker` "cannot be specified with Days or Date"), which takes markers away by itself.
   */
  expireDeleteMarkers?: true;
  /** Days after which an upload that was never finished goes. */
  abortMultipartDays: number;
}

/** What Fairlead's one rule is called; all others are unmanaged. */
const ID = "fairlead";

export const ruleOf = ({
  expireDays,
  expireNoncurrentDays,
  expireDeleteMarkers,
  abortMultipartDays,
}: Lifecycle): LifecycleRule => ({
  ID,
  Status: "Enabled",
  Filter: { Prefix: "" },
  Expiration:
    expireDays !== undefined
      ? { Days: expireDays }
      : expireDeleteMarkers
        ? { ExpiredObjectDeleteMarker: true }
        : undefined,
  NoncurrentVersionExpiration:
    expireNoncurrentDays === undefined ? undefined : { NoncurrentDays: expireNoncurrentDays },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: abortMultipartDays },
});

/** The rules of others. */
export const foreignRules = (rules: readonly LifecycleRule[] = []): LifecycleRule[] =>
  rules.filter((rule) => rule.ID !== ID);

/** All that can be declared of a rule. */
const DECLARED: Usual = {
  ID: SET,
  Status: "Enabled",
  Expiration: { Days: SET, ExpiredObjectDeleteMarker: SET },
  NoncurrentVersionExpiration: { NoncurrentDays: SET },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: SET },
};

/** The lifecycle that our rule says; a rule of any other shape is none that could have been declared. */
export function lifecycleOf(rules: readonly LifecycleRule[] = []): Lifecycle | undefined {
  const rule = rules.find((candidate) => candidate.ID === ID);
  const abortMultipartDays = rule?.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  if (!rule || abortMultipartDays === undefined || unmanagedIn(rule, DECLARED).length > 0) return undefined;
  const { Days: expireDays, ExpiredObjectDeleteMarker: expireDeleteMarkers } = rule.Expiration ?? {};
  const expireNoncurrentDays = rule.NoncurrentVersionExpiration?.NoncurrentDays;
  return {
    ...(expireDays === undefined ? {} : { expireDays }),
    ...(expireNoncurrentDays === undefined ? {} : { expireNoncurrentDays }),
    ...(expireDeleteMarkers ? { expireDeleteMarkers } : {}),
    abortMultipartDays,
  };
}
