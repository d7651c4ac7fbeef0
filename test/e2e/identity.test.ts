import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DescribeNatGatewaysCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import type { State } from "../../state/state.ts";
import { Stage } from "../support/stage.ts";

const file = (stage: Stage, name: string) => join(stage.directory, ".fairlead", `${name}.json`);

describe("the identity of a stack", () => {
  it("keeps shop-dev in prod and shop in dev-prod apart: nothing of the one is changed or deleted by the other", async () => {
    const stage = new Stage({ name: "shop-dev", environment: "prod" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    stage.edit({ name: "shop", environment: "dev-prod" });
    await expect(stage.run("plan")).rejects.toThrow(
      /belongs to shop-dev in prod, and this run is for shop in dev-prod.* No changes were made\./,
    );
    rmSync(file(stage, "shop-dev-prod"));
    const before = stage.things();
    const plan = await stage.run("plan");
    expect(plan.exit).toBe(1);
    expect(plan.json.problems).toContainEqual(expect.stringContaining("belongs to shop-dev/prod/ap-northeast-1:"));
    const torn = await stage.run("teardown");
    expect(torn.json.summary).toMatchObject({ deleted: 0 });
    expect(stage.things()).toEqual(before);
    stage.remove();
  });

  it("makes a second region a separate stack with its own state, whose teardown leaves the first one unchanged", async () => {
    const stage = new Stage({ region: "ap-northeast-1" });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const [first, state] = [stage.things(), readFileSync(file(stage, "fairlead-app-dev"), "utf8")];
    stage.edit({ region: "us-east-1" });
    const { exit, json, lines } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary).toMatchObject({ created: 42, adopted: 0, updated: 0, replaced: 0 });
    expect(lines.join("\n")).toContain("Another stack is already deployed: fairlead-app in dev, region ap-northeast-1");
    expect(existsSync(file(stage, "fairlead-app-dev.local"))).toBe(true);
    const torn = await stage.run("teardown");
    expect(torn.exit).toBe(0);
    expect(torn.json.summary).toMatchObject({ deleted: 42 });
    expect(stage.things()).toEqual(first);
    expect(readFileSync(file(stage, "fairlead-app-dev"), "utf8")).toBe(state);
    stage.edit({ region: "ap-northeast-1" });
    expect(await stage.planned()).toEqual({});
    stage.remove();
  });
});

describe("resources with the stack's tags that are in neither config nor state", () => {
  it("are shown by the plan and deleted by the reconcile: the state was lost and the config edited", async () => {
    const stage = new Stage();
    await stage.run("reconcile");
    rmSync(file(stage, "fairlead-app-dev"));
    stage.edit({ network: { nat: "single" } });
    const plan = await stage.say("plan");
    expect(plan.lines).toContainEqual(expect.stringMatching(/^orphaned: /));
    expect(plan.lines).toContainEqual(expect.stringMatching(/^ {2}- nat-2@nat-\w+ \(nat-\w+\) {2}ec2\/nat-gateway$/));
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { NatGateways = [] } = await stage.meddle((aws) => aws.ec2(new DescribeNatGatewaysCommand({})));
    expect(NatGateways.filter(({ State: is }) => is === "available")).toHaveLength(1);
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    stage.remove();
  });
});

/** Owner tags as Fairlead 0.1 wrote them. */
function former<T>(value: T): T {
  if (Array.isArray(value))
    return value
      .filter((one) => !/^fairlead:(environment|region)$/.test(keyOf(one)))
      .map((one) => (keyOf(one) === "fairlead:stack" ? renamed(one) : former(one))) as T;
  if (typeof value === "string")
    return value.replaceAll("[fairlead:fairlead-app/dev/ap-northeast-1:", "[fairlead:fairlead-app-dev/") as T;
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key]) => key !== "fairlead:environment" && key !== "fairlead:region")
    .map(([key, of]): [string, unknown] => [
      key,
      key === "fairlead:stack" ? "fairlead-app-dev" : former(of as unknown),
    ]);
  return Object.fromEntries(entries) as T;
}

const keyOf = (tag: unknown): string => {
  const { Key, key = Key } = (tag ?? {}) as { Key?: string; key?: string };
  return typeof key === "string" ? key : "";
};
const renamed = (tag: object) =>
  "Key" in tag ? { ...tag, Value: "fairlead-app-dev" } : { ...tag, value: "fairlead-app-dev" };

describe("a stack of Fairlead 0.1", () => {
  /** Its state and its resources as 0.1 marked them: name and environment in one word, and no region. */
  async function standing() {
    const stage = new Stage();
    await stage.run("reconcile");
    const [path, world] = [file(stage, "fairlead-app-dev"), file(stage, "local/world")];
    const { name: _name, environment: _environment, ...state } = JSON.parse(readFileSync(path, "utf8")) as State;
    writeFileSync(path, JSON.stringify({ ...former(state), version: 1 }));
    writeFileSync(world, JSON.stringify(former(JSON.parse(readFileSync(world, "utf8")))));
    return { stage, path };
  }

  it("is migrated by the next run, which first shows that its tags are updated in place", async () => {
    const { stage, path } = await standing();
    const plan = await stage.run("plan");
    expect(plan.exit).toBe(0);
    const changed = plan.json.actions.filter(({ action }) => action !== "noop");
    expect(new Set(changed.map(({ action }) => action))).toEqual(new Set(["update"]));
    for (const { differences = [] } of changed)
      expect(differences.every(({ path: at }) => /^(tags\.fairlead:|owner$)/.test(at))).toBe(true);
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ version: 2, name: "fairlead-app" });
    expect(await stage.planned()).toEqual({});
    expect((await stage.run("teardown")).exit).toBe(0);
    stage.remove();
  });

  it("belongs to the name in its state, and to no other that results in the same names", async () => {
    const { stage } = await standing();
    stage.edit({ name: "fairlead", environment: "app-dev" });
    await expect(stage.run("plan")).rejects.toThrow("belongs to fairlead-app in dev");
    stage.remove();
  });
});
