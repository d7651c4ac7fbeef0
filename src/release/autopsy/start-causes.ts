import type { ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { sentence, taskLine } from "./lines.ts";
import type { Verdict } from "./verdict.ts";

/* Causes of tasks that do not start. ECS reports them as the reason of a stopped task or, if no task was created, as an event. */

const UNREACHABLE =
  /i\/o timeout|no such host|cannot resolve|dial tcp|network is unreachable|connection refused|context deadline exceeded|request canceled|Client\.Timeout|connection issue between the task/i;
const NO_SECRET =
  /can.t find the specified secret|invalid ssm parameters|ParameterNotFound|did not contain json key|marked for deletion|looking for beginning of (?:value|object key)/i;
const OTHER_PLATFORM = /descriptor matching platform|no match for platform|no matching manifest/i;
const GONE = /: not found|manifest unknown|name unknown|no such manifest|does not exist/i;
const FETCHES = /CannotPull|ResourceInitializationError/;

/** Whether a task could reach the service that keeps a secret, and was not given the value. */
export const lacksSecret = (text: string): boolean => NO_SECRET.test(text);

const isUnreachable = (text: string) =>
  FETCHES.test(text) &&
  !lacksSecret(text) &&
  (UNREACHABLE.test(text) || /unable to pull secrets or registry auth/.test(text));

const isGone = (text: string) =>
  /CannotPull/.test(text) && GONE.test(text) && !isUnreachable(text) && !OTHER_PLATFORM.test(text);

/** The first matching task reason, or else event, with its evidence line. */
function reasonFor({ tasks, events }: Evidence, matches: (text: string) => boolean) {
  for (const task of tasks)
    for (const text of [task.reason, ...task.containers.map(({ reason }) => reason)])
      if (matches(text)) return { text, line: taskLine(task) };
  const event = events.find(matches);
  return event === undefined ? undefined : { text: event, line: event };
}

/** The same, unless the newest task started: then the reason of an earlier failure is over. */
export const keptFrom = (evidence: Evidence, matches: (text: string) => boolean) =>
  evidence.tasks[0]?.started ? undefined : reasonFor(evidence, matches);

export function imageMissing(evidence: Evidence, { stack, names }: ServiceRef): Verdict | undefined {
  const { image, service, tasks } = evidence;
  const found = keptFrom(evidence, isGone);
  const absent = service?.desired !== 0 && tasks.every(({ started }) => !started) ? image?.missing : undefined;
  if (!found && absent === undefined) return undefined;
  const { ours = false, uri = "of the task definition" } = image ?? {};
  const fix = ours
    ? `Repository ${names.repository} keeps the last ${stack.registry.keepImages} images. To build and push it again: npx fairlead deploy`
    : "Correct container.image in stack.config.ts or push that image, then run npx fairlead reconcile.";
  return {
    cause: "image-missing",
    what: `The image ${uri} does not exist, so no task can start.`,
    fix,
    telling: [found?.line ?? "", absent ?? ""],
  };
}

export function noWayOut(evidence: Evidence, { stack }: ServiceRef): Verdict | undefined {
  const found = keptFrom(evidence, isUnreachable);
  if (!found) return undefined;
  const [, host = "the registry, the log service or the secrets"] =
    /https:\/\/([^/"\s]+)|lookup (\S+?):?\s|between the task and ([^.]+)\./
      .exec(found.text)
      ?.filter((part) => part !== undefined) ?? [];
  const { nat, tasks, vpc } = stack.network;
  const isPublic = tasks === "public";
  const foreign = nat === "none" && !isPublic && evidence.image?.ours === false;
  const way = isPublic
    ? "the public addresses of the tasks, the default route of the public subnets and the outbound rules of the tasks' security group"
    : nat === "none"
      ? "the VPC endpoints and their security groups"
      : "the NAT gateways, the default routes of the private subnets and the outbound rules of the tasks' security group";
  return {
    cause: "no-way-out",
    what: `The tasks cannot reach ${host} from their ${isPublic ? "public" : "private"} subnets, so they cannot start.`,
    fix: foreign
      ? `Set network.nat to "single" or "perZone": with "none", tasks can reach only AWS services, and ${evidence.image?.uri} is hosted elsewhere.`
      : vpc === undefined
        ? `Run npx fairlead reconcile to restore ${way}.`
        : `Run npx fairlead doctor to find the missing route or VPC endpoint, and ask the owner of VPC ${vpc} to add it: Fairlead does not modify that VPC.`,
    telling: [found.line],
  };
}

export function imagePull(evidence: Evidence, { names }: ServiceRef): Verdict | undefined {
  const found = keptFrom(evidence, (text) => /CannotPull/.test(text));
  if (!found) return undefined;
  const uri = evidence.image?.uri ?? "of the task definition";
  const [why, fix] = OTHER_PLATFORM.test(found.text)
    ? [
        "it was not built for linux/amd64",
        "Build it with docker build --platform linux/amd64, then release it: npx fairlead deploy",
      ]
    : /toomanyrequests|pull rate limit/i.test(found.text)
      ? [
          "its registry is rate limiting pulls",
          `Push a copy to repository ${names.repository} and set container.image to it.`,
        ]
      : [
          found.text.replace(/^.*CannotPull\w*: ?/, ""),
          "Check that the image can be pulled without credentials, then deploy again.",
        ];
  return {
    cause: "image-pull",
    what: `The image ${uri} cannot be pulled: ${sentence(why)}`,
    fix,
    telling: [found.line],
  };
}

const NO_ROOM =
  /unable to place a task|Capacity is unavailable|reached the limit on the number of|RESOURCE:|free addresses|InsufficientFreeAddresses|failed to launch a task/i;

export function noCapacity(evidence: Evidence, { stack }: ServiceRef): Verdict | undefined {
  const found = reasonFor(evidence, (text) => NO_ROOM.test(text));
  if (!found) return undefined;
  const { cpu, memory } = stack.container;
  const [why, fix] = /reached the limit/i.test(found.text)
    ? [
        "the account has reached its limit",
        "Request a higher Fargate On-Demand vCPU quota in Service Quotas, or run fewer or smaller tasks.",
      ]
    : /free addresses|InsufficientFreeAddresses/i.test(found.text)
      ? [
          "the private subnets have no free IP addresses",
          stack.network.vpc === undefined
            ? "Free IP addresses in the private subnets, or set a larger network.cidr."
            : "Free IP addresses in the private subnets, or add more subnets of the VPC to network.privateSubnets.",
        ]
      : /Capacity is unavailable/i.test(found.text)
        ? [
            "AWS has no capacity for it at the moment",
            `Deploy again in a few minutes; if that does not help, ${stack.network.vpc === undefined ? "add a zone to network.zones" : "add a subnet in another zone"}, or request less than ${cpu} CPU units and ${memory} MiB.`,
          ]
        : [found.text.replace(/^.*Reason: /, ""), "Fix the reason that ECS gives, then deploy again."];
  return {
    cause: "no-capacity",
    what: `ECS cannot place a task: ${sentence(why)}`,
    fix,
    telling: [found.line],
  };
}
