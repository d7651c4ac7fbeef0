import {
  CloudFrontClient,
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  UpdateDistributionCommand,
  type Distribution as AwsDistribution,
  type DistributionConfig,
  type DistributionSummary,
  type Origin,
} from "@aws-sdk/client-cloudfront";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Distribution } from "../../../../src/aws/cloudfront/distribution.ts";
import type { DistributionSpec } from "../../../../src/aws/cloudfront/distribution-spec.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED, tagsIn } from "../../../support/mocked.ts";

const cloudFront = mockClient(CloudFrontClient);
beforeEach(() => cloudFront.reset());
const sent = () => cloudFront.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const tags = tagsIn("demo-test");
const spec: DistributionSpec = {
  comment: "demo",
  enabled: true,
  priceClass: "PriceClass_100",
  originDomain: "web-1.elb.amazonaws.com",
  originSecretHeader: "X-Origin-Verify",
  originSecret: "secret-1",
  headersPolicyId: "p-1",
  behaviors: [
    { path: "*", cachePolicyId: "c-1", originRequestPolicyId: "o-1", methods: "all" },
    { path: "/static/*", cachePolicyId: "c-2", originRequestPolicyId: undefined, methods: "read" },
  ],
  errorPages: [{ code: 502, cacheSeconds: 0 }],
  httpVersion: "http2and3",
  ipv6: true,
  tags,
};
const OWNER = "demo/test/ap-northeast-1:network/it";
const list = <const Item>(...Items: Item[]) => ({ Quantity: Items.length, Items });
const [READ, EVERY] = [list("GET", "HEAD"), list("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")];
const common = { TargetOriginId: "fairlead-balancer", ViewerProtocolPolicy: "redirect-to-https" } as const;
const behavior = { ...common, Compress: true };
const first = { ...behavior, CachePolicyId: "c-1", OriginRequestPolicyId: "o-1" };
const second = { ...behavior, CachePolicyId: "c-2", PathPattern: "/static/*" };
const plain = { HTTPPort: 80, HTTPSPort: 443, OriginSslProtocols: list("TLSv1.2") };
const originWith = (HeaderName: string, HeaderValue: string): Origin => ({
  Id: "fairlead-balancer",
  DomainName: "web-1.elb.amazonaws.com",
  OriginPath: "",
  CustomHeaders: list({ HeaderName, HeaderValue }),
  CustomOriginConfig: { ...plain, OriginProtocolPolicy: "http-only" },
});
const origin = originWith("X-Origin-Verify", "secret-1");
const behaviorsWith = (ResponseHeadersPolicyId: string) => ({
  DefaultCacheBehavior: { ...first, ResponseHeadersPolicyId, AllowedMethods: { ...EVERY, CachedMethods: READ } },
  CacheBehaviors: list({ ...second, ResponseHeadersPolicyId, AllowedMethods: { ...READ, CachedMethods: READ } }),
});
const config: DistributionConfig = {
  CallerReference: `${OWNER}/token-1`,
  Comment: "demo",
  Enabled: true,
  PriceClass: "PriceClass_100",
  HttpVersion: "http2and3",
  IsIPV6Enabled: true,
  ViewerCertificate: { CloudFrontDefaultCertificate: true },
  Origins: list(origin),
  ...behaviorsWith("p-1"),
  CustomErrorResponses: list({ ErrorCode: 502, ErrorCachingMinTTL: 0 }),
};
const arnOf = (Id: string) => `arn:aws:cloudfront::123456789012:distribution/${Id}`;
const ARN = arnOf("E1");
const attrs = { distributionId: "E1", arn: ARN, domainName: "d1.cloudfront.net", hostedZoneId: "Z2FDTNDATAQYW2" };
const distribution = (Status = "Deployed", DistributionConfig = config, Id = "E1") =>
  ({ Id, ARN: arnOf(Id), Status, DomainName: attrs.domainName, DistributionConfig }) as AwsDistribution;
const observed = { id: "E1", spec, attrs, owner: OWNER, ready: true, status: "Deployed" };
const create = [
  "CreateDistributionWithTagsCommand",
  { DistributionConfigWithTags: { DistributionConfig: config, Tags: { Items: OWNED } } },
];
const get = ["GetDistributionConfigCommand", { Id: "E1" }];
type Changes = Partial<DistributionConfig>;
const write = (IfMatch: string, changes: Changes) => [
  "UpdateDistributionCommand",
  { Id: "E1", IfMatch, DistributionConfig: { ...config, ...changes } },
];
const remove = (IfMatch: string) => ["DeleteDistributionCommand", { Id: "E1", IfMatch }];
const noSuch = () => awsError("NoSuchDistribution", "The specified distribution does not exist.", 404);

