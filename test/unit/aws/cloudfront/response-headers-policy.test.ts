import {
  CloudFrontClient,
  CreateResponseHeadersPolicyCommand,
  DeleteResponseHeadersPolicyCommand,
  GetResponseHeadersPolicyCommand,
  ListResponseHeadersPoliciesCommand,
  UpdateResponseHeadersPolicyCommand,
  type ResponseHeadersPolicyConfig,
  type ResponseHeadersPolicyList,
} from "@aws-sdk/client-cloudfront";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import {
  ResponseHeadersPolicy,
  type ResponseHeadersPolicySpec,
} from "../../../../src/aws/cloudfront/response-headers-policy.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, MARK, mocked } from "../../../support/mocked.ts";

const cloudFront = mockClient(CloudFrontClient);
beforeEach(() => cloudFront.reset());
const sent = () => cloudFront.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const spec: ResponseHeadersPolicySpec = {
  name: "headers",
  owner: MARK,
  comment: "Security headers",
  hsts: { maxAgeSeconds: 31_536_000, includeSubdomains: true, preload: false },
  contentTypeOptions: true,
  frameOption: "DENY",
  referrerPolicy: "strict-origin-when-cross-origin",
};
const OWNER = MARK;
const security = {
  StrictTransportSecurity: {
    Override: true,
    AccessControlMaxAgeSec: 31_536_000,
    IncludeSubdomains: true,
    Preload: false,
  },
  ContentTypeOptions: { Override: true },
  FrameOptions: { Override: true, FrameOption: "DENY" as const },
  ReferrerPolicy: { Override: true, ReferrerPolicy: "strict-origin-when-cross-origin" as const },
};
const config: ResponseHeadersPolicyConfig = {
  Name: "headers",
  Comment: `Security headers [fairlead:${OWNER}]`,
  SecurityHeadersConfig: security,
};
const policy = (Id: string, changes: Partial<ResponseHeadersPolicyConfig> = {}) => ({
  Id,
  LastModifiedTime: new Date(0),
  ResponseHeadersPolicyConfig: { ...config, ...changes },
});
const page = (policies: ReturnType<typeof policy>[], NextMarker?: string): ResponseHeadersPolicyList => ({
  MaxItems: 100,
  Quantity: policies.length,
  Items: policies.map((item) => ({ Type: "custom" as const, ResponseHeadersPolicy: item })),
  NextMarker,
});
const observed = { id: "p-1", spec, attrs: { policyId: "p-1" }, owner: OWNER, ready: true };
const get = ["GetResponseHeadersPolicyCommand", { Id: "p-1" }];
const create = ["CreateResponseHeadersPolicyCommand", { ResponseHeadersPolicyConfig: config }];
const noSuch = () => awsError("NoSuchResponseHeadersPolicy", "The specified policy does not exist.", 404);
const stale = (code: string) => awsError(code, "The If-Match version is missing or not valid", 412);
const listed = (...policies: ReturnType<typeof policy>[]) =>
  cloudFront.on(ListResponseHeadersPoliciesCommand).resolves({ ResponseHeadersPolicyList: page(policies) });

