import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { DeleteSubnetCommand } from "@aws-sdk/client-ec2";
import { BatchDeleteImageCommand, DescribeImagesCommand } from "@aws-sdk/client-ecr";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rollback } from "../../src/cli/commands/rollback.ts";
import { deployed, writeService } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const SERVICE = { cluster: "fairlead-app-dev-cluster", service: "fairlead-app-dev-service" };

let stage: Stage;
beforeEach(() => {
  stage = new Stage();
  writeService(stage);
});
afterEach(() => stage.remove());

async function running() {
  const { aws } = stage.world();
  const asked = { cluster: SERVICE.cluster, services: [SERVICE.service] };
  const { services: [service] = [] } = await aws.ecs(new DescribeServicesCommand(asked));
  const command = new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition });
  const { taskDefinition } = await aws.ecs(command);
  return { service, taskDefinition, container: taskDefinition?.containerDefinitions?.[0] };
}

/** Releases the sample service as `FROM` and further lines of a Dockerfile make it. */
async function release(dockerfile: string) {
  writeService(stage, "", { Dockerfile: `${dockerfile}\n` });
  return deployed(stage);
}

describe("an unmodified image", () => {
  const SLIM = "FROM public.ecr.aws/docker/library/python:3.12-slim\nUSER 1000:1000\n";

  it.each([
    ["without curl", `${SLIM}CMD ["python", "app.py"]`],
    ["without a shell", 'FROM gcr.io/distroless/nodejs22-debian12\nCMD ["main.js"]'],
    ["that writes to /tmp as a plain user", `${SLIM}CMD ["gunicorn", "app:app"]`],
  ])("%s goes live with the defaults", async (_what, dockerfile) => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { json } = await release(dockerfile);
    expect(json.release).toMatchObject({ ending: "live" });
  });

  it("fails a health check whose command it lacks, and the error says so", async () => {
    stage.edit({ container: { healthCheck: { command: ["CMD", "curl", "-f", "http://localhost:5000/health"] } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { json } = await release(`${SLIM}CMD ["python", "app.py"]`);
    expect(json.release.ending).not.toBe("live");
    expect(json.release.finding).toMatchObject({ cause: "container-unhealthy" });
    expect(JSON.stringify(json.release.finding)).toContain("container.healthCheck");
  });
});

describe("a release during a reconcile", () => {
  /** What the pipeline's deploy action does. */
  async function deployByPipeline(image: string) {
    await stage.meddle(async (aws, clock) => {
      const { service, taskDefinition } = await running();
      const { taskDefinitionArn: _arn, revision: _revision, status: _status, ...definition } = taskDefinition ?? {};
      const { requiresAttributes: _r, compatibilities: _c, registeredAt: _a, registeredBy: _b, ...input } = definition;
      const containerDefinitions = input.containerDefinitions?.map((container) => ({ ...container, image }));
      const made = await aws.ecs(
        new RegisterTaskDefinitionCommand({ ...input, family: input.family, containerDefinitions }),
      );
      const revision = made.taskDefinition?.taskDefinitionArn;
      expect(service?.taskDefinition).not.toBe(revision);
      await aws.ecs(new UpdateServiceCommand({ ...SERVICE, taskDefinition: revision }));
      await clock.sleep(1_000);
    });
  }

  it("is refused by the plan while it is being deployed, with the command that follows it", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    writeService(stage, "# two");
    expect((await stage.type("deploy", "--detach")).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(300_000));
    expect((await stage.type("approve", "--detach")).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(20_000));
    stage.edit({ container: { cpu: 512, memory: 1024 } });
    const { exit, json } = await stage.run("plan");
    expect(exit).toBe(1);
    expect(json.problems).toEqual([
      expect.stringMatching(
        /^Release \S+ is being deployed\. Changing compute\/task-definition and compute\/service now would end its deployment, .* To follow it: .* deploy --attach \S+/,
      ),
    ]);
    await expect(stage.run("reconcile")).rejects.toThrow("Blocked by 1 error");
    // What replaces no task is no obstacle.
    stage.edit({ scaling: { cpuTarget: 50 } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    await stage.meddle((_aws, clock) => clock.sleep(600_000));
    stage.edit({ container: { cpu: 512, memory: 1024 } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("keeps the image of a deployment that is in progress when it starts", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    await deployByPipeline("public.ecr.aws/docker/library/httpd:2.4");
    stage.edit({ container: { cpu: 512, memory: 1024 } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const { container, taskDefinition } = await running();
    expect([container?.image, taskDefinition?.cpu]).toEqual(["public.ecr.aws/docker/library/httpd:2.4", "512"]);
  });
});

describe("a rollback", () => {
  it("uses the earlier image with today's settings, and says which settings were different", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    const first = (await running()).container?.image;
    writeService(stage, "# two");
    expect((await deployed(stage)).exit).toBe(0);
    stage.edit({ container: { port: 8080, environment: { DB_URL: "new" } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    const back = (wanted?: string) => stage.act((context) => rollback(wanted, { target: "local", yes: true }, context));
    const { exit, lines } = await back();
    expect(exit).toBe(0);
    expect(lines.join("\n")).toMatch(/The current settings are kept\. .* had other values of .*environment\.DB_URL/);
    const { container } = await running();
    expect(container?.image).toBe(first);
    expect(container?.environment).toContainEqual({ name: "DB_URL", value: "new" });
    expect(await stage.planned()).toEqual({});
    // There is no release before the first one.
    await expect(back()).rejects.toThrow("no release before");
  });

  it("is refused if the image is gone", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    writeService(stage, "# two");
    expect((await deployed(stage)).exit).toBe(0);
    await stage.meddle(async (aws) => {
      const repositoryName = "fairlead-app-dev";
      const { imageDetails = [] } = await aws.ecr(new DescribeImagesCommand({ repositoryName }));
      const live = (await running()).container?.image ?? "";
      const imageIds = imageDetails.flatMap(({ imageDigest = "" }) =>
        live.endsWith(imageDigest) ? [] : [{ imageDigest }],
      );
      await aws.ecr(new BatchDeleteImageCommand({ repositoryName, imageIds }));
    });
    await expect(stage.act((context) => rollback(undefined, { target: "local", yes: true }, context))).rejects.toThrow(
      "is no longer in the repository",
    );
  });
});

describe("the running revision", () => {
  it("stays when its image is deleted, and keeps its subnets", async () => {
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect((await deployed(stage)).exit).toBe(0);
    const subnets = (await running()).service?.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
    await stage.meddle(async (aws, clock) => {
      const repositoryName = "fairlead-app-dev";
      const { imageDetails = [] } = await aws.ecr(new DescribeImagesCommand({ repositoryName }));
      const imageIds = imageDetails.map(({ imageDigest }) => ({ imageDigest }));
      await aws.ecr(new BatchDeleteImageCommand({ repositoryName, imageIds }));
      await clock.sleep(600_000);
      for (const SubnetId of subnets)
        await expect(aws.ec2(new DeleteSubnetCommand({ SubnetId }))).rejects.toThrow("has dependencies");
    });
    expect((await running()).service).toMatchObject({ runningCount: 2, desiredCount: 2 });
  });
});
