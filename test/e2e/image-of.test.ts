import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import type { SimImage } from "../../src/simulator/ecr/records.ts";
import { setEvents } from "../support/release.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";

const services = {
  web: {},
  api: { path: "/api/*" },
  report: { type: "job", schedule: "cron(0 2 * * ? *)" },
} as const satisfies StackConfig["services"];

/** Nothing is built into the repositories of the last two from here on: their next release brings the image of the first. */
const BY_WEB: StackConfig = {
  services: {
    web: {},
    api: { ...services.api, imageOf: "web" },
    report: { ...services.report, imageOf: "web" },
  },
};

const FORMER = ["api", "report"].map((name) => `${PREFIX}-${name}`);

describe("a service and a job that are to get the image of another service", () => {
  const stage = new Stage({ services });
  afterAll(() => stage.remove());
  let bring: () => void;

  const repositories = () => {
    const images = Object.values(stage.world().world.table<SimImage>("ecr.images@ap-northeast-1"));
    return [...new Set(images.map(({ repository }) => repository))].toSorted();
  };

  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => setEvents(world, "prompt"));
    for (const name of Object.keys(services)) {
      mkdirSync(join(stage.directory, "service", name), { recursive: true });
      writeFileSync(
        join(stage.directory, "service", name, "Dockerfile"),
        `FROM public.ecr.aws/docker/library/node:22\n# ${name}\n`,
      );
    }
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect(repositories()).toEqual([PREFIX, ...FORMER].toSorted());
    bring = stage.keep();
    stage.edit(BY_WEB);
  }, 120_000);

  it.each([
    ["", () => {}],
    [", also where the state was lost", () => rmSync(join(stage.directory, ".fairlead", `${PREFIX}.json`))],
  ])("keep the repositories that they run from until their next release%s", async (_when, lose) => {
    bring();
    lose();
    // The tagging API tells of what was made a moment ago only after a while.
    await stage.meddle((_aws, clock) => clock.sleep(200_000));
    expect(Object.values(await stage.planned())).not.toContain("delete");
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(repositories()).toEqual([PREFIX, ...FORMER].toSorted());
    expect(await stage.planned()).toEqual({});
    expect((await stage.type("deploy", "--approve")).exit).toBe(0);
    expect(await stage.planned()).toMatchObject({
      "api/registry/repository": "delete",
      "report/registry/repository": "delete",
    });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(repositories()).toEqual([PREFIX]);
    expect(await stage.planned()).toEqual({});
  });
});
