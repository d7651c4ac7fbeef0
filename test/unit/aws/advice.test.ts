import { describe, expect, it } from "vitest";
import { explain } from "../../../src/aws/advice.ts";
import { UncertainAnswer } from "../../../src/engine/resource-kind.ts";
import { awsError } from "../../support/failing.ts";

const adviceOn = (name: string, message = "refused") => explain(awsError(name, message)).advice;
const network = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:443`), { code });

const QUOTA =
  "An account quota has been reached: request an increase in Service Quotas, or delete unused resources, then run again.";
const UNKNOWN = "AWS does not recognize these credentials: check AWS_PROFILE or the keys.";
const RATE = "AWS kept throttling the calls: run again in a few minutes; the run resumes from here.";
const EXPIRED = "Your session has expired: log in again, then run again; the run resumes from here.";
const NOWHERE = "The endpoint does not respond: check the network, the region and AWS_ENDPOINT_URL.";

describe("what AWS said", () => {
  it("comes with AWS's code, once", () => {
    expect(explain(awsError("DependencyViolation", " The vpc has dependencies. \n"))).toEqual({
      what: "DependencyViolation: The vpc has dependencies.",
      advice: undefined,
    });
    expect(explain(awsError("DependencyViolation", "DependencyViolation: it has dependencies")).what).toBe(
      "DependencyViolation: it has dependencies",
    );
  });

  it("comes without a code where it was not AWS who said it", () => {
    expect(explain(new TypeError("x is not a function"))).toEqual({ what: "x is not a function", advice: undefined });
    expect(explain(new UncertainAnswer("ec2.CreateVpc: injected")).what).toBe("ec2.CreateVpc: injected");
    expect(explain("text")).toEqual({ what: "text", advice: undefined });
    expect(explain(undefined).what).toBe("undefined");
  });
});

describe("what a person can do about it", () => {
  it("names the permission that is missing, and never takes a part of an ARN for it", () => {
    const messages = {
      "ec2:CreateVpc":
        "You are not authorized to perform this operation. User: arn:aws:sts::123456789012:assumed-role/Admin/Ann is not authorized to perform: ec2:CreateVpc on resource: arn:aws:ec2:ap-northeast-1:123456789012:vpc/* because no identity-based policy allows the ec2:CreateVpc action",
      "application-autoscaling:RegisterScalableTarget":
        "User: arn:aws:iam::123456789012:user/Ann is not authorized to perform: application-autoscaling:RegisterScalableTarget on resource: arn:aws:application-autoscaling:ap-northeast-1:123456789012:scalable-target/*",
      "iam:PassRole":
        "User: arn:aws:iam::123456789012:user/Ann is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/Build",
    };
    for (const code of ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException"])
      for (const [permission, message] of Object.entries(messages))
        expect(adviceOn(code, message)).toBe(`Grant your user or role the permission ${permission}, then run again.`);
  });

  it("asks for the permission of the call where AWS names none", () => {
    for (const code of ["AccessDenied", "AuthorizationError"])
      expect(adviceOn(code, "Access Denied")).toBe(
        "Grant your user or role the permission for this call (npx fairlead policy prints all that a run needs), then run again.",
      );
  });

  it("recognizes every error code for a quota, and quotes AWS for the quota's name", () => {
    const codes = [
      "LimitExceeded",
      "LimitExceededException",
      "VpcLimitExceeded",
      "AddressLimitExceeded",
      "NatGatewayLimitExceeded",
      "InternetGatewayLimitExceeded",
      "TooManyLoadBalancers",
      "TooManyTargetGroups",
      "TooManyBuckets",
      "TooManyDistributions",
      "ServiceQuotaExceededException",
      "SecurityGroupLimitExceeded",
      "RulesPerSecurityGroupLimitExceeded",
    ];
    for (const code of codes) expect([code, adviceOn(code)]).toEqual([code, QUOTA]);
    const used = awsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.");
    expect(explain(used).what).toBe("VpcLimitExceeded: The maximum number of VPCs has been reached.");
  });

  it("distinguishes expired credentials from missing or unknown ones", () => {
    for (const code of ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
      expect([code, adviceOn(code)]).toEqual([code, EXPIRED]);
    const missing = Object.assign(new Error("Could not load credentials"), { name: "CredentialsProviderError" });
    expect(explain(missing)).toEqual({
      what: "Could not load credentials",
      advice: "Log in (aws sso login), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    });
    const unknown = [
      "InvalidClientTokenId",
      "UnrecognizedClientException",
      "SignatureDoesNotMatch",
      "AuthFailure",
      "InvalidAccessKeyId",
    ];
    for (const code of unknown) expect([code, adviceOn(code)]).toEqual([code, UNKNOWN]);
  });

  it("does not take for a missing permission what is none", () => {
    const verify = awsError(
      "AccessDenied",
      "Your account must be verified before you can add new CloudFront resources.",
    );
    expect(explain(verify).advice).toMatch(/^AWS has not verified this account for CloudFront yet/);
    const denied = awsError(
      "AccessDenied",
      "User: u is not authorized to perform: ec2:CreateVpc with an explicit deny in a service control policy",
    );
    expect(explain(denied).advice).toMatch(/^A policy of the account or the organization explicitly denies this call/);
  });

  it("distinguishes a wrong clock from an expired session", () => {
    const skewed = awsError(
      "SignatureDoesNotMatch",
      "Signature expired: 20260101T000000Z is now earlier than 20260101T001000Z",
    );
    for (const error of [skewed, awsError("RequestTimeTooSkewed", "The difference is too large.")])
      expect(explain(error).advice).toMatch(/^This machine's clock differs/);
  });

  it("asks for patience where the rate was refused to the end, which is no quota", () => {
    for (const code of ["Throttling", "RequestLimitExceeded", "TooManyRequestsException"])
      expect([code, adviceOn(code)]).toEqual([code, RATE]);
  });

  it("asks to check the address where nothing answers", () => {
    expect(explain(network("ECONNREFUSED"))).toEqual({ what: "connect ECONNREFUSED 127.0.0.1:443", advice: NOWHERE });
    expect(explain(network("ENOTFOUND")).advice).toBe(NOWHERE);
    expect(explain(network("ECONNRESET")).advice).toBeUndefined();
  });

  it("recognizes a service that the account has not signed up for", () => {
    expect(adviceOn("OptInRequired")).toBe(
      "The account is not signed up for this service, or the region is not enabled for the account.",
    );
  });

  it("knows what AWS holds back from new accounts, which is no matter of permissions or quotas", () => {
    const balancer =
      "This AWS account currently does not support creating load balancers. For more information, please contact AWS Support.";
    expect(adviceOn("OperationNotPermittedException", balancer)).toMatch(/^AWS has not enabled load balancers/);
    expect(adviceOn("PendingVerification")).toMatch(/^AWS is still validating this account/);
    for (const code of ["Blocked", "AccountProblem", "NotSignedUp"])
      expect(adviceOn(code)).toMatch(/^The account is closed, or its sign-up is not complete/);
    expect(adviceOn("OperationNotPermittedException", "Load balancer has deletion protection on")).toBeUndefined();
  });

  it("distinguishes a refused certificate from an unreachable peer", () => {
    const refusedBy = (code: string) => explain(Object.assign(new Error("certificate"), { code })).advice;
    expect(refusedBy("CERT_NOT_YET_VALID")).toContain("set the clock");
    expect(refusedBy("SELF_SIGNED_CERT_IN_CHAIN")).toContain("NODE_EXTRA_CA_CERTS");
  });
});
