import { DescribeServicesCommand, DescribeTaskDefinitionCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { expect, it } from "vitest";
import { registrationLike } from "../../src/aws/ecs/definition.ts";
import { registerRevision } from "../../src/aws/ecs/revisions.ts";
import { Service } from "../../src/aws/ecs/service.ts";
import { TaskDefinition } from "../../src/aws/ecs/task-definition.ts";
import { Busy } from "../../src/engine/resource-kind.ts";
import { lookFor } from "../support/mocked.ts";
import { simulated, type Simulated } from "../support/simulated.ts";
import { serviceSpec, taskDefinitionSpec } from "./ground.ts";
import { made } from "./made.ts";

const RELEASED = "public.ecr.aws/docker/library/httpd:2.5";

/** What the pipeline's deploy action does: the revision that runs, with another image. */
async function release({ aws }: Simulated, cluster: string, service: string) {
  const { services: [live] = [] } = await aws.ecs(new DescribeServicesCommand({ cluster, services: [service] }));
  const found = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: live?.taskDefinition }));
  const like = registrationLike({ definition: found.taskDefinition ?? {}, tags: [] }, () => RELEASED);
  await aws.ecs(new UpdateServiceCommand({ cluster, service, taskDefinition: await registerRevision(aws, like) }));
}

it("a run that has planned before a release and deploys after it waits for the release and keeps its image", async () => {
  const at = simulated();
  const { aws, clock } = at;
  const ground = await serviceSpec(at, "ground");
  await made(at, Service, ground);
  await clock.sleep(300_000);
  const wanted = { ...taskDefinitionSpec(at, "ground"), cpu: 512 };
  const definition = await TaskDefinition.observe(aws, lookFor(wanted, "ground"));
  const service = await Service.observe(aws, lookFor(ground));
  if (!definition || !service) throw new Error("the ground is not there");
  // The run registers its revision, and waits for a gateway; meanwhile a release is deployed.
  const registered = await TaskDefinition.update(aws, definition, wanted, new Set(["cpu"] as const));
  await release(at, ground.cluster, ground.name);
  const notes: string[] = [];
  const update = () =>
    Service.update(
      aws,
      service,
      { ...ground, taskDefinition: registered?.arn ?? "" },
      new Set(["taskDefinition"] as const),
      { note: (text) => void notes.push(text) },
    );
  await expect(update()).rejects.toBeInstanceOf(Busy);
  await clock.sleep(600_000);
  await update();
  const { services: [live] = [] } = await aws.ecs(
    new DescribeServicesCommand({ cluster: ground.cluster, services: [ground.name] }),
  );
  const { taskDefinition } = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: live?.taskDefinition }));
  expect([taskDefinition?.cpu, taskDefinition?.containerDefinitions?.[0]?.image]).toEqual(["512", RELEASED]);
  expect(notes).toEqual([expect.stringContaining("was deployed during this run; its image is kept")]);
});
