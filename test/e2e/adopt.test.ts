import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogStreamsCommand,
  ListTagsForResourceCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateVpcCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import { CreateRepositoryCommand } from "@aws-sdk/client-ecr";
import { GetRoleCommand } from "@aws-sdk/client-iam";
import { CreateBucketCommand, PutObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VirtualClock } from "../../src/clock.ts";
import { isRead } from "../../src/simulator/sim.ts";
import { TIMING } from "../../src/simulator/timing.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { makeRole } from "../support/foreign.ts";
import { ownerTags } from "../../src/aws/tags.ts";
import { APP } from "../support/identities.ts";
import { Stage } from "../support/stage.ts";

const ROLE = "fairlead-app-dev-ap-northeast-1-task";
const LOG = "/ecs/fairlead-app-dev";
const BUCKET = "fairlead-app-dev-source-123456789012-ap-northeast-1";
const REPOSITORY = "fairlead-app-dev";
/** What bears a name that the stack wants, and how it is taken over. */
const NAMESAKES = [
  `security/task-role=${ROLE}`,
  `observability/application-log=${LOG}`,
  `delivery/source-bucket=${BUCKET}`,
  `registry/repository=${REPOSITORY}`,
];

/** Somebody made these by hand before there was a stack; one tag of theirs is on the role. */
async function makeNamesakes(aws: Aws): Promise<void> {
  await makeRole(aws, ROLE, { CostCenter: "42" });
  await aws.logs(new CreateLogGroupCommand({ logGroupName: LOG }));
  await aws.logs(new CreateLogStreamCommand({ logGroupName: LOG, logStreamName: "from before" }));
  const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
  await aws.s3(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration }));
  await aws.s3(new PutObjectCommand({ Bucket: BUCKET, Key: "from-before", Body: "x" }));
  await aws.ecr(new CreateRepositoryCommand({ repositoryName: REPOSITORY }));
}

/** Creates a VPC, and waits until AWS shows it. */
const makeVpc = async (
  aws: Aws,
  clock: VirtualClock,
  CidrBlock = "10.0.0.0/16",
  tags: Readonly<Record<string, string>> = {},
) => {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const TagSpecifications = Tags.length > 0 ? [{ ResourceType: "vpc" as const, Tags }] : [];
  const { Vpc } = await aws.ec2(new CreateVpcCommand({ CidrBlock, TagSpecifications }));
  await clock.sleep(2 * TIMING.listLag * 1_000);
  return Vpc?.VpcId ?? "";
};

const flags = (pairs: readonly string[]) => pairs.flatMap((pair) => ["--adopt", pair]);

