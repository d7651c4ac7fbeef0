import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { buildspecOf, type ImageBuild } from "../../../reconcilers/components/buildspec.ts";

const WEB: ImageBuild = {
  name: "web",
  repository: "shop-prod",
  context: "service",
  dockerfile: "Dockerfile",
  args: {},
  deployed: [{ container: "shop", imageDefinitions: "imagedefinitions.json" }],
};
const API: ImageBuild = {
  name: "api-v2",
  repository: "shop-prod-api-v2",
  context: "services/api",
  dockerfile: "docker/Dockerfile",
  target: "run",
  args: { GREETING: 'it\'s $HOME; fi # "x"' },
  deployed: [
    { container: "api-v2", imageDefinitions: "imagedefinitions-api-v2.json" },
    { container: "worker", imageDefinitions: "imagedefinitions-worker.json" },
  ],
};

interface Spec {
  readonly version: number;
  readonly env: { readonly shell: string };
  readonly phases: Readonly<Record<string, { readonly commands: readonly string[] }>>;
  readonly artifacts: { readonly files: readonly string[] };
}

const REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";
const PHASES = ["pre_build", "build", "post_build"] as const;

/** A docker that writes down what it is asked for, one argument a line, and an aws; an image is there where its repository is named in `known`. */
const STUBS = {
  docker: `printf '%s\\n' docker "$@" -- >> "$STUB_LOG"
case "$1" in
  login) cat > /dev/null ;;
  build) exit "\${STUB_BUILD:-0}" ;;
  inspect) for last; do :; done; echo "\${last%:*}@sha256:built" ;;
esac`,
  // Only docker's calls are looked at: two programs of one pipe would write into each other's lines.
  aws: `case "$2" in
  get-login-password) echo password ;;
  describe-images)
    while [ "$1" != "--repository-name" ]; do shift; done
    case " $STUB_KNOWN " in *" $2 "*) echo "sha256:known" ;; *) echo "no such image" >&2; exit 254 ;; esac ;;
esac`,
};

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function write(folder: string, files: Readonly<Record<string, string>>, mode?: number): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text, mode === undefined ? {} : { mode });
  }
}

const SOURCE = {
  "service/Dockerfile": "FROM a\n",
  "service/a file": "1",
  "services/api/docker/Dockerfile": "FROM b\n",
};

