import { Delivery } from "../../src/aws/logs/delivery.ts";
import { DeliveryDestination } from "../../src/aws/logs/delivery-destination.ts";
import { DeliverySource } from "../../src/aws/logs/delivery-source.ts";
import { LogGroup } from "../../src/aws/logs/log-group.ts";
import { Bucket } from "../../src/aws/s3/bucket.ts";
import { GLOBAL_REGION } from "../../src/aws/tagging.ts";
import type { StackNames } from "../../src/config/naming.ts";
import type { AccessLogSettings } from "../../src/config/stack.ts";
import { text, type Output } from "../../src/engine/output.ts";
import { accessLogPolicy } from "../policies/access-logs.ts";
import type { Scope } from "../scope.ts";

type AccessLogNames = Pick<
  StackNames,
  "accessLogBucket" | "accessLogGroup" | "accessLogSource" | "accessLogDestinations"
>;

export interface AccessLogsProps {
  readonly names: AccessLogNames;
  readonly settings: AccessLogSettings;
  readonly hasCdn: boolean;
}

/** The access logs of a stack: what the load balancer and the distribution need to write them. */
export function accessLogs(scope: Scope, props: AccessLogsProps) {
  const bucket = accessLogBucket(scope, props);
  const { balancer, cookies } = props.settings;
  return {
    /** The name of the bucket that the load balancer writes to, if it does. */
    ofBalancer: balancer ? bucket?.name : undefined,
    cdn: { logsCookies: cookies },
    /** Delivers those of the distribution with this id. */
    ofCdn: (distributionId: Output<string>) => cdnAccessLogs(scope, { ...props, distributionId, bucket }),
  };
}

/** The bucket of a stack's access logs; `undefined` if nothing is kept in one. */
function accessLogBucket(scope: Scope, { names, settings, hasCdn }: AccessLogsProps) {
  const { to, balancer, retentionDays } = settings;
  const ofCdn = hasCdn && to === "s3";
  if (!ofCdn && !balancer) return undefined;
  return scope.add("edge/access-log-bucket", Bucket, {
    name: names.accessLogBucket,
    versioning: false,
    eventBridge: false,
    // "The only server-side encryption option that's supported is Amazon S3-managed keys" (Elastic Load Balancing user guide, "Enable access
    // logs for your Application Load Balancer").
    encryption: "AES256",
    blockPublicAccess: true,
    ownership: "BucketOwnerEnforced",
    policy: accessLogPolicy(scope, names.accessLogBucket, {
      sources: ofCdn ? names.accessLogSource : undefined,
      balancer,
    }),
    lifecycle: { expireDays: retentionDays, abortMultipartDays: 7 },
  });
}

interface CdnAccessLogsProps extends Pick<AccessLogsProps, "names" | "settings"> {
  readonly distributionId: Output<string>;
  readonly bucket: { readonly arn: Output<string> } | undefined;
}

/**
 * The access logs of the distribution (standard logging v2), which CloudWatch Logs delivers. Whatever the stack's region, the API is that of
 * us-east-1, and so is a log group; a bucket may be in any region (CloudFront developer guide, "Configure standard logging (v2)").
 */
function cdnAccessLogs(scope: Scope, { names, settings, distributionId, bucket }: CdnAccessLogsProps): void {
  const region = scope.region === GLOBAL_REGION ? undefined : GLOBAL_REGION;
  const { to, retentionDays } = settings;
  const place =
    to === "s3" && bucket
      ? bucket
      : scope.add("edge/access-log-group", LogGroup, { name: names.accessLogGroup, region, retentionDays });
  const source = scope.add("edge/access-log-source", DeliverySource, {
    // A new distribution has a new source, beside the old one.
    name: text`${names.accessLogSource}${distributionId}`,
    region,
    resourceArn: text`${scope.arn("cloudfront", "distribution/", "")}${distributionId}`,
    logType: "ACCESS_LOGS",
  });
  const destination = scope.add("edge/access-log-destination", DeliveryDestination, {
    // Named after what it is, so that another one is created beside it: its delivery keeps it from being deleted first.
    name: names.accessLogDestinations[to],
    region,
    format: "json",
    resourceArn: place.arn,
  });
  scope.add("edge/access-log-delivery", Delivery, {
    sourceName: source.name,
    destinationArn: destination.arn,
    recordFields: FIELDS.filter(
      (name) =>
        (settings.queryStrings || !WITH_QUERY_STRINGS.includes(name)) && (settings.cookies || name !== "cs(Cookie)"),
    ),
  });
}

/** The referring page's URL has a query string as well. */
const WITH_QUERY_STRINGS = ["cs-uri-query", "cs(Referer)"];

/**
 * Of the fields that a delivery has that names none ("Configure standard logging (v2)", as above) those that every request has; those of
 * field-level encryption and of partial responses are left out.
 */
const FIELDS = [
  "date",
  "time",
  "x-edge-location",
  "sc-bytes",
  "c-ip",
  "cs-method",
  "cs(Host)",
  "cs-uri-stem",
  "sc-status",
  "cs(Referer)",
  "cs(User-Agent)",
  "cs-uri-query",
  "cs(Cookie)",
  "x-edge-result-type",
  "x-edge-request-id",
  "x-host-header",
  "cs-protocol",
  "cs-bytes",
  "time-taken",
  "x-forwarded-for",
  "ssl-protocol",
  "ssl-cipher",
  "x-edge-response-result-type",
  "cs-protocol-version",
  "c-port",
  "time-to-first-byte",
  "x-edge-detailed-result-type",
  "sc-content-type",
  "sc-content-len",
];
