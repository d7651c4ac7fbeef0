import type { Sim } from "../sim.ts";
import { refusalOf, type RoleCall } from "../iam/permissions.ts";
import { refusedMount, type Placed } from "../efs/mounts.ts";
import { assumable } from "../iam/trust.ts";
import type { SimTaskDefinition } from "./records.ts";
import { refusedSecret } from "./task-secrets.ts";
import { noWayOut } from "./way-out.ts";

const TASKS = "ecs-tasks.amazonaws.com";

/**
 * Why a task's roles, secrets or volumes keep it from starting, as ECS tells it; `undefined` where they do not. The execution role reads the secrets, logs in to the registry, pulls
 * the images and opens the log's stream (Amazon ECS developer guide, "Amazon ECS task execution IAM role").
 */
export function refusedStart(
  sim: Sim,
  revision: SimTaskDefinition | undefined,
  images: Readonly<Record<string, string>>,
  place: Placed,
): string | undefined {
  const { executionRoleArn, taskRoleArn, containerDefinitions = [] } = revision?.definition ?? {};
  const distrusting = [executionRoleArn, taskRoleArn].find((arn) => arn !== undefined && !assumable(sim, arn, TASKS));
  if (distrusting !== undefined)
    return (
      `ECS was unable to assume the role '${distrusting}' that was provided for this task. Please verify that the role being passed has the ` +
      "proper trust relationship and permissions and that your IAM user has permissions to pass this role."
    );
  const isolated = noWayOut(sim, place, Object.values(images));
  if (isolated !== undefined) return isolated;
  const secret = refusedSecret(sim, revision);
  if (secret !== undefined) return secret;
  const pulls = Object.values(images).flatMap((image) => pullCalls(sim, image));
  const pull = refusalOf(sim, executionRoleArn, pulls);
  if (pull !== undefined) {
    const isLogin = pull.includes("ecr:GetAuthorizationToken");
    return isLogin
      ? `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: ${pull}`
      : `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${pull}`;
  }
  const logs = containerDefinitions.flatMap(({ logConfiguration }): RoleCall[] => {
    const group = logConfiguration?.logDriver === "awslogs" ? logConfiguration.options?.["awslogs-group"] : undefined;
    const resource = sim.arn("logs", `log-group:${group}:log-stream:task`);
    return group === undefined
      ? []
      : ["logs:CreateLogStream", "logs:PutLogEvents"].map((action) => ({ action, resource }));
  });
  const log = refusalOf(sim, executionRoleArn, logs);
  return log === undefined
    ? refusedMount(sim, revision, place)
    : `ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ${log}`;
}

/** An image elsewhere than in ECR asks IAM for nothing. */
function pullCalls(sim: Sim, image: string): RoleCall[] {
  const [, account, region, repository] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/.exec(image) ?? [];
  if (repository === undefined) return [];
  const resource = `arn:${sim.partition}:ecr:${region}:${account}:repository/${repository}`;
  return [
    { action: "ecr:GetAuthorizationToken", resource: "*" },
    ...["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"].map((action) => ({
      action,
      resource,
    })),
  ];
}
