import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Holder } from "../../state/state.ts";
import { paused } from "../support/paused.ts";
import { Stage } from "../support/stage.ts";

const web = {};
const mail = { type: "worker", queue: true } as const;
const search = { internal: true } as const;
const files = {
  path: "/files/*",
  volumes: { data: { path: "/data" } },
  release: { before: ["node", "migrate.js"] },
} as const;
const report = { type: "job", schedule: "rate(1 day)", volumes: { data: { path: "/data", of: "files" } } } as const;
const added = { mail, search, files, report };

describe("several services", () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage({ services: { web } });
  });
  afterEach(() => stage.remove());

  it("are added by the next run if the first one died in the middle", { timeout: 180_000 }, async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ services: { web, ...added } });
    const { ended } = await paused(stage.directory, ["reconcile"], async () => {
      const lock = join(stage.directory, ".fairlead", "fairlead-app-dev.json.lock");
      process.kill((JSON.parse(readFileSync(lock, "utf8")) as Holder).pid, "SIGKILL");
    });
    expect(ended.code).toBeNull();
    expect(Object.keys(await stage.planned())).not.toEqual([]);
    expect((await stage.type("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
    expect((await stage.say("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });

  it("are torn down even if the config has only one of them", async () => {
    stage.edit({ services: { web, ...added } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ services: { web } });
    const { exit, lines } = await stage.say("teardown");
    expect(exit).toBe(0);
    expect(lines.join("\n")).toContain("no resources of fairlead-app-dev are left");
    expect(stage.things()).toEqual({});
  });

  it("cannot use the rule priority of a service that is being removed, and can use it once that is gone", async () => {
    stage.edit({ services: { web, api: { path: "/api/*", priority: 7 } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const renamed = { apis: { path: "/api/*", priority: 7 } };
    stage.edit({ services: { web, ...renamed } });
    const { exit, lines } = await stage.type("reconcile", "--yes");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toMatch(
      /apis\/balancer\/cloudfront-rule: elb\/listener-rule arn:\S+ already exists as api\/balancer\/cloudfront-rule of this stack, with the same listenerArn and priority\. No changes were made\. Give apis\/balancer\/cloudfront-rule another priority, or remove api\/balancer\/cloudfront-rule in a separate run first\./,
    );
    stage.edit({ services: { web } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ services: { web, ...renamed } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("are refused if the name of another stack and of a service result in the same names", async () => {
    stage.edit({ name: "shop", environment: "dev", services: { web, api: { path: "/api/*" } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const before = stage.things();
    stage.edit({ name: "shop-dev", environment: "api", services: { web } });
    const { exit, lines } = await stage.type("reconcile", "--yes");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toMatch(
      /registry\/repository: .* belongs to shop\/dev\/ap-northeast-1:api\/registry\/repository/,
    );
    expect(stage.things()).toEqual(before);
    stage.edit({ name: "shop", environment: "dev", services: { web, api: { path: "/api/*" } } });
    expect(await stage.planned()).toEqual({});
    expect((await stage.say("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
