import {
  DeleteRouteCommand,
  DescribeInternetGatewaysCommand,
  DescribeNatGatewaysCommand,
  RevokeSecurityGroupEgressCommand,
  RevokeSecurityGroupIngressCommand,
} from "@aws-sdk/client-ec2";
import { BatchDeleteImageCommand } from "@aws-sdk/client-ecr";
import { DescribeServicesCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetHealthCommand, ModifyTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { examine, firstBroken } from "../../../src/release/doctor.ts";
import {
  brokenAt,
  CLUSTER,
  ids,
  IMAGE,
  notOk,
  one,
  RECONCILE,
  RELEASE,
  REPOSITORY,
  told,
  Ward,
} from "../../support/ward.ts";

describe("the checks of a task", () => {
  const ward = new Ward({});
  beforeAll(() => ward.build());
  afterAll(() => ward.remove());
  beforeEach(() => ward.restore(ward.released));

  it("is broken at a target group that checks another path", async () => {
    const ref = ward.ref();
    const { targetGroup } = await ids(ref);
    await ref.aws.elb(new ModifyTargetGroupCommand({ TargetGroupArn: targetGroup, HealthCheckPath: "/elsewhere" }));
    brokenAt(
      await examine(ref),
      "target group",
      "Target group fairlead-app-dev checks the health of its targets at /elsewhere instead of /health.",
    );
  });

  it("reports a target that is not a task of the service", async () => {
    const ref = ward.ref();
    const { TargetHealthDescriptions: own = [] } = await ref.aws.elb(
      new DescribeTargetHealthCommand({ TargetGroupArn: (await ids(ref)).targetGroup }),
    );
    const TargetHealthDescriptions = [
      ...own,
      { Target: { Id: "10.0.99.9", Port: 5000 }, TargetHealth: { State: "healthy" } },
      { Target: { Id: "10.0.99.8", Port: 5000 }, TargetHealth: { State: "draining" } },
    ];
    const hops = await examine(told(ref, DescribeTargetHealthCommand, { TargetHealthDescriptions }));
    expect(notOk(hops)).toEqual({});
    expect(one(hops, "target group")?.what).toBe(
      "Target group fairlead-app-dev has 3 of 4 targets healthy (GET /health on port 5000). Registered outside Fairlead: 10.0.99.9 (not a task of the service, but receives a share of the requests).",
    );
  });

  describe("whose targets are not healthy", () => {
    const targets = (State: string, Reason: string, Description: string) => ({
      TargetHealthDescriptions: [1, 2].map((n) => ({
        Target: { Id: `10.0.10.${n}`, Port: 5000 },
        TargetHealth: { State, Reason, Description },
      })),
    });

    it.each([
      [
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [503]",
        "Make the application return status 200 for GET /health, or change `container.healthCheckPath`.",
      ],
      [
        "Target.Timeout",
        "Request timed out",
        "Make the application listen on 0.0.0.0, port 5000, and respond to GET /health within 5 seconds.",
      ],
      [
        "Target.FailedHealthChecks",
        "Health checks failed",
        "Make the application listen on 0.0.0.0, port 5000, and serve plain HTTP there.",
      ],
      ["Elb.InternalError", "Health checks failed due to an internal error", "Check again in a minute."],
    ])("is broken at the target group with the reason %s", async (reason, description, fix) => {
      brokenAt(
        await examine(told(ward.ref(), DescribeTargetHealthCommand, targets("unhealthy", reason, description))),
        "target group",
        `Target group fairlead-app-dev has 0 of 2 targets healthy: 10.0.10.1 is unhealthy (${reason}, ${description}).`,
        fix,
      );
    });

    it("names the security groups as the cure where they are what keeps the health checks out", async () => {
      const ref = ward.ref();
      const { tasksGroup: GroupId, balancerGroup } = await ids(ref);
      const UserIdGroupPairs = [{ GroupId: balancerGroup }];
      const rule = { IpProtocol: "tcp", FromPort: 5000, ToPort: 5000, UserIdGroupPairs };
      await ref.aws.ec2(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
      const timeouts = targets("unhealthy", "Target.Timeout", "Request timed out");
      const hops = await examine(told(ref, DescribeTargetHealthCommand, timeouts));
      expect(notOk(hops)).toEqual({ "target group": "broken", "tasks' security group": "broken" });
      expect(firstBroken(hops)?.fix).toBe(
        `${RECONCILE} The security groups block the load balancer from reaching the tasks.`,
      );
    });

    it("waits for the first checks, and for targets that have not been registered yet", async () => {
      const initial = targets("initial", "Elb.InitialHealthChecking", "Initial health checks in progress");
      const checking = await examine(told(ward.ref(), DescribeTargetHealthCommand, initial));
      expect(notOk(checking)).toEqual({ "target group": "waiting" });
      expect(one(checking, "target group")?.what).toBe(
        "Target group fairlead-app-dev is waiting for the first health checks of its targets.",
      );
      const empty = await examine(told(ward.ref(), DescribeTargetHealthCommand, { TargetHealthDescriptions: [] }));
      expect(one(empty, "target group")).toMatchObject({
        state: "waiting",
        what: "Target group fairlead-app-dev has no targets: no task of the service is registered yet.",
      });
    });

    it("is unknown there while the load balancer checks nothing", async () => {
      const unused = targets("unused", "Target.NotInUse", "Target group is not configured to receive traffic.");
      const hops = await examine(told(ward.ref(), DescribeTargetHealthCommand, unused));
      expect(notOk(hops)).toEqual({ "target group": "unknown" });
      expect(one(hops, "target group")?.what).toBe(
        "Target group fairlead-app-dev does not check its targets: 10.0.10.1 is unused (Target.NotInUse, Target group is not configured to receive traffic).",
      );
    });
  });

  it("is broken at the tasks' security group without its way in, or without its way out", async () => {
    const ref = ward.ref();
    const { tasksGroup: GroupId, balancerGroup } = await ids(ref);
    const https = { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
    await ref.aws.ec2(new RevokeSecurityGroupEgressCommand({ GroupId, IpPermissions: [https] }));
    brokenAt(
      await examine(ref),
      "tasks' security group",
      `Security group ${GroupId} of the tasks does not allow outbound traffic on port 443, which tasks need for images and logs.`,
    );
    const UserIdGroupPairs = [{ GroupId: balancerGroup }];
    const rule = { IpProtocol: "tcp", FromPort: 5000, ToPort: 5000, UserIdGroupPairs };
    await ref.aws.ec2(new RevokeSecurityGroupIngressCommand({ GroupId, IpPermissions: [rule] }));
    const shut = await examine(ref);
    // The health checks do not get through either.
    expect(notOk(shut)).toEqual({ "target group": "broken", "tasks' security group": "broken" });
    expect(one(shut, "tasks' security group")?.what).toBe(
      `Security group ${GroupId} of the tasks does not allow inbound traffic from the load balancer's security group ${balancerGroup} on port 5000.`,
    );
  });

  it("is broken at public routes to an internet gateway that is not attached", async () => {
    const ref = ward.ref();
    const { publicSubnet, gateway } = await ids(ref);
    brokenAt(
      await examine(told(ref, DescribeInternetGatewaysCommand, { InternetGateways: [] })),
      "public subnets' routes",
      `Public subnet ${publicSubnet} routes 0.0.0.0/0 to ${gateway}, which is not attached to the VPC.`,
    );
  });

  it("is broken at a private route that is gone", async () => {
    const ref = ward.ref();
    const { table, subnet } = await ids(ref);
    await ref.aws.ec2(new DeleteRouteCommand({ RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0" }));
    brokenAt(
      await examine(ref),
      "private subnets' routes",
      `Private subnet ${subnet} has no route to 0.0.0.0/0, so its tasks cannot reach the registry or the log service.`,
    );
  });

  it.each([
    ["failed", String.raw`failed \(Elastic IP address eipalloc-1 is already associated\).`],
    ["deleted", "deleted."],
  ])("is broken at a private route to a NAT gateway that is %s", async (State, said) => {
    const ref = ward.ref();
    const { nats, subnet } = await ids(ref);
    const FailureMessage = "Elastic IP address eipalloc-1 is already associated";
    const NatGateways = nats.map((gateway) => ({ ...gateway, State, FailureMessage }));
    const hops = await examine(told(ref, DescribeNatGatewaysCommand, { NatGateways }));
    const what = new RegExp(
      `^Private subnet ${subnet} routes 0.0.0.0/0 to NAT gateway nat-[0-9a-f]+, which is ${said}$`,
    );
    brokenAt(hops, "private subnets' routes", expect.stringMatching(what));
  });

  it("waits for NAT gateways, and wants one in each zone", async () => {
    const ref = ward.ref();
    const { nats } = await ids(ref);
    const pending = nats.map((gateway) => ({ ...gateway, State: "pending" }));
    const early = await examine(told(ref, DescribeNatGatewaysCommand, { NatGateways: pending }));
    expect(notOk(early)).toEqual({ "private subnets' routes": "waiting" });
    const elsewhere = nats.map((gateway) => ({ ...gateway, SubnetId: nats[0]?.SubnetId }));
    const crossed = await examine(told(ref, DescribeNatGatewaysCommand, { NatGateways: elsewhere }));
    expect(notOk(crossed)).toEqual({ "private subnets' routes": "broken" });
    expect(firstBroken(crossed)?.what).toMatch(
      / in zone ap-northeast-1[ac] instead of its own zone ap-northeast-1[ac]\.$/,
    );
  });

  it("fail at a service that was scaled to zero outside Fairlead", async () => {
    const ref = ward.ref();
    await ref.aws.ecs(new UpdateServiceCommand({ ...CLUSTER, desiredCount: 0 }));
    await ref.clock.sleep(300_000);
    brokenAt(
      await examine(ref),
      "service",
      "Service fairlead-app-dev-service is ACTIVE with a desired count of 0, although a release has been deployed to it.",
      RECONCILE,
      { "target group": "waiting" },
    );
  });

  it("waits while a service starts more tasks", async () => {
    const ref = ward.ref();
    await ref.aws.ecs(new UpdateServiceCommand({ ...CLUSTER, desiredCount: 3 }));
    await ref.clock.sleep(10_000);
    const hops = await examine(ref);
    expect(notOk(hops)).toEqual({ service: "waiting" });
    expect(one(hops, "service")).toMatchObject({
      what: "Service fairlead-app-dev-service is ACTIVE with 2 of 3 tasks running; its latest deployment is IN_PROGRESS.",
      fix: undefined,
    });
  });

  it("is broken at a service whose deployment ECS gave up", async () => {
    const ref = ward.ref();
    const why = "ECS deployment circuit breaker: tasks failed to start.";
    const live = (
      await ref.aws.ecs(new DescribeServicesCommand({ cluster: CLUSTER.cluster, services: [CLUSTER.service] }))
    ).services?.[0];
    const failed = { ...live?.deployments?.[0], rolloutState: "FAILED", rolloutStateReason: why };
    const services = [{ ...live, runningCount: 0, deployments: [failed] }];
    brokenAt(
      await examine(told(ref, DescribeServicesCommand, { services })),
      "service",
      `Service fairlead-app-dev-service is ACTIVE with 0 of 2 tasks running, and its deployment is stuck: ${why}`,
      "See why its last tasks stopped (`npx fairlead logs`), then release a fix: `npx fairlead deploy`. To go back to the release before: `npx fairlead rollback`.",
    );
  });

  it("is broken while ECS rolls back, and offers nothing that ECS does already", async () => {
    const ref = ward.ref();
    const why = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
    const live = (
      await ref.aws.ecs(new DescribeServicesCommand({ cluster: CLUSTER.cluster, services: [CLUSTER.service] }))
    ).services?.[0];
    const going = { ...live?.deployments?.[0], rolloutState: "IN_PROGRESS", rolloutStateReason: why };
    const services = [{ ...live, deployments: [going] }];
    brokenAt(
      await examine(told(ref, DescribeServicesCommand, { services })),
      "service",
      `Service fairlead-app-dev-service is ACTIVE with 2 of 2 tasks running, and ECS is rolling its latest deployment back: ${why}`,
      "See why its last tasks stopped (`npx fairlead logs`), then release a fix: `npx fairlead deploy`.",
    );
  });

  it("fail at an image that was deleted while the service runs", async () => {
    const ref = ward.ref();
    // The simulated ECS keeps what has come of its tasks when it is told something; until then the image must be there.
    await ref.aws.ecs(new UpdateServiceCommand({ ...CLUSTER, desiredCount: 2 }));
    await ref.aws.ecr(new BatchDeleteImageCommand({ repositoryName: REPOSITORY, imageIds: [{ imageTag: "first" }] }));
    brokenAt(
      await examine(ref),
      "task definition and image",
      `Task definition fairlead-app-dev:2 uses image ${IMAGE}, which does not exist, so no new task can start.`,
      RELEASE,
    );
  });
});
