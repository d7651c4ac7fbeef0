import { describe, expect, it } from "vitest";
import {
  absent,
  codeOf,
  hasCode,
  isThrottled,
  isUncertain,
  isUnreachable,
  messageOf,
} from "../../../src/aws/errors.ts";
import { awsError } from "../../support/failing.ts";

const network = (code: string) => Object.assign(new Error(`connect ${code}`), { code });
/** What the SDK throws where it cannot read an answer: no metadata, the response beside it. */
const unreadable = (message: string, statusCode?: number) =>
  Object.assign(new SyntaxError(message), statusCode === undefined ? {} : { $response: { statusCode } });

const THROTTLED = [
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
];

describe("the code of an error", () => {
  it("is AWS's code, the class's name, or the system's code", () => {
    expect(codeOf(awsError("InvalidGroup.Duplicate", "there is one"))).toBe("InvalidGroup.Duplicate");
    expect(codeOf({ name: "ResourceInUseException", Code: "ResourceInUse" })).toBe("ResourceInUse");
    expect(codeOf(network("ECONNRESET"))).toBe("ECONNRESET");
  });

  it("is empty for an error without one", () => {
    for (const none of [new Error("plain"), "text", undefined, null, 42, {}]) expect(codeOf(none)).toBe("");
  });

  it("matches with or without the suffix of its class, on either side", () => {
    for (const name of ["ResourceInUse", "ResourceInUseException", "ResourceInUseFault", "ResourceInUseError"])
      for (const wanted of ["ResourceInUse", "ResourceInUseException"])
        expect([name, wanted, hasCode(awsError(name, "x"), "Other", wanted)]).toEqual([name, wanted, true]);
  });

  it("matches as a whole, wherever it is in the error", () => {
    expect(hasCode(awsError("LimitExceededException", "x"), "Limit", "Exceeded", "VpcLimitExceeded")).toBe(false);
    expect(hasCode({ name: "S3ServiceException", Code: "NoSuchBucket" }, "NoSuchBucket")).toBe(true);
    expect(hasCode(network("EPIPE"), "EPIPE")).toBe(true);
    for (const none of [undefined, null, "NoSuchBucket", {}]) expect(hasCode(none, "NoSuchBucket")).toBe(false);
  });
});

describe("the message of an error", () => {
  it("is AWS's own words, or else the error as text", () => {
    expect(messageOf(awsError("X", "The vpc does not exist"))).toBe("The vpc does not exist");
    expect(messageOf(awsError("AggregateError", ""))).toBe("AggregateError");
    expect(messageOf("text")).toBe("text");
    expect(messageOf(undefined)).toBe("undefined");
  });
});

describe("a throttling error", () => {
  it("is recognized by each of its codes, and means that the call was certainly not carried out", () => {
    for (const code of THROTTLED) {
      const error = awsError(code, "slow down", 503);
      expect([code, isThrottled(error), isUncertain(error)]).toEqual([code, true, false]);
    }
  });

  it("is throttled by a 429 alone", () => {
    expect(isThrottled(awsError("Whatever", "x", 429))).toBe(true);
    expect(isThrottled(unreadable("Unexpected token", 429))).toBe(true);
  });

  it("is no throttling where a quota is used up, or the service is down", () => {
    for (const error of [awsError("VpcLimitExceeded", "x"), awsError("ServiceUnavailable", "x", 503), undefined])
      expect(isThrottled(error)).toBe(false);
  });
});

describe("an answer that was lost", () => {
  it("is uncertain after every 5xx, whatever it says", () => {
    for (const status of [500, 502, 503, 504]) expect(isUncertain(awsError("Whatever", "x", status))).toBe(true);
    expect(isUncertain(unreadable("<html>", 502))).toBe(true);
  });

  it("is uncertain where the connection broke or time ran out", () => {
    const lost = [
      "TimeoutError",
      "RequestTimeout",
      "InternalFailure",
      "InternalError",
      "AbortError",
      "NetworkingError",
    ];
    for (const name of lost) expect([name, isUncertain(awsError(name, "x"))]).toEqual([name, true]);
    for (const code of ["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED"])
      expect([code, isUncertain(network(code))]).toEqual([code, true]);
    expect(isUncertain(new Error("socket hang up"))).toBe(true);
  });

  it("is uncertain where no parser takes it, but for what was refused with a 4xx", () => {
    const words = ["Unexpected token '<'", "Unexpected end of JSON input", "Deserialization error", "non-JSON body"];
    for (const message of words) {
      expect([message, isUncertain(unreadable(message, 200))]).toEqual([message, true]);
      expect([message, isUncertain(unreadable(message))]).toEqual([message, true]);
      expect([message, isUncertain(unreadable(message, 400))]).toEqual([message, false]);
    }
    expect(isUncertain(awsError("ValidationError", "Invalid value: socket hang up, ETIMEDOUT"))).toBe(false);
  });

  it("is certain where AWS refused, and where the request never left", () => {
    for (const error of [awsError("AccessDenied", "no", 403), network("ECONNREFUSED"), new Error("ours"), undefined])
      expect(isUncertain(error)).toBe(false);
  });
});

describe("a request that never left", () => {
  it("is unreachable where nothing listens or the name has no address, and not where a connection broke", () => {
    for (const code of ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"])
      expect([code, isUnreachable(network(code))]).toEqual([code, true]);
    for (const error of [network("ECONNRESET"), awsError("InternalError", "x", 500), undefined])
      expect(isUnreachable(error)).toBe(false);
  });
});

describe("a read or a delete of what may be gone", () => {
  it("answers what AWS answers, and undefined under the codes that mean gone", async () => {
    expect(await absent(Promise.resolve(42), "NoSuchBucket")).toBe(42);
    const gone = Promise.reject(awsError("NoSuchEntityException", "gone", 404));
    expect(await absent(gone, "NoSuchBucket", "NoSuchEntity")).toBeUndefined();
  });

  it("throws every other error as it came", async () => {
    const denied = awsError("AccessDenied", "no", 403);
    await expect(absent(Promise.reject(denied), "NoSuchBucket")).rejects.toBe(denied);
    await expect(absent(Promise.reject(denied))).rejects.toBe(denied);
  });
});
