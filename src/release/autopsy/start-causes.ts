import type { ServiceRef } from "../service-ref.ts";
import type { Evidence } from "./evidence.ts";
import { sentence, taskLine } from "./lines.ts";
import type { Verdict } from "./verdict.ts";

/* What can keep a task from starting. ECS tells it as the reason of a stopped task or, where no task came about, as an event. */

const UNREACHABLE =
  /i\/o timeout|no such host|cannot resolve|dial tcp|network is unreachable|connection refused|context deadline exceeded|request canceled|Client\.Timeout|connection issue between the task/i;
const NO_SECRET =
  /can.t find the specified secret|invalid ssm parameters|ParameterNotFound|did not contain json key|marked for deletion/i;
const OTHER_PLATFORM = /descriptor matching platform|no match for platform|no matching manifest/i;
const GONE = /: not found|manifest unknown|name unknown|no such manifest|does not exist/i;
const FETCHES = /CannotPull|ResourceInitializationError/;

const isUnreachable = (text: string) =>
  FETCHES.test(text) &&
  !NO_SECRET.test(text) &&
  (UNREACHABLE.test(text) || /unable to pull secrets or registry auth/.test(text));

const isGone = (text: string) =>
  /CannotPull/.test(text) && GONE.test(text) && !isUnreachable(text) && !OTHER_PLATFORM.test(text);

/** The first reason of a task, or else event, that matches, with its line. */
function reasonFor({ tasks, events }: Evidence, matches: (text: string) => boolean) {
  for (const task of tasks)
    for (const text of [task.reason, ...task.containers.map(({ reason }) => reason)])
      if (matches(text)) return { text, line: taskLine(task) };
  const event = events.find(matches);
  return event === undefined ? undefined : { text: event, line: event };
}

/** The same, unless the newest task did start: then whatever kept an earlier one from it is over. */
const keptFrom = (evidence: Evidence, matches: (text: string) => boolean) =>
  evidence.tasks[0]?.started ? undefined : reasonFor(evidence, matches);

export function imageMissing(evidence: Evidence, { stack, names }: ServiceRef): Verdict | undefined {
  const { image, service, tasks } = evidence;
  const found = keptFrom(evidence, isGone);
  const absent = service?.desired !== 0 && tasks.every(({ started }) => !started) ? image?.missing : undefined;
  if (!found && absent === undefined) return undefined;
  const { ours = false, uri = "of the task definition" } = image ?? {};
  const fix = ours
    ? `Deploy again, so that the build pushes it; the repository ${names.repository} keeps the last ${stack.registry.keepImages} images.`
    : "Correct container.image in stack.config.ts, or push that image, and run fairlead reconcile.";
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
  const [, host = "the registry, the logs or the secrets"] =
    /https:\/\/([^/"\s]+)|lookup (\S+?):?\s|between the task and ([^.]+)\./
      .exec(found.text)
      ?.filter((part) => part !== undefined) ?? [];
  const { nat, vpc } = stack.network;
  const foreign = nat === "none" && evidence.image?.ours === false;
  const way =
    nat === "none"
      ? "the VPC endpoints and their security groups"
      : "the NAT gateways, the default routes of the private subnets and the outbound rules of the tasks' security group";
  return {
    cause: "no-way-out",
    what: `The tasks cannot reach ${host} from their private subnets, so they cannot start.`,
    fix: foreign
      ? `Set network.nat to "single" or "perZone": with "none" the tasks reach AWS alone, and ${evidence.image?.uri} lies elsewhere.`
      : vpc === undefined
        ? `Run fairlead reconcile, which restores ${way}.`
        : `Run fairlead doctor, which names the route or the VPC endpoint that is missing, and have it added by the owner of VPC ${vpc}: Fairlead changes nothing of it.`,
    telling: [found.line],
  };
}

export function secretMissing(evidence: Evidence): Verdict | undefined {
  const found = keptFrom(evidence, (text) => NO_SECRET.test(text));
  if (!found) return undefined;
  const [, name] =
    /(arn:aws[\w-]*:secretsmanager:\S+?)[.,:]?(?:\s|$)|invalid ssm parameters: (\S+)|json key (\S+)/i
      .exec(found.text)
      ?.filter((part) => part !== undefined) ?? [];
  return {
    cause: "secret-missing",
    what:
      name === undefined
        ? `A secret that the task definition names does not exist: ${sentence(found.text)}`
        : `The task definition names the secret ${name}, which does not exist.`,
    fix: "Create the secret in this account and region, or take it out of the task definition, and deploy again.",
    telling: [found.line],
  };
}

export function imagePull(evidence: Evidence, { names }: ServiceRef): Verdict | undefined {
  const found = keptFrom(evidence, (text) => /CannotPull/.test(text));
  if (!found) return undefined;
  const uri = evidence.image?.uri ?? "of the task definition";
  const [why, fix] = OTHER_PLATFORM.test(found.text)
    ? ["it was not built for linux/amd64", "Build it with docker build --platform linux/amd64, and deploy again."]
    : /toomanyrequests|pull rate limit/i.test(found.text)
      ? [
          "its registry has had too many requests",
          `Push a copy of it to the repository ${names.repository} and name that in container.image.`,
        ]
      : [
          found.text.replace(/^.*CannotPull\w*: ?/, ""),
          "Check that the image can be pulled without a password, and deploy again.",
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
        "the account may not run more at once",
        "Raise the quota of Fargate On-Demand vCPUs in Service Quotas, or let the service run fewer or smaller tasks.",
      ]
    : /free addresses|InsufficientFreeAddresses/i.test(found.text)
      ? [
          "the private subnets have no free addresses",
          stack.network.vpc === undefined
            ? "Free addresses in the private subnets, or give them a larger network.cidr."
            : "Free addresses in the private subnets, or name more subnets of the VPC in network.privateSubnets.",
        ]
      : /Capacity is unavailable/i.test(found.text)
        ? [
            "AWS has no room for it at the moment",
            `Deploy again in some minutes; if it lasts, ${stack.network.vpc === undefined ? "add a zone in network.zones" : "name a subnet in another zone"}, or ask for less than ${cpu} CPU units and ${memory} MiB.`,
          ]
        : [found.text.replace(/^.*Reason: /, ""), "Change what ECS names as the reason, and deploy again."];
  return {
    cause: "no-capacity",
    what: `ECS cannot place a task: ${sentence(why)}`,
    fix,
    telling: [found.line],
  };
}
