import { awsCommand } from "../../aws/command-line.ts";
import type { ServiceRef } from "../service-ref.ts";
import type { Evidence, StoppedTask } from "./evidence.ts";
import { lastError, sentence, targetLine, taskLine } from "./lines.ts";
import type { Verdict } from "./verdict.ts";

/* Causes of tasks that start and then fail. */

type Container = StoppedTask["containers"][number];

/** The end of a fix in the application or in the config. */
const AGAIN = "For a change of the application: npx fairlead deploy. For one of the config: npx fairlead reconcile";

/** The container that stopped its task. */
const culprit = ({ containers }: StoppedTask): Container | undefined =>
  containers.find(({ exitCode = 0 }) => exitCode !== 0) ??
  containers.find(({ exitCode }) => exitCode !== undefined) ??
  containers[0];

const HEAP = /heap out of memory|java\.lang\.OutOfMemoryError|\bMemoryError\b|Cannot allocate memory/;

export function outOfMemory({ tasks, log }: Evidence, { stack }: ServiceRef): Verdict | undefined {
  const killed = tasks.find(({ reason, containers }) =>
    [reason, ...containers.map((container) => container.reason)].some((text) => text.includes("OutOfMemoryError")),
  );
  const crashed = log.find((line) => HEAP.test(line));
  const task = killed ?? (crashed === undefined ? undefined : tasks.find(isExit));
  if (!task) return undefined;
  const { memory } = stack.container;
  return {
    cause: "out-of-memory",
    what: `The container ${culprit(task)?.name ?? ""} ran out of memory: its task has ${memory} MiB.`,
    fix: `Raise container.memory above ${memory} in stack.config.ts and run npx fairlead reconcile, or reduce the application's memory use.`,
    telling: [killed ? "" : (crashed ?? ""), taskLine(task)],
  };
}

const NOT_STARTED =
  /CannotStartContainer|CannotCreateContainer|ContainerRuntime(Timeout)?Error|failed to create new container runtime task/;

const isExit = ({ stopCode, reason, containers }: StoppedTask): boolean =>
  stopCode === "EssentialContainerExited" ||
  /Essential container in task exited/.test(reason) ||
  [reason, ...containers.map((container) => container.reason)].some((text) => NOT_STARTED.test(text));

/** An image built for another architecture than its task's. */
export function otherProcessor({ tasks, log, image }: Evidence): Verdict | undefined {
  const task = tasks.find(isExit);
  const said = (text: string) => /exec format error/i.test(text);
  const line = log.find(said) ?? (task && taskLine(task));
  if (!task || line === undefined || !said(line)) return undefined;
  return {
    cause: "container-exits",
    what: `The image ${image?.uri ?? ""} was built for another architecture than the tasks run on (exec format error).`,
    fix: "Build it for the service's architecture (docker build --platform linux/amd64 or linux/arm64), then deploy again. If the build project was changed outside Fairlead, run npx fairlead reconcile first.",
    telling: [line, taskLine(task)],
  };
}

export function containerExits(evidence: Evidence, ref: ServiceRef): Verdict | undefined {
  const { tasks, log, container, image } = evidence;
  const task = tasks.find(isExit);
  if (!task) return undefined;
  const { name = container?.name ?? "", exitCode, reason = "" } = culprit(task) ?? {};
  const last = lastError(log);
  if (exitCode === undefined) {
    const why = NOT_STARTED.test(reason) ? reason : task.reason;
    return {
      cause: "container-exits",
      what: `The container ${name} cannot be started: ${sentence(why)}`,
      fix: `Check the image's entry point and container.command in stack.config.ts, and that the program exists in the image and is executable. ${AGAIN}`,
      telling: [taskLine(task)],
    };
  }
  const run = evidence.run ?? pulledRun(image, ref.stack.container.port);
  return {
    cause: "container-exits",
    what:
      last === undefined
        ? `The container ${name} exits with code ${exitCode} and wrote nothing to its log.`
        : `The container ${name} exits with code ${exitCode}: ${sentence(last)}`,
    fix: fixOfExit(exitCode, last, run),
    telling: [last ?? "", taskLine(task)],
  };
}