describe("existing resources", () => {
  let stage: Stage;
  beforeEach(() => (stage = new Stage()));
  afterEach(() => stage.remove());

  const stateFile = () => join(stage.directory, ".fairlead", "fairlead-app-dev.json");
  /** Runs what is refused: nothing comes of it. */
  async function refused(exit: number, ...argv: string[]): Promise<string> {
    const before = stage.things();
    const had = existsSync(stateFile());
    const said = await stage.type(...argv, "--log", "calls.jsonl");
    expect(said.exit).toBe(exit);
    const calls = readFileSync(join(stage.directory, "calls.jsonl"), "utf8").trimEnd().split("\n");
    const operations = calls.map((line) => (JSON.parse(line) as { operation: string }).operation);
    expect(operations.filter((operation) => !isRead(operation))).toEqual([]);
    expect(stage.things()).toEqual(before);
    expect(existsSync(stateFile())).toBe(had);
    return said.lines.join("\n");
  }

  it("stop the run before anything is created, and the error shows how to adopt each one", async () => {
    await stage.meddle(makeNamesakes);
    for (const verb of ["reconcile", "plan"]) {
      const text = await refused(1, verb);
      for (const pair of NAMESAKES)
        expect(text.split("\n")).toContainEqual(
          expect.stringMatching(
            new RegExp(
              `has no Fairlead owner tags\\. No changes were made\\. Rename the stack, delete that resource, or adopt it: npx fairlead reconcile --adopt ${pair}$`,
            ),
          ),
        );
    }
    const { exit, json } = await stage.run("plan");
    expect(exit).toBe(1);
    expect(json.problems).toHaveLength(NAMESAKES.length);
  });

  it("are adopted if they are named, all of them or none", async () => {
    await stage.meddle(makeNamesakes);
    const text = await refused(1, "reconcile", ...flags(NAMESAKES.slice(0, 3)));
    expect(text).toContain(`reconcile --adopt ${NAMESAKES[3]}\n`);
    expect(text).not.toContain(`reconcile --adopt ${NAMESAKES[0]}`);
  });

  it("belong to the stack afterwards, keep what others set on them, and nothing is created twice", async () => {
    await stage.meddle(makeNamesakes);
    const vpc = await stage.meddle((aws, clock) => makeVpc(aws, clock, "10.0.0.0/16", { CostCenter: "42" }));
    const pairs = [...NAMESAKES, `network/vpc=${vpc}`];
    const { exit, lines, answer } = await stage.type("reconcile", "--json", ...flags(pairs));
    expect(exit).toBe(0);
    expect(lines).toContain("Plan: 37 to create, 5 to adopt; 0 unchanged.");
    expect(lines).toContain("Unmanaged (ignored): network/vpc tags.CostCenter, security/task-role tags.CostCenter.");
    const report = JSON.parse(answer) as { summary: object; outputs: Record<string, string> };
    expect(report.summary).toMatchObject({ created: 37, adopted: 5, failed: 0 });
    expect(report.outputs["vpc_id"]).toBe(vpc);
    const { aws } = stage.world();
    const { Vpcs = [] } = await aws.ec2(new DescribeVpcsCommand({}));
    expect(Vpcs.map(({ VpcId }) => VpcId)).toEqual([vpc]);
    const mine = { ...ownerTags(APP, "network/vpc"), CostCenter: "42" };
    expect(Object.fromEntries(Vpcs[0]?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? [])).toMatchObject(mine);
    const { Role } = await aws.iam(new GetRoleCommand({ RoleName: ROLE }));
    expect(Role?.Tags).toEqual(expect.arrayContaining([{ Key: "CostCenter", Value: "42" }]));
    const resourceArn = `arn:aws:logs:ap-northeast-1:123456789012:log-group:${LOG}`;
    const { tags } = await aws.logs(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toMatchObject({ "fairlead:id": "observability/application-log" });
    const { logStreams } = await aws.logs(new DescribeLogStreamsCommand({ logGroupName: LOG }));
    expect(logStreams?.map(({ logStreamName }) => logStreamName)).toEqual(["from before"]);
    const { Contents } = await aws.s3(new ListObjectsV2Command({ Bucket: BUCKET }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["from-before"]);

    const plan = await stage.type("plan", "--check");
    expect(plan.exit).toBe(0);
    expect(plan.lines).toContain(
      "Unmanaged (ignored): network/vpc tags.CostCenter, security/task-role tags.CostCenter.",
    );
    const again = await stage.run("reconcile");
    expect(again.json.summary).toMatchObject({ unchanged: 42 });
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(existsSync(join(stage.directory, ".fairlead", "local", "world.json"))).toBe(false);
  });

  it("can be a whole stack whose state and tags are lost", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { resources } = JSON.parse(readFileSync(stateFile(), "utf8")) as {
      resources: Record<string, { id: string }>;
    };
    rmSync(stateFile());
    await stage.meddle(async (_aws, _clock, { data }) => {
      data.tables = JSON.parse(JSON.stringify(data.tables), withoutOwner) as typeof data.tables;
    });
    const before = stage.things();
    const pairs = Object.entries(resources).map(([id, { id: awsId }]) => `${id}=${awsId}`);
    const { exit, answer, lines } = await stage.type("reconcile", "--json", ...flags(pairs));
    expect(lines.filter((line) => line.startsWith("!"))).toEqual([]);
    expect(exit).toBe(0);
    expect((JSON.parse(answer) as { summary: object }).summary).toMatchObject({ adopted: 42, created: 0, replaced: 0 });
    expect(stage.things()).toEqual(before);
    expect(await stage.planned()).toEqual({});
  });

  it("are not adopted for a resource that the stack does not have", async () => {
    const vpc = await stage.meddle((aws, clock) => makeVpc(aws, clock));
    const text = await refused(2, "reconcile", "--adopt", `network/vcp=${vpc}`);
    expect(text).toContain("this stack has no resource network/vcp. Did you mean network/vpc?");
    expect(text).toContain("Resources: network/vpc, network/internet-gateway,");
    const far = await refused(2, "reconcile", "--adopt", `nonsense=${vpc}`);
    expect(far).not.toContain("Did you mean");
  });

  it.each(["network/vpc", "network/vpc=", "=vpc-1", "network/vpc=vpc-1 vpc-2"])(
    "is not taken over by what is no pair: %s",
    async (pair) => {
      expect(await refused(2, "reconcile", "--adopt", pair)).toContain(
        `--adopt ${pair}: expected a resource of the stack and its AWS id, such as network/vpc=vpc-0123456789abcdef0.`,
      );
    },
  );

  it("are not adopted if they are named twice in different ways", async () => {
    expect(await refused(2, "reconcile", ...flags(["network/vpc=vpc-1", "network/vpc=vpc-2"]))).toContain(
      "--adopt network/vpc=vpc-2: network/vpc is already to be adopted as vpc-1.",
    );
    expect(
      await refused(2, "reconcile", ...flags(["network/public-1=subnet-1", "network/public-2=subnet-1"])),
    ).toContain("--adopt network/public-2=subnet-1: network/public-1 is already to be adopted as subnet-1.");
  });

  it.each([
    ["network/vpc", "vpc-00000000000000000"],
    ["network/vpc", "nonsense"],
    ["network/nat-1", "nat-00000000000000000"],
    ["security/task-role", "no-such-role"],
    ["observability/build-log", "no-such-group"],
    ["delivery/source-bucket", "no-such-bucket"],
    ["registry/repository", "no-such-repository"],
    [
      "balancer/load-balancer",
      "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/no/0123456789abcdef",
    ],
    ["balancer/target-group", "nonsense"],
    ["compute/cluster", "no-such-cluster"],
    ["compute/service", "no-such-service"],
    ["edge/distribution", "E0000000000000"],
    ["delivery/pipeline", "no-such-pipeline"],
  ])("is not taken over where it does not exist: %s=%s", async (id, awsId) => {
    expect(await refused(1, "reconcile", "--adopt", `${id}=${awsId}`)).toMatch(
      new RegExp(`${id}: \\S+ ${awsId} does not exist in this account and region, so it cannot be adopted`),
    );
  });

  it("are not adopted from another stack", async () => {
    const owner = { ...ownerTags({ ...APP, name: "other" }, "network/vpc") };
    const vpc = await stage.meddle((aws, clock) => makeVpc(aws, clock, "10.0.0.0/16", owner));
    expect(await refused(1, "reconcile", "--adopt", `network/vpc=${vpc}`)).toContain(
      `network/vpc: ec2/vpc ${vpc} belongs to other/dev/ap-northeast-1:network/vpc and cannot be adopted`,
    );
  });

  it("are not replaced in order to be adopted", async () => {
    const vpc = await stage.meddle((aws, clock) => makeVpc(aws, clock, "10.9.0.0/16"));
    expect(await refused(1, "reconcile", "--adopt", `network/vpc=${vpc}`)).toContain(
      `network/vpc: ec2/vpc ${vpc} cannot be adopted: cidr cannot be changed in place to match the config, and adoption never replaces a resource.`,
    );
    // The other way, as the message says.
    stage.edit({
      network: {
        cidr: "10.9.0.0/16",
        publicSubnets: ["10.9.1.0/24", "10.9.2.0/24"],
        privateSubnets: ["10.9.3.0/24", "10.9.4.0/24"],
      },
    });
    const { exit, lines } = await stage.type("reconcile", "--adopt", `network/vpc=${vpc}`);
    expect(exit).toBe(0);
    expect(lines).toContain("Plan: 41 to create, 1 to adopt; 0 unchanged.");
  });

  it("are not adopted if the stack already has another resource in that place", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    const vpc = await stage.meddle((aws, clock) => makeVpc(aws, clock));
    const text = await refused(1, "reconcile", "--adopt", `network/vpc=${vpc}`);
    expect(text).toMatch(/network\/vpc: the state already records vpc-\w+, so ec2\/vpc vpc-\w+ cannot be adopted/);
    expect(text).toContain("state rm network/vpc");
    // To say again what is so already is no mistake.
    const { vpc_id: own } = JSON.parse((await stage.type("outputs", "--json")).answer) as { vpc_id: string };
    expect((await stage.type("reconcile", "--adopt", `network/vpc=${own}`)).exit).toBe(0);
  });
});

/** JSON without owner tags, in each of the forms that AWS's services have for tags. */
function withoutOwner(this: unknown, key: string, value: unknown): unknown {
  if (key.startsWith("fairlead:")) return undefined;
  if (!Array.isArray(value)) return value;
  return value.filter((item: { Key?: string; key?: string } | null) => {
    const name = item?.Key ?? item?.key;
    return typeof name !== "string" || !name.startsWith("fairlead:");
  });
}
