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
    Origins: { Quantity: 1, Items: [{ Id: origin, DomainName: "demo-test-1.ap-northeast-1.elb.amazonaws.com" }] },
  }) as DistributionSummary;
const elsewhere = (Id: string, DomainName: string) => ({
  ...summary(Id, "shop-dev", "fairlead-balancer"),
  Origins: { Quantity: 1, Items: [{ Id: "fairlead-balancer", DomainName }] },
});
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
  it("is found on every page, by its origin or its comment, and then by its tags; those of other stacks and regions are not asked", async () => {
    cloudFront
      .on(ListDistributionsCommand)
      .resolves(
        page(
          [
            summary("E1", "The shop", "fairlead-balancer"),
            summary("E2", "demo-test-2", "fairlead-balancer"),
            summary("E3", "Somebody's", "bucket"),
            elsewhere("E6", "shop-dev-1.ap-northeast-1.elb.amazonaws.com"),
            elsewhere("E7", "demo-test-1.eu-west-1.elb.amazonaws.com"),
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
    expect(await Distribution.list?.(mocked(), ["E5"])).toEqual([
      { id: "E1", owner: "demo/test/ap-northeast-1:network/it" },
      { id: "E4", owner: "demo/test/ap-northeast-1:network/it" },
    ]);
    const asked = cloudFront.commandCalls(ListTagsForResourceCommand).map((call) => call.args[0].input.Resource);
    expect(asked).toEqual(["E1", "E2", "E4", "E5"].map(arn));
  });

  it("is none on an account without distributions", async () => {
    cloudFront.on(ListDistributionsCommand).resolves(page([]));
    expect(await Distribution.list?.(mocked(), [])).toEqual([]);
    expect(cloudFront.calls()).toHaveLength(1);
  });
});
