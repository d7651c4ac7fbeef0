import { ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import { CreateTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateVpcEndpointCommand, DescribeVpcsCommand } from "@aws-sdk/client-ec2";
import {
  DescribeTasksCommand,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { expect, it } from "vitest";
import { senders } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { simulator } from "../../../src/simulator/simulator.ts";
import { TIMING } from "../../../src/simulator/timing.ts";
import { World } from "../../../src/simulator/world.ts";
import { service, vpc } from "../../contract/ground.ts";
import { simulated, type Simulated } from "../../support/simulated.ts";

/** The simulated AWS in a region. */
function inRegion(region: string) {
  const world = World.empty(1);
  const clock = new VirtualClock(world.data.now);
  return senders({
    region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    plugin: simulator({ world, clock, account: "123456789012", region }),
    latency: 0,
    retrying: { clock, random: () => world.random() },
  });
}

it("has no CodePipeline and no CodeBuild in the regions that lack them", async () => {
  const calgary = inRegion("ca-west-1");
  await expect(calgary.codePipeline(new ListPipelinesCommand({}))).rejects.toThrow(
    "getaddrinfo ENOTFOUND codepipeline.ca-west-1.amazonaws.com",
  );
  await expect(calgary.codeBuild(new ListProjectsCommand({}))).rejects.toThrow("ENOTFOUND codebuild.ca-west-1");
  await expect(inRegion("ap-southeast-6").codePipeline(new ListPipelinesCommand({}))).rejects.toThrow("ENOTFOUND");
  expect(await inRegion("eu-west-1").codePipeline(new ListPipelinesCommand({}))).toMatchObject({ pipelines: [] });
});

it.each(["299-200", "500", "200-", "2xx", ""])("refuses %o as the codes of a health check", async (HttpCode) => {
  await expect(targetGroup(HttpCode)).rejects.toThrow(/must be within '200-499' inclusive|Matcher/);
});

it.each(["200", "200,204", "200-299", "200-204,301"])("accepts %o as the codes of a health check", async (HttpCode) => {
  const { TargetGroups } = await targetGroup(HttpCode);
  expect(TargetGroups).toMatchObject([{ Matcher: { HttpCode } }]);
});

async function targetGroup(HttpCode: string) {
  const at = simulated();
  const { vpcId: VpcId } = await vpc(at);
  const settings = { Name: "app", VpcId, Protocol: "HTTP", Port: 80, TargetType: "ip" } as const;
  return at.aws.elb(new CreateTargetGroupCommand({ ...settings, Matcher: { HttpCode } }));
}

/** Why no task of the service starts with an image. */
async function stopped(at: Simulated, image: string, before: (at: Simulated) => Promise<void> = async () => {}) {
  const { cluster, service: name } = await service(at);
  await before(at);
  const containerDefinitions = [{ name: "app", image, portMappings: [{ containerPort: 5000 }] }];
  await at.aws.ecs(
    new RegisterTaskDefinitionCommand({
      family: "other",
      containerDefinitions,
      networkMode: "awsvpc",
      requiresCompatibilities: ["FARGATE"],
      cpu: "256",
      memory: "512",
    }),
  );
  await at.aws.ecs(new UpdateServiceCommand({ cluster, service: name, taskDefinition: "other" }));
  await at.clock.sleep(60_000);
  const { taskArns = [] } = await at.aws.ecs(new ListTasksCommand({ cluster, desiredStatus: "STOPPED" }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await at.aws.ecs(new DescribeTasksCommand({ cluster, tasks: taskArns }));
  return [...new Set(tasks.map(({ stoppedReason }) => stoppedReason))];
}

it.each(["MyRepo/App:1", "public.ecr.aws/Shop/app:1"])(
  "starts no task with %s, as no repository has capitals",
  async (image) => {
    expect(await stopped(simulated(), image)).toEqual([expect.stringContaining(`failed to resolve ref ${image}`)]);
  },
);

it("takes a registry and a tag with capitals", async () => {
  expect(await stopped(simulated(), "Registry.example.com/shop/app:V1")).toEqual([]);
});

it("starts no task with an image from elsewhere where only ECR's endpoints lead out", async () => {
  const image = "public.ecr.aws/docker/library/nginx:1";
  expect(await stopped(simulated(), image)).toEqual([]);
  expect(await stopped(simulated(), image, endpoints)).toContainEqual(
    expect.stringContaining(`${image}: failed to do request`),
  );
});

/** The endpoints by which ECR's private registries are reached. */
async function endpoints({ aws, clock }: Simulated) {
  const { Vpcs: [network] = [] } = await aws.ec2(new DescribeVpcsCommand({}));
  for (const name of ["ecr.api", "ecr.dkr", "s3"])
    await aws.ec2(
      new CreateVpcEndpointCommand({
        VpcId: network?.VpcId,
        ServiceName: `com.amazonaws.${aws.region}.${name}`,
        VpcEndpointType: name === "s3" ? "Gateway" : "Interface",
      }),
    );
  await clock.sleep(2_000 * TIMING.vpcEndpoint);
}
