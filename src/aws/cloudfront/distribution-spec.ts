import type { HttpVersion, PriceClass } from "@aws-sdk/client-cloudfront";
import type { Tags } from "../tags.ts";

export interface DistributionSpec {
  /** At most 128 characters. */
  comment: string;
  enabled: boolean;
  priceClass: PriceClass;
  /** The origin's host name, reached by plain HTTP on port 80. */
  originDomain: string;
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
