import { GetDistributionCommand, UpdateDistributionCommand, type DistributionConfig } from "@aws-sdk/client-cloudfront";
import { beforeEach, describe, expect, it } from "vitest";
import { Distribution } from "../../../../src/aws/cloudfront/distribution.ts";
import { sendingTo, sendToFirst, sendToSecond } from "../../../../src/aws/cloudfront/send-to.ts";
import { ALL_VIEWER, CACHING_DISABLED } from "../../../../src/aws/cloudfront/managed-policies.ts";
import { activeRegion, recordedFailoverOrigin } from "../../../../src/aws/failover-origin.ts";
import { made } from "../../../contract/made.ts";
import { policySpec } from "../../../contract/ground.ts";
import { ResponseHeadersPolicy } from "../../../../src/aws/cloudfront/response-headers-policy.ts";
import { simulated, type Simulated } from "../../../support/simulated.ts";

const behavior = { cachePolicyId: CACHING_DISABLED, originRequestPolicyId: ALL_VIEWER };
const SECOND = { region: "us-west-2", dnsName: "demo-3.us-west-2.elb.amazonaws.com", secret: "abcdefghij" };

/** A distribution with a second origin. */
async function standing(): Promise<{ at: Simulated; id: string }> {
  const at = simulated();
  const { policyId } = await made(at, ResponseHeadersPolicy, policySpec("one"));
  const { distributionId: id } = await made(at, Distribution, {
    comment: "demo-test",
    enabled: true,
    priceClass: "PriceClass_100",
    originDomain: "demo-1.elb.amazonaws.com",
    originSecretHeader: "X-Origin-Verify",
    originSecret: "0123456789",
    failoverDomain: "demo-2.us-west-2.elb.amazonaws.com",
    failoverSecret: "9876543210",
    active: "origin",
    headersPolicyId: policyId,
    behaviors: [
      { path: "*", ...behavior, methods: "all" },
      { path: "/static/*", ...behavior, methods: "read" },
    ],
    errorPages: [],
    httpVersion: "http2",
    ipv6: true,
    tags: {},
  });
  return { at, id };
}

const read = async ({ aws }: Simulated, Id: string) => {
  const { Distribution: found, ETag } = await aws.cloudFront(new GetDistributionCommand({ Id }));
  if (!found?.DistributionConfig) throw new Error(`There is no distribution ${Id}.`);
  return { found, config: found.DistributionConfig, ETag };
};

const targets = ({ DefaultCacheBehavior: first, CacheBehaviors: others }: DistributionConfig) =>
  [first, ...(others?.Items ?? [])].map((one) => one?.TargetOriginId);

