import {
  CloudFrontClient,
  DeleteDistributionCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
  type DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, expect, it } from "vitest";
import { Distribution } from "../../../../src/aws/cloudfront/distribution.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, mocked } from "../../../support/mocked.ts";

const cloudFront = mockClient(CloudFrontClient);
beforeEach(() => cloudFront.reset());
const sent = () =>
  cloudFront
    .calls()
    .map(({ args: [command] }) => [command.constructor.name, "IfMatch" in command.input && command.input.IfMatch]);

/** A distribution as a wait for it sees it last. */
async function seen(Enabled: boolean) {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what else it has is not asked for
  const DistributionConfig = { Enabled, Comment: "demo" } as DistributionConfig;
  const described = { Id: "E1", ARN: "arn", DomainName: "d1", Status: "Deployed", DistributionConfig };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  cloudFront.on(GetDistributionCommand).resolves({ ETag: "7", Distribution: described as never });
  const observed = await Distribution.observe(mocked(), { ...lookFor<object>({}, "E1"), brief: true });
  if (!observed) throw new Error("It was not seen.");
  cloudFront.reset();
  return observed;
}

/** The version after the one that was seen. */
const readsNext = (Enabled: boolean) =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  cloudFront.on(GetDistributionConfigCommand).resolves({ ETag: "8", DistributionConfig: { Enabled } as never });

it("deletes the version that was seen to be off without reading it again", async () => {
  const off = await seen(false);
  cloudFront.on(DeleteDistributionCommand).resolves({});
  expect(await Distribution.delete(mocked(), off)).toBe("gone");
  expect(sent()).toEqual([["DeleteDistributionCommand", "7"]]);
});

it("waits for a version that is newer than the one that was seen deployed", async () => {
  const off = await seen(false);
  cloudFront
    .on(DeleteDistributionCommand)
    .rejectsOnce(awsError("PreconditionFailed", "not the newest version", 412))
    .resolves({});
  readsNext(false);
  expect(await Distribution.delete(mocked(), off)).toBe("again");
  expect(sent()).toEqual([
    ["DeleteDistributionCommand", "7"],
    ["GetDistributionConfigCommand", false],
  ]);
});

it("waits where the answer of its own disabling was lost", async () => {
  const on = await seen(true);
  cloudFront.on(UpdateDistributionCommand).rejects(awsError("PreconditionFailed", "not the newest version", 412));
  readsNext(false);
  expect(await Distribution.delete(mocked(), on)).toBe("again");
  expect(sent()).toEqual([
    ["UpdateDistributionCommand", "7"],
    ["GetDistributionConfigCommand", false],
  ]);
});

it("disables the version that was seen to be on without reading it again, and reads it again where it was changed since", async () => {
  const on = await seen(true);
  cloudFront
    .on(UpdateDistributionCommand)
    .resolvesOnce({})
    .rejectsOnce(awsError("PreconditionFailed", "not the newest version", 412))
    .resolves({});
  readsNext(true);
  expect(await Distribution.delete(mocked(), on)).toBe("again");
  const [disabling] = cloudFront.commandCalls(UpdateDistributionCommand);
  expect(disabling?.args[0].input).toEqual({
    Id: on.id,
    IfMatch: "7",
    DistributionConfig: { Enabled: false, Comment: "demo" },
  });
  expect(await Distribution.delete(mocked(), on)).toBe("again");
  expect(sent()).toEqual([
    ["UpdateDistributionCommand", "7"],
    ["UpdateDistributionCommand", "7"],
    ["GetDistributionConfigCommand", false],
    ["UpdateDistributionCommand", "8"],
  ]);
});
