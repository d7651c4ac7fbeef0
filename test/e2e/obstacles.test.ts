import {
  CreateDistributionWithTagsCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  type DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
} from "@aws-sdk/client-ec2";
import { CreateServiceCommand, DescribeServicesCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Aws } from "../../src/aws/aws.ts";
import type { VirtualClock } from "../../src/clock.ts";
import type { ReceiptReport } from "../../src/cli/receipt.ts";
import { STACK } from "../support/foreign.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage, type Answer } from "../support/stage.ts";

const [CLUSTER, SERVICE] = [`${STACK}-cluster`, `${STACK}-service`];
const vpcOf = async ({ ec2 }: Aws) => (await ec2(new DescribeVpcsCommand({}))).Vpcs?.[0]?.VpcId;

async function ruleForTasks({ ec2, ...more }: Aws, clock: VirtualClock) {
  const { SecurityGroups = [] } = await ec2(new DescribeSecurityGroupsCommand({}));
  const tasks = SecurityGroups.find(({ GroupName }) => GroupName === `${STACK}-tasks`)?.GroupId;
  const VpcId = await vpcOf({ ec2, ...more });
  const { GroupId } = await ec2(new CreateSecurityGroupCommand({ GroupName: "db", Description: "db", VpcId }));
  await clock.sleep(20_000);
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{ GroupId: tasks }] }];
  await ec2(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));
}

async function worker({ ec2, ecs }: Aws, clock: VirtualClock) {
  const second = new DescribeSubnetsCommand({ Filters: [{ Name: "tag:fairlead:id", Values: ["network/private-2"] }] });
  const subnets = ((await ec2(second)).Subnets ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
  const { services } = await ecs(new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }));
  const { taskDefinition, networkConfiguration: own } = services?.[0] ?? {};
  const networkConfiguration = { awsvpcConfiguration: { ...own?.awsvpcConfiguration, subnets } };
  const asked = { cluster: CLUSTER, serviceName: "worker", taskDefinition, networkConfiguration, desiredCount: 1 };
  await ecs(new CreateServiceCommand({ ...asked, launchType: "FARGATE" }));
  await clock.sleep(120_000);
}

async function blog({ cloudFront }: Aws, clock: VirtualClock) {
  const { DistributionList } = await cloudFront(new ListDistributionsCommand({}));
  const { DistributionConfig: own } = await cloudFront(
    new GetDistributionConfigCommand({ Id: DistributionList?.Items?.[0]?.Id }),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the stack has a distribution
  const DistributionConfig = { ...own, CallerReference: "other", Comment: "blog" } as DistributionConfig;
  const DistributionConfigWithTags = { DistributionConfig, Tags: { Items: [] } };
  await cloudFront(new CreateDistributionWithTagsCommand({ DistributionConfigWithTags }));
  await clock.sleep(600_000);
}

/** What others put there, which resources it keeps, and what is said of it: what it is, and the command. */
const cases: readonly (readonly [
  string,
  (own: Aws, clock: VirtualClock) => Promise<unknown>,
  readonly string[],
  string,
  string,
])[] = [
  [
    "a rule for the tasks' group",
    ruleForTasks,
    ["network/vpc", "security/tasks-group"],
    `"db", not created by Fairlead, has an ingress rule for it`,
    "aws ec2 revoke-security-group-ingress --group-id sg-",
  ],
  [
    "a subnet in the VPC",
    async (own) => own.ec2(new CreateSubnetCommand({ VpcId: await vpcOf(own), CidrBlock: "10.0.99.0/24" })),
    ["network/vpc"],
    "not created by Fairlead, is in it",
    "aws ec2 delete-subnet --subnet-id subnet-",
  ],
  [
    "a service in the cluster, whose tasks are in the network",
    worker,
    [
      "compute/cluster",
      "network/private-2",
      "network/vpc",
      `observability/container-insights-log@/aws/ecs/containerinsights/${CLUSTER}/performance`,
      "security/tasks-group",
    ],
    "ECS service worker, not created by Fairlead,",
    `aws ecs delete-service --force --cluster ${CLUSTER} --service worker`,
  ],
  [
    "a distribution with the headers policy",
    blog,
    ["edge/headers-policy"],
    "not created by Fairlead, uses it in a behavior",
    "aws cloudfront get-distribution-config --id E",
  ],
];

describe("what blocks a delete", () => {
  let stage: Stage;
  let usual = 0;
  beforeAll(async () => {
    stage = new Stage();
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    const back = stage.keep();
    usual = (await stage.run("teardown")).json.seconds;
    back();
  });
  afterAll(() => stage.remove());

  it.each(cases)("is named by a teardown, which deletes everything else: %s", async (_, put, kept, what, command) => {
    const back = stage.keep();
    await stage.meddle(put);
    const { exit, json, lines } = await stage.run("teardown");
    back();
    expect(exit).toBe(1);
    const notDone = json.actions.filter(({ outcome }) => outcome !== "done");
    expect(notDone.map(({ id }) => id).toSorted()).toEqual(kept);
    const failed = notDone.filter(({ outcome }) => outcome === "failed") as readonly { readonly error?: string }[];
    for (const { error } of failed) {
      expect(error).toContain(what);
      expect(error).toContain(command);
    }
    // It is told when it is found, and the run ends half a minute or a minute after it would have.
    expect(lines.filter((line) => line.includes(what) && line.includes("! ")).length).toBeGreaterThanOrEqual(1);
    expect(json.seconds).toBeLessThan(usual + 120);
    // The receipt says of each what keeps it.
    const { left } = (json as Answer & { readonly receipt: ReceiptReport }).receipt;
    expect(left).toHaveLength(kept.length);
    expect(left.filter(({ why }) => why.includes(what))).toHaveLength(failed.length);
  });

  it("is named by a reconcile that replaces the blocked resource, and by the next one", async () => {
    const back = stage.keep();
    await stage.meddle(async ({ ec2 }) => {
      const { Vpcs: [vpc] = [] } = await ec2(new DescribeVpcsCommand({}));
      await ec2(new CreateSubnetCommand({ VpcId: vpc?.VpcId, CidrBlock: "10.0.99.0/24" }));
    });
    stage.edit({ network: { cidr: "10.9.0.0/16" } });
    for (const run of [await stage.run("reconcile"), await stage.run("reconcile")]) {
      const [failed] = run.json.actions.filter(({ outcome }) => outcome === "failed") as { error?: string }[];
      expect(failed?.error).toContain("not created by Fairlead, is in it");
      expect(failed?.error).toContain("aws ec2 delete-subnet --subnet-id");
      // The new network takes some four minutes by itself.
      expect(run.json.seconds).toBeLessThan(480);
    }
    stage.edit({});
    back();
  });
});