describe("the second origin of a distribution", () => {
  let at: Simulated;
  let id: string;
  beforeEach(async () => {
    ({ at, id } = await standing());
  });

  it("is in a group with the first one for what allows reads alone, and each is given six seconds to connect", async () => {
    const { config } = await read(at, id);
    expect(targets(config)).toEqual(["fairlead-balancer", "fairlead-regions"]);
    expect(config.OriginGroups?.Items).toMatchObject([
      {
        Id: "fairlead-regions",
        Members: { Items: [{ OriginId: "fairlead-balancer" }, { OriginId: "fairlead-failover" }] },
      },
    ]);
    const times = config.Origins?.Items?.map((one) => [one.ConnectionAttempts, one.ConnectionTimeout]);
    expect(times).toEqual([
      [2, 3],
      [2, 3],
    ]);
  });

  it("gets all requests, at the address and with the secret that it has now, and gives them back", async () => {
    const { found } = await read(at, id);
    await sendToSecond(at.aws, found, SECOND);
    const sent = await read(at, id);
    expect(targets(sent.config)).toEqual(["fairlead-failover", "fairlead-failover"]);
    expect(sent.config.Origins?.Items?.[1]).toMatchObject({
      DomainName: SECOND.dnsName,
      CustomHeaders: { Items: [{ HeaderName: "X-Origin-Verify", HeaderValue: SECOND.secret }] },
    });
    expect(await activeRegion(at.aws, id, "demo-test")).toBe("us-west-2");
    expect(await sendingTo(at.aws, SECOND.dnsName)).toBe(id);
    await sendToFirst(at.aws, sent.found);
    expect(targets((await read(at, id)).config)).toEqual(["fairlead-balancer", "fairlead-regions"]);
    expect(await activeRegion(at.aws, id, "demo-test")).toBeUndefined();
  });

  it("is said to have them before they are sent, so that a run that dies in between is completed", async () => {
    const { found } = await read(at, id);
    const cut = { ...at.aws, cloudFront: refusing(at.aws.cloudFront) };
    await expect(sendToSecond(cut, found, SECOND)).rejects.toThrow("died");
    expect(await activeRegion(at.aws, id, "demo-test")).toBe("us-west-2");
    await sendToSecond(at.aws, found, SECOND);
    expect(targets((await read(at, id)).config)).toEqual(["fairlead-failover", "fairlead-failover"]);
  });

  it.each<[string, (config: DistributionConfig) => Partial<DistributionConfig>, string]>([
    [
      "a behavior that allows POST in a group",
      ({ DefaultCacheBehavior: first }) => ({
        DefaultCacheBehavior: first && { ...first, TargetOriginId: "fairlead-regions" },
      }),
      "AllowedMethods cannot include POST, PUT, PATCH, or DELETE for a cached behavior associated with an origin group.",
    ],
    [
      "a group of one",
      (config) => changed(config, { Members: { Quantity: 1, Items: [{ OriginId: "fairlead-balancer" }] } }),
      "Member must have length greater than or equal to 2",
    ],
    [
      "an unknown member",
      (config) =>
        changed(config, {
          Members: { Quantity: 2, Items: [{ OriginId: "fairlead-balancer" }, { OriginId: "other" }] },
        }),
      "One or more of your origins or origin groups do not exist.",
    ],
    [
      "a status that is none to fail over on",
      (config) => changed(config, { FailoverCriteria: { StatusCodes: { Quantity: 1, Items: [401] } } }),
      "contains an invalid status code",
    ],
    [
      "four attempts",
      ({ Origins }) => ({
        Origins: Origins && { ...Origins, Items: Origins.Items?.map((one) => ({ ...one, ConnectionAttempts: 4 })) },
      }),
      "Origin ConnectionAttempts is invalid",
    ],
  ])("is refused as AWS does with %s", async (_title, change, told) => {
    const { config, ETag: IfMatch } = await read(at, id);
    const DistributionConfig = { ...config, ...change(config) };
    const update = new UpdateDistributionCommand({ Id: id, IfMatch, DistributionConfig });
    await expect(at.aws.cloudFront(update)).rejects.toThrow(told);
  });
});

it("a distribution tells what it has of the second region without asking there", async () => {
  const { at, id } = await standing();
  const found = { region: SECOND.region, dnsName: "demo-2.us-west-2.elb.amazonaws.com", secret: "9876543210" };
  const recorded = { id, comment: "demo-test" };
  expect(await recordedFailoverOrigin(at.aws, SECOND.region, recorded)).toEqual({ ...found, isActive: false });
  const { Distribution: live } = await at.aws.cloudFront(new GetDistributionCommand({ Id: id }));
  if (live) await sendToSecond(at.aws, live, SECOND);
  expect(await recordedFailoverOrigin(at.aws, SECOND.region, recorded)).toEqual({ ...SECOND, isActive: true });
  const gone = { id: "E0000000000000", comment: "demo-test" };
  expect(await recordedFailoverOrigin(at.aws, SECOND.region, gone)).toBeUndefined();
});

type Group = NonNullable<NonNullable<DistributionConfig["OriginGroups"]>["Items"]>[number];

const changed = ({ OriginGroups }: DistributionConfig, change: Partial<Group>): Partial<DistributionConfig> => ({
  OriginGroups: OriginGroups && { ...OriginGroups, Items: OriginGroups.Items?.map((one) => ({ ...one, ...change })) },
});

/** Sends nothing that updates a distribution. */
const refusing = (send: Simulated["aws"]["cloudFront"]): Simulated["aws"]["cloudFront"] =>
  ((command: never, options: never) =>
    (command as object) instanceof UpdateDistributionCommand
      ? Promise.reject(new Error("died"))
      : send(command, options)) as typeof send;