/** The live config with the ETag 1, and with the ETag 2 whenever it is read again. */
function reads(once: Changes, later: Changes = once) {
  const answer = (ETag: string, changes: Changes) => ({ ETag, DistributionConfig: { ...config, ...changes } });
  cloudFront.on(GetDistributionConfigCommand).resolvesOnce(answer("1", once)).resolves(answer("2", later));
}

/** The account's distributions by id, with what a list tells of each; those in `ours` bear the owner mark. */
function thereAre(summaries: Record<string, Pick<DistributionSummary, "Comment" | "Origins">>, ours: string[]) {
  const Items = Object.entries(summaries).map(([Id, told]) => ({ Id, ARN: arnOf(Id), ...told }) as DistributionSummary);
  const bounds = { Marker: "", MaxItems: 100, IsTruncated: false };
  cloudFront.on(ListDistributionsCommand).resolves({ DistributionList: { ...bounds, ...list(...Items) } });
  cloudFront.on(GetDistributionCommand).rejects(noSuch());
  cloudFront.on(ListTagsForResourceCommand).resolves({ Tags: { Items: [] } });
  for (const Id of ours) {
    cloudFront.on(GetDistributionCommand, { Id }).resolves({ Distribution: distribution("Deployed", config, Id) });
    cloudFront.on(ListTagsForResourceCommand, { Resource: arnOf(Id) }).resolves({ Tags: { Items: OWNED } });
  }
}

