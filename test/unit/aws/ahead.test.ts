import { describe, expect, it } from "vitest";
import { ahead, recordedArn } from "../../../src/aws/ahead.ts";
import { awsError } from "../../support/failing.ts";

/** A read that answers, or fails, as told: each answer once, the last one for good. */
function reading(...answers: readonly (string | undefined | Error)[]) {
  const asked: string[] = [];
  const read = async (key: string) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(key);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, read };
}

describe("a part of a resource", () => {
  it("is asked for by its recorded key at once while a whole stack is observed", async () => {
    const { asked, read } = reading("tags of a");
    const part = ahead({ expected: true }, "a", read);
    expect(asked).toEqual(["a"]);
    expect(await part("a")).toBe("tags of a");
    expect(asked).toEqual(["a"]);
  });

  it("is thrown away where another resource is found than the recorded one", async () => {
    const { asked, read } = reading("of another", "of this one");
    expect(await ahead({ expected: true }, "a", read)("b")).toBe("of this one");
    expect(asked).toEqual(["a", "b"]);
  });

  it.each([
    ["was missing", undefined],
    ["was throttled for too long", awsError("ThrottlingException", "Rate exceeded")],
    ["failed", awsError("InternalFailure", "wrong", 500)],
  ])("is asked for again where it %s although the resource is there", async (_what, first) => {
    const { asked, read } = reading(first, "tags of a");
    expect(await ahead({ expected: true }, "a", read)("a")).toBe("tags of a");
    expect(asked).toEqual(["a", "a"]);
  });

  it("is not asked for again where it may not be read", async () => {
    const denied = awsError("AccessDenied", "not authorized", 403);
    const { asked, read } = reading(denied);
    await expect(ahead({ expected: true }, "a", read)("a")).rejects.toBe(denied);
    expect(asked).toEqual(["a"]);
  });

  it("fails no one where nobody needs it", async () => {
    const { asked, read } = reading(awsError("NoSuchBucket", "gone", 404));
    ahead({ expected: true }, "a", read);
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(["a"]);
  });

  it("is asked for only with what was found where nothing is expected, as in a poll, or no key is recorded", async () => {
    const { asked, read } = reading("tags");
    const [unexpected, unrecorded] = [ahead({}, "a", read), ahead({ expected: true }, undefined, read)];
    expect(asked).toEqual([]);
    expect(await Promise.all([unexpected("a"), unrecorded("b")])).toEqual(["tags", "tags"]);
    expect(asked).toEqual(["a", "b"]);
  });
});

describe("the recorded ARN", () => {
  it("is that of the recorded attributes, if there is one", () => {
    expect(recordedArn({ knownAttrs: { arn: "arn:aws:s3:::b" } })).toBe("arn:aws:s3:::b");
    expect([recordedArn({}), recordedArn({ knownAttrs: { arn: 7 } })]).toEqual([undefined, undefined]);
  });
});
