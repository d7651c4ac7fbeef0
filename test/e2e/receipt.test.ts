// First: it takes the place of what the others load.
import { attended, calm, scene } from "../support/scene.ts";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ownerTags } from "../../src/aws/tags.ts";
import type { ReceiptReport } from "../../src/cli/receipt.ts";
import { teardown, type TeardownFlags } from "../../src/cli/commands/teardown.ts";
import { awsError } from "../support/failing.ts";
import { makeAddress, makeDoubles, makeRole, STACK } from "../support/foreign.ts";
import { APP } from "../support/identities.ts";
import { Stage, type Answer } from "../support/stage.ts";

const BUILD_LOG = `/aws/codebuild/${STACK}`;
const denied = (what: string) => awsError("UnauthorizedOperation", `You may not ${what}.`, 403);

describe("a teardown and its receipt", () => {
  const stage = new Stage();
  const file = (name: string) => join(stage.directory, ".fairlead", name);
  let standing: () => void;
  beforeAll(async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    standing = stage.keep();
  });
  beforeEach(() => {
    calm();
    standing();
  });
  afterAll(() => stage.remove());

  /** Tears down at a terminal with a person at it. */
  async function tornDown(flags: Partial<TeardownFlags> = {}, stop = new AbortController().signal) {
    const said = await stage.act((context) => {
      return teardown({ target: "local", json: true, ...flags }, { ...attended(context), stop });
    });
    const json = said.answer === "" ? undefined : (JSON.parse(said.answer) as Answer & { receipt: ReceiptReport });
    return { ...said, json, receipt: json?.receipt };
  }

  const isGone = () => !existsSync(file("local/world.json"));
  const CLEAN = "Receipt: no resources of fairlead-app-dev are left in account 123456789012, region ap-northeast-1.";

  it("says that nothing is left", async () => {
    const { exit, lines, receipt } = await tornDown();
    expect(exit).toBe(0);
    expect(receipt).toEqual({ swept: [], left: [], unseen: [], notOwned: [] });
    expect(lines.at(-1)).toBe(CLEAN);
    expect(isGone()).toBe(true);
  });

  it("shows before it asks what is not in the state, and deletes it too", async () => {
    const { vpc, subnet, address, log, role } = await stage.meddle(async (aws, clock) => {
      const doubles = await makeDoubles(aws, clock);
      // The tagging API tells of what is new a little later.
      await clock.sleep(120_000);
      return doubles;
    });
    let asked = 0;
    const shown: string[] = [];
    const { exit, json, receipt, lines } = await stage
      .act(async () => 0)
      .then(async () => {
        scene.question = (message) => {
          asked++;
          expect(message).toBe("Delete all of this, with its data, from account 123456789012?");
          return true;
        };
        return tornDown();
      });
    shown.push(...lines.slice(0, lines.indexOf("Plan: 47 to delete; 0 unchanged.") + 1));
    expect(asked).toBe(1);
    for (const line of [
      `  - vpc@${vpc} (${vpc})  ec2/vpc`,
      `  - public-1@${subnet} (${subnet})  ec2/subnet`,
      `  - nat-address-1@${address} (${address})  ec2/elastic-ip`,
      `  - earlier@${log} (${log})  logs/log-group`,
      `  - earlier@${role} (${role})  iam/role`,
    ])
      expect(shown.slice(shown.findIndex((one) => one.startsWith("orphaned: ")))).toContain(line);
    expect(exit).toBe(0);
    expect(json?.summary).toMatchObject({ deleted: 47, failed: 0 });
    expect(receipt).toEqual({ swept: [], left: [], unseen: [], notOwned: [] });
    expect(isGone()).toBe(true);
  });

  it.each(["the first", "the last"])(
    "finds all of it where the state is lost, whichever of two is %s",
    async (which) => {
      await stage.meddle(async (aws, clock, world) => {
        await makeDoubles(aws, clock);
        if (which === "the first") return;
        for (const name of ["ec2.vpcs", "ec2.subnets", "ec2.addresses"]) {
          const table = `${name}@ap-northeast-1`;
          world.data.tables[table] = Object.fromEntries(Object.entries(world.table(table)).toReversed());
        }
      });
      rmSync(file(`${STACK}.json`));
      const { exit, json, receipt } = await tornDown();
      expect(exit).toBe(0);
      expect(json?.summary).toMatchObject({ deleted: 47, failed: 0 });
      expect(receipt).toEqual({ swept: [], left: [], unseen: [], notOwned: [] });
      expect(isGone()).toBe(true);
    },
  );

  it("changes nothing if the answer is no", async () => {
    const before = stage.things();
    scene.question = () => false;
    const { exit, lines, answer } = await tornDown();
    expect([exit, lines.at(-1), answer]).toEqual([1, "No changes were made.", ""]);
    expect(stage.things()).toEqual(before);
  });

  it("sweeps the log group that a late build creates again without owner tags", async () => {
    scene.intercept = (table, moment, { operation, input }) => {
      const { logGroupName } = input as { logGroupName?: string };
      if (operation !== "DeleteLogGroup" || logGroupName !== BUILD_LOG || moment !== "after") return;
      const { name, arn } = { name: BUILD_LOG, arn: `arn:aws:logs:ap-northeast-1:123456789012:log-group:${BUILD_LOG}` };
      table("logs.groups@ap-northeast-1")[BUILD_LOG] = { name, arn, createdAt: 0, streams: {}, tags: {} };
      calm();
    };
    const { exit, lines, receipt } = await tornDown();
    expect(exit).toBe(0);
    expect(receipt?.swept).toEqual([{ type: "logs/log-group", id: BUILD_LOG }]);
    // The teardown has said that it deleted the group, and that is so again.
    expect(lines.filter((line) => line.startsWith("Also deleted:"))).toEqual([]);
    expect(lines.at(-1)).toBe(CLEAN);
    expect(isGone()).toBe(true);
  });

  it("does not touch unmanaged resources, and says so if one has a name of the stack", async () => {
    expect((await tornDown()).exit).toBe(0);
    await stage.meddle(async (aws) => {
      await aws.ec2(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
      await aws.logs(new CreateLogGroupCommand({ logGroupName: `/ecs/${STACK}` }));
      await aws.logs(new CreateLogGroupCommand({ logGroupName: `/ecs/${STACK}-other` }));
      await makeRole(aws, `${STACK}-ap-northeast-1-task`, ownerTags({ ...APP, name: "another" }, "security/task-role"));
      await makeRole(aws, `${STACK}-2-task`, ownerTags({ ...APP, environment: "dev-2" }, "security/task-role"));
    });
    const before = stage.things();
    const { exit, lines, receipt, json } = await tornDown();
    expect(exit).toBe(0);
    expect(json?.summary).toMatchObject({ deleted: 0, failed: 0 });
    expect(receipt?.notOwned).toEqual([
      { type: "logs/log-group", id: `/ecs/${STACK}`, owner: null },
      { type: "iam/role", id: `${STACK}-ap-northeast-1-task`, owner: "another/dev/ap-northeast-1:security/task-role" },
    ]);
    expect(lines.slice(-2)).toEqual([
      CLEAN,
      `Unmanaged resources with the same name, left unchanged (2): logs/log-group /ecs/${STACK} (no owner tags), iam/role ${STACK}-ap-northeast-1-task (of another/dev/ap-northeast-1:security/task-role).`,
    ]);
    expect(stage.things()).toEqual(before);
  });

  it("says what is left, why, and what it costs, and the next teardown continues from there", async () => {
    const address = await stage.meddle(async (aws, clock) => {
      const made = await makeAddress(aws);
      await clock.sleep(60_000);
      return made;
    });
    scene.intercept = (_table, moment, { operation, input }) => {
      const { AllocationId } = input as { AllocationId?: string };
      if (moment === "before" && operation === "ReleaseAddress" && AllocationId === address)
        throw denied("release this address");
    };
    const { exit, lines, receipt, json } = await tornDown();
    expect(exit).toBe(1);
    expect(json?.summary).toMatchObject({ deleted: 42, failed: 1 });
    expect(receipt).toEqual({
      swept: [],
      left: [
        {
          type: "ec2/elastic-ip",
          id: address,
          why: expect.stringContaining("You may not release this address."),
          monthlyUsd: 3.65,
        },
      ],
      unseen: [],
      notOwned: [],
    });
    expect(lines).toContain(
      "Receipt: some resources of fairlead-app-dev are left in account 123456789012, region ap-northeast-1.",
    );
    expect(lines).toContainEqual(
      expect.stringMatching(`^  ec2/elastic-ip ${address}, about \\$3.65 a month: .*You may not`),
    );
    expect(lines).toContain(
      "  They cost about $3.65 a month (ap-northeast-1 prices of 2026-09-25). To try again: npx fairlead teardown",
    );
    calm();
    const again = await tornDown();
    expect(again.exit).toBe(0);
    expect(again.json?.summary).toMatchObject({ deleted: 1 });
    expect(isGone()).toBe(true);
  });

  it("counts resources blocked by another one as left", async () => {
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "DeleteNatGateway") throw denied("delete NAT gateways");
    };
    const { exit, receipt } = await tornDown();
    expect(exit).toBe(1);
    const left = new Map(receipt?.left.map(({ type, why, monthlyUsd }) => [type, { why, monthlyUsd }]));
    expect(left.get("ec2/nat-gateway")?.monthlyUsd).toBeCloseTo(45.26);
    expect(left.get("ec2/nat-gateway")?.why).toContain("You may not delete NAT gateways.");
    expect(left.get("ec2/elastic-ip")).toEqual({
      why: expect.stringMatching(/network\/nat-\d failed/),
      monthlyUsd: 3.65,
    });
    expect(left.get("ec2/vpc")).toEqual({ why: expect.stringMatching(/network\/nat-\d failed/), monthlyUsd: 0 });
    expect(left.has("iam/role")).toBe(false);
    calm();
    expect((await tornDown()).exit).toBe(0);
    expect(isGone()).toBe(true);
  });

  it("names the kinds for which leftovers could not be checked", async () => {
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "before" && operation === "ListRoles")
        throw awsError("AccessDenied", "You may not list roles.", 403);
    };
    const { exit, lines, receipt, json } = await tornDown();
    expect(exit).toBe(1);
    expect(json?.summary).toMatchObject({ deleted: 42, failed: 0 });
    expect(receipt).toMatchObject({
      left: [],
      unseen: [{ type: "iam/role", error: expect.stringContaining("You may not list roles.") }],
    });
    const told = (text: string) => lines.findIndex((line) => line.includes(text));
    expect(lines[told("Receipt: ")]).toContain("but not everything could be checked:");
    expect(told("Could not check for leftover iam/role resources: ")).toBeGreaterThan(told("Plan: 42 to delete"));
    expect(told("Could not check whether any iam/role is left: ")).toBe(
      told("Receipt: no resources of fairlead-app-dev were found in account") + 1,
    );
    calm();
    expect((await tornDown()).lines.at(-1)).toBe(CLEAN);
  });

  it("says what is left after an interrupted run", async () => {
    const controller = new AbortController();
    scene.intercept = (_table, moment, { operation }) => {
      if (moment === "after" && operation === "DeleteRule") controller.abort(new Error("the run was stopped"));
    };
    const { exit, receipt } = await tornDown({}, controller.signal);
    expect(exit).toBe(1);
    expect(receipt?.left).toContainEqual(
      expect.objectContaining({ type: "ec2/vpc", why: expect.stringContaining("the run was stopped") }),
    );
    calm();
    expect((await tornDown()).exit).toBe(0);
    expect(isGone()).toBe(true);
  });
});
