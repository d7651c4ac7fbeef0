import {
  DeleteServiceCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
  type Deployment,
} from "@aws-sdk/client-ecs";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { Service } from "../../../../src/aws/ecs/service.ts";
import type { ServiceSpec } from "../../../../src/aws/ecs/service-spec.ts";
import { Busy } from "../../../../src/engine/resource-kind.ts";
import { awsError } from "../../../support/failing.ts";
import { mocked } from "../../../support/mocked.ts";
import {
  tags,
  owned,
  REVISION,
  TARGET_GROUP,
  ARN,
  spec,
  network,
  written,
  observed,
  invalid,
  answer,
} from "./service-demo.ts";

const ecs = mockClient(ECSClient);
beforeEach(() => ecs.reset());
const sent = () => ecs.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

describe("ecs/service, changed and deleted", () => {
  it("updates field by field, and leaves out what stays as it is", async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    const wanted: ServiceSpec = {
      ...spec,
      taskDefinition: "demo:2",
      groupIds: ["sg-2"],
      assignPublicIp: true,
      loadBalancers: [{ targetGroupArn: TARGET_GROUP, containerName: "web", containerPort: 80 }],
      deployment: {
        minimumHealthyPercent: 50,
        maximumPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      platformVersion: "1.4.0",
      zoneRebalancing: false,
      taskTags: false,
      healthCheckGracePeriod: 0,
      enableExec: true,
    };
    const exposed = {
      awsvpcConfiguration: {
        ...network(["subnet-1", "subnet-2"], ["sg-2"]).awsvpcConfiguration,
        assignPublicIp: "ENABLED",
      },
    };
    const edits: [keyof ServiceSpec, object][] = [
      ["groupIds", { networkConfiguration: exposed }],
      ["assignPublicIp", { networkConfiguration: exposed }],
      ["platformVersion", { platformVersion: "1.4.0" }],
      ["zoneRebalancing", { availabilityZoneRebalancing: "DISABLED" }],
      ["capacityProviders", { capacityProviderStrategy: [], forceNewDeployment: true }],
      ["taskTags", { enableECSManagedTags: false, propagateTags: "NONE" }],
      ["loadBalancers", { loadBalancers: [{ ...written.loadBalancers[0], containerPort: 80 }] }],
      [
        "deployment",
        {
          deploymentConfiguration: {
            minimumHealthyPercent: 50,
            maximumPercent: 100,
            deploymentCircuitBreaker: { enable: false, rollback: false },
          },
        },
      ],
      ["healthCheckGracePeriod", { healthCheckGracePeriodSeconds: 0 }],
      ["enableExec", { enableExecuteCommand: true, forceNewDeployment: true }],
    ];
    for (const [field, input] of edits) {
      ecs.resetHistory();
      await Service.update(mocked(), observed, wanted, new Set([field]));
      expect(sent().filter(([name]) => name !== "DescribeServicesCommand")).toEqual([
        ["UpdateServiceCommand", { cluster: "demo", service: "app", ...input }],
      ]);
    }
  });

  it("aims at the nearer bound, and starts a service at zero with its initial count", async () => {
    const aim = (live: number, count = spec.count) => Service.fields.count.planned?.(count, { desired: live }).desired;
    expect([1, 2, 5, 6, 9, 0].map((live) => aim(live))).toEqual([2, 2, 5, 6, 6, 3]);
    expect(aim(0, { desired: 3, min: 0, max: 6 })).toBe(0);
    ecs.on(UpdateServiceCommand).resolves({});
    await Service.update(mocked(), observed, { ...spec, count: { desired: 6 } }, new Set(["count"]));
    expect(sent()).toEqual([["UpdateServiceCommand", { cluster: "demo", service: "app", desiredCount: 6 }]]);
  });

  it("waits for the dependencies of an update as a create does", async () => {
    ecs
      .on(UpdateServiceCommand)
      .rejectsOnce(invalid("Please verify that the ECS service role being passed has the proper permissions."))
      .rejectsOnce(invalid(`The target group ${TARGET_GROUP} does not have an associated load balancer.`))
      .rejectsOnce(invalid("Unable to assume the service linked role."))
      .resolvesOnce({})
      .rejects(invalid("The container web does not exist in the task definition."));
    const update = () => Service.update(mocked(), observed, spec, new Set(["loadBalancers"]));
    await update();
    expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(4);
    await expect(update()).rejects.toThrow("does not exist in the task definition");
    expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(5);
  });

  it("lets a release that began meanwhile finish, and deploys the settings with its image", async () => {
    const revisionOf = (number: number, image: string, more: object = {}) => ({
      taskDefinition: {
        family: "demo",
        taskDefinitionArn: REVISION.replace(/1$/, String(number)),
        containerDefinitions: [{ name: "web", image }],
        ...more,
      },
      tags: owned,
    });
    const arn = (number: number) => REVISION.replace(/1$/, String(number));
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: arn(1) }).resolves(revisionOf(1, "demo:one"));
    ecs
      .on(DescribeTaskDefinitionCommand, { taskDefinition: arn(2) })
      .resolves(revisionOf(2, "demo:one", { cpu: "512" }));
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: arn(3) }).resolves(revisionOf(3, "demo:two"));
    ecs.on(UpdateServiceCommand).resolves({});
    ecs.on(RegisterTaskDefinitionCommand).resolves({ taskDefinition: { taskDefinitionArn: arn(4) } });
    const rolling: Deployment = { status: "PRIMARY", rolloutState: "IN_PROGRESS" };
    const notes: string[] = [];
    const update = () =>
      Service.update(mocked(), observed, { ...spec, taskDefinition: arn(2) }, new Set(["taskDefinition"]), {
        note: (text) => void notes.push(text),
      });
    ecs
      .on(DescribeServicesCommand)
      .resolves(answer({ taskDefinition: arn(3), deployments: [rolling], runningCount: 1 }));
    await expect(update()).rejects.toThrow(
      new Busy("A deployment of demo:3 started during this run; the update waits for it to finish."),
    );
    expect(ecs.commandCalls(UpdateServiceCommand)).toHaveLength(0);
    ecs.on(DescribeServicesCommand).resolves(answer({ taskDefinition: arn(3) }));
    await update();
    expect(ecs.commandCalls(RegisterTaskDefinitionCommand)[0]?.args[0].input).toEqual({
      family: "demo",
      cpu: "512",
      containerDefinitions: [{ name: "web", image: "demo:two" }],
      tags: owned,
    });
    expect(ecs.commandCalls(UpdateServiceCommand)[0]?.args[0].input).toMatchObject({ taskDefinition: arn(4) });
    expect(notes).toEqual(["demo:3 with image demo:two was deployed during this run; its image is kept."]);
    // Nothing has moved: one look, and the revision that was planned.
    ecs.on(DescribeServicesCommand).resolves(answer({}));
    await update();
    expect(ecs.commandCalls(UpdateServiceCommand)[1]?.args[0].input).toMatchObject({ taskDefinition: arn(2) });
    // An image that the run itself changes stays the user's.
    ecs.on(DescribeTaskDefinitionCommand, { taskDefinition: arn(2) }).resolves(revisionOf(2, "demo:mine"));
    ecs.on(DescribeServicesCommand).resolves(answer({ taskDefinition: arn(3) }));
    await update();
    expect(ecs.commandCalls(UpdateServiceCommand)[2]?.args[0].input).toMatchObject({ taskDefinition: arn(2) });
  });

  it("updates tags alone without touching the service", async () => {
    ecs.on(TagResourceCommand).resolves({});
    ecs.on(UntagResourceCommand).resolves({});
    const bearing = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await Service.update(mocked(), bearing, { ...spec, tags: { ...tags, team: "b" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagResourceCommand", { resourceArn: ARN, tags: [{ key: "team", value: "b" }] }],
      ["UntagResourceCommand", { resourceArn: ARN, tagKeys: ["old"] }],
    ]);
  });

  it("deletes by force, and scales to zero first only where a deployment holds it", async () => {
    ecs.on(UpdateServiceCommand).resolves({});
    ecs
      .on(DeleteServiceCommand)
      .rejectsOnce(invalid("The service cannot be stopped while deployments are active."))
      .resolves({});
    await Service.delete(mocked(), observed);
    const deleting = ["DeleteServiceCommand", { cluster: "demo", service: "app", force: true }];
    const scaled = ["UpdateServiceCommand", { cluster: "demo", service: "app", desiredCount: 0 }];
    expect(sent()).toEqual([deleting, scaled, deleting]);
    ecs.reset();
    ecs.on(DeleteServiceCommand).resolves({});
    await Service.delete(mocked(), observed);
    expect(sent()).toEqual([deleting]);
  });

  it("counts a service that is gone or draining, or whose cluster is gone, as deleted", async () => {
    for (const code of ["ServiceNotFoundException", "ServiceNotActiveException", "ClusterNotFoundException"]) {
      ecs.on(DeleteServiceCommand).rejects(awsError(code, "gone"));
      await expect(Service.delete(mocked(), observed)).resolves.toBeUndefined();
    }
    ecs.reset();
    ecs
      .on(DeleteServiceCommand)
      .rejectsOnce(invalid("The service cannot be stopped while deployments are active."))
      .rejects(awsError("ServiceNotActiveException", "Service was not ACTIVE."));
    ecs.on(UpdateServiceCommand).rejects(awsError("ServiceNotActiveException", "Service was not ACTIVE."));
    await expect(Service.delete(mocked(), observed)).resolves.toBeUndefined();
  });
});
