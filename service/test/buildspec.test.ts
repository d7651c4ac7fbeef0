import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { serviceFile } from "./support.ts";

const BUILDSPEC = serviceFile("buildspec.yml");
const REPOSITORY = "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/shop-prod";
const IMAGE = `${REPOSITORY}@sha256:${"5".repeat(64)}`;
const INSPECT = "docker inspect --format {{index .RepoDigests 0}}";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "fairlead-buildspec-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** The commands of a phase. The file keeps each on one line, so no YAML parser is needed. */
function commands(name: string): string[] {
  const [, block = ""] = new RegExp(`^  ${name}:\\n    commands:\\n((?: {6}.*\\n)+)`, "m").exec(BUILDSPEC) ?? [];
  return [...block.matchAll(/^ {6}- (.*)$/gm)].map((match) => match[1] ?? "");
}

interface Outcome {
  /** What aws and docker were called with, in order. */
  calls: string[];
  output: string;
  ok: boolean;
  images: unknown;
}

/** A phase as shell text. An exit within a command becomes a failure, for the shell has to go on to the next phase. */
function phase(name: string): string {
  return commands(name)
    .map(
      (command) => `if [ $failed = 0 ]; then\n${command.replace(/\bexit 1\b/g, "false")}\n[ $? = 0 ] || failed=1\nfi`,
    )
    .join("\n");
}

/**
 * Runs the file as CodeBuild does: one shell, a phase stops at its first failed command, build is skipped after a failed
 * pre_build, post_build runs after build either way and is told by CODEBUILD_BUILD_SUCCEEDING. aws and docker are
 * stand-ins that write down their arguments; a call that starts with `fails` fails.
 */
function runBuild(env: Record<string, string>, fails = "none"): Outcome {
  const script = `
    called() { echo "$*" >> calls; case "$*" in "$FAILS"*) return 1;; esac; }
    aws() { called aws "$@" && echo password; }
    docker() {
      if [ "$1" = login ]; then cat >> stdin; fi
      called docker "$@" || return 1
      if [ "$1" = inspect ]; then echo "$INSPECTED"; fi
    }
    failed=0
    ${phase("pre_build")}
    if [ $failed = 0 ]; then
      ${phase("build")}
      export CODEBUILD_BUILD_SUCCEEDING=$((1 - failed)) before=$failed failed=0
      ${phase("post_build")}
      [ $before = 0 ] || failed=1
    fi
    exit $failed
  `;
  const run = spawnSync("bash", ["-c", script], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      FAILS: fails,
      INSPECTED: IMAGE,
      AWS_DEFAULT_REGION: "ap-northeast-1",
      AWS_ACCOUNT_ID: "123456789012",
      IMAGE_REPO_NAME: "shop-prod",
      IMAGE_TAG: "latest",
      CONTAINER_NAME: "shop",
      CODEBUILD_BUILD_NUMBER: "12",
      ...env,
    },
  });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");
  const images: unknown = JSON.parse(read("imagedefinitions.json") || "null");
  const output = String(run.stdout) + String(run.stderr);
  return { calls: read("calls").split("\n").slice(0, -1), output, ok: run.status === 0, images };
}

it("logs in, builds, pushes the release and no tag that is shared, and names the container's image by its digest", () => {
  const { calls, ok, images } = runBuild({ CODEBUILD_RESOLVED_SOURCE_VERSION: "436d61dba6f3d0f1" });
  expect(ok).toBe(true);
  expect(calls).toEqual([
    "aws ecr get-login-password --region ap-northeast-1",
    "docker login --username AWS --password-stdin 123456789012.dkr.ecr.ap-northeast-1.amazonaws.com",
    `docker build --build-arg APP_VERSION=436d61d-12 --tag ${REPOSITORY}:436d61d-12 .`,
    `docker push ${REPOSITORY}:436d61d-12`,
    `${INSPECT} ${REPOSITORY}:436d61d-12`,
  ]);
  expect(readFileSync(join(folder, "stdin"), "utf8")).toBe("password\n");
  expect(images).toEqual([{ name: "shop", imageUri: IMAGE }]);
});

it.each([
  ["an S3 version id", "L4kqtJlcpXroDTDmpUMLUo", "L4kqtJl-12"],
  ["an S3 version id that starts with what a tag refuses", ".-x/T+mpUMLUo", "__x_T_m-12"],
  ["no version at all", "", "build_12"],
])("makes a valid tag of %s", (_name, version, tag) => {
  const { calls } = runBuild({ CODEBUILD_RESOLVED_SOURCE_VERSION: version });
  expect(calls).toContain(`docker push ${REPOSITORY}:${tag}`);
  expect(tag).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
});

it.each([
  ["the registry's password", "aws ecr", 2],
  ["the login", "docker login", 2],
  ["the build", "docker build", 3],
  ["the push", `docker push ${REPOSITORY}:436d61d-12`, 4],
  ["the question for the digest", INSPECT, 5],
])("stops where %s fails", (_name, call, made) => {
  const { calls, ok, images } = runBuild({ CODEBUILD_RESOLVED_SOURCE_VERSION: "436d61dba6f3d0f1" }, call);
  expect(ok).toBe(false);
  expect(calls).toHaveLength(made);
  expect(images).toBeNull();
});

it("says that nothing is pushed after a failed build", () => {
  expect(runBuild({}, "docker build").output).toContain("The build failed, so nothing is pushed.");
});

it("refuses to start without the container's name", () => {
  const { calls, ok, output } = runBuild({ CONTAINER_NAME: "" });
  expect(ok).toBe(false);
  expect(calls).toEqual([]);
  expect(output).toContain("CONTAINER_NAME is not set");
});

it("is version 0.2 in bash with imagedefinitions.json as its artifact", () => {
  expect(BUILDSPEC).toMatch(/^version: 0\.2$/m);
  expect(BUILDSPEC).toMatch(/^env:\n {2}shell: bash$/m);
  expect(BUILDSPEC).toMatch(/^artifacts:\n {2}files:\n {4}- imagedefinitions\.json\n$/m);
});

it("is the same file for the Flask example, for the build does not depend on the language", () => {
  expect(serviceFile("../examples/flask/buildspec.yml")).toBe(BUILDSPEC);
});
