import type { HttpVersion, MinimumProtocolVersion, PriceClass } from "@aws-sdk/client-cloudfront";
import type { Tags } from "../tags.ts";

export interface DistributionSpec {
  /** At most 128 characters. */
  comment: string;
  enabled: boolean;
  priceClass: PriceClass;
  /** The origin's host name. */
  originDomain: string;
  /** Reached by HTTPS on port 443; if omitted, by plain HTTP on port 80. */
  originProtocol?: "https" | undefined;
  /** The VPC origin through which the load balancer is reached, which says how; if omitted, it is reached over the internet. */
  vpcOriginId?: string | undefined;
  /** The host name of the load balancer that takes over if the origin fails; reached as the origin is. If omitted, none does. */
  failoverDomain?: string | undefined;
  /** The value of the header for that one. */
  failoverSecret?: string | undefined;
  /** Which of the two gets all requests that do not fail over: the origin, or the other one as if it were the origin. */
  active?: "origin" | "failover" | undefined;
  /** The domain names that it serves, and how; if omitted, only its own. */
  viewer?: Viewer | undefined;
  /** The name of the header that proves to the origin that a request came through this distribution. */
  originSecretHeader: string;
  /** The value of that header. */
  originSecret: string;
  /** The response headers policy of all behaviors. */
  headersPolicyId: string;
  /** The default behavior, whose path is `*`, first; of the others the first that matches counts. */
  behaviors: Behavior[];
  /** Sorted by code. */
  errorPages: ErrorPage[];
  httpVersion: HttpVersion;
  ipv6: boolean;
  /** The ARN of the web ACL that filters its requests; if omitted, the one that others may have attached stays. */
  webAclArn?: string | undefined;
  /** Whether its access logs may contain cookies; if omitted, that is left as it is. */
  logsCookies?: boolean | undefined;
  tags: Tags;
}

export interface Behavior {
  path: string;
  cachePolicyId: string;
  originRequestPolicyId: string | undefined;
  /** `all`, or only GET and HEAD. */
  methods: "all" | "read";
  /** Observed only: fixed settings that were changed outside Fairlead. */
  strays?: Readonly<Record<string, unknown>> | undefined;
}

export interface ErrorPage {
  /** The origin's HTTP status. */
  code: number;
  /** For how long CloudFront answers with it before it asks the origin again. */
  cacheSeconds: number;
  /** Observed only, as in `Behavior`. */
  strays?: Readonly<Record<string, unknown>> | undefined;
}

/** How viewers reach a distribution by domain names of the stack's own. */
export interface Viewer {
  /** Sorted. */
  aliases: string[];
  /** A certificate in us-east-1 that is for all of them. */
  certificateArn: string;
  /** The security policy: the oldest version of TLS that it accepts, and the ciphers. */
  minimumProtocol: MinimumProtocolVersion;
}
