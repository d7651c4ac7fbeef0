import { codeOf, hasCode, isDenied, isThrottled, isUnreachable, messageOf } from "./errors.ts";
import { permissionIn } from "./answer.ts";
import { maskedProse } from "../masking.ts";

/** An error in words: what AWS said, and what a person can do about it. */
export interface Explained {
  readonly what: string;
  readonly advice: string | undefined;
}

/** What AWS said, with its code, and what to do where that is known. */
export function explain(error: unknown): Explained {
  const code = codeOf(error);
  const message = maskedProse(messageOf(error).trim());
  const named = code === "" || message.startsWith(code) || !isAws(error) ? message : `${code}: ${message}`;
  return { what: named, advice: adviceFor(error, message) };
}

/** The codes that a used-up quota has on what a stack is made of; AWS's message names the quota. */
const QUOTAS = [
  "LimitExceeded",
  "ServiceQuotaExceeded",
  "VpcLimitExceeded",
  "SubnetLimitExceeded",
  "RouteTableLimitExceeded",
  "AddressLimitExceeded",
  "NatGatewayLimitExceeded",
  "NetworkAclLimitExceeded",
  "NetworkAclEntryLimitExceeded",
  "InternetGatewayLimitExceeded",
  "VpcEndpointLimitExceeded",
  "SecurityGroupLimitExceeded",
  "RulesPerSecurityGroupLimitExceeded",
  "SecurityGroupsPerInterfaceLimitExceeded",
  "TooManyLoadBalancers",
  "TooManyTargetGroups",
  "TooManyListeners",
  "TooManyRules",
  "TooManyTargets",
  "TooManyBuckets",
  "TooManyDistributions",
  "TooManyResponseHeadersPolicies",
];

/** Signed at a time that is not AWS's (`Signature expired: ... is now earlier than ...`, `RequestTimeTooSkewed`). */
const isClockWrong = (error: unknown, message: string) =>
  hasCode(error, "RequestTimeTooSkewed", "RequestInTheFuture") ||
  /Signature (expired|not yet current)|request has expired because the .* clock/i.test(message);

const isAws = (error: unknown) => (error as { $metadata?: unknown } | null)?.$metadata !== undefined;

function adviceFor(error: unknown, message: string): string | undefined {
  // AWS answers with AccessDenied what is no matter of permissions (AWS re:Post, "CloudFront account must be verified").
  if (/account must be verified/i.test(message))
    return "AWS has not verified this account for CloudFront yet, as is usual for new accounts: open a case with AWS Support (Account and billing, CloudFront), then run again; the run resumes from here.";
  // Elastic Load Balancing refuses new accounts with OperationNotPermitted and these words, whatever their quotas and permissions say, as
  // many users of Terraform's aws_lb report.
  if (/account currently does not support creating load balancers/i.test(message))
    return "AWS has not enabled load balancers for this account yet, as is usual for new accounts: open a case with AWS Support (Account and billing), then run again; the run resumes from here.";
  // EC2 API Reference, "Error codes for the Amazon EC2 API".
  if (
    hasCode(error, "PendingVerification") ||
    /currently being validated|request for accessing resources/i.test(message)
  )
    return "AWS is still validating this account, as is usual for new accounts and new regions: run again in a few minutes; the run resumes from here. If it takes hours, contact AWS Support.";
  // "Blocked": the same list; "AccountProblem" and "NotSignedUp": Amazon S3 API Reference, "Error responses".
  if (hasCode(error, "Blocked", "AccountProblem", "NotSignedUp"))
    return "The account is closed, or its sign-up is not complete: check its billing page, or contact AWS Support.";
  if (/explicit deny/i.test(message))
    return "A policy of the account or the organization explicitly denies this call (a service control policy, a permissions boundary or a Deny statement): granting more permissions does not help. Ask the account's administrator.";
  // A response to HEAD has no body (Amazon S3 API Reference, HeadObject: "a generic 400, 403 or 404").
  if (/s3\.Head\w+ failed with HTTP 403/.test(message))
    return "S3 does not say why it denies a HEAD request: grant your user or role s3:GetObject, s3:GetObjectVersion and s3:ListBucket for the bucket, then run again.";
  if (isDenied(error)) {
    const permission = permissionIn(message);
    return permission === undefined
      ? "Grant your user or role the permission for this call (npx fairlead policy prints all that a run needs), then run again."
      : `Grant your user or role the permission ${permission}, then run again.`;
  }
  if (hasCode(error, ...QUOTAS) || /\bquota\b|limit (was|has been) (reached|exceeded)/i.test(message))
    return "An account quota has been reached: request an increase in Service Quotas, or delete unused resources, then run again.";
  if (isClockWrong(error, message))
    return "This machine's clock differs from AWS's by more than five minutes: set it (timedatectl set-ntp true), then run again.";
  // Node.js, "TLS: X509 certificate error codes": seen with a clock that is wrong by months, and behind a proxy that opens TLS.
  if (hasCode(error, "CERT_NOT_YET_VALID", "CERT_HAS_EXPIRED"))
    return "The certificate is not valid according to this machine's clock: set the clock (timedatectl set-ntp true), then run again.";
  if (
    hasCode(
      error,
      "SELF_SIGNED_CERT_IN_CHAIN",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    )
  )
    return "A proxy on the network path uses a certificate that Node.js does not trust: save its CA certificate to a file and set NODE_EXTRA_CA_CERTS to that file.";
  if (hasCode(error, "ExpiredToken", "ExpiredTokenException", "RequestExpired", "ExpiredTokenError"))
    return "Your session has expired: log in again, then run again; the run resumes from here.";
  if (hasCode(error, "CredentialsProviderError"))
    return "Log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
  if (
    hasCode(
      error,
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "AuthFailure",
      "InvalidAccessKeyId",
    )
  )
    return "AWS does not recognize these credentials: check AWS_PROFILE or the keys.";
  if (isThrottled(error))
    return "AWS kept throttling the calls: run again in a few minutes; the run resumes from here.";
  if (isUnreachable(error)) return "The endpoint does not respond: check the network, the region and AWS_ENDPOINT_URL.";
  if (hasCode(error, "OptInRequired"))
    return "The account is not signed up for this service, or the region is not enabled for the account.";
  return undefined;
}
