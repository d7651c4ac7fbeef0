import { ListProjectsCommand } from "@aws-sdk/client-codebuild";
import { ListPipelinesCommand } from "@aws-sdk/client-codepipeline";
import { CreateTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, it } from "vitest";
import { senders } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { simulator } from "../../../src/simulator/simulator.ts";
import { World } from "../../../src/simulator/world.ts";
import { vpc } from "../../contract/ground.ts";
import { simulated } from "../../support/simulated.ts";

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
