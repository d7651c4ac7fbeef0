import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ReceiptReport } from "../../src/cli/receipt.ts";
import { withoutDistributions } from "../support/distributions.ts";
import { Stage, type Answer } from "../support/stage.ts";

/** What exists bears no trace of an earlier stack but in what AWS goes on telling of it: somebody's bucket keeps the simulated account. */
describe("a stack that is created again under the same names", () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.meddle((aws) =>
      aws.s3(
        new CreateBucketCommand({
          Bucket: "somebody-elses",
          CreateBucketConfiguration: { LocationConstraint: "ap-northeast-1" },
        }),
      ),
    );
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle(async (_aws, _clock, world) => withoutDistributions(world));
  });
  afterEach(() => stage.remove());

  it("is created in one run right after a teardown, which leaves nothing", async () => {
    const { exit, json } = await stage.run("teardown");
    expect(exit).toBe(0);
    const { receipt } = json as Answer & { readonly receipt: ReceiptReport };
    expect(receipt).toEqual({ swept: [], left: [], unseen: [], notOwned: [] });
    const again = await stage.run("reconcile");
    expect(again.exit).toBe(0);
    expect(again.json.summary).toMatchObject({ created: 42, adopted: 0, failed: 0, unchanged: 0 });
    expect(await stage.planned()).toEqual({});
  });

  it("is created in the run that deletes it, if a resource is deleted before its replacement is created", async () => {
    stage.edit({ network: { cidr: "10.1.0.0/16" } });
    const { exit, json } = await stage.run("reconcile");
    expect(exit).toBe(0);
    expect(json.summary["replaced"]).toBeGreaterThan(0);
    expect(json.summary["failed"]).toBe(0);
    expect(await stage.planned()).toEqual({});
  });
});
