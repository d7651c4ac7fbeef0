import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReceiptReport } from "../../src/cli/receipt.ts";
import { withoutDistributions } from "../support/distributions.ts";
import { Stage, type Answer } from "../support/stage.ts";

describe("deleted resources that EC2's lists still show for a while", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    expect((await stage.run("reconcile")).exit).toBe(0);
  });
  afterEach(() => stage.remove());

  it("raise no doubt in a teardown's receipt, and the next reconcile does not use them", async () => {
    // Without a distribution, which takes minutes, the network goes last.
    await stage.meddle(async (_aws, _clock, world) => withoutDistributions(world));
    const { exit, json } = await stage.run("teardown");
    expect(exit).toBe(0);
    const { receipt } = json as Answer & { readonly receipt: ReceiptReport };
    expect(receipt).toEqual({ swept: [], left: [], unseen: [], notOwned: [] });
    const again = await stage.run("reconcile");
    expect(again.exit).toBe(0);
    expect(again.json.summary).toMatchObject({ adopted: 0, failed: 0, unchanged: 0 });
    expect(await stage.planned()).toEqual({});
  });

  it("are not reported as leftovers by the plan after a reconcile", async () => {
    stage.edit({ network: { nat: "none" } });
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary["deleted"]).toBeGreaterThan(0);
    expect(await stage.planned()).toEqual({});
    stage.edit({ network: { cidr: "10.1.0.0/16" } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });
});
