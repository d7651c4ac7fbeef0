import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { declaredView, recordedStates } from "../../../src/cli/recorded-view.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { ResourceState, State } from "../../../state/state.ts";

const STACK = { ...resolveStack({ name: "shop", region: "eu-west-1" }, "dev"), kinds: [] };
const resource = (type: string, more: Partial<ResourceState> = {}): ResourceState => ({
  type,
  status: "created",
  id: `${type}-1`,
  token: "t",
  spec: {},
  attrs: {},
  needs: [],
  ...more,
});
const STATE: State = {
  version: 2,
  serial: 3,
  stack: "shop-dev",
  name: "shop",
  environment: "dev",
  target: "local",
  account: "123456789012",
  region: "eu-west-1",
  resources: {
    "network/vpc": resource("ec2/vpc", { spec: { cidr: "10.0.0.0/16" } }),
    "compute/cluster": resource("ecs/cluster"),
    "balancer/load-balancer": resource("elb/load-balancer", { status: "creating" }),
    "edge/distribution": resource("cloudfront/distribution"),
    "compute/service": resource("ecs/service", {
      status: "deleting",
      spec: { apiPassword: "hunter2-hunter2" },
      needs: [
        { to: "compute/cluster", loose: false },
        { to: "network/vpc", loose: false },
      ],
    }),
  },
};

describe("what the console shows of the last run", () => {
  let stateDirectory: string;
  beforeEach(() => (stateDirectory = mkdtempSync(join(tmpdir(), "fairlead-recorded-"))));
  afterEach(() => rmSync(stateDirectory, { recursive: true, force: true }));

  const statesWith = (state: unknown) => {
    writeFileSync(
      join(stateDirectory, "shop-dev.json"),
      typeof state === "string" ? state : JSON.stringify(state, undefined, 2),
    );
    return recordedStates({ stacks: [STACK], target: "local", stateDirectory });
  };

  it("is the state of the stack, and of no other stack, target or region", async () => {
    expect(await recordedStates({ stacks: [STACK], target: "local", stateDirectory })).toEqual([]);
    expect(await statesWith(STATE)).toMatchObject([{ serial: 3, resources: STATE.resources }]);
    for (const other of [
      { target: "aws" },
      { region: "eu-west-3" },
      { stack: "other-dev", name: "other" },
      { name: "shop-x" },
      { environment: "prod" },
      { resources: {} },
    ])
      expect(await statesWith({ ...STATE, ...other })).toEqual([]);
  });

  it("is nothing where the state is damaged: the plan tells that", async () => {
    expect(await statesWith("{ broken")).toEqual([]);
  });

  it("is a picture that claims nothing of AWS, with what a run left unfinished", async () => {
    const { declared, recorded } = await declaredView(STACK, [STATE]);
    expect(declared.title).toBe("shop-dev in eu-west-1");
    const [only] = recorded;
    expect(only).toMatchObject({
      name: "shop-dev",
      region: "eu-west-1",
      resources: [
        { id: "network/vpc", type: "ec2/vpc", existing: "ec2/vpc-1", recorded: { cidr: "10.0.0.0/16" }, needs: [] },
        { id: "compute/cluster" },
        { id: "balancer/load-balancer", type: "elb/load-balancer" },
        { id: "edge/distribution", type: "cloudfront/distribution" },
        { id: "compute/service", needs: ["compute/cluster", "network/vpc"] },
      ],
    });
    const labels = [...(only?.picture ?? "").matchAll(/aria-label="([^"]*)"/g)].map(([, label]) => label);
    expect(labels).toContainEqual(expect.stringMatching(/balancer\/load-balancer create not finished$/));
    expect(labels).toContainEqual(expect.stringMatching(/compute\/service delete not finished$/));
    expect(only?.picture).toContain("recorded</text>");
    expect(only?.picture).toContain('href="?open=eu-west-1%2Fcompute%2Fservice#panel"');
    expect(JSON.stringify(only)).not.toContain("hunter2");
  });

  it("is a list for a large stack, whose picture takes longer than the answer of AWS", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 201 }, (_, index) => [`network/subnet-${index}`, resource("ec2/subnet")]),
    );
    const { recorded } = await declaredView(STACK, [{ ...STATE, resources: many }]);
    expect(recorded).toMatchObject([{ name: "shop-dev", resources: { length: 201 } }]);
    expect(recorded[0]).not.toHaveProperty("picture");
  });
});
