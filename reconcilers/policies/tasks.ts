import type { PolicyDocument, Statement } from "../../src/aws/policy.ts";
import type { ServiceSettings } from "../../src/config/stack.ts";
import { ConfigError } from "../../src/config/errors.ts";
import type { Input } from "../../src/engine/output.ts";
import type { Scope } from "../scope.ts";
import { allow, policy } from "./allow.ts";

/*
 * The policies of the tasks' two roles. All ARNs are made of names, which are known beforehand: so no role has to wait for what it may touch.
 */

export interface TaskPermissions extends Pick<ServiceSettings, "taskPolicy" | "enableExec"> {
  /** The name of the role, for messages. */
  readonly role: string;
  /** What the user's own resources grant. */
  readonly granted: readonly Input<Statement>[];
}

/** The application's own permissions: the user's statements, and the channels of ECS Exec if it is enabled. */
export function taskPolicy({ role, taskPolicy: own, enableExec, granted }: TaskPermissions) {
  const exec = allow(
    "EcsExec",
    [
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ],
    "*",
  );
  const statements = [...(own as readonly Statement[]), ...granted, ...(enableExec ? [exec] : [])];
  demandOwnSids(statements, role);
  return statements.length > 0 ? policy<Input<Statement>>("task", statements) : {};
}

/** IAM rejects a policy in which two statements have the same Sid (IAM User Guide, "IAM JSON policy elements: Sid"). */
function demandOwnSids(statements: readonly Input<Statement>[], role: string): void {
  const sids = statements.flatMap((statement) =>
    "Sid" in statement && typeof statement.Sid === "string" ? [statement.Sid] : [],
  );
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice === undefined) return;
  const message = `the role ${role} would have two statements with Sid ${twice}; allowed: another Sid in the config`;
  throw new ConfigError([{ path: "service.taskPolicy", message }]);
}

/** The images that the tasks of a service run from. */
export interface TaskSources {
  /** The names of the repositories of releases, if any. */
  readonly repositories: readonly string[];
  /** The images that the config names, if any. */
  readonly images: readonly (string | undefined)[];
  readonly logGroup: string;
  /** What reads the secrets of their variables. */
  readonly secrets: readonly Input<Statement>[];
}

/**
 * Pulls the images of the tasks and writes their log (Amazon ECS developer guide, "Amazon ECS task execution IAM role"): the actions of
 * AmazonECSTaskExecutionRolePolicy, which allows them on every repository and log group of the account.
 */
export function executionPolicy(
  scope: Scope,
  { repositories: names, images, logGroup, secrets }: TaskSources,
): Record<string, Input<PolicyDocument>> {
  const own = names.map((name) => scope.arn("ecr", `repository/${name}`));
  const repositories = [...own, ...images.flatMap((image) => repositoryOf(scope.partition, image))];
  return policy<Input<Statement>>("execution", [
    allow("RegistryLogin", ["ecr:GetAuthorizationToken"], "*"),
    // Images from registries other than ECR are pulled without IAM.
    ...(repositories.length === 0
      ? []
      : [
          allow(
            "Pull",
            ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [...new Set(repositories)],
          ),
        ]),
    allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], scope.arn("logs", `log-group:${logGroup}:*`)),
    ...secrets,
  ]);
}

/** The ECR repository of an image; none for another registry, to which IAM does not apply. */
function repositoryOf(partition: string, image = ""): string[] {
  const [, account, region, name] =
    /^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)\/([^:@]+)/.exec(image) ?? [];
  return name === undefined ? [] : [`arn:${partition}:ecr:${region}:${account}:repository/${name}`];
}
