import { DeleteVpcEndpointsCommand } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { namesOf } from "../../../src/config/naming.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { examine, firstBroken } from "../../../src/release/doctor.ts";
import { refuse } from "../../../src/simulator/errors.ts";
import { Stage } from "../../support/stage.ts";
import { brokenAt, ids, IMAGE, notOk, one, PLACEHOLDER, RELEASE, WAY, Ward } from "../../support/ward.ts";

describe("a stack with NAT gateways", () => {
  const ward = new Ward({});
  beforeAll(() => ward.build());
  afterAll(() => ward.remove());
  beforeEach(() => ward.restore(ward.released));

  it("passes every check once it is released, and says what it checked", async () => {
    const ref = ward.ref();
    const hops = await examine(ref);
    const { distribution, dnsName, balancerGroup, tasksGroup, gateway, nats } = await ids(ref);
    const through = nats.map(({ NatGatewayId }) => NatGatewayId);
    expect(hops.map(({ name, what }) => [name, what])).toEqual([
      [
        "distribution",
        `Distribution ${distribution} is enabled, deployed, and forwards all requests with X-Origin-Verify to ${dnsName}.`,
      ],
      ["load balancer", "Load balancer fairlead-app-dev is active in 2 public subnets."],
      [
        "load balancer's security group",
        `Security group ${balancerGroup} of the load balancer allows inbound traffic from CloudFront (pl-58a04531) on port 80 and outbound traffic to the tasks on port 5000.`,
      ],
      ["listener", "The listener on port 80 exists; requests that match no rule get a 403."],
      [
        "listener rule",
        "The rule with priority 100 forwards requests with CloudFront's X-Origin-Verify value to fairlead-app-dev.",
      ],
      ["target group", "Target group fairlead-app-dev has 2 of 2 targets healthy (GET /health on port 5000)."],
      [
        "tasks' security group",
        `Security group ${tasksGroup} of the tasks allows inbound traffic from the load balancer on port 5000 and outbound traffic on port 443.`,
      ],
      ["public subnets' routes", `2 public subnets route 0.0.0.0/0 to internet gateway ${gateway} (attached).`],
      ["private subnets' routes", expect.stringMatching(/^2 private subnets route 0\.0\.0\.0\/0 to NAT gateways nat-/)],
      [
        "service",
        "Service fairlead-app-dev-service is ACTIVE with 2 of 2 tasks running; its latest deployment is COMPLETED.",
      ],
      ["task definition and image", `Task definition fairlead-app-dev:2 uses image ${IMAGE}, which exists.`],
    ]);
    for (const id of through) expect(one(hops, "private subnets' routes")?.what).toContain(id);
    expect(hops.map(({ state, fix }) => [state, fix])).toEqual(WAY.map(() => ["ok", undefined]));
    expect(firstBroken(hops)).toBeUndefined();
  });

  it("is checked by parallel reads only, and stays as it was", async () => {
    const operations: string[] = [];
    const ref = ward.ref((moment, { operation }) => moment === "before" && operations.push(operation));
    const before = ward.text();
    const started = ref.clock.now();
    await examine(ref);
    expect(operations.filter((operation) => !/^(Describe|List|Get)/.test(operation))).toEqual([]);
    expect(operations).toHaveLength(21);
    // Three calls one after another: a list, what belongs to it, and that one's own; each takes 40 ms.
    expect(ref.clock.now() - started).toBe(120);
    expect(ward.text()).toBe(before);
  });

  it("waits, and is broken nowhere, before its first release", async () => {
    ward.restore(ward.fresh);
    const hops = await examine(ward.ref());
    expect(notOk(hops)).toEqual({
      "target group": "waiting",
      service: "waiting",
      "task definition and image": "waiting",
    });
    expect(one(hops, "target group")).toMatchObject({
      what: "Target group fairlead-app-dev has no targets: the service has a desired count of 0.",
      fix: undefined,
    });
    expect(one(hops, "service")).toMatchObject({
      what: "Service fairlead-app-dev-service is ACTIVE and stays at zero tasks until its first release.",
      fix: RELEASE,
    });
    expect(one(hops, "task definition and image")).toMatchObject({
      what: `Task definition fairlead-app-dev:1 is waiting for the first release, which replaces the placeholder image ${PLACEHOLDER}.`,
      fix: RELEASE,
    });
    expect(firstBroken(hops)).toBeUndefined();
  });

  it("reports a check that it may not read as unknown, and all of the others", async () => {
    const says = "You are not authorized to perform this operation.";
    const ref = ward.ref((moment, { operation }) => {
      if (moment === "before" && operation === "DescribeRouteTables") refuse("UnauthorizedOperation", says, 403);
    });
    const hops = await examine(ref);
    expect(notOk(hops)).toEqual({ "public subnets' routes": "unknown", "private subnets' routes": "unknown" });
    expect(one(hops, "public subnets' routes")).toMatchObject({
      what: `Could not be checked: ec2.DescribeRouteTables was denied: ${says}`,
      fix: "Grant the credentials in use permission for this call, or run again in a moment.",
    });
  });

  it("is not called unknown where the call never reached AWS", async () => {
    const ref = ward.ref((moment, { operation }) => {
      if (moment === "before" && operation === "DescribeRouteTables") throw new Error("cut off");
    });
    await expect(examine(ref)).rejects.toThrow("cut off");
  });
});

describe("a stack without NAT gateways", () => {
  const ward = new Ward({ network: { nat: "none" } });
  beforeAll(() => ward.build());
  afterAll(() => ward.remove());
  beforeEach(() => ward.restore(ward.released));

  it("is ok at every hop, by the VPC endpoints", async () => {
    const hops = await examine(ward.ref());
    expect(hops.map(({ name, state }) => [name, state])).toEqual(WAY.map((name) => [name, "ok"]));
    expect(one(hops, "private subnets' routes")?.what).toBe(
      "The private subnets need no route out of the VPC: VPC endpoints ecr.api, ecr.dkr, logs and s3 are available.",
    );
  });

  it.each(["ecr.api", "ecr.dkr", "logs", "s3"])("is broken without the endpoint for %s", async (service) => {
    const ref = ward.ref();
    const { endpoints } = await ids(ref);
    const endpoint = endpoints.find(({ ServiceName }) => ServiceName === `com.amazonaws.ap-northeast-1.${service}`);
    await ref.aws.ec2(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [endpoint?.VpcEndpointId ?? ""] }));
    brokenAt(
      await examine(ref),
      "private subnets' routes",
      `The VPC has no endpoint for ${service}, and with no NAT gateway tasks cannot start without it.`,
    );
  });
});

describe("a stack that was never created", () => {
  it("is broken at the first hop, and each hop says what is not there", async () => {
    const stage = new Stage();
    const { aws, clock } = stage.world();
    const stack = resolveStack({});
    const hops = await examine({ aws, clock, stack, names: namesOf(stack, aws.account) });
    stage.remove();
    expect(firstBroken(hops)?.what).toBe("No CloudFront distribution has the stack's tags.");
    expect(hops.map(({ state }) => state)).toEqual(
      WAY.map((name) => (name === "listener" || name === "listener rule" ? "unknown" : "broken")),
    );
    expect(one(hops, "private subnets' routes")?.what).toBe("No VPC has the stack's tags.");
    expect(one(hops, "task definition and image")?.what).toBe("Task definition fairlead-app-dev does not exist.");
  });
});
