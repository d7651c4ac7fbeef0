/**
 * What an AWS error means. The name of an ELBv2 or IAM error is its class in JavaScript (`ResourceInUseException`) and
 * its code on the wire (`ResourceInUse`): both are the same here.
 */

interface AwsLike {
  readonly name?: unknown;
  readonly Code?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

const plain = (code: string) => code.replace(/(Exception|Fault|Error)$/, "");

/** The code of an error, such as `InvalidGroup.Duplicate`; empty if it has none. */
export function codeOf(error: unknown): string {
  const { name, Code, code } = (error ?? {}) as AwsLike;
  for (const candidate of [Code, name, code])
    if (typeof candidate === "string" && candidate !== "Error") return candidate;
  return "";
}

/** Whether `error` has one of `codes`, with or without the suffix of its class name. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const { name, Code, code } = (error ?? {}) as AwsLike;
  const found = [name, Code, code].filter((value) => typeof value === "string").map(plain);
  return codes.some((wanted) => found.includes(plain(wanted)));
}

/** AWS's own message. */
export function messageOf(error: unknown): string {
  const { message } = (error ?? {}) as AwsLike;
  return typeof message === "string" && message !== "" ? message : String(error);
}

/**
 * The signature was rejected because the machine's clock is off, and the SDK (`AwsSdkSigV4Signer`, errorHandler) has adopted the time of
 * AWS's response: the same call, signed again, is valid. A signature that is rejected for another reason is not flagged.
 */
export function isClockCorrected(error: unknown): boolean {
  const { $metadata } = (error ?? {}) as { readonly $metadata?: { readonly clockSkewCorrected?: boolean } };
  return $metadata?.clockSkewCorrected === true && hasCode(error, ...CLOCK_CODES);
}

/** By how many milliseconds AWS's clock was ahead of this machine's; `undefined` if the response has no date. */
export function clockOffsetOf(error: unknown): number | undefined {
  const { $response } = (error ?? {}) as AwsLike;
  // The SDK compares AWS's date with the machine's own clock too, so a run's virtual clock is of no use here.
  const offset = Date.parse($response?.headers?.["date"] ?? "") - Date.now();
  return Number.isNaN(offset) ? undefined : offset;
}

/** The codes for a signature whose time differs too much from AWS's (`@smithy/core`, CLOCK_SKEW_ERROR_CODES). */
const CLOCK_CODES = [
  "AuthFailure",
  "InvalidSignatureException",
  "RequestExpired",
  "RequestInTheFuture",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
];

/** Throttled: certainly not executed, and to be retried. */
export function isThrottled(error: unknown): boolean {
  const status = statusOf(error);
  return (
    status === 429 ||
    hasCode(
      error,
      "Throttling",
      "ThrottlingException",
      "ThrottledException",
      "RequestThrottled",
      "RequestThrottledException",
      "TooManyRequestsException",
      "RequestLimitExceeded",
      "SlowDown",
      "PriorRequestNotComplete",
      "BandwidthLimitExceeded",
      "EC2ThrottledException",
      "ProvisionedThroughputExceededException",
    )
  );
}

/** The outcome is unknown: the response was a 5xx, or never came. */
export function isUncertain(error: unknown): boolean {
  if (isThrottled(error)) return false;
  const status = statusOf(error);
  if (status !== undefined && status >= 500) return true;
  return (
    hasCode(
      error,
      "TimeoutError",
      "RequestTimeout",
      "RequestTimeoutException",
      "InternalError",
      "InternalFailure",
      "AbortError",
    ) ||
    hasCode(error, "ServiceUnavailable", "NetworkingError", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED") ||
    // A truncated or unparsable response. A 4xx is certain, whatever its message quotes.
    (!(status !== undefined && status >= 400) &&
      /socket hang up|\b(ECONNRESET|ETIMEDOUT|EPIPE)\b|non-JSON|Deserialization|Unexpected (end|token)/.test(
        messageOf(error),
      ))
  );
}

/** The credentials lack the permission for the call. */
export const isDenied = (error: unknown): boolean =>
  hasCode(
    error,
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AuthorizationError",
    "UnauthorizedException",
  );

/** A 404: the response to a HEAD request has no body, and so possibly no code. */
export const isNotFound = (error: unknown): boolean => statusOf(error) === 404;

/** The request was never sent: nothing listens, or the host name does not resolve. */
export function isUnreachable(error: unknown): boolean {
  return (
    hasCode(error, "ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH") || isUnconnected(error)
  );
}

/** The connection timed out, so nothing was sent (`@smithy/node-http-handler`, setConnectionTimeout). */
const isUnconnected = (error: unknown): boolean =>
  hasCode(error, "TimeoutError") && messageOf(error).includes("did not establish a connection");

/** The HTTP status of an error's response, `undefined` if there was none. */
export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = (error ?? {}) as AwsLike;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** Runs a delete or a read; `undefined` if AWS returns one of `codes`, which mean that the resource does not exist. */
export async function absent<T>(work: Promise<T>, ...codes: readonly string[]): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, ...codes)) return undefined;
    throw error;
  }
}
