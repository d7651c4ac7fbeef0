import {
  CreateListenerCommand,
  DeleteListenerCommand,
  DescribeListenersCommand,
  DescribeTagsCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerCommand,
  type Action as AwsAction,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Listener, type ListenerSpec } from "../../../../src/aws/elb/listener.ts";
import { UncertainAnswer } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OWNED } from "../../../support/mocked.ts";

const elb = mockClient(ElasticLoadBalancingV2Client);
beforeEach(() => elb.reset());
const sent = () => elb.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const prefix = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012";
const BALANCER = `${prefix}:loadbalancer/app/web/50dc6c495c0c9188`;
const ARN = `${prefix}:listener/app/web/50dc6c495c0c9188/1`;
const SECOND = `${prefix}:listener/app/web/50dc6c495c0c9188/2`;
const GROUP = `${prefix}:targetgroup/web/0123456789abcdef`;
const tags = {
  "fairlead:stack": "demo",
  "fairlead:environment": "test",
  "fairlead:region": "ap-northeast-1",
  "fairlead:id": "network/it",
};
const spec: ListenerSpec = {
  loadBalancerArn: BALANCER,
  port: 80,
  protocol: "HTTP",
  action: { type: "fixed-response", statusCode: "403", contentType: "text/plain", body: "Forbidden" },
  tags,
};
const forbidden: AwsAction = {
  Type: "fixed-response",
  FixedResponseConfig: { StatusCode: "403", ContentType: "text/plain", MessageBody: "Forbidden" },
};
const listener = (ListenerArn: string, Port = 80, action = forbidden) => ({
  ListenerArn,
  LoadBalancerArn: BALANCER,
  Port,
  Protocol: "HTTP" as const,
  DefaultActions: [action],
});
const observed = { id: ARN, spec, attrs: { arn: ARN }, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const settings = { Port: 80, Protocol: "HTTP", DefaultActions: [forbidden] };
const create = ["CreateListenerCommand", { LoadBalancerArn: BALANCER, ...settings, Tags: OWNED }];

/** The load balancer's listeners, of which those in `ours` bear the owner mark. */
function thereAre(listeners: ReturnType<typeof listener>[], ours: string[]) {
  elb.on(DescribeListenersCommand).rejects(awsError("LoadBalancerNotFoundException", "not found"));
  elb.on(DescribeListenersCommand, { LoadBalancerArn: BALANCER }).resolves({ Listeners: listeners });
  elb.on(DescribeTagsCommand).resolves({ TagDescriptions: ours.map((ResourceArn) => ({ ResourceArn, Tags: OWNED })) });
}

describe("elb/listener", () => {
  it("creates with action and tags in one call, and reports the ARN", async () => {
    const told: string[] = [];
    elb.on(CreateListenerCommand).resolves({ Listeners: [listener(ARN)] });
    expect(await Listener.create(mocked(), spec, making(told))).toEqual({ id: ARN, attrs: { arn: ARN } });
    expect(told).toEqual([ARN]);
    expect(sent()).toEqual([create]);
  });

  it("asks again while ELB does not see a load balancer or a target group that was just made", async () => {
    elb
      .on(CreateListenerCommand)
      .rejectsOnce(awsError("LoadBalancerNotFoundException", "not found"))
      .rejectsOnce(awsError("TargetGroupNotFoundException", "not found"))
      .resolves({ Listeners: [listener(ARN)] });
    await Listener.create(mocked(), spec, making());
    expect(sent()).toEqual([create, create, create]);
  });

  it("never repeats a create whose response was lost, and reports no id", async () => {
    const told: string[] = [];
    elb.on(CreateListenerCommand).rejects(awsError("ServiceUnavailable", "injected", 503));
    await expect(Listener.create(mocked(), spec, making(told))).rejects.toBeInstanceOf(UncertainAnswer);
    expect(sent()).toEqual([create]);
    expect(told).toEqual([]);
  });

  it("observes by its recorded ARN, which also identifies its load balancer, although another one has its owner tags and port", async () => {
    thereAre([listener(SECOND), listener(ARN)], [SECOND]);
    expect(await Listener.observe(mocked(), lookFor({ port: 80 }, ARN))).toEqual({
      ...observed,
      spec: { ...spec, tags: {} },
      owner: undefined,
    });
    expect(sent()).toContainEqual(["DescribeListenersCommand", { LoadBalancerArn: BALANCER }]);
  });

  it("finds by its owner tags on the last page, although another one has its port", async () => {
    thereAre([], [ARN]);
    const at = { LoadBalancerArn: BALANCER };
    elb.on(DescribeListenersCommand, at).resolves({ Listeners: [listener(SECOND)], NextMarker: "more" });
    elb.on(DescribeListenersCommand, { ...at, Marker: "more" }).resolves({ Listeners: [listener(ARN, 81)] });
    const found = await Listener.observe(mocked(), lookFor(spec));
    expect(found).toEqual({
      ...observed,
      spec: { ...spec, port: 81 },
      unmanaged: ["listener HTTP:80 beside it"],
    });
    expect(sent()).toEqual([
      ["DescribeListenersCommand", at],
      ["DescribeListenersCommand", { ...at, Marker: "more" }],
      ["DescribeTagsCommand", { ResourceArns: [ARN, SECOND] }],
    ]);
  });

  it("skips earlier generations, and finds the one at its port, whoever owns it", async () => {
    thereAre([listener(ARN), listener(SECOND)], [ARN]);
    const look = { ...lookFor(spec), excludeIds: [ARN] };
    expect(await Listener.observe(mocked(), look)).toMatchObject({ id: SECOND, owner: undefined });
    elb.on(DescribeListenersCommand, { LoadBalancerArn: BALANCER }).resolves({ Listeners: [listener(ARN)] });
    expect(await Listener.observe(mocked(), { ...lookFor(spec), excludeIds: [ARN] })).toBeUndefined();
  });

  it("returns undefined for absence: no such load balancer, no listeners, another port, nothing to search by", async () => {
    thereAre([], []);
    const elsewhere = { ...spec, loadBalancerArn: `${BALANCER}0` };
    expect(await Listener.observe(mocked(), lookFor(elsewhere))).toBeUndefined();
    expect(await Listener.observe(mocked(), lookFor(spec, ARN))).toBeUndefined();
    thereAre([listener(SECOND, 81)], []);
    expect(await Listener.observe(mocked(), lookFor(spec, ARN))).toBeUndefined();
    elb.resetHistory();
    expect(await Listener.observe(mocked(), lookFor<ListenerSpec>({ port: 80 }))).toBeUndefined();
    expect(sent()).toEqual([]);
  });

  it.each<{ what: string; told: AwsAction; action: ListenerSpec["action"] | undefined }>([
    {
      what: "a target group, told twice",
      told: { Type: "forward", TargetGroupArn: GROUP, ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP }] } },
      action: { type: "forward", targetGroupArn: GROUP },
    },
    {
      what: "two target groups",
      told: { Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: GROUP }, { TargetGroupArn: "x" }] } },
      action: undefined,
    },
    {
      what: "a redirect that keeps the URL",
      told: {
        Type: "redirect",
        RedirectConfig: {
          StatusCode: "HTTP_301",
          Port: "443",
          Protocol: "HTTPS",
          Host: "#{host}",
          Path: "/#{path}",
          Query: "#{query}",
        },
      },
      action: { type: "redirect", port: "443", protocol: "HTTPS", statusCode: "HTTP_301" },
    },
    {
      what: "a redirect to another host",
      told: { Type: "redirect", RedirectConfig: { StatusCode: "HTTP_301", Host: "example.com" } },
      action: undefined,
    },
  ])("reads $what as an action that Fairlead writes, or as none", async ({ told, action }) => {
    thereAre([listener(ARN, 80, told)], [ARN]);
    expect((await Listener.observe(mocked(), lookFor(spec, ARN)))?.spec).toEqual({ ...spec, action });
  });

  it("updates port, protocol and action in one call, tags by their own", async () => {
    elb.onAnyCommand().resolves({});
    const action = { type: "redirect", port: "443", protocol: "HTTPS", statusCode: "HTTP_302" } as const;
    await Listener.update(mocked(), observed, { ...spec, port: 81 }, new Set(["port"]));
    await Listener.update(mocked(), observed, { ...spec, protocol: "HTTPS" }, new Set(["protocol"]));
    await Listener.update(mocked(), observed, { ...spec, action }, new Set(["action"]));
    const labelled = { ...observed, spec: { ...spec, tags: { ...tags, "fairlead:id": "other", "fairlead:old": "x" } } };
    await Listener.update(mocked(), labelled, spec, new Set(["tags"]));
    const redirect = { Type: "redirect", RedirectConfig: { StatusCode: "HTTP_302", Port: "443", Protocol: "HTTPS" } };
    expect(sent()).toEqual([
      ["ModifyListenerCommand", { ListenerArn: ARN, ...settings, Port: 81 }],
      ["ModifyListenerCommand", { ListenerArn: ARN, ...settings, Protocol: "HTTPS" }],
      ["ModifyListenerCommand", { ListenerArn: ARN, ...settings, DefaultActions: [redirect] }],
      ["AddTagsCommand", { ResourceArns: [ARN], Tags: [{ Key: "fairlead:id", Value: "network/it" }] }],
      ["RemoveTagsCommand", { ResourceArns: [ARN], TagKeys: ["fairlead:old"] }],
    ]);
  });

  it("forwards to a target group that ELB does not see at once", async () => {
    elb.on(ModifyListenerCommand).rejectsOnce(awsError("TargetGroupNotFoundException", "not found")).resolves({});
    const action = { type: "forward", targetGroupArn: GROUP } as const;
    await Listener.update(mocked(), observed, { ...spec, action }, new Set(["action"]));
    const DefaultActions = [{ Type: "forward", TargetGroupArn: GROUP }];
    const call = ["ModifyListenerCommand", { ListenerArn: ARN, ...settings, DefaultActions }];
    expect(sent()).toEqual([call, call]);
  });

  it("deletes by one call, and counts one that is gone already as deleted", async () => {
    elb.on(DeleteListenerCommand).resolvesOnce({}).rejects(awsError("ListenerNotFoundException", "not found"));
    const call = ["DeleteListenerCommand", { ListenerArn: ARN }];
    await expect(Listener.delete(mocked(), observed)).resolves.toBeUndefined();
    await expect(Listener.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(sent()).toEqual([call, call]);
  });
});