/** Runs the commands of a buildspec in bash as CodeBuild does: all in one shell, a phase up to its first failure. */
function built(images: readonly ImageBuild[], { files = SOURCE, known = "", build = "0" } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-buildspec-"));
  folders.push(folder);
  const programs = Object.entries(STUBS).map(([name, text]) => [`bin/${name}`, `#!/bin/bash\n${text}\n`] as const);
  write(folder, Object.fromEntries(programs), 0o755);
  write(join(folder, "source"), files);
  const { phases } = parse(buildspecOf(images)) as Spec;
  const script = PHASES.flatMap((phase) => [
    // As CodeBuild: a failed build is followed by post_build, anything else by nothing.
    phase === "post_build" ? "CODEBUILD_BUILD_SUCCEEDING=$((1 - FAILED))" : "",
    `while :; do ${(phases[phase]?.commands ?? []).map((command) => `\n${command}\n[ $? = 0 ] || { FAILED=1; break; }`).join("")}\nbreak; done`,
    phase === "pre_build" ? "[ $FAILED = 0 ] || exit 1" : "",
  ]);
  const ran = spawnSync("bash", ["-c", `FAILED=0\n${script.join("\n")}\nexit $FAILED`], {
    cwd: join(folder, "source"),
    encoding: "utf8",
    env: {
      PATH: `${join(folder, "bin")}:${process.env["PATH"]}`,
      AWS_ACCOUNT_ID: "123456789012",
      AWS_DEFAULT_REGION: "eu-west-1",
      STUB_LOG: join(folder, "calls"),
      STUB_KNOWN: known,
      STUB_BUILD: build,
    },
  });
  const log = existsSync(join(folder, "calls")) ? readFileSync(join(folder, "calls"), "utf8") : "";
  const calls = log
    .split("\n--\n")
    .filter((call) => call !== "")
    .map((call) => call.split("\n").slice(1));
  const file = (name: string) => {
    const path = join(folder, "source", name);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  return { ...ran, docker: calls, file };
}

const tagIn = (words: readonly string[] = []) =>
  words
    .find((word) => word.startsWith(REGISTRY))
    ?.split(":")
    .at(-1);

describe("the buildspec of several images", () => {
  it("is YAML that names each file that a deploy action reads", () => {
    const spec = parse(buildspecOf([WEB, API])) as Spec;
    expect(spec).toMatchObject({ version: 0.2, env: { shell: "bash" } });
    expect(spec.artifacts.files).toEqual([
      "imagedefinitions.json",
      "imagedefinitions-api-v2.json",
      "imagedefinitions-worker.json",
    ]);
  });

  it("builds and pushes each image in bash, and writes its digest for every service that runs it", () => {
    const { status, docker, file } = built([WEB, API]);
    expect(status).toBe(0);
    const builds = docker.filter(([verb]) => verb === "build");
    expect(builds).toHaveLength(2);
    const [web, api] = builds.map((words) => tagIn(words));
    expect(web).toMatch(/^content-[0-9a-f]{8}-[0-9a-f]{32}$/);
    expect(api).toMatch(/^content-[0-9a-f]{8}-[0-9a-f]{32}$/);
    expect(builds[1]).toEqual([
      "build",
      "--build-arg",
      `APP_VERSION=${api}`,
      "--build-arg",
      'GREETING=it\'s $HOME; fi # "x"',
      "--file",
      "services/api/docker/Dockerfile",
      "--target",
      "run",
      "--tag",
      `${REGISTRY}/shop-prod-api-v2:${api}`,
      "services/api",
    ]);
    expect(docker.filter(([verb]) => verb === "push").map(([, image]) => image)).toEqual([
      `${REGISTRY}/shop-prod:${web}`,
      `${REGISTRY}/shop-prod-api-v2:${api}`,
    ]);
    expect(file("imagedefinitions.json")).toBe(`[{"name":"shop","imageUri":"${REGISTRY}/shop-prod@sha256:built"}]\n`);
    const apiImage = `${REGISTRY}/shop-prod-api-v2@sha256:built`;
    expect(file("imagedefinitions-api-v2.json")).toBe(`[{"name":"api-v2","imageUri":"${apiImage}"}]\n`);
    expect(file("imagedefinitions-worker.json")).toBe(`[{"name":"worker","imageUri":"${apiImage}"}]\n`);
  });

  it("tags an image after its folder, stage and arguments, and after nothing else", () => {
    const tagOf = (files: Readonly<Record<string, string>>, image = WEB) =>
      tagIn(built([image], { files: { ...SOURCE, ...files } }).docker.find(([verb]) => verb === "build"));
    const before = tagOf({});
    expect(tagOf({ "services/api/more": "of another image" })).toBe(before);
    expect(tagOf({ "service/a file": "2" })).not.toBe(before);
    expect(tagOf({ "service/more": "" })).not.toBe(before);
    expect(tagOf({}, { ...WEB, target: "run" })).not.toBe(before);
    expect(tagOf({}, { ...WEB, args: { A: "b" } })).not.toBe(before);
  });

  it("does not build again what is in its repository", () => {
    const { status, docker, file, stdout } = built([WEB, API], { known: "shop-prod" });
    expect(status).toBe(0);
    expect(stdout).toContain("web: unchanged since sha256:known, skipping the build.");
    expect(docker.filter(([verb]) => verb === "build" || verb === "push").map((words) => words.at(-1))).toEqual([
      "services/api",
      expect.stringContaining("/shop-prod-api-v2:"),
    ]);
    expect(file("imagedefinitions.json")).toBe(`[{"name":"shop","imageUri":"${REGISTRY}/shop-prod@sha256:known"}]\n`);
  });

  it("pushes nothing where a build fails", () => {
    const { status, docker, file, stdout } = built([WEB, API], { build: "1" });
    expect(status).toBe(1);
    expect(stdout).toContain("The build failed, so nothing is pushed.");
    expect(docker.some(([verb]) => verb === "push")).toBe(false);
    expect(file("imagedefinitions.json")).toBeUndefined();
  });

  it("fails before it builds anything where a folder is missing", () => {
    const { status, docker } = built([{ ...WEB, context: "nowhere" }, API]);
    expect(status).toBe(1);
    expect(docker.map(([verb]) => verb)).toEqual(["login"]);
  });
});
