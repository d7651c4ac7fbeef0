import {
  DeregisterTaskDefinitionCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ListServiceDeploymentsCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  PutImageCommand,
} from "@aws-sdk/client-ecr";
import { beforeAll, describe, expect, it } from "vitest";
import { TaskDefinition } from "../../../src/aws/ecs/task-definition.ts";
import { contentsOf } from "../../../src/simulator/ecr/dockerfile.ts";
import { service, taskDefinitionSpec } from "../../contract/ground.ts";
import { made } from "../../contract/made.ts";
import { simulated, type Simulated } from "../../support/simulated.ts";

const SERVICE = { cluster: "ground", service: "ground" };

describe("the simulated ECS", () => {
  let at: Simulated;
  beforeAll(async () => {
    at = simulated();
    await service(at);
    await at.clock.sleep(300_000);
  });

  const live = async () => {
    const { services: [found] = [] } = await at.aws.ecs(
      new DescribeServicesCommand({ cluster: SERVICE.cluster, services: [SERVICE.service] }),
    );
    return found;
  };
  const deployments = async () =>
    (await at.aws.ecs(new ListServiceDeploymentsCommand(SERVICE))).serviceDeployments ?? [];

  it("fills in what AWS fills in, and returns it for the service and its deployment", async () => {
    expect(await live()).toMatchObject({
      launchType: "FARGATE",
      platformVersion: "LATEST",
      platformFamily: "Linux",
      serviceRegistries: [],
      placementConstraints: [],
      deploymentController: { type: "ECS" },
      deploymentConfiguration: {
        strategy: "ROLLING",
        bakeTimeInMinutes: 0,
        alarms: { alarmNames: [], enable: false, rollback: false },
      },
      deployments: [{ status: "PRIMARY", launchType: "FARGATE", platformVersion: "1.4.0" }],
    });
    const { taskDefinition } = await at.aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: "ground" }));
    expect(taskDefinition).toMatchObject({ volumes: [], placementConstraints: [], enableFaultInjection: false });
    expect(taskDefinition?.containerDefinitions?.[0]).toMatchObject({
      cpu: 0,
      essential: true,
      portMappings: [{ containerPort: 5000, hostPort: 5000, protocol: "tcp" }],
      systemControls: [],
      linuxParameters: { tmpfs: [{ containerPath: "/tmp", size: 64, mountOptions: [] }] },
    });
  });

  it("keeps what became of each deployment, and rolls one back on request", async () => {
    expect((await deployments()).map(({ status }) => status)).toEqual(["SUCCESSFUL"]);
    const before = (await live())?.taskDefinition;
    const { arn } = await made(at, TaskDefinition, { ...taskDefinitionSpec(at, "ground"), cpu: 512 });
    await at.aws.ecs(new UpdateServiceCommand({ ...SERVICE, taskDefinition: arn }));
    const [begun] = await deployments();
    expect([begun?.status, (await live())?.currentServiceDeployment]).toEqual([
      "IN_PROGRESS",
      begun?.serviceDeploymentArn,
    ]);
    const revisions = new DescribeServiceRevisionsCommand({
      serviceRevisionArns: [begun?.targetServiceRevisionArn ?? ""],
    });
    expect((await at.aws.ecs(revisions)).serviceRevisions?.[0]?.taskDefinition).toBe(arn);
    await at.clock.sleep(10_000);
    const stop = new StopServiceDeploymentCommand({ serviceDeploymentArn: begun?.serviceDeploymentArn });
    await at.aws.ecs(stop);
    expect((await deployments())[0]?.status).toBe("ROLLBACK_REQUESTED");
    await at.clock.sleep(5_000);
    expect((await live())?.taskDefinition).toBe(before);
    const asked = new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [begun?.serviceDeploymentArn ?? ""] });
    const [going] = (await at.aws.ecs(asked)).serviceDeployments ?? [];
    expect([going?.status, going?.rollback?.reason]).toEqual([
      "ROLLBACK_IN_PROGRESS",
      "Service deployment stopped by user",
    ]);
    // What goes back goes on doing so; what is over cannot be stopped any more.
    await at.aws.ecs(stop);
    expect((await deployments())[0]?.status).toBe("ROLLBACK_IN_PROGRESS");
    await at.clock.sleep(300_000);
    await expect(at.aws.ecs(stop)).rejects.toMatchObject({ name: "ConflictException" });
    expect((await deployments()).map(({ status }) => status)).toEqual(["ROLLBACK_SUCCESSFUL", "SUCCESSFUL"]);
    await expect(
      at.aws.ecs(new StopServiceDeploymentCommand({ serviceDeploymentArn: `${begun?.serviceDeploymentArn}0` })),
    ).rejects.toMatchObject({ name: "ServiceDeploymentNotFoundException" });
  });

  it("refuses a revision without the container or the port that the service's targets lead to, and one that is deregistered", async () => {
    const spec = taskDefinitionSpec(at, "ground");
    const port = await made(at, TaskDefinition, { ...spec, container: { ...spec.container, portMappings: [] } });
    const name = await made(at, TaskDefinition, { ...spec, container: { ...spec.container, name: "other" } });
    const run = (taskDefinition: string) => at.aws.ecs(new UpdateServiceCommand({ ...SERVICE, taskDefinition }));
    await expect(run(port.arn)).rejects.toThrow("The container app did not have a container port 5000 defined.");
    await expect(run(name.arn)).rejects.toThrow("The container app does not exist in the task definition.");
    const gone = await made(at, TaskDefinition, spec);
    const deregister = new DeregisterTaskDefinitionCommand({ taskDefinition: gone.arn });
    await at.aws.ecs(deregister);
    await expect(run(gone.arn)).rejects.toThrow("TaskDefinition is inactive");
    await expect(at.aws.ecs(deregister)).rejects.toThrow("inactive");
    const { taskDefinition } = await at.aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: gone.arn }));
    expect(taskDefinition?.status).toBe("INACTIVE");
  });

  it("refuses what is too long, and what Fargate lacks", async () => {
    const registering = (container: object, task: object = {}) =>
      at.aws.ecs(
        new RegisterTaskDefinitionCommand({
          family: "refused",
          requiresCompatibilities: ["FARGATE"],
          networkMode: "awsvpc",
          cpu: "256",
          memory: "512",
          containerDefinitions: [{ name: "app", image: "nginx", ...container }],
          ...task,
        }),
      );
    await expect(registering({ environment: [{ name: "BIG", value: "x".repeat(70_000) }] })).rejects.toThrow(
      /Actual length: '70\d\d\d'\. Max allowed length is '65536' bytes\./,
    );
    await expect(registering({ linuxParameters: { sharedMemorySize: 64 } })).rejects.toThrow(
      "Fargate does not support",
    );
    await expect(registering({ image: "Not An Image" })).rejects.toThrow("invalid characters");
    await expect(registering({ portMappings: [{ containerPort: 80, hostPort: 8080 }] })).rejects.toThrow("must match");
    await expect(registering({ mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp" }] })).rejects.toThrow(
      "Unknown volume",
    );
    await expect(registering({}, { ephemeralStorage: { sizeInGiB: 20 } })).rejects.toThrow("between 21 and 200");
  });

  it("lets a service use only the capacity providers of its cluster, and move to them by force alone", async () => {
    const capacityProviderStrategy = [{ capacityProvider: "FARGATE_SPOT", weight: 1 }];
    const move = { ...SERVICE, capacityProviderStrategy };
    const none = { cluster: "ground", capacityProviders: [], defaultCapacityProviderStrategy: [] };
    await at.aws.ecs(new PutClusterCapacityProvidersCommand(none));
    await expect(at.aws.ecs(new UpdateServiceCommand({ ...move, forceNewDeployment: true }))).rejects.toThrow(
      "was not found",
    );
    const both = {
      cluster: "ground",
      capacityProviders: ["FARGATE", "FARGATE_SPOT"],
      defaultCapacityProviderStrategy: [],
    };
    await at.aws.ecs(new PutClusterCapacityProvidersCommand(both));
    await expect(at.aws.ecs(new UpdateServiceCommand(move))).rejects.toThrow("you must force a new deployment");
    await at.aws.ecs(new UpdateServiceCommand({ ...move, forceNewDeployment: true }));
    expect(await live()).toMatchObject({ capacityProviderStrategy });
    expect((await live())?.launchType).toBeUndefined();
    await expect(
      at.aws.ecs(new PutClusterCapacityProvidersCommand({ ...both, capacityProviders: ["FARGATE"] })),
    ).rejects.toMatchObject({ name: "ResourceInUseException" });
    await at.aws.ecs(new UpdateServiceCommand({ ...SERVICE, capacityProviderStrategy: [], forceNewDeployment: true }));
    expect(await live()).toMatchObject({ launchType: "FARGATE" });
  });
});

