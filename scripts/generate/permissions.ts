// The tables of docs/permissions.md: what each resource kind and each command needs.
import * as commands from "../../src/aws/permissions/commands.ts";
import { KIND_ACTIONS } from "../../src/aws/permissions/kinds.ts";

const COMMANDS: readonly (readonly [string, readonly string[]])[] = [
  ["every command that reads the stack", commands.FACTS],
  ["`status`, `releases`, `logs`, `doctor`", commands.LOOKING],
  ["`deploy`, `approve`, `rollback`, `release stop`", commands.RELEASING],
  ["`task`, `job run`, `exec`, `secret`", commands.RUNNING],
  ["`network.vpc`", commands.EXISTING_VPC],
  ["`shared`, `shareable`", commands.SHARED],
  ["`regions`, `failover`", commands.TWO_REGIONS],
  ["`secrets` with `regions`", commands.REPLICATION],
  ["`domain`", commands.ZONES],
  ["`secrets` in Secrets Manager", commands.STORED_SECRETS],
  ["`secrets` in Parameter Store", commands.STORED_PARAMETERS],
  ["`state.s3`, on the bucket of the state", commands.STATE],
];

/** Actions by service: `ec2`: DescribeVpcs, CreateVpc. */
function listed(actions: readonly string[] = []): string {
  const services = [...new Set(actions.map((action) => action.split(":")[0] ?? ""))];
  const named = (service: string) =>
    actions.filter((action) => action.startsWith(`${service}:`)).map((action) => action.slice(service.length + 1));
  return services.map((service) => `\`${service}\`: ${named(service).join(", ")}`).join("; ");
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** What is generated in docs/permissions.md. */
export const permissionTables = (): string =>
  [
    "### By resource kind",
    table(
      ["kind", "reads", "changes", "only for an error, or without the tagging API"],
      Object.entries(KIND_ACTIONS).map(([type, { reads, changes, obstacles = [], fallback = [] }]) => [
        `\`${type}\``,
        listed(reads),
        listed(changes),
        listed([...obstacles, ...fallback]),
      ]),
    ),
    "### By command and setting",
    table(
      ["command or setting", "actions"],
      COMMANDS.map(([what, actions]) => [what, listed(actions)]),
    ),
  ].join("\n\n");
