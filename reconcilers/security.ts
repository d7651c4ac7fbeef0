import { SecurityGroup } from "../src/aws/ec2/security-group.ts";
import { SecurityGroupRules } from "../src/aws/ec2/security-group-rules.ts";
import { Role, SESSION } from "../src/aws/iam/role.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";
import { buildPolicy, eventsPolicy, executionPolicy, pipelinePolicy, taskPolicy } from "./policies.ts";
import { trust, type Assumes } from "./trust.ts";

/** Who may talk to whom, and who may do what. */
export function security(layer: Layer, { vpc }: Network) {
  const { stack, names, facts } = layer;
  const { port } = stack.container;
  const { cidr } = stack.network;

  const balancer = layer.add("balancer-group", SecurityGroup, {
    name: names.securityGroups.balancer,
    description: "Load balancer: in from CloudFront only, out to the tasks only",
    vpcId: vpc.vpcId,
  });
  const tasks = layer.add("tasks-group", SecurityGroup, {
    name: names.securityGroups.tasks,
    description: "Tasks: in from the load balancer only, out to HTTPS and DNS only",
    vpcId: vpc.vpcId,
  });
  const balancerRules = layer.add("balancer-rules", SecurityGroupRules, {
    groupId: balancer.groupId,
    // The prefix list counts as 55 rules of the 60 that a group may have: room for one port. Its own name says what it is.
    ingress: [rule("tcp", 80, facts.originFacingPrefixList, "")],
    egress: [rule("tcp", port, tasks.groupId, "To the tasks")],
  });
  const tasksRules = layer.add("tasks-rules", SecurityGroupRules, {
    groupId: tasks.groupId,
    ingress: [rule("tcp", port, balancer.groupId, "From the load balancer")],
    egress: [
      rule("tcp", 443, "0.0.0.0/0", "HTTPS: registry, logs, AWS"),
      rule("tcp", 53, cidr, "DNS inside the VPC"),
      rule("udp", 53, cidr, "DNS inside the VPC"),
    ],
  });

  const role = (name: string, roleName: string, description: string, assumes: Assumes, policies: object) =>
    layer.add(name, Role, {
      name: roleName,
      description,
      trust: trust(layer, assumes),
      policies: policies as Record<string, never>,
      managedPolicyArns: [],
      permissionsBoundary: "",
      maxSessionSeconds: SESSION,
    });
  const tasksOf: Assumes = { service: "ecs-tasks.amazonaws.com", source: layer.arn("ecs", "*") };
  const execution = role(
    "task-execution-role",
    names.roles.execution,
    "Pulls the image and writes the logs of the tasks",
    tasksOf,
    executionPolicy(layer),
  );
  const task = role("task-role", names.roles.task, "What the application itself may do", tasksOf, taskPolicy(layer));
  const build = role(
    "build-role",
    names.roles.build,
    "Builds and pushes the image",
    { service: "codebuild.amazonaws.com", source: layer.arn("codebuild", `project/${names.buildProject}`) },
    buildPolicy(layer),
  );
  const pipeline = role(
    "pipeline-role",
    names.roles.pipeline,
    "Runs the delivery pipeline",
    { service: "codepipeline.amazonaws.com" },
    pipelinePolicy(layer),
  );
  const events = role(
    "events-role",
    names.roles.events,
    "Starts the delivery pipeline",
    { service: "events.amazonaws.com", source: layer.arn("events", `rule/${names.sourceRule}`) },
    eventsPolicy(layer),
  );

  return {
    groups: { balancer, tasks },
    rules: { balancer: balancerRules, tasks: tasksRules },
    roles: { execution, task, build, pipeline, events },
  };
}

/** What the security layer hands on. */
export type Security = ReturnType<typeof security>;

const rule = <Peer>(protocol: "tcp" | "udp", port: number, peer: Peer, description: string) => ({
  protocol,
  fromPort: port,
  toPort: port,
  peer,
  description,
});