describe("the simulated ECR", () => {
  it("takes a tag from an image that has another, and deletes the image with its last tag", async () => {
    const { aws } = simulated();
    const repositoryName = "shop";
    await aws.ecr(new CreateRepositoryCommand({ repositoryName }));
    const image = { repositoryName, imageManifest: "{}" };
    await aws.ecr(new PutImageCommand({ ...image, imageTag: "one" }));
    await aws.ecr(new PutImageCommand({ ...image, imageTag: "two" }));
    const tags = async () =>
      (await aws.ecr(new DescribeImagesCommand({ repositoryName }))).imageDetails?.map(({ imageTags }) => imageTags);
    const remove = (imageTag: string) =>
      aws.ecr(new BatchDeleteImageCommand({ repositoryName, imageIds: [{ imageTag }] }));
    await remove("one");
    expect(await tags()).toEqual([["two"]]);
    expect((await remove("one")).failures?.[0]?.failureCode).toBe("ImageNotFound");
    await remove("two");
    expect(await tags()).toEqual([]);
  });
});

describe("what is in an image", () => {
  const programs = (dockerfile: string) => contentsOf(dockerfile).programs;

  it.each([
    ["FROM node:20", true],
    ["FROM node:20-slim", false],
    ["FROM node:20-alpine", false],
    ["FROM node:20-alpine\nRUN apk add --no-cache curl", true],
    ["FROM python:3.12-slim\nRUN apt-get update && apt-get install -y \\\n  curl", true],
    ["FROM public.ecr.aws/docker/library/node:22-alpine", false],
    ["FROM scratch\nCOPY app /app", false],
    ["FROM gcr.io/distroless/nodejs22-debian12", false],
    ["FROM node:20 AS build\nRUN npm ci\nFROM node:20-slim\nCOPY --from=build /app /app", false],
    ["FROM node:20-slim AS base\nRUN apt-get install curl\nFROM base", true],
    ["FROM golang:1.24 AS build\nFROM scratch\nCOPY --from=build /usr/bin/curl /usr/bin/curl", true],
  ])("%j: curl %s", (dockerfile, curl) => {
    expect(programs(dockerfile)?.includes("curl")).toBe(curl);
  });

  it("is not known of an image that nobody knows", () => {
    expect(programs("FROM registry.example.com/team/base:7")).toBeUndefined();
  });

  it("is a user, volumes, and a command that may write to /tmp", () => {
    const text = 'FROM python:3.12\nUSER app\nVOLUME ["/tmp", "/data"]\nENTRYPOINT ["gunicorn"]\nCMD ["app:app"]';
    expect(contentsOf(text)).toMatchObject({ user: "app", volumes: ["/tmp", "/data"], writesTmp: true });
    expect(contentsOf("FROM python:3.12\nCMD gunicorn --worker-tmp-dir /dev/shm app:app").writesTmp).toBe(false);
    expect(contentsOf("FROM node:20\n# simulate: writes-tmp").writesTmp).toBe(true);
  });
});
