import type { Range } from "../../src/aws/cost/charge.ts";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteScalingPolicyCommand } from "@aws-sdk/client-application-auto-scaling";
import { PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { AuthorizeSecurityGroupIngressCommand, DescribeSecurityGroupsCommand } from "@aws-sdk/client-ec2";
import { UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { DescribeTargetGroupsCommand, ModifyTargetGroupCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { StackConfig } from "../../src/index.ts";
import type { Names } from "../../src/config/naming.ts";
import type { Ended, Services, LiveTarget } from "./live-target.ts";

/** What a step of the life is given. */
export interface Life {
  readonly target: LiveTarget;
  readonly names: Names;
  readonly config: StackConfig;
  /** Whether this is AWS itself or the simulator, which both build and deploy; a stand-in at another address may do neither. */
  readonly delivers: boolean;
}

export interface Step {
  readonly name: string;
  /** What is done, as the report says it. */
  readonly title: string;
  /** Throws where it did not come out as it should; answers why there was nothing to be done. */
  run(life: Life): Promise<string | undefined | void>;
}

/** A command did not end as it should. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";
}

async function cli({ target }: Life, expected: number, ...args: readonly string[]): Promise<Ended> {
  const ended = await target.cli(...args);
  if (ended.code === expected) return ended;
  const said = ended.stderr.trim().split("\n").slice(-12).join("\n");
  throw new StepFailed(`fairlead ${args.join(" ")} exited with ${ended.code} instead of ${expected}:\n${said}`);
}

const reconciled = async (life: Life) => {
  await cli(life, 0, "reconcile", "--yes");
  await cli(life, 0, "plan", "--check");
};

/** An edit of the stack's file, and the reconcile that carries it out; the plan is empty afterwards. */
const edit = (name: string, title: string, change: (config: StackConfig) => StackConfig): Step => ({
  name,
  title,
  run: async (life) => {
    life.target.edit(change(life.config));
    await reconciled(life);
  },
});

interface Releases {
  readonly releases: readonly { readonly ending: string; readonly revision?: string }[];
}

const rollback: Step = {
  name: "rollback",
  title: "Roll back to the first release",
  run: async (life) => {
    const { stdout } = await cli(life, 0, "releases");
    const { releases } = JSON.parse(stdout) as Releases;
    const deployed = releases.filter(({ ending, revision }) => ending === "live" && revision !== undefined);
    if (deployed.length < 2 && !life.delivers)
      return "the AWS emulation at this address runs a pipeline but deploys nothing, so there is no earlier release";
    await cli(life, 0, "rollback", "--yes");
    return undefined;
  },
};

const release = (name: string, title: string, change?: (folder: string) => void): Step => ({
  name,
  title,
  run: async (life) => {
    change?.(join(life.target.directory, "service"));
    await cli(life, 0, "deploy", "--approve");
  },
});

/** What somebody else might do to the stack: settings changed, a rule added, a policy deleted. */
async function changedByHand({ autoScaling, ec2, ecs, elb, logs }: Services, { names, config }: Life): Promise<void> {
  await logs(new PutRetentionPolicyCommand({ logGroupName: names.applicationLogGroup, retentionInDays: 3 }));
  await ecs(
    new UpdateServiceCommand({ cluster: names.cluster, service: names.service, healthCheckGracePeriodSeconds: 7 }),
  );
  const group = names.targetGroup.replace(/\d+$/, String(EDITED_PORT));
  const { TargetGroups: [target] = [] } = await elb(new DescribeTargetGroupsCommand({ Names: [group] }));
  await elb(new ModifyTargetGroupCommand({ TargetGroupArn: target?.TargetGroupArn, HealthCheckPath: "/elsewhere" }));
  const Filters = [
    { Name: "group-name", Values: [names.securityGroups.tasks] },
    { Name: "tag:fairlead:stack", Values: [config.name ?? ""] },
  ];
  const { SecurityGroups: [tasks] = [] } = await ec2(new DescribeSecurityGroupsCommand({ Filters }));
  const IpPermissions = [{ IpProtocol: "tcp", FromPort: 9999, ToPort: 9999, IpRanges: [{ CidrIp: "10.0.0.0/8" }] }];
  await ec2(new AuthorizeSecurityGroupIngressCommand({ GroupId: tasks?.GroupId, IpPermissions }));
  await autoScaling(
    new DeleteScalingPolicyCommand({
      ServiceNamespace: "ecs",
      ScalableDimension: "ecs:service:DesiredCount",
      ResourceId: `service/${names.cluster}/${names.service}`,
      PolicyName: names.scalingPolicies.memory,
    }),
  );
}

const drift: Step = {
  name: "drift",
  title: "Change five settings with the SDK, see them in the plan, reconcile",
  run: async (life) => {
    await life.target.byHand((services) => changedByHand(services, life));
    await cli(life, 3, "plan", "--check");
    await reconciled(life);
  },
};

const looks: Step = {
  name: "look",
  title: "Run status, outputs, releases, logs and history",
  run: async (life) => {
    for (const command of ["status", "outputs", "releases", "logs", "history"]) await cli(life, 0, command);
  },
};

/** The port that the replacing edit gives the container; the one before it is the default. */
const EDITED_PORT = 8080;

const inPlace = (config: StackConfig): StackConfig => ({
  ...config,
  tags: { purpose: "live-test" },
  container: { ...config.container, memory: 1024 },
  logs: { retentionDays: 14 },
});
const replacing = (config: StackConfig): StackConfig => ({
  ...inPlace(config),
  container: { ...inPlace(config).container, port: EDITED_PORT },
});
const moved = (config: StackConfig): StackConfig => ({
  ...replacing(config),
  scaling: { max: 3, cpuTarget: 60 },
  edge: { apiPath: "/v1/*" },
});

/** Settings that are off by default and cost next to nothing in the minutes that they are on. They are the stack's own, and not the account's. */
const optional = (config: StackConfig): StackConfig => ({
  ...moved(config),
  container: {
    ...replacing(config).container,
    secrets: { SESSION_KEY: { generate: { length: 40, rotateDays: 30 } } },
  },
  scaling: {
    ...moved(config).scaling,
    min: 1,
    releaseMin: 2,
    schedule: { nights: { from: "cron(0 20 * * ? *)", until: "cron(0 6 * * ? *)", min: 1, max: 1 } },
  },
  alarms: { dashboard: true },
  network: { ...config.network, flowLogs: {}, endpoints: ["s3"], acls: {} },
});

/** What a plan of nothing that stands would create. */
export interface Planned {
  /** How many resources. */
  resources: number;
  /** What they cost a month by its estimate, in US dollars. */
  monthly: Range;
}

/** A plan, which changes nothing; `planned` is told what it would create. Fails where there is anything of the stack already. */
export const plan = (planned: Planned): Step => ({
  name: "plan",
  title: "Plan the stack; nothing exists yet, and nothing is changed",
  run: async (life) => {
    const { stdout } = await cli(life, 0, "plan");
    const { actions, cost } = JSON.parse(stdout) as { actions: { action: string }[]; cost: { monthly: Range } };
    if (!actions.every(({ action }) => action === "create"))
      throw new StepFailed(`The account already has a stack ${life.config.name}: choose another --seed.`);
    planned.resources = actions.length;
    planned.monthly = cost.monthly;
  },
});

/** The life of a stack, up to its teardown. */
export const STEPS: readonly Step[] = [
  { name: "reconcile", title: "Create the stack; the plan is empty afterwards", run: reconciled },
  release("release", "Release the service, approved in place"),
  release("second release", "Release it again with a change", (folder) =>
    appendFileSync(join(folder, "Dockerfile"), "\n# The second release.\n"),
  ),
  rollback,
  edit("edit in place", "Edit memory, tags and log retention: updates in place, a new revision", inPlace),
  edit("edit replace", "Edit the container's port: replaces the target group", replacing),
  edit("edit scaling and CDN", "Edit the scaling bounds and the distribution's paths", moved),
  edit(
    "optional settings",
    "Turn alarms, flow logs, ACLs, an endpoint, a secret, a window and releaseMin on",
    optional,
  ),
  release("release with a higher minimum", "Release while the minimum is raised", (folder) =>
    appendFileSync(join(folder, "Dockerfile"), "\n# The third release.\n"),
  ),
  edit("optional settings off", "Turn them off again", moved),
  drift,
  looks,
];

const TEARDOWNS = 3;

/** Whatever came before it. What one teardown could not do, the next may. */
export const teardown: Step = {
  name: "teardown",
  title: "Delete the stack",
  run: async (life) => {
    for (let tries = 1; ; tries++)
      try {
        await cli(life, 0, "teardown", "--yes");
        return;
      } catch (error) {
        if (tries === TEARDOWNS || !(error instanceof StepFailed)) throw error;
      }
  },
};
