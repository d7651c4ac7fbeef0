import { BatchGetProjectsCommand } from "@aws-sdk/client-codebuild";
import { DescribeServicesCommand, DescribeTaskDefinitionCommand } from "@aws-sdk/client-ecs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standReleased } from "../support/service.ts";
import { Stage } from "../support/stage.ts";

const PREFIX = "fairlead-app-dev";
const web = (architecture: "arm64" | "x86_64", more: object = {}) => ({
  services: { web: { architecture, build: { context: "service" }, ...more } },
});

describe("a service on arm64", () => {
  const stage = new Stage(web("arm64"));
  afterAll(() => stage.remove());
  beforeAll(async () => {
    await standReleased(stage);
  }, 180_000);

  it("is built on a machine for arm64 and runs there", async () => {
    const { aws } = stage.world();
    const { projects: [project] = [] } = await aws.codeBuild(
      new BatchGetProjectsCommand({ names: [`${PREFIX}-build`] }),
    );
    expect(project?.environment).toMatchObject({
      type: "ARM_CONTAINER",
      image: "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    });
    const { services: [service] = [] } = await aws.ecs(
      new DescribeServicesCommand({ cluster: `${PREFIX}-cluster`, services: [`${PREFIX}-service`] }),
    );
    expect(service).toMatchObject({ runningCount: 2 });
    const { taskDefinition } = await aws.ecs(
      new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
    );
    expect(taskDefinition?.runtimePlatform).toMatchObject({ cpuArchitecture: "ARM64" });
    expect(await stage.planned()).toEqual({});
  });

  it("does not change its processor under an image that was built for another", async () => {
    stage.edit(web("x86_64"));
    const { exit, lines } = await stage.type("plan");
    expect(exit).toBe(1);
    expect(lines.join("\n")).toContain("the image that runs was built for ARM64 and would not start on X86_64");
  });

  it("changes it together with an image for both", async () => {
    const image = "public.ecr.aws/nginx/nginx:1.27";
    stage.edit({ services: { web: { architecture: "x86_64", image } } });
    expect((await stage.run("reconcile")).exit).toBe(0);
    expect(await stage.planned()).toEqual({});
  });

  it("leaves nothing behind", async () => {
    expect((await stage.run("teardown")).exit).toBe(0);
    expect(stage.things()).toEqual({});
  });
});
