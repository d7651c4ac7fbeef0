import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BUILDSPEC } from "../../../src/init/buildspec.ts";
import { factsOf } from "../../../src/init/dockerfile-facts.ts";
import { findingsOf, userFor } from "../../../src/init/findings.ts";
import { dockerfileFor } from "../../../src/init/dockerfile.ts";
import { LANGUAGES } from "../../../src/init/languages.ts";
import { sampleFor } from "../../../src/init/sample.ts";
import type { NodeApp } from "../../../src/init/node.ts";

describe("a Dockerfile that exists", () => {
  it("is what its last stage says, with the stages that it starts from", () => {
    const facts = factsOf(
      [
        "# syntax=docker/dockerfile:1",
        "FROM node:22 AS base",
        "USER 10001:10001",
        "ENV A=1 PORT=3000",
        "FROM golang:1.24 as build",
        "USER root",
        "EXPOSE 1",
        "FROM --platform=linux/amd64 base",
        "COPY --from=build . .",
        "EXPOSE 8080/tcp \\",
        "  # comment",
        "  9090",
        "HEALTHCHECK --interval=5s CMD curl -f http://localhost:8080/ready?x=1 || exit 1",
        'CMD ["node", "main.js"]',
      ].join("\n"),
    );
    expect(facts).toEqual({
      user: "10001:10001",
      userIsVariable: false,
      ports: [8080, 9090],
      portVariable: 3000,
      healthPath: "/ready",
      hasHealthCheck: true,
      startsShell: false,
      fromDockerHub: ["node:22", "golang:1.24"],
      copiesAll: false,
      usesPort: false,
    });
  });

  it.each([
    ["USER root", undefined, false],
    ["USER 0:0", undefined, false],
    ["USER $UID", undefined, true],
    ["USER app", "app", false],
    ["", undefined, false],
  ])("has a user: %s", (line, user, userIsVariable) => {
    expect(factsOf(`FROM scratch\n${line}`)).toMatchObject({ user, userIsVariable, fromDockerHub: [] });
  });

  it.each([
    ["FROM public.ecr.aws/docker/library/node:22", []],
    ["FROM localhost:5000/app", []],
    ["FROM docker.io/acme/app", ["docker.io/acme/app"]],
    ["ARG BASE\nFROM $BASE", []],
  ])("is from Docker Hub or not: %s", (text, from) => {
    expect(factsOf(text).fromDockerHub).toEqual(from);
  });

  const found = (text: string, more: object = {}) => ({
    name: "app",
    isEmpty: false,
    app: undefined,
    dockerfile: factsOf(text),
    port: undefined,
    readsPort: false,
    health: undefined,
    parts: [],
    ...more,
  });
  const findings = (text: string, port = 8080) =>
    findingsOf("/nowhere", "Dockerfile", found(text), { port, healthCheckPath: "/health" }).join("\n");

  it("is told what ECS makes of it", () => {
    const text = findings("FROM python:3.12\nCOPY . .\nEXPOSE 5000\nHEALTHCHECK CMD true\nCMD gunicorn app:app");
    for (const part of [
      "Dockerfile has no USER",
      "ECS ignores HEALTHCHECK of Dockerfile. The load balancer requests /health",
      "Dockerfile has EXPOSE 5000, and the config has port 8080",
      "starts a shell, which does not pass on SIGTERM",
      "public.ecr.aws/docker/library/python:3.12",
      "there is no .dockerignore",
    ])
      expect(text).toContain(part);
  });

  it("has nothing to be told but the root file system, if it is as the one that init writes", () => {
    for (const language of LANGUAGES) {
      const made = dockerfileFor(sampleFor(language, "/nowhere").app, 8080);
      expect(findings("text" in made ? made.text : "FROM").split("\n")).toEqual([
        expect.stringContaining("The root file system is read-only"),
        // init writes that file too.
        expect.stringContaining("there is no .dockerignore"),
      ]);
    }
  });

  it("decides the user of the container", () => {
    const user = (text: string, port = 8080) => userFor(found(text), port);
    expect(user("FROM scratch\nUSER 1000:1000")).toBeUndefined();
    expect(user("FROM scratch\nUSER nonroot")).toBe("nonroot");
    expect(user("FROM scratch")).toBeUndefined();
    expect(user("FROM scratch", 80)).toBe("root");
    expect(user("FROM scratch\nUSER app", 80)).toBe("app");
  });
});

describe("a Dockerfile that is written", () => {
  const node = (more: Partial<NodeApp>) => {
    const made = dockerfileFor({ ...(sampleFor("node", "/nowhere").app as NodeApp), ...more }, 3000);
    return "text" in made ? made.text : made.why;
  };

  it("installs with the package manager of the lock file, before the sources are copied", () => {
    expect(node({ locks: ["package-lock.json"] })).toContain(
      "COPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nCOPY . .",
    );
    expect(node({ locks: ["package-lock.json"], builds: true })).toContain("RUN npm ci\nCOPY . .\nRUN npm run build");
    expect(node({ manager: "pnpm", locks: ["pnpm-lock.yaml"] })).toContain(
      "RUN corepack enable && pnpm install --frozen-lockfile",
    );
    expect(node({ manager: "yarn-berry", locks: ["yarn.lock", ".yarnrc.yml", ".yarn"] })).toContain(
      "COPY package.json yarn.lock .yarnrc.yml ./\nCOPY .yarn ./.yarn\nRUN corepack enable && yarn install --immutable",
    );
    expect(node({ installsWithFiles: true })).toContain("COPY . .\nRUN npm install");
  });

  it("builds, and leaves out what only the build needs", () => {
    expect(node({ builds: true })).toMatch(/RUN npm run build\nRUN npm prune --omit=dev\n\nFROM/);
  });

  it("is not written where it could not work, with the reason", () => {
    expect(node({ manager: "bun" })).toContain("Bun");
    expect(node({ manager: "yarn-pnp" })).toContain("Plug'n'Play");
    expect(node({ start: undefined })).toContain("no start script");
  });
});

it("the buildspec is that of the sample service", () => {
  const sample = fileURLToPath(new URL("../../../service/buildspec.yml", import.meta.url));
  expect(BUILDSPEC).toBe(readFileSync(sample, "utf8"));
});
