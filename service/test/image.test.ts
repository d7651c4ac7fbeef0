import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { startProcess } from "./process.ts";
import { call, object, SERVICE, serviceFile } from "./support.ts";

const DOCKERFILE = serviceFile("Dockerfile").replaceAll("\\\n", " ");
const STAGES = DOCKERFILE.split(/^(?=FROM )/m).slice(1);
const [BUILD = "", RUN = ""] = STAGES;

/** The arguments of a stage's instructions of one kind. */
function instructions(stage: string, name: string): string[] {
  return [...stage.matchAll(new RegExp(`^${name} +(.*)$`, "gm"))].map((match) => (match[1] ?? "").trim());
}

it("has a stage that builds and a stage that runs", () => {
  expect(STAGES).toHaveLength(2);
  expect(instructions(BUILD, "RUN")).toEqual(["npm ci", "npm run build"]);
  expect(instructions(RUN, "COPY")).toEqual(["package.json ./", "--from=build /build/dist ./dist"]);
});

it("copies only what is there and what .dockerignore lets through", () => {
  const ignored = serviceFile(".dockerignore").split("\n");
  const sources = STAGES.flatMap((stage) => instructions(stage, "COPY"))
    .filter((copy) => !copy.startsWith("--from"))
    .flatMap((copy) => copy.split(" ").slice(0, -1));
  expect(sources).toEqual(["package.json", "package-lock.json", "tsconfig.json", "src", "package.json"]);
  const needed = [...sources, "Dockerfile", "buildspec.yml"];
  expect(needed.filter((source) => !existsSync(new URL(source, SERVICE)))).toEqual([]);
  expect(needed.filter((source) => ignored.includes(source))).toEqual([]);
});

it("runs as user 1000, listens on 5000 and starts node itself, so that it gets the signals", () => {
  expect(instructions(RUN, "USER")).toEqual(["1000:1000"]);
  expect(instructions(RUN, "EXPOSE")).toEqual(["5000"]);
  expect(instructions(RUN, "ENV")).toEqual(["NODE_ENV=production HOST=0.0.0.0 PORT=5000 APP_VERSION=$APP_VERSION"]);
  expect(instructions(RUN, "CMD")).toEqual(['["node", "dist/main.js"]']);
});

it("installs nothing: the load balancer alone checks the task", () => {
  expect(instructions(RUN, "RUN")).toEqual([]);
});

it("needs nothing at run time and names no registry", () => {
  const manifest = object(serviceFile("package.json"));
  expect(manifest["dependencies"]).toBeUndefined();
  expect(serviceFile("package-lock.json")).not.toMatch(/https?:|"resolved"/);
});

it("builds into JavaScript that runs, answers the image's health check, and fails it once stopped", async () => {
  const folder = mkdtempSync(join(tmpdir(), "fairlead-service-"));
  try {
    const tsc = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", SERVICE));
    const project = fileURLToPath(new URL("tsconfig.json", SERVICE));
    const build = spawnSync(process.execPath, [tsc, "-p", project, "--outDir", join(folder, "dist")]);
    expect(String(build.stdout)).toBe("");
    expect(build.status).toBe(0);
    copyFileSync(new URL("package.json", SERVICE), join(folder, "package.json"));

    const service = await startProcess([join(folder, "dist", "main.js")]);
    const check: unknown = JSON.parse(/CMD (\[.*\])/.exec(instructions(RUN, "HEALTHCHECK")[0] ?? "")?.[1] ?? "");
    expect(check).toEqual(["node", "-e", expect.any(String)]);
    const script = Array.isArray(check) ? String(check[2]) : "";
    const probe = () =>
      spawnSync(process.execPath, ["-e", script], { env: { ...process.env, PORT: String(service.port) } }).status;

    expect((await call(service.port, "/health")).status).toBe(200);
    expect(probe()).toBe(0);
    service.child.kill("SIGTERM");
    expect(await service.gone).toEqual([0, null]);
    expect(probe()).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
