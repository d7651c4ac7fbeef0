import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  type ContainerDefinition,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  type TargetHealth,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { mockClient } from "aws-sdk-client-mock";
import { mocked } from "../../support/mocked.ts";
import { siteOn } from "./autopsy-support.ts";

export const ecs = mockClient(ECSClient);
const elb = mockClient(ElasticLoadBalancingV2Client);
export const logs = mockClient(CloudWatchLogsClient);
export const ecr = mockClient(ECRClient);

/** The mocked clients of what a deployment is looked up in. */
export const mocks = [ecs, elb, logs, ecr];

const ACCOUNT = "123456789012";
export const IMAGE = `${ACCOUNT}.dkr.ecr.ap-northeast-1.amazonaws.com/app:1a2b3c4`;
export const definitionArn = (revision: number) =>
  `arn:aws:ecs:ap-northeast-1:${ACCOUNT}:task-definition/ground:${revision}`;
export const at = (second: number) => new Date(1_000_000 + second * 1000);

/** An error as the SDK throws it. */
export const refusal = (name: string, message: string, status = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

/** A task of revision 2 that has stopped. */
export const stopped = (task: Partial<Task>): Task => ({
  taskArn: `arn:aws:ecs:ap-northeast-1:${ACCOUNT}:task/ground/0123456789abcdef`,
  taskDefinitionArn: definitionArn(2),
  lastStatus: "STOPPED",
  createdAt: at(10),
  stoppedAt: at(20),
  ...task,
});

/** What AWS has to say in a test. */
export interface Says {
  readonly tasks?: readonly Task[];
  /** Newest first. */
  readonly events?: readonly string[];
  readonly targets?: readonly TargetHealth[];
  readonly log?: readonly string[];
  readonly service?: Partial<Service>;
  readonly container?: ContainerDefinition;
}

/** A service whose revision 2 is being deployed on the mocked clients, and the site that it is on. */
export function failing(says: Says, config: object = {}) {
  const { tasks = [], events = [], targets = [], log = [], service = {}, container = {} } = says;
  const targetGroupArn = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/ground/1";
  ecs.on(DescribeServicesCommand).resolves({
    services: [
      {
        serviceName: "ground",
        status: "ACTIVE",
        desiredCount: 2,
        runningCount: 0,
        taskDefinition: definitionArn(2),
        loadBalancers: [{ targetGroupArn }],
        deployments: [
          {
            id: "ecs-svc/2",
            status: "PRIMARY",
            taskDefinition: definitionArn(2),
            createdAt: at(0),
            rolloutState: "IN_PROGRESS",
            rolloutStateReason: "ECS deployment ecs-svc/2 in progress.",
            failedTasks: 1,
          },
        ],
        events: events.map((message, index) => ({ message, createdAt: at(60 - index) })),
        ...service,
      },
    ],
  });
  ecs.on(ListTasksCommand).resolves({ taskArns: tasks.map(({ taskArn = "" }) => taskArn) });
  ecs.on(DescribeTasksCommand).resolves({ tasks: [...tasks] });
  ecs.on(DescribeTaskDefinitionCommand).resolves({
    taskDefinition: {
      containerDefinitions: [
        {
          name: "app",
          image: IMAGE,
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": "/ecs/demo", "awslogs-stream-prefix": "web" },
          },
          healthCheck: { command: ["CMD", "curl", "-f", "-s", "http://localhost:5000/health"] },
          ...container,
        },
      ],
    },
  });
  elb.on(DescribeTargetHealthCommand).resolves({
    TargetHealthDescriptions: targets.map((health) => ({
      Target: { Id: "10.0.10.7", Port: 5000 },
      TargetHealth: health,
    })),
  });
  logs.on(GetLogEventsCommand).resolves({ events: log.map((message) => ({ message })) });
  ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{ imageDigest: "sha256:1" }] });
  return siteOn(mocked(), undefined, config);
}
