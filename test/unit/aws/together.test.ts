import { describe, expect, it } from "vitest";
import { readTogether } from "../../../src/aws/together.ts";
import { awsError } from "../../support/failing.ts";

const gone = awsError("TargetGroupNotFoundException", "One or more target groups not found");
const denied = awsError("AccessDenied", "not authorized", 403);

/** A call for several, which AWS answers as a whole: one of `failing` fails it. */
function call(failing: Readonly<Record<string, Error>>) {
  const asked: string[][] = [];
  const read = async (items: string[]) => {
    asked.push(items);
    const wrong = items.find((item) => item in failing);
    if (wrong !== undefined) throw failing[wrong];
    return new Map(items.map((item) => [item, item.toUpperCase()]));
  };
  return { asked, read };
}

describe("a call for several resources", () => {
  it("is made once where AWS has them all", async () => {
    const { asked, read } = call({});
    expect([...(await readTogether(["a", "b"], read, "TargetGroupNotFound"))]).toEqual([
      ["a", "A"],
      ["b", "B"],
    ]);
    expect(asked).toEqual([["a", "b"]]);
  });

  it("is made for each alone where one is gone, which has no entry then", async () => {
    const { asked, read } = call({ b: gone });
    const found = await readTogether(["a", "b", "c"], read, "TargetGroupNotFound");
    expect([...found]).toEqual([
      ["a", "A"],
      ["c", "C"],
    ]);
    expect(asked).toEqual([["a", "b", "c"], ["a"], ["b"], ["c"]]);
  });

  it("fails for one alone that the credentials may not read", async () => {
    const { read } = call({ b: denied });
    const found = await readTogether(["a", "b"], read, "TargetGroupNotFound");
    expect(await found.get("a")).toBe("A");
    await expect(found.get("b")).rejects.toBe(denied);
  });

  it.each([
    ["kept throttling", awsError("Throttling", "Rate exceeded")],
    ["did not answer", awsError("InternalFailure", "injected", 500)],
    ["refuses the credentials", awsError("ExpiredToken", "The security token is expired", 403)],
  ])("fails for all, and is not made again, where AWS %s", async (_what, error) => {
    const { asked, read } = call({ b: error });
    await expect(readTogether(["a", "b"], read, "TargetGroupNotFound")).rejects.toBe(error);
    expect(asked).toEqual([["a", "b"]]);
  });

  it("is not made again for a single one", async () => {
    const { asked, read } = call({ a: gone, b: denied });
    expect([...(await readTogether(["a"], read, "TargetGroupNotFound"))]).toEqual([]);
    await expect(readTogether(["b"], read, "TargetGroupNotFound")).rejects.toBe(denied);
    expect(asked).toEqual([["a"], ["b"]]);
  });
});
