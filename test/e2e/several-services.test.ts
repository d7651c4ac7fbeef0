import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/cli/commands/deploy.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const BASE = "FROM public.ecr.aws/docker/library/node:22\nCOPY . .\n";
const config = {
  services: { web: { build: { context: "service" } }, api: { path: "/api/*", container: { port: 8080 } } },
} as const;

interface Answer {
  readonly release: {
    readonly ending: string;
    readonly services: readonly { readonly service: string; readonly revision: string; readonly image: string }[];
  };
}

describe("releases of several services", () => {
  const stage = new Stage(config);
  afterAll(() => stage.remove());

  function write(files: Readonly<Record<string, string>>): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(stage.directory, path)), { recursive: true });
      writeFileSync(join(stage.directory, path), text);
    }
  }

  /** Deploys the folder of the config; answers what its release made of each service. */
  async function released() {
    const said = await stage.act((context) =>
      deploy(undefined, { target: "local", json: true, approve: true }, context),
    );
    const { release } = JSON.parse(said.answer) as Answer;
    const services = Object.fromEntries(release.services.map((one) => [one.service, one]));
    return { exit: said.exit, lines: said.lines, ending: release.ending, services };
  }

  let first: Awaited<ReturnType<typeof released>>;

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    write({ "service/Dockerfile": BASE, "service/api/Dockerfile": BASE, "service/main.js": "1" });
    first = await released();
  }, 180_000);

  it("deploy each service with its own image and say which", () => {
    expect(first).toMatchObject({ exit: 0, ending: "live" });
    expect(first.services["web"]?.image).toContain("/fairlead-app-dev@sha256:");
    expect(first.services["api"]?.image).toContain("/fairlead-app-dev-api@sha256:");
    expect(first.lines.some((line) => line.includes("Live in") && line.endsWith("2 services."))).toBe(true);
    expect(first.lines.some((line) => line.includes("Deploy-api: succeeded"))).toBe(true);
  });

  it("leave each service with tasks, which status, doctor, logs and releases distinguish", async () => {
    const status = await stage.type("status");
    expect(status.lines.filter((line) => line.startsWith("Service "))).toEqual([
      expect.stringMatching(
        /^Service web: 2 of 2 tasks run, revision fairlead-app-dev:\d+, image .*\/fairlead-app-dev@sha256/,
      ),
      expect.stringMatching(/^Service api: 2 of 2 tasks run, revision fairlead-app-dev-api:\d+, image .*-api@sha256/),
    ]);
    const one = await stage.type("status", "--service", "api");
    expect(one.lines.filter((line) => line.startsWith("Service "))).toHaveLength(1);
    const doctor = await stage.type("doctor");
    expect(doctor.lines.join("\n")).toContain("All checks passed.");
    expect(doctor.lines).toContain("web:");
    expect(doctor.lines).toContain("api:");
    expect(doctor.exit).toBe(0);
    const logs = await stage.type("logs", "--since", "24h");
    expect(logs.lines.some((line) => / {2}web {2}/.test(line))).toBe(true);
    expect(logs.lines.some((line) => / {2}api {2}/.test(line))).toBe(true);
    const releases = await stage.type("releases");
    expect(releases.lines.filter((line) => line.includes("new image"))).toHaveLength(2);
  });

  it("build what has changed, and keep the other image", async () => {
    write({ "service/api/main.js": "2" });
    write({ "service/Dockerfile": BASE });
    stage.edit({ services: { ...config.services, web: { build: { context: "web" } } } });
    write({ "web/Dockerfile": BASE });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const second = await released();
    write({ "service/api/main.js": "3" });
    const third = await released();
    expect(third).toMatchObject({ exit: 0, ending: "live" });
    expect(third.services["web"]?.image).toBe(second.services["web"]?.image);
    expect(third.services["api"]?.image).not.toBe(second.services["api"]?.image);
    const releases = await stage.type("releases", "--limit", "1");
    expect(releases.exit).toBe(0);
    const back = await stage.type("rollback", "--service", "api", "--yes");
    expect(back.exit).toBe(0);
    expect(back.lines.join("\n")).toContain(second.services["api"]?.image ?? "none");
  });

  it("name the service if several or none could be meant", async () => {
    const rollback = await stage.type("rollback");
    expect(rollback.exit).toBe(2);
    expect(rollback.lines.join("\n")).toContain("Which service? The stack has web, api: name one, such as ");
    expect((await stage.type("exec")).exit).toBe(2);
    const unknown = await stage.type("logs", "--service", "apo");
    expect(unknown.exit).toBe(2);
    expect(unknown.lines.join("\n")).toContain(
      "There is no service apo; did you mean api? Services of the stack: web, api.",
    );
  });

  it("check the folder and the Dockerfile of each before anything is uploaded", async () => {
    stage.edit({ services: { ...config.services, api: { path: "/api/*", build: { context: "elsewhere" } } } });
    const missing = await stage.type("deploy");
    expect(missing.exit).toBe(2);
    expect(missing.lines.join("\n")).toContain("services.api.build.context: folder elsewhere in");
  });

  it("leave nothing behind", async () => {
    stage.edit(config);
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
  });
});