/**
 * Pulls and runs an image. A registry of ECR wants a login first: "docker login ... --password-stdin aws_account_id.dkr.ecr.region.amazonaws.com"
 * with the password of `aws ecr get-login-password` (Amazon ECR user guide, "Private registry authentication in Amazon ECR").
 */
function pulledRun(image: Evidence["image"], port: number): string {
  const run = `docker run --rm -e PORT=${port} ${image?.uri ?? "IMAGE"}`;
  const [registry = "", region] = /^\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.[^/]+(?=\/)/.exec(image?.uri ?? "") ?? [];
  if (region === undefined) return run;
  return `${awsCommand(["ecr", "get-login-password"], { region })} | docker login --username AWS --password-stdin ${registry} && ${run}`;
}

function fixOfExit(exitCode: number, last: string | undefined, run: string): string {
  if (last !== undefined && /exec format error/.test(last))
    return "Build the image with docker build --platform linux/amd64, then release it: npx fairlead deploy";
  if (exitCode === 0)
    return "A service must keep running: make the image's command stay in the foreground, then release it: npx fairlead deploy";
  const mend = `Fix the ${last === undefined ? "cause" : "error"} and deploy again.`;
  return run === "" ? mend : `${mend} To reproduce it locally: ${run}`;
}

export function containerUnhealthy({ tasks, events, container }: Evidence): Verdict | undefined {
  const says = (text: string) => /failed container health checks/i.test(text);
  const task = tasks.find(({ reason }) => says(reason));
  const event = events.find(says);
  if (!task && event === undefined) return undefined;
  const check = container?.check || "its command exits with an error";
  const program = container?.check ? container.check.split(" ")[0] : "the program";
  return {
    cause: "container-unhealthy",
    what: `The health check of container ${container?.name ?? ""} fails: ${sentence(check)}`,
    fix: `Check that the image contains ${program} and that the application responds soon after it starts, or change container.healthCheck in stack.config.ts. ${AGAIN}`,
    telling: [task ? taskLine(task) : "", event ?? ""],
  };
}

export function targetUnhealthy(evidence: Evidence, { stack }: ServiceRef): Verdict | undefined {
  const { tasks, targets, events } = evidence;
  const unhealthy = targets.filter(({ state }) => state === "unhealthy");
  const told = events.filter((message) => /is unhealthy in .*target-group/.test(message));
  const stopped = tasks.filter(({ reason }) => /failed ELB health checks/i.test(reason));
  const telling = [...unhealthy.slice(0, 2).map(targetLine), ...told.slice(0, 2), ...stopped.slice(0, 2).map(taskLine)];
  if (telling.length === 0) return undefined;
  const { container, balancer, service } = stack;
  const { healthCheckPath: path, port } = container;
  const { matcher, timeout } = balancer.healthCheck;
  const words = telling.join(" ");
  const [, codes] = /codes?: \[([^\]]+)\]/.exec(words) ?? [];
  const [finds, mend] =
    codes !== undefined
      ? [
          `got ${codes} instead of ${matcher}`,
          `Make the application return ${matcher} for ${path}, or set container.healthCheckPath or balancer.healthCheck.matcher to what it returns.`,
        ]
      : /Target\.Timeout|timed out/i.test(words)
        ? [
            `got no response within ${timeout} s`,
            `Make the application return ${matcher} for ${path} within ${timeout} s, and listen on 0.0.0.0, not only on localhost.`,
          ]
        : [
            "could not connect or got no valid response",
            `Make the application listen on 0.0.0.0:${port} (the port in PORT) and return ${matcher} for ${path}.`,
          ];
  return {
    cause: "target-unhealthy",
    what: `The load balancer's health check (GET ${path} on port ${port}) ${finds}.`,
    fix: `${mend} If it just needs longer than ${service.healthCheckGracePeriod} s to start, raise service.healthCheckGracePeriod. ${AGAIN}`,
    telling,
  };
}
