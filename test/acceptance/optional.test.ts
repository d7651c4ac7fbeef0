import {
  ApplicationAutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
} from "@aws-sdk/client-application-auto-scaling";
import {
  CloudWatchLogsClient,
  DeleteDeliveryCommand,
  DescribeDeliveriesCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DeleteFlowLogsCommand, DescribeFlowLogsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateHostedZoneCommand, ListResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { DeleteLoggingConfigurationCommand, ListWebACLsCommand, WAFV2Client } from "@aws-sdk/client-wafv2";
import { describe, expect, it } from "vitest";
import type { StackConfig } from "../../src/index.ts";
import { EDITED } from "../support/optional-stack.ts";
import { LIVES } from "./lives.ts";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING, STANDING, WHOLE } from "./whole.ts";
import { mutating, REGION } from "./world.ts";

/** Without a CDN. Without its domain too: while one moves, a run waits two minutes for what resolvers remember. */
const OPEN: StackConfig = {
  services: EDITED.services,
  schedule: EDITED.schedule,
  alarms: EDITED.alarms,
  service: EDITED.service,
  delivery: EDITED.delivery,
  security: EDITED.security,
  edge: false,
  balancer: { allowFrom: ["198.51.100.0/24"] },
  accessLogs: { balancer: true },
  network: { nat: "single" },
};

describe("every optional setting that moto has, over HTTP", () => {
  const at = stackOnMoto(({ stack: folder }) => LIVES["optional.test.ts"].write(folder));
  const { run, changes, stack } = at;
  const clients = () => {
    const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
    const own = { endpoint: at.moto.endpoint, region: REGION, credentials };
    const global = { ...own, region: "us-east-1" };
    return {
      autoScaling: new ApplicationAutoScalingClient(own),
      ec2: new EC2Client(own),
      logs: new CloudWatchLogsClient(global),
      route53: new Route53Client(own),
      waf: new WAFV2Client(global),
    };
  };

  async function reconciled(): Promise<void> {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await at.moto.calls())).toEqual([]);
  }

  it("is created with one command, and needs nothing the second time", async () => {
    const { route53 } = clients();
    const made = new CreateHostedZoneCommand({ Name: "example.com", CallerReference: "acceptance" });
    const { HostedZone } = await route53.send(made);
    await reconciled();
    expect(await at.moto.countOptional()).toEqual(STANDING);
    const { ResourceRecordSets = [] } = await route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id }),
    );
    const records = ResourceRecordSets.map(({ Name, Type }) => `${Type} ${Name}`);
    expect(records).toEqual(
      expect.arrayContaining([
        "A shop.example.com.",
        "AAAA shop.example.com.",
        expect.stringMatching(/^CNAME _\w+\.shop\.example\.com\.$/),
      ]),
    );
  });

  it("is mended where somebody took a part away", async () => {
    const { autoScaling, ec2, logs, waf } = clients();
    const { FlowLogs = [] } = await ec2.send(new DescribeFlowLogsCommand({}));
    await ec2.send(new DeleteFlowLogsCommand({ FlowLogIds: FlowLogs.map(({ FlowLogId = "" }) => FlowLogId) }));
    const { deliveries = [] } = await logs.send(new DescribeDeliveriesCommand({}));
    for (const { id } of deliveries) await logs.send(new DeleteDeliveryCommand({ id }));
    const { WebACLs: [acl] = [] } = await waf.send(new ListWebACLsCommand({ Scope: "CLOUDFRONT" }));
    await waf.send(new DeleteLoggingConfigurationCommand({ ResourceArn: acl?.ARN }));
    const ServiceNamespace = "ecs";
    const { ScheduledActions = [] } = await autoScaling.send(new DescribeScheduledActionsCommand({ ServiceNamespace }));
    const night = ScheduledActions.find(({ ScheduledActionName = "" }) => ScheduledActionName.includes("nights-start"));
    const { ScheduledActionName, ResourceId, ScalableDimension } = night ?? {};
    await autoScaling.send(
      new DeleteScheduledActionCommand({ ServiceNamespace, ScheduledActionName, ResourceId, ScalableDimension }),
    );
    expect(await changes()).toEqual({
      "edge/access-log-delivery": "create",
      "edge/firewall": "update",
      "network/flow-log": "create",
      "scaling/nights-start": "create",
    });
    await reconciled();
    expect(await at.moto.countOptional()).toEqual(STANDING);
  });

  it("follows edits of each setting", async () => {
    stack.edit(EDITED);
    await reconciled();
    expect(await at.moto.countOptional()).toEqual({
      ...STANDING,
      vpcEndpoints: 1,
      logGroups: 8,
      alarms: 20,
      subscriptions: 2,
    });
  });

  it("gives its CDN up, and what only a CDN has", async () => {
    stack.edit(OPEN);
    await reconciled();
    expect(await at.moto.count()).toMatchObject({ distributions: 0, vpcEndpoints: 0, networkAcls: 0 });
    expect(await at.moto.countOptional()).toMatchObject({
      logDeliveries: 0,
      logDeliverySources: 0,
      webAcls: 0,
      certificates: 0,
      records: 0,
      topics: 1,
    });
  });

  it("is the default stack again without the settings, but for what is the account's", async () => {
    stack.edit({});
    await reconciled();
    // The earlier revision stays: a rollback needs it.
    expect(await at.moto.count()).toEqual({ ...WHOLE, taskDefinitions: 2 });
    const { logGroups, projects, eventRules } = WHOLE;
    const none = Object.fromEntries(Object.keys(STANDING).map((name) => [name, 0]));
    expect(await at.moto.countOptional()).toEqual({ ...none, logGroups, projects, eventRules, detectors: 1 });
  });

  it("goes without a trace", async () => {
    expect((await run("teardown", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual(NOTHING);
  });
});
