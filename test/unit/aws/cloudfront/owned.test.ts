import {
  CloudFrontClient,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  type DistributionSummary,
} from "@aws-sdk/client-cloudfront";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Distribution } from "../../../../src/aws/cloudfront/distribution.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked, OTHERS, OWNED } from "../../../support/mocked.ts";

const cloudFront = mockClient(CloudFrontClient);
beforeEach(() => cloudFront.reset());

const arn = (id: string) => `arn:aws:cloudfront::123456789012:distribution/${id}`;
const summary = (Id: string, Comment: string, origin: string) =>
  ({
    Id,
    ARN: arn(Id),
    Comment,
    Origins: { Quantity: 1, Items: [{ Id: origin, DomainName: "web-1.elb.amazonaws.com" }] },
  }) as DistributionSummary;
const page = (Items: DistributionSummary[], NextMarker?: string) => ({
  DistributionList: {
    Items,
    NextMarker,
    Marker: "",
    MaxItems: 100,
    IsTruncated: NextMarker !== undefined,
    Quantity: Items.length,
  },
});
const bearing = (id: string, Items: typeof OWNED) =>
  cloudFront.on(ListTagsForResourceCommand, { Resource: arn(id) }).resolves({ Tags: { Items } });

describe("cloudfront/distribution that a stack owns", () => {
  it("is found on every page, by its origin or its comment, and then by its tags", async () => {
    cloudFront
      .on(ListDistributionsCommand)
      .resolves(
        page(
          [
            summary("E1", "The shop", "fairlead-balancer"),
            summary("E2", "demo-test-2", "fairlead-balancer"),
            summary("E3", "Somebody's", "bucket"),
          ],
          "more",
        ),
      );
    cloudFront
      .on(ListDistributionsCommand, { Marker: "more" })
      .resolves(page([summary("E4", "demo-test", "moved"), summary("E5", "demo-test", "fairlead-balancer")]));
    cloudFront.on(ListTagsForResourceCommand).rejects(awsError("NoSuchResource", "does not exist", 404));
    bearing("E1", OWNED);
    bearing("E2", OTHERS);
    bearing("E4", OWNED);
    expect(await Distribution.owned?.(mocked(), ["E5"])).toEqual([
      { id: "E1", owner: "demo-test/network/it" },
      { id: "E4", owner: "demo-test/network/it" },
    ]);
    const asked = cloudFront.commandCalls(ListTagsForResourceCommand).map((call) => call.args[0].input.Resource);
    expect(asked).toEqual(["E1", "E2", "E4", "E5"].map(arn));
  });

  it("is none on an account without distributions", async () => {
    cloudFront.on(ListDistributionsCommand).resolves(page([]));
    expect(await Distribution.owned?.(mocked(), [])).toEqual([]);
    expect(cloudFront.calls()).toHaveLength(1);
  });
});
