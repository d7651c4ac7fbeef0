import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { command } from "../support/command.ts";
import { project } from "../support/project.ts";
import type { Answer } from "../support/stage.ts";
import { mutating, OF_SHARED_STACK, startMoto, type Moto } from "./world.ts";

const config: StackConfig = {
  name: "shop",
  environment: "staging",
  environments: {
    staging: { shareable: true },
    preview: {
      shared: "shop/staging",
      services: { web: { path: "/preview/*" }, mail: { type: "worker", queue: true } },
    },
  },
};

describe("a stack on another one's network, load balancer, CDN and cluster", () => {
  const stack = project(config);
  let moto: Moto;
  const run = async (env: string, ...args: string[]) => {
    const flags = ["--env", env, "--target", "aws", "--json", ...moto.logged()];
    const ended = await command(stack.directory, [...args, ...flags], moto.env);
    return { ...ended, json: (ended.stdout === "" ? {} : JSON.parse(ended.stdout)) as Answer };
  };

  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => {
    moto.stop();
    stack.remove();
  });

  it("is created without any call that changes the shared stack, and then neither needs changes", async () => {
    expect((await run("staging", "reconcile", "--yes")).code).toBe(0);
    await moto.forget();
    const { code, json, stderr } = await run("preview", "reconcile", "--yes");
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Error")]);
    const calls = mutating(await moto.calls());
    expect(calls.filter((call) => OF_SHARED_STACK.test(call))).toEqual([]);
    expect(calls).toContain("elasticloadbalancing.CreateRule");
    expect(json.outputs["application_url"]).toMatch(/cloudfront\.net\/preview\/$/);
    expect((await run("preview", "plan", "--check")).code).toBe(0);
    expect((await run("staging", "plan", "--check")).code).toBe(0);
  });

  it("keeps the shared stack from being torn down, and leaves it unchanged when it goes itself", async () => {
    await moto.forget();
    const refused = await run("staging", "teardown", "--yes");
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining("shop/preview runs on shop/staging")]);
    expect(mutating(await moto.calls())).toEqual([]);
    expect((await run("preview", "teardown", "--yes")).code).toBe(0);
    expect((await run("staging", "plan", "--check")).code).toBe(0);
    expect((await run("staging", "teardown", "--yes")).code).toBe(0);
    expect(Object.values(await moto.count()).every((number) => number === 0)).toBe(true);
  });
});
