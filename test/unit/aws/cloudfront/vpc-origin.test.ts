import {
  CloudFrontClient,
  CreateVpcOriginCommand,
  DeleteVpcOriginCommand,
  GetVpcOriginCommand,
  ListTagsForResourceCommand,
  ListVpcOriginsCommand,
  UpdateVpcOriginCommand,
  type VpcOriginSummary,
} from "@aws-sdk/client-cloudfront";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { VpcOrigin, type VpcOriginSpec } from "../../../../src/aws/cloudfront/vpc-origin.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const cloudFront = mockClient(CloudFrontClient);
beforeEach(() => cloudFront.reset());
const sent = () => cloudFront.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const BALANCER =
  "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/demo-test--internal-1/50dc6c495c0c9188";
const ARN = "arn:aws:cloudfront::123456789012:vpcorigin/vo_1";
const spec: VpcOriginSpec = {
  name: "demo-test-ap-northeast-1",
  endpointArn: BALANCER,
  protocol: "http",
  httpPort: 80,
  httpsPort: 443,
  tags: {},
};
/** Its name on AWS says which load balancer and protocol it is for. */
const Name = "demo-test-ap-northeast-1-50dc6c49-http";
const config = {
  Name,
  Arn: BALANCER,
  HTTPPort: 80,
  HTTPSPort: 443,
  OriginProtocolPolicy: "http-only" as const,
  OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2" as const] },
};
const dates = { CreatedTime: new Date(0), LastModifiedTime: new Date(0) };
const origin = (Status: string, changes: object = {}) => ({
  Id: "vo_1",
  Arn: ARN,
  Status,
  ...dates,
  VpcOriginEndpointConfig: { ...config, ...changes },
});
const summary = (changes: Partial<VpcOriginSummary>): VpcOriginSummary => ({
  Id: "vo_1",
  Name,
  Status: "Deployed",
  ...dates,
  Arn: ARN,
  OriginEndpointArn: BALANCER,
  ...changes,
});
const listed = (...Items: VpcOriginSummary[]) =>
  cloudFront.on(ListVpcOriginsCommand).resolves({
    VpcOriginList: { Marker: "", MaxItems: 100, IsTruncated: false, Quantity: Items.length, Items },
  });
const tagged = (Items: { Key: string; Value: string }[]) =>
  cloudFront.on(ListTagsForResourceCommand).resolves({ Tags: { Items } });
const attrs = { vpcOriginId: "vo_1", arn: ARN };
const observed = { id: "vo_1", spec, attrs, owner: undefined, ready: true };

describe("a VPC origin", () => {
  it("is created once, with both ports, under a name that says what cannot be changed", async () => {
    cloudFront.on(CreateVpcOriginCommand).resolves({ VpcOrigin: origin("Deploying") });
    const told: string[] = [];
    expect(await VpcOrigin.create(mocked(), spec, making(told))).toEqual({ id: "vo_1", attrs });
    expect(told).toEqual(["vo_1"]);
    expect(sent()).toEqual([["CreateVpcOriginCommand", { VpcOriginEndpointConfig: config, Tags: { Items: [] } }]]);
  });

  it("leaves it to an observation whose one with its name is", async () => {
    cloudFront.on(CreateVpcOriginCommand).rejects(awsError("EntityAlreadyExists", "The entity already exists."));
    const failure: unknown = await VpcOrigin.create(mocked(), spec, making([])).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UncertainAnswer);
  });

  it("is found by its owner tags among those with the stack's names, and not where it is an earlier generation", async () => {
    listed(summary({ Id: "vo_0", Name: "blog", Arn: `${ARN}0` }), summary({}));
    tagged(OWNED);
    cloudFront.on(GetVpcOriginCommand).resolves({ VpcOrigin: origin("Deploying"), ETag: "e1" });
    const found = await VpcOrigin.observe(mocked(), lookFor(spec));
    expect(found).toMatchObject({ id: "vo_1", attrs, ready: false, status: "Deploying" });
    expect(found?.spec).toMatchObject({ name: spec.name, endpointArn: BALANCER, protocol: "http", httpPort: 80 });
    expect(cloudFront.commandCalls(ListTagsForResourceCommand)).toHaveLength(1);
    expect(await VpcOrigin.observe(mocked(), { ...lookFor(spec), excludeIds: ["vo_1"] })).toBeUndefined();
  });

  it("is absent where AWS knows neither its id nor its name", async () => {
    cloudFront.on(GetVpcOriginCommand).rejects(awsError("EntityNotFound", "The entity was not found.", 404));
    listed();
    expect(await VpcOrigin.observe(mocked(), lookFor(spec, "vo_1"))).toBeUndefined();
  });

  it("counts a protocol that Fairlead never sets as another one", async () => {
    tagged([]);
    cloudFront
      .on(GetVpcOriginCommand)
      .resolves({ VpcOrigin: origin("Deployed", { OriginProtocolPolicy: "match-viewer" }) });
    const found = await VpcOrigin.observe(mocked(), lookFor(spec, "vo_1"));
    expect(found?.spec).toMatchObject({ protocol: undefined, name: Name });
  });

  it("has its ports changed on top of the newest version", async () => {
    cloudFront
      .on(GetVpcOriginCommand)
      .resolvesOnce({ VpcOrigin: origin("Deployed"), ETag: "e1" })
      .resolves({ VpcOrigin: origin("Deployed"), ETag: "e2" });
    cloudFront
      .on(UpdateVpcOriginCommand)
      .rejectsOnce(awsError("PreconditionFailed", "The precondition failed", 412))
      .resolves({});
    await VpcOrigin.update(mocked(), { ...observed, spec: { ...spec, httpPort: 8080 } }, spec, new Set(["httpPort"]));
    expect(cloudFront.commandCalls(UpdateVpcOriginCommand).at(-1)?.args[0].input).toEqual({
      Id: "vo_1",
      IfMatch: "e2",
      VpcOriginEndpointConfig: config,
    });
  });

  it("is deleted once it is deployed: a change that is under way is not interrupted", async () => {
    expect(await VpcOrigin.delete(mocked(), { ...observed, ready: false })).toBe("again");
    expect(sent()).toEqual([]);
    cloudFront.on(GetVpcOriginCommand).resolves({ VpcOrigin: origin("Deployed"), ETag: "e1" });
    cloudFront.on(DeleteVpcOriginCommand).resolves({});
    expect(await VpcOrigin.delete(mocked(), observed)).toBeUndefined();
    expect(sent().at(-1)).toEqual(["DeleteVpcOriginCommand", { Id: "vo_1", IfMatch: "e1" }]);
  });

  it("is gone where AWS does not know it any more", async () => {
    cloudFront.on(GetVpcOriginCommand).rejects(awsError("EntityNotFound", "The entity was not found.", 404));
    expect(await VpcOrigin.delete(mocked(), observed)).toBeUndefined();
  });
});
