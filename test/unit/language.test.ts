import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Phrases that a platform engineer would stumble over, and what is written instead. */
const BANNED: readonly (readonly [phrase: RegExp, instead: string])[] = [
  [/nothing was touched/i, "No changes were made."],
  [/behind our back/i, "outside Fairlead"],
  [/somebody deleted it/i, "deleted outside Fairlead"],
  [/\blead(s)? AWS to\b/i, "create or update AWS resources to match the config"],
  [/carry this plan out/i, "Apply this plan?"],
  [/in the way, see above/i, "Blocked by 2 errors (above)"],
  [/somebody else's/i, "unmanaged"],
  [/\bnot waited for: /i, "Still in progress: "],
  [/waits for AWS's rate/i, "throttled"],
  [/longest chain/i, "critical path"],
  [/walk the way of/i, "check the request path"],
  [/take over what exists/i, "adopt existing resources"],
  [/what is remembered/i, "the recorded state"],
  [/run an earlier release again/i, "roll back to an earlier release"],
  [/goes on from here/i, "the run resumes from here"],
  [/what no rule takes/i, "requests that match no rule"],
  [/nothing waits for an approval/i, "No approval is pending"],
  [/not made by Fairlead/i, "not created by Fairlead"],
  [/making the pipeline starts/i, "CodePipeline runs a new pipeline once when it is created"],
  [/none of the known causes/i, "No known cause matches."],
  [/no word of why/i, "no message"],
  [/what is in the way\b/i, "what blocks it"],
  [/\bone file a verb\b|\ba ring\b/i, "one file per command, a suite"],
  [/no longer desired/i, "no longer in the config"],
  [/\bgo(es|ing)? on waiting\b/i, "keep waiting"],
  [/as came out only now/i, "which became known only during the apply"],
  [/is there twice/i, "is listed twice"],
  [/sold by Fargate/i, "supported by Fargate"],
  [/Theirs stands/i, "Its version was kept"],
  [/has been holding the lock/i, "has been locked by"],
  [/array item a word/i, "one array item per word"],
  [/runs? in a circle|is a circle/i, "has a dependency cycle"],
];

const FOLDERS = ["src", "reconcilers", "state", "service", "docs", "scripts", "examples", "bin", "test/live"];
const TEXTS = /\.(?:ts|mjs|md|py|ya?ml)$/;

const texts = [
  "README.md",
  "CONTRIBUTING.md",
  ...FOLDERS.flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
      .filter((path) => TEXTS.test(path) && !path.includes("node_modules"))
      .map((path) => `${folder}/${path}`),
  ),
];

it("no text of the project has a phrase that is not the field's own", () => {
  const found = texts.flatMap((path) => {
    const lines = readFileSync(`${root}${path}`, "utf8").split("\n");
    return lines.flatMap((line, at) =>
      BANNED.filter(([phrase]) => phrase.test(line)).map(
        ([phrase, instead]) => `${path}:${at + 1}: ${phrase.source} -> ${instead}`,
      ),
    );
  });
  expect(found).toEqual([]);
});