describe("cloudfront/response-headers-policy", () => {
  it("creates with the owner in its comment, because it has no tags, and reports the id", async () => {
    const told: string[] = [];
    cloudFront.on(CreateResponseHeadersPolicyCommand).resolves({ ResponseHeadersPolicy: policy("p-1") });
    const made = await ResponseHeadersPolicy.create(mocked(), spec, making(told));
    expect(made).toEqual({ id: "p-1", attrs: { policyId: "p-1" } });
    expect(told).toEqual(["p-1"]);
    expect(sent()).toEqual([create]);
  });

  it("never repeats a create whose response was lost, and reports no id", async () => {
    const told: string[] = [];
    cloudFront.on(CreateResponseHeadersPolicyCommand).rejects(awsError("InternalError", "injected", 500));
    const failure = ResponseHeadersPolicy.create(mocked(), spec, making(told));
    await expect(failure).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    expect(told).toEqual([]);
  });

  it("observes by its recorded id without a list, and separates the owner from the comment", async () => {
    cloudFront.on(GetResponseHeadersPolicyCommand).resolves({ ResponseHeadersPolicy: policy("p-1"), ETag: "E1" });
    expect(await ResponseHeadersPolicy.observe(mocked(), lookFor({ name: "other" }, "p-1"))).toEqual({
      ...observed,
      handles: { etag: "E1" },
    });
    expect(sent()).toEqual([get]);
  });

  it("finds by its owner on the last page before one with the same name, and only among custom policies", async () => {
    const at = { Type: "custom" as const };
    const namesake = policy("p-0", { Comment: "Somebody's" });
    cloudFront
      .on(ListResponseHeadersPoliciesCommand, at)
      .resolves({ ResponseHeadersPolicyList: page([namesake], "more") });
    cloudFront
      .on(ListResponseHeadersPoliciesCommand, { ...at, Marker: "more" })
      .resolves({ ResponseHeadersPolicyList: page([policy("p-1", { Name: "renamed" })]) });
    const found = await ResponseHeadersPolicy.observe(mocked(), lookFor(spec));
    expect(found).toEqual({ ...observed, spec: { ...spec, name: "renamed" } });
    expect(sent()).toEqual([
      ["ListResponseHeadersPoliciesCommand", at],
      ["ListResponseHeadersPoliciesCommand", { ...at, Marker: "more" }],
    ]);
  });

  it("finds one with its name that has no owner or another one if the recorded one is gone", async () => {
    cloudFront.on(GetResponseHeadersPolicyCommand).rejects(noSuch());
    listed(policy("p-2", { Comment: "Somebody's" }));
    const look = () => lookFor<ResponseHeadersPolicySpec>({ name: "headers" }, "p-1");
    const plain = { id: "p-2", owner: undefined, spec: { comment: "Somebody's" } };
    expect(await ResponseHeadersPolicy.observe(mocked(), look())).toMatchObject(plain);
    listed(policy("p-2", { Comment: "[fairlead:demo/test/ap-northeast-1:web/it]" }));
    const theirs = { id: "p-2", owner: "demo/test/ap-northeast-1:web/it", spec: { comment: "" } };
    expect(await ResponseHeadersPolicy.observe(mocked(), look())).toMatchObject(theirs);
  });

  it("answers absence as undefined: not found and an empty list, or only others", async () => {
    cloudFront.on(GetResponseHeadersPolicyCommand).rejects(noSuch());
    cloudFront.on(ListResponseHeadersPoliciesCommand).resolves({});
    expect(await ResponseHeadersPolicy.observe(mocked(), lookFor(spec, "p-1"))).toBeUndefined();
    listed(policy("p-2", { Name: "other", Comment: "" }));
    expect(await ResponseHeadersPolicy.observe(mocked(), lookFor(spec, "p-1"))).toBeUndefined();
  });

  it("skips earlier generations, which have the same owner", async () => {
    listed(policy("p-1"), policy("p-2", { Name: "renamed" }));
    const look = { ...lookFor({ ...spec, name: "renamed" }), excludeIds: ["p-1"] };
    expect(await ResponseHeadersPolicy.observe(mocked(), look)).toMatchObject({ id: "p-2" });
    listed(policy("p-1"));
    expect(await ResponseHeadersPolicy.observe(mocked(), { ...look, snapshot: new Snapshot() })).toBeUndefined();
  });

  it("counts a header that the origin may overrule as not set", async () => {
    const weak = Object.entries(security).map(([name, header]) => [name, { ...header, Override: false }]);
    const SecurityHeadersConfig = Object.fromEntries(weak);
    cloudFront
      .on(GetResponseHeadersPolicyCommand)
      .resolves({ ResponseHeadersPolicy: policy("p-1", { SecurityHeadersConfig }) });
    const found = await ResponseHeadersPolicy.observe(mocked(), lookFor(spec, "p-1"));
    expect(found?.spec).toEqual({
      name: "headers",
      owner: MARK,
      comment: "Security headers",
      contentTypeOptions: false,
    });
  });

  it("updates on top of the live policy with its ETag, and leaves the sections alone that are not Fairlead's", async () => {
    const xss = { Override: true, Protection: true };
    const live = {
      RemoveHeadersConfig: { Quantity: 1, Items: [{ Header: "Server" }] },
      SecurityHeadersConfig: { ...security, XSSProtection: xss },
    };
    cloudFront.on(GetResponseHeadersPolicyCommand).resolves({ ResponseHeadersPolicy: policy("p-1", live), ETag: "E1" });
    cloudFront.on(UpdateResponseHeadersPolicyCommand).resolves({});
    const wanted: ResponseHeadersPolicySpec = {
      name: "headers",
      owner: MARK,
      comment: "Other headers",
      hsts: { maxAgeSeconds: 60, includeSubdomains: false, preload: true },
      contentTypeOptions: false,
      frameOption: "SAMEORIGIN",
      referrerPolicy: "no-referrer",
    };
    await ResponseHeadersPolicy.update(mocked(), observed, wanted, new Set(["comment"]));
    const written = {
      Name: "headers",
      Comment: `Other headers [fairlead:${OWNER}]`,
      RemoveHeadersConfig: live.RemoveHeadersConfig,
      SecurityHeadersConfig: {
        XSSProtection: xss,
        StrictTransportSecurity: {
          Override: true,
          AccessControlMaxAgeSec: 60,
          IncludeSubdomains: false,
          Preload: true,
        },
        FrameOptions: { Override: true, FrameOption: "SAMEORIGIN" },
        ReferrerPolicy: { Override: true, ReferrerPolicy: "no-referrer" },
      },
    };
    const write = { Id: "p-1", IfMatch: "E1", ResponseHeadersPolicyConfig: written };
    expect(sent()).toEqual([get, ["UpdateResponseHeadersPolicyCommand", write]]);
  });

  it("reads and writes again if it was changed in between, four times at most", async () => {
    const read = (ETag: string) => ({ ResponseHeadersPolicy: policy("p-1"), ETag });
    cloudFront
      .on(GetResponseHeadersPolicyCommand)
      .resolvesOnce(read("E1"))
      .resolvesOnce(read("E2"))
      .resolvesOnce(read("E3"))
      .resolves(read("E4"));
    cloudFront.on(UpdateResponseHeadersPolicyCommand).rejects(stale("PreconditionFailed"));
    const failure = ResponseHeadersPolicy.update(mocked(), observed, spec, new Set(["comment"]));
    await expect(failure).rejects.toThrow("The If-Match version is missing or not valid");
    const writes = cloudFront.commandCalls(UpdateResponseHeadersPolicyCommand).map(({ args }) => args[0].input.IfMatch);
    expect(writes).toEqual(["E1", "E2", "E3", "E4"]);
  });

  it("deletes with the newest ETag, once the last distribution has let go of it", async () => {
    cloudFront.on(GetResponseHeadersPolicyCommand).resolvesOnce({ ETag: "E1" }).resolves({ ETag: "E2" });
    cloudFront
      .on(DeleteResponseHeadersPolicyCommand)
      .rejectsOnce(stale("InvalidIfMatchVersion"))
      .rejectsOnce(awsError("ResponseHeadersPolicyInUse", "attached to one or more distributions", 409))
      .resolves({});
    await expect(ResponseHeadersPolicy.delete(mocked(), observed)).resolves.toBeUndefined();
    const remove = (IfMatch: string) => ["DeleteResponseHeadersPolicyCommand", { Id: "p-1", IfMatch }];
    const look = ["ListDistributionsByResponseHeadersPolicyIdCommand", { ResponseHeadersPolicyId: "p-1" }];
    expect(sent()).toEqual([get, remove("E1"), get, remove("E2"), look, remove("E2")]);
  });

  it("deletes the version that was observed without reading it again, unless it was changed since", async () => {
    const seen = { ...observed, handles: { etag: "E7" } };
    cloudFront
      .on(DeleteResponseHeadersPolicyCommand)
      .rejectsOnce(awsError("PreconditionFailed", "not the newest version", 412))
      .resolves({});
    cloudFront.on(GetResponseHeadersPolicyCommand).resolves({ ETag: "E8" });
    await ResponseHeadersPolicy.delete(mocked(), seen);
    const remove = (IfMatch: string) => ["DeleteResponseHeadersPolicyCommand", { Id: "p-1", IfMatch }];
    expect(sent()).toEqual([remove("E7"), get, remove("E8")]);
  });

  it("counts one that is gone already, before the read or after it, as deleted", async () => {
    cloudFront.on(GetResponseHeadersPolicyCommand).rejectsOnce(noSuch()).resolves({ ETag: "E1" });
    cloudFront.on(DeleteResponseHeadersPolicyCommand).rejects(noSuch());
    await expect(ResponseHeadersPolicy.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([get]);
    await expect(ResponseHeadersPolicy.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(cloudFront.commandCalls(DeleteResponseHeadersPolicyCommand)).toHaveLength(1);
  });

  it("lists what the stack owns, on every page, by the owner in the comment", async () => {
    const marked = (id: string, owner: string) => policy(id, { Comment: `Security headers [fairlead:${owner}]` });
    const unmarked = policy("p-3", { Comment: "Security headers of demo-test/network/it" });
    cloudFront
      .on(ListResponseHeadersPoliciesCommand)
      .resolvesOnce({ ResponseHeadersPolicyList: page([marked("p-1", OWNER), unmarked], "more") })
      .resolvesOnce({
        ResponseHeadersPolicyList: page([
          marked("p-2", "demo/test-2/ap-northeast-1:network/it"),
          marked("p-4", "demo/test/ap-northeast-1:edge/old"),
        ]),
      });
    expect(await ResponseHeadersPolicy.list?.(mocked(), ["p-3"])).toEqual([
      { id: "p-1", owner: OWNER },
      { id: "p-4", owner: "demo/test/ap-northeast-1:edge/old" },
    ]);
    expect(sent()).toEqual([
      ["ListResponseHeadersPoliciesCommand", { Type: "custom", Marker: undefined }],
      ["ListResponseHeadersPoliciesCommand", { Type: "custom", Marker: "more" }],
    ]);
  });
});
