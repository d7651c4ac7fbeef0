import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { askText } from "../../../src/cli/ask.ts";

const isRegion = (answer: string) => (/^[a-z]+-[a-z]+-\d$/.test(answer) ? undefined : "No region.");

/** What comes of keys that are pressed, one after the other. */
async function answered(...keys: readonly string[]): Promise<{ answer: string | undefined; shown: string }> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = "";
  output.on("data", (data: Buffer) => (shown += data.toString()));
  const answer = askText("AWS region", "us-east-1", isRegion, { input, output });
  for (const key of keys) {
    await new Promise(setImmediate);
    input.write(key);
  }
  return { answer: await answer, shown };
}

it.each([
  ["Enter alone", ["\r"], "us-east-1"],
  ["what is typed, and not what was proposed before it", ["eu-west-1", "\r"], "eu-west-1"],
  ["a second answer, if the first one is refused", ["n", "\r", "\x7f", "eu-north-1", "\r"], "eu-north-1"],
  ["none, if the question is left", ["\x03"], undefined],
])("the answer is %s", async (_what, keys, expected) => {
  const { answer, shown } = await answered(...keys);
  expect(answer).toBe(expected);
  expect(shown).toContain("s-east-1");
});
