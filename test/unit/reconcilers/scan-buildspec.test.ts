import { describe, expect, it } from "vitest";
import { scanBuildspec, scanVariablesOf } from "../../../reconcilers/components/scan-buildspec.ts";
import type { Severity } from "../../../src/aws/ecr/severities.ts";
import { SourceFiles } from "../../../src/simulator/codebuild/source-files.ts";
import { parseBuildspec } from "../../../src/simulator/codebuild/buildspec.ts";
import type { Machine, Ran } from "../../../src/simulator/codebuild/machine.ts";
import { run, takeExit } from "../../../src/simulator/codebuild/shell.ts";

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const DIGEST = `sha256:${"ab".repeat(32)}`;

/** Runs the check in the simulated shell; `answers`: statuses by poll (`undefined`: the call fails), then the counts. */
function checked(
  { image = `${REGISTRY}/shop-prod@${DIGEST}`, failOn = "HIGH" }: { image?: string; failOn?: Severity },
  statuses: readonly (string | undefined)[],
  counts?: Readonly<Record<string, number>>,
) {
  const asked: string[] = [];
  let [slept, polls] = [0, 0];
  const failed: Ran = { code: 254, output: "", errors: "An error occurred (ScanNotFoundException)\n" };
  const machine: Machine = {
    variables: { SERVICE: "web", CONTAINER: "shop", FILE: "imagedefinitions.json", REGISTRY },
    files: SourceFiles.of({ "imagedefinitions.json": `[{"name":"shop","imageUri":"${image}"}]\n` }),
    docker: (): Ran => ({ code: 127, output: "" }),
    aws(words) {
      asked.push(words.join(" "));
      const scan = { imageScanStatus: {}, imageScanFindings: { findingSeverityCounts: counts } };
      if (words.includes("json")) return { code: 0, output: `${JSON.stringify(scan)}\n` };
      const status = statuses[Math.min(polls++, statuses.length - 1)];
      return status === undefined ? failed : { code: 0, output: `${status}\n` };
    },
    sleep(seconds) {
      slept += seconds;
      return false;
    },
  };
  let [code, output] = [0, ""];
  for (const command of parseBuildspec(scanBuildspec(failOn)).commands.build) {
    const one = run(machine, command);
    output += one.output + (one.errors ?? "");
    code = one.code;
    if (takeExit(machine) || code !== 0) break;
  }
  return { code, lines: output.trimEnd().split("\n"), slept, asked };
}

describe("the check of an image's scan", () => {
  it.each([
    [`${REGISTRY}/shop-prod@${DIGEST}`, "shop-prod", `imageDigest=${DIGEST}`],
    [`${REGISTRY}/team/shop:7@${DIGEST}`, "team/shop", `imageDigest=${DIGEST}`],
    [`${REGISTRY}/shop-prod:v1.2`, "shop-prod", "imageTag=v1.2"],
    [`${REGISTRY}/shop-prod`, "shop-prod", "imageTag=latest"],
  ])("asks for the image %s", (image, repository, id) => {
    const { code, asked } = checked({ image }, ["COMPLETE"]);
    expect(code).toBe(0);
    expect(asked[0]).toContain(`--repository-name ${repository} --image-id ${id} --no-paginate`);
  });

  it("waits until the scan is known and has ended", () => {
    const { code, slept, lines } = checked({}, [undefined, undefined, "IN_PROGRESS", "COMPLETE"], { HIGH: 0, LOW: 3 });
    expect(code).toBe(0);
    expect(slept).toBe(30);
    expect(lines.at(-1)).toBe("web: image scan: 0 critical, 0 high, 0 medium, 3 low.");
  });

  it("takes the first result of an enhanced scan", () => {
    expect(checked({}, ["PENDING", "ACTIVE"], { CRITICAL: 1 }).code).toBe(1);
    expect(checked({}, ["PENDING", "ACTIVE"], {}).code).toBe(0);
  });

  it.each([
    ["CRITICAL", { CRITICAL: 1 }, 1],
    ["CRITICAL", { HIGH: 9 }, 0],
    ["HIGH", { CRITICAL: 1 }, 1],
    ["HIGH", { HIGH: 10 }, 1],
    ["HIGH", { MEDIUM: 4, LOW: 1, INFORMATIONAL: 2, UNDEFINED: 1 }, 0],
    ["MEDIUM", { MEDIUM: 1 }, 1],
    ["LOW", { LOW: 1 }, 1],
    ["LOW", { INFORMATIONAL: 1, UNDEFINED: 4 }, 0],
  ] as const)("with %s ends %o with exit code %d", (failOn, counts, code) => {
    expect(checked({ failOn }, ["COMPLETE"], counts).code).toBe(code);
  });

  it("says last how many findings are too severe", () => {
    const { lines } = checked({ failOn: "MEDIUM" }, ["COMPLETE"], { HIGH: 2, LOW: 5 });
    expect(lines.at(-1)).toBe(
      `web: ${REGISTRY}/shop-prod@${DIGEST} has findings of severity MEDIUM or above: 0 critical, 2 high, 0 medium.`,
    );
  });

  it.each(["FAILED", "UNSUPPORTED_IMAGE", "FINDINGS_UNAVAILABLE", "SCAN_ELIGIBILITY_EXPIRED", "LIMIT_EXCEEDED"])(
    "lets no image pass whose scan is %s",
    (status) => {
      const { code, lines } = checked({}, [status]);
      expect(code).toBe(1);
      expect(lines.at(-1)).toMatch(new RegExp(`the scan of .* has no result, ECR reports ${status}\\.$`));
    },
  );

  it("gives up after twenty minutes, with the error of the last call before its own words", () => {
    const { code, slept, lines } = checked({}, [undefined]);
    expect(code).toBe(1);
    expect(slept).toBe(1190);
    expect(lines.slice(-2)).toEqual([
      "An error occurred (ScanNotFoundException)",
      `web: the scan of ${REGISTRY}/shop-prod@${DIGEST} has no result after 20 minutes.`,
    ]);
  });

  it("lets no image of another registry pass, whatever its name", () => {
    const { code, asked } = checked({ image: "docker.io/shop-prod:1" }, ["COMPLETE"]);
    expect(code).toBe(1);
    expect(asked).toEqual([]);
  });

  it("is told the service, its container and its file, in fewer characters than CodePipeline takes", () => {
    const long = "a".repeat(32);
    const text = scanVariablesOf({ service: long, action: "Scan", container: long, imageDefinitions: `${long}.json` });
    expect(text.length).toBeLessThan(1000);
    expect(JSON.parse(text)).toContainEqual({ name: "CONTAINER", value: long, type: "PLAINTEXT" });
  });
});
