import { describe, expect, it } from "vitest";
import { VpcOrigin } from "../../../src/aws/cloudfront/vpc-origin.ts";
import { Subnet } from "../../../src/aws/ec2/subnet.ts";
import { LoadBalancer } from "../../../src/aws/elb/load-balancer.ts";
import type { Action } from "../../../src/engine/action.ts";
import type { AnyAwsKind, Aws } from "../../../src/aws/aws.ts";
import { vpcOriginProblems } from "../../../src/cli/vpc-origin-guard.ts";

const one = (id: string, kind: AnyAwsKind, action: Action["action"], found?: { id: string; spec?: object }) =>
  ({ id, kind, action, observed: found && { attrs: {}, ready: true, spec: {}, ...found } }) as unknown as Action<Aws>;

const balancer = (action: Action["action"] = "update") =>
  one("balancer/load-balancer", LoadBalancer, action, { id: "lb-1", spec: { subnetIds: ["subnet-a", "subnet-b"] } });
const origin = (action: Action["action"] = "noop") => one("edge/vpc-origin", VpcOrigin, action, { id: "vo-1" });
const subnet = (name: string, action: Action["action"]) =>
  one(`network/private-${name}`, Subnet, action, { id: `subnet-${name}` });

describe("subnets of a load balancer behind a VPC origin", () => {
  it.each(["replace", "delete"] as const)("cannot go while the origin stays: %s", (action) => {
    const [problem, ...others] = vpcOriginProblems({
      actions: [subnet("a", action), subnet("b", "noop"), balancer(), origin()],
    });
    expect(problem).toMatch(/^network\/private-a \(subnet-a\) cannot be replaced or deleted .* in three steps: /);
    expect(others).toEqual([]);
  });

  it.each<[string, Action<Aws>[]]>([
    ["the origin is replaced too", [subnet("a", "replace"), balancer("replace"), origin("replace")]],
    ["the origin is deleted", [subnet("a", "replace"), balancer(), origin("delete")]],
    ["there is no origin yet", [subnet("a", "replace"), balancer(), one("edge/vpc-origin", VpcOrigin, "create")]],
    ["there is none at all", [subnet("a", "replace"), balancer()]],
    ["the load balancer is in other subnets", [subnet("c", "replace"), balancer(), origin()]],
    ["all subnets stay", [subnet("a", "noop"), subnet("b", "update"), balancer("noop"), origin("update")]],
  ])("may go if %s", (_, actions) => {
    expect(vpcOriginProblems({ actions })).toEqual([]);
  });
});
