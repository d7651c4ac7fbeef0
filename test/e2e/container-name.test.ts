import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { afterAll, describe, expect, it } from "vitest";
// Before what is run: it breaks into the calls.
import { watched } from "../support/traffic.ts";
import type { Aws } from "../../src/aws/aws.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const [CLUSTER, SERVICE] = ["fairlead-app-dev-cluster", "fairlead-app-dev-service"];

describe("a container with another name", () => {
  const stage = new Stage();
  afterAll(() => stage.remove());

  it("gets the stack's name again, while requests are answered throughout and no interruption is announced", async () => {
    await stage.run("reconcile");
    writeService(stage);
    await deployed(stage);
    await stage.run("reconcile");
    const runs = async (aws: Aws) => {
      const { services: [service] = [] } = await aws.ecs(
        new DescribeServicesCommand({ cluster: CLUSTER, services: [SERVICE] }),
      );
      const asked = new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition, include: ["TAGS"] });
      const { taskDefinition = {}, tags } = await aws.ecs(asked);
      return { service, taskDefinition, tags, containers: taskDefinition.containerDefinitions ?? [] };
    };
    // The setting that this name comes from is the stack's own name: with it, all would be another stack.
    const [image] = await stage.meddle(async (aws, clock) => {
      const { service, taskDefinition, tags, containers } = await runs(aws);
      const { family, cpu, memory, networkMode, requiresCompatibilities } = taskDefinition;
      const { executionRoleArn, taskRoleArn, volumes } = taskDefinition;
      const settings = {
        family,
        cpu,
        memory,
        networkMode,
        requiresCompatibilities,
        executionRoleArn,
        taskRoleArn,
        volumes,
      };
      const containerDefinitions = containers.map((one) => ({ ...one, name: "renamed" }));
      const made = await aws.ecs(new RegisterTaskDefinitionCommand({ ...settings, tags, containerDefinitions }));
      await aws.ecs(
        new UpdateServiceCommand({
          cluster: CLUSTER,
          service: SERVICE,
          taskDefinition: made.taskDefinition?.taskDefinitionArn,
          loadBalancers: service?.loadBalancers?.map((one) => ({ ...one, containerName: "renamed" })),
        }),
      );
      await clock.sleep(600_000);
      return containers.map((one) => one.image);
    });
    const { lines } = await stage.say("plan");
    expect(lines.map((line) => line.trim())).toEqual(
      expect.arrayContaining([
        'container.name: "renamed" -> "fairlead-app"  (drift)',
        'loadBalancers[0].containerName: "renamed" -> "fairlead-app"  (drift)',
      ]),
    );
    expect(lines.filter((line) => line.startsWith("Interrupts traffic"))).toEqual([]);
    const { exit, looks, broken } = await watched(stage);
    expect({ exit, broken }).toEqual({ exit: 0, broken: [] });
    expect(looks).toBeGreaterThan(1);
    expect(await stage.planned()).toEqual({});
    const { containers } = await stage.meddle(runs);
    expect(containers.map((one) => [one.name, one.image])).toEqual([["fairlead-app", image]]);
  });
});