describe("cloudfront/distribution", () => {
  it("creates with config and tags in one call under its own reference, and reports the id", async () => {
    const told: string[] = [];
    cloudFront.on(CreateDistributionWithTagsCommand).resolves({ Distribution: distribution("InProgress") });
    expect(await Distribution.create(mocked(), spec, making(told))).toEqual({ id: "E1", attrs });
    expect(told).toEqual(["E1"]);
    expect(sent()).toEqual([create]);
  });

  it("repeats a create whose response was lost or whose policy is too young, for its reference makes one at most", async () => {
    cloudFront
      .on(CreateDistributionWithTagsCommand)
      .rejectsOnce(awsError("InternalError", "injected", 500))
      .rejectsOnce(awsError("NoSuchResponseHeadersPolicy", "not found", 404))
      .resolves({ Distribution: distribution() });
    expect(await Distribution.create(mocked(), spec, making())).toEqual({ id: "E1", attrs });
    expect(sent()).toEqual([create, create, create]);
  });

  it("is uncertain where an earlier call has made it, and hides the secret that a refusal quotes", async () => {
    cloudFront
      .on(CreateDistributionWithTagsCommand)
      .rejectsOnce(awsError("DistributionAlreadyExists", "made with the same reference", 409))
      .rejects(awsError("InvalidArgument", "The header value secret-1 is not valid"));
    await expect(Distribution.create(mocked(), spec, making())).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    await expect(Distribution.create(mocked(), spec, making())).rejects.toThrow(
      "The header value (secret) is not valid",
    );
  });

  it("observes by its known id without a list, and reads the secret back; it is ready once it is deployed", async () => {
    thereAre({}, ["E1"]);
    expect(await Distribution.observe(mocked(), lookFor({}, "E1"))).toEqual(observed);
    expect(sent()).toEqual([
      ["GetDistributionCommand", { Id: "E1" }],
      ["ListTagsForResourceCommand", { Resource: ARN }],
    ]);
    cloudFront.on(GetDistributionCommand).resolves({ Distribution: distribution("InProgress") });
    const busy = { ...observed, ready: false, status: "InProgress", within: 5_400 };
    expect(await Distribution.observe(mocked(), lookFor({}, "E1"))).toEqual(busy);
  });

  it("finds by its owner tags: first among those with its comment, then those with its origin, and reads no others", async () => {
    const Origins = list({ Id: "fairlead-balancer", DomainName: "demo-test-1.ap-northeast-1.elb.amazonaws.com" });
    const foreign = list({ Id: "site", DomainName: "x" });
    const [E0, E2] = [
      { Comment: "other", Origins: foreign },
      { Comment: "demo", Origins: foreign },
    ];
    thereAre({ E0, E1: { Comment: "renamed", Origins }, E2 }, ["E1"]);
    expect(await Distribution.observe(mocked(), lookFor(spec))).toEqual(observed);
    expect(sent()).toEqual([
      ["ListDistributionsCommand", {}],
      ["ListTagsForResourceCommand", { Resource: arnOf("E2") }],
      ["ListTagsForResourceCommand", { Resource: ARN }],
      ["GetDistributionCommand", { Id: "E1" }],
    ]);
  });

  it("passes over earlier generations, without asking for their tags", async () => {
    const told = { Comment: "demo", Origins: undefined };
    thereAre({ E1: told, E2: told }, ["E1", "E2"]);
    expect(await Distribution.observe(mocked(), { ...lookFor(spec), excludeIds: ["E1"] })).toMatchObject({ id: "E2" });
    expect(sent()).not.toContainEqual(["ListTagsForResourceCommand", { Resource: ARN }]);
    expect(await Distribution.observe(mocked(), { ...lookFor(spec), excludeIds: ["E1", "E2"] })).toBeUndefined();
  });

  it("returns undefined for absence: not found, an empty list, without an owner, gone between two reads", async () => {
    thereAre({}, []);
    expect(await Distribution.observe(mocked(), lookFor(spec, "E1"))).toBeUndefined();
    thereAre({ E1: { Comment: "demo", Origins: undefined } }, []);
    expect(await Distribution.observe(mocked(), lookFor(spec))).toBeUndefined();
    thereAre({ E1: { Comment: "demo", Origins: undefined } }, ["E1"]);
    cloudFront.on(ListTagsForResourceCommand).rejects(awsError("NoSuchResource", "gone", 404));
    expect(await Distribution.observe(mocked(), lookFor(spec, "E1"))).toBeUndefined();
  });

  it("reads what differs from what Fairlead always sets as a difference of the field that it belongs to", async () => {
    const headers = list({ HeaderName: "X-Origin-Verify", HeaderValue: "s" }, { HeaderName: "X", HeaderValue: "" });
    const secure = { ...plain, OriginProtocolPolicy: "https-only" } as const;
    const strange: DistributionConfig = {
      ...config,
      Origins: list({ ...origin, CustomHeaders: headers, CustomOriginConfig: secure }),
      DefaultCacheBehavior: { ...common, Compress: false, ResponseHeadersPolicyId: "p-2", CachePolicyId: "c-1" },
      CustomErrorResponses: list(
        { ErrorCode: 504, ResponsePagePath: "/sorry.html", ResponseCode: "200" },
        { ErrorCode: 502, ResponsePagePath: "", ResponseCode: "" },
      ),
    };
    cloudFront.on(GetDistributionCommand).resolves({ Distribution: distribution("Deployed", strange) });
    cloudFront.on(ListTagsForResourceCommand).resolves({ Tags: { Items: OWNED } });
    expect((await Distribution.observe(mocked(), lookFor(spec, "E1")))?.spec).toEqual({
      ...spec,
      originDomain: undefined,
      originSecretHeader: undefined,
      originSecret: undefined,
      headersPolicyId: undefined,
      behaviors: [
        { path: "*", cachePolicyId: "c-1", methods: "read", strays: { Compress: false } },
        { path: "/static/*", cachePolicyId: "c-2", methods: "read" },
      ],
      errorPages: [
        { code: 502, cacheSeconds: 0 },
        { code: 504, cacheSeconds: 0, strays: { ResponsePagePath: "/sorry.html", ResponseCode: "200" } },
      ],
    });
  });

  it.each<[Partial<DistributionSpec>, Changes]>([
    [{ comment: "other" }, { Comment: "other" }],
    [{ enabled: false }, { Enabled: false }],
    [{ priceClass: "PriceClass_All" }, { PriceClass: "PriceClass_All" }],
    [{ httpVersion: "http2" }, { HttpVersion: "http2" }],
    [{ ipv6: false }, { IsIPV6Enabled: false }],
    [{ originDomain: "x" }, { Origins: list({ ...origin, DomainName: "x" }) }],
    [{ originSecretHeader: "X-New" }, { Origins: list(originWith("X-New", "secret-1")) }],
    [{ originSecret: "secret-2" }, { Origins: list(originWith("X-Origin-Verify", "secret-2")) }],
    [{ headersPolicyId: "p-2" }, behaviorsWith("p-2")],
    [{ behaviors: spec.behaviors.slice(0, 1) }, { CacheBehaviors: { Quantity: 0 } }],
    [{ errorPages: [] }, { CustomErrorResponses: { Quantity: 0 } }],
  ])("updates %o on top of the live config", async (edit, changes) => {
    reads({});
    cloudFront.on(UpdateDistributionCommand).resolves({});
    const changed = new Set(Object.keys(edit) as (keyof DistributionSpec)[]);
    await Distribution.update(mocked(), observed, { ...spec, ...edit }, changed);
    expect(sent()).toEqual([get, write("1", changes)]);
  });

  it("leaves alone what is not Fairlead's, and drops what CloudFront refuses beside a cache policy", async () => {
    const theirs = { Aliases: list("example.com"), WebACLId: "acl-1" };
    const ref = { Id: "site", DomainName: "site.example.com" };
    const own = { ...origin, ConnectionAttempts: 2 };
    const old = { ...config.DefaultCacheBehavior, ...common, SmoothStreaming: true };
    const before = { ...old, TargetOriginId: "site", MinTTL: 5 };
    reads({ ...theirs, DefaultCacheBehavior: before, Origins: list<Origin>(own, ref) });
    cloudFront.on(UpdateDistributionCommand).resolves({});
    await Distribution.update(mocked(), observed, spec, new Set(["behaviors"]));
    const after = { ...theirs, DefaultCacheBehavior: old, Origins: list<Origin>(ref, own) };
    expect(sent()).toEqual([get, write("1", after)]);
  });

  it("reads again if it was changed in between, and masks the secret that an error quotes", async () => {
    reads({}, { WebACLId: "acl-1" });
    cloudFront
      .on(UpdateDistributionCommand)
      .rejectsOnce(awsError("PreconditionFailed", "The precondition failed", 412))
      .rejects(awsError("InvalidArgument", "secret-1 is not valid"));
    const failure = Distribution.update(mocked(), observed, { ...spec, comment: "x" }, new Set(["comment"]));
    await expect(failure).rejects.toThrow("(secret) is not valid");
    expect(sent()).toEqual([get, write("1", { Comment: "x" }), get, write("2", { Comment: "x", WebACLId: "acl-1" })]);
  });

  it("changes tags by their own calls, and the config not at all", async () => {
    cloudFront.onAnyCommand().resolves({});
    const labelled = { ...observed, spec: { ...spec, tags: { ...tags, "fairlead:id": "other", "fairlead:old": "x" } } };
    await Distribution.update(mocked(), labelled, spec, new Set(["tags"]));
    const Items = [{ Key: "fairlead:id", Value: "network/it" }];
    expect(sent()).toEqual([
      ["TagResourceCommand", { Resource: ARN, Tags: { Items } }],
      ["UntagResourceCommand", { Resource: ARN, TagKeys: { Items: ["fairlead:old"] } }],
    ]);
  });

  it("disables first, waits until that is deployed, and then deletes with the newest ETag", async () => {
    cloudFront.on(UpdateDistributionCommand).resolves({});
    reads({}, { Enabled: false });
    cloudFront
      .on(DeleteDistributionCommand)
      .rejectsOnce(awsError("DistributionNotDisabled", "not disabled everywhere", 409))
      .resolves({});
    expect(await Distribution.delete(mocked(), observed)).toBe("again");
    expect(await Distribution.delete(mocked(), { ...observed, ready: false })).toBe("again");
    expect(await Distribution.delete(mocked(), observed)).toBe("gone");
    expect(sent()).toEqual([get, write("1", { Enabled: false }), get, get, remove("2"), remove("2")]);
  });

  it("counts one that is gone already, before the read or after it, as deleted", async () => {
    reads({ Enabled: false });
    cloudFront.on(DeleteDistributionCommand).rejects(noSuch());
    expect(await Distribution.delete(mocked(), observed)).toBeUndefined();
    cloudFront.on(GetDistributionConfigCommand).rejects(noSuch());
    expect(await Distribution.delete(mocked(), observed)).toBeUndefined();
    expect(sent()).toEqual([get, remove("1"), get]);
  });
});
