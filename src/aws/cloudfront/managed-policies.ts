/**
 * The policies that AWS keeps for everyone, the same ids in every account: CloudFront Developer Guide, "Use managed cache
 * policies" and "Use managed origin request policies".
 */

/** Caches nothing: for dynamic responses. */
export const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/** Caches for a day unless the origin says otherwise; headers, cookies and query strings make no difference. */
export const CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/** An origin request policy: all headers, cookies and query strings of the viewer's request go on to the origin. */
export const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";

/** An origin request policy: of the viewer's request only the Host header goes on to the origin. */
export const HOST_HEADER_ONLY = "bf0718e1-ba1e-49d1-88b1-f726733018ae";
