import type { Checker } from "./checker.ts";
import { limitsEver } from "./counts.ts";
import { show } from "./show.ts";
import { memorySizes, memorySizesInWords } from "./fargate.ts";

/** IAM counts an inline policy without white space. */
const LONGEST_POLICY = 10_240;
/** AWS allows 50 tags per resource; the rest is reserved for the owner tags and the resource's own. */
const MOST_TAGS = 40;

/** Rules for tags. */
export function checkContext(check: Checker): void {
  const { tags } = check.stack;
  checkTagKeys(check);
  const count = Object.keys(tags).length;
  if (count > MOST_TAGS) check.report("tags", tags, `has ${count} tags; allowed: at most ${MOST_TAGS}`);
}

/** Rules for the container of a service, its tasks, their scaling and health check. */
export function checkTasks(check: Checker): void {
  checkSize(check);
  checkCounts(check);
  checkWindows(check);
  checkDeployment(check);
  checkTaskPolicy(check);
  const { balancer, container } = check.stack;
  const { interval, timeout } = balancer.healthCheck;
  if (usableGroup(check, "balancer.healthCheck", "interval", "timeout") && timeout >= interval) {
    const rest = `is not less than the interval; allowed: less than ${interval} (balancer.healthCheck.interval)`;
    check.report("balancer.healthCheck.timeout", timeout, rest);
  }
  if (Object.hasOwn(container.environment, "PORT")) {
    const rest = "is set by Fairlead; allowed: any other name (container.port sets the port)";
    check.report("container.environment.PORT", container.environment["PORT"], rest);
  }
  // AWS's guide to ECS Exec: its agent writes below the container's root, so the two exclude each other.
  if (check.stack.service.enableExec && container.readonlyRootFilesystem) {
    const rest = "requires a writable root file system; allowed: with container.readonlyRootFilesystem false";
    check.report("service.enableExec", true, rest);
  }
  if (usableGroup(check, "container", "memory", "tmpSize") && container.tmpSize >= container.memory) {
    const rest = `is not less than the task's memory, which it is part of; allowed: less than ${container.memory} (container.memory)`;
    check.report("container.tmpSize", container.tmpSize, rest);
  }
  checkMatcher(check);
  checkTaskSize(check);
  checkImageReach(check);
}

/** Elastic Load Balancing API Reference, Matcher: ranges such as 200-299. */
function checkMatcher(check: Checker): void {
  const { matcher } = check.stack.balancer.healthCheck;
  if (!usableGroup(check, "balancer.healthCheck", "matcher")) return;
  const wrong = matcher.split(",").find((part) => {
    const [from = "", to = from] = part.split("-");
    return Number(from) > Number(to);
  });
  if (wrong === undefined) return;
  const rest = `has a range that ends before it starts (${wrong}); allowed: ranges such as "200-299"`;
  check.report("balancer.healthCheck.matcher", matcher, rest);
}

/**
 * IAM User Guide, "Tags for IAM resources": keys are not case sensitive, so `Team` and `team` are one key there, and a second of them is
 * refused. Every resource has a tag `Name`, which the user may set, in that spelling.
 */
function checkTagKeys(check: Checker): void {
  if (!check.usable("tags")) return;
  const spellings = new Map([["name", "Name"]]);
  for (const key of Object.keys(check.stack.tags)) {
    const other = spellings.get(key.toLowerCase());
    if (other === undefined) spellings.set(key.toLowerCase(), key);
    else if (other !== key) {
      const rest = `differs from ${show(other)} only in case, and IAM treats both as the same key; allowed: one spelling, ${show(other)}`;
      check.report("tags", key, rest);
    }
  }
}

/** Amazon ECS service quotas: 64 KiB, as JSON. Part of it is used by what Fairlead adds. */
const LARGEST_TASK_DEFINITION = 65_536;
const OWN_SHARE = 6_144;

function checkTaskSize(check: Checker): void {
  const { environment, command, image } = check.stack.container;
  const variables = Object.entries(environment).map(([name, value]) => ({ name, value }));
  const size = Buffer.byteLength(JSON.stringify({ variables, command, image }));
  if (size <= LARGEST_TASK_DEFINITION - OWN_SHARE) return;
  const rest = `makes a task definition of about ${Math.ceil(size / 1024)} KiB; allowed: 58 KiB of variables and command (the limit of ECS is 64 KiB in total)`;
  check.report("container.environment", Object.keys(environment), rest);
}

/** Without a NAT gateway tasks only reach services with a VPC endpoint: the ECR of their own region, and no other registry. */
function checkImageReach(check: Checker): void {
  const { container, network, region } = check.stack;
  if (
    network.vpc !== undefined ||
    network.nat !== "none" ||
    network.tasks === "public" ||
    container.image === undefined ||
    !check.usable("container.image", "network.nat")
  )
    return;
  if (new RegExp(`^\\d{12}\\.dkr\\.ecr\\.${region}\\.amazonaws\\.com/`).test(container.image)) return;
  const rest = `cannot be pulled with network.nat "none": tasks can then reach only the ECR of ${region}; allowed: an image there, network.nat "single", or network.tasks "public"`;
  check.report("container.image", container.image, rest);
}

function checkSize(check: Checker): void {
  const { cpu, memory } = check.stack.container;
  if (!usableGroup(check, "container", "cpu", "memory") || memorySizes(cpu).includes(memory)) return;
  const rest = `is not available on Fargate with cpu ${cpu}; allowed: ${memorySizesInWords(cpu)}`;
  check.report("container.memory", memory, rest);
}

/** AWS does not run a scheduled action that would leave the minimum above the maximum. */
function checkWindows(check: Checker): void {
  if (!check.usable("scaling.min", "scaling.max")) return;
  const usual = check.stack.scaling;
  for (const [name, { min, max }] of Object.entries(usual.schedule)) {
    const path = `scaling.schedule.${name}`;
    if (!check.usable(path)) continue;
    if (min === undefined && max === undefined)
      check.report(path, name, "changes nothing; allowed: with min, max or both");
    const [least, most] = [min ?? usual.min, max ?? usual.max];
    if (least <= most) continue;
    if (min === undefined)
      check.report(`${path}.max`, max, `is below scaling.min; allowed: with min of at most ${most}`);
    else
      check.report(
        `${path}.min`,
        min,
        `is above ${max === undefined ? "scaling.max" : "max"}; allowed: at most ${most}`,
      );
  }
}

function checkCounts(check: Checker): void {
  if (!check.usable("scaling.min", "scaling.max")) return;
  const { min, max } = check.stack.scaling;
  const { desiredCount } = check.stack.service;
  // A limit that is not set is derived from the desired count, so there is nothing to compare.
  const lower = check.isSet("scaling.min");
  const upper = check.isSet("scaling.max");
  if (lower && upper && min > max) {
    check.report("scaling.min", min, `is above scaling.max; allowed: at most ${max}`);
    return;
  }
  if (!check.usable("service.desiredCount")) return;
  if (lower && desiredCount < min) {
    check.report("service.desiredCount", desiredCount, `is below scaling.min; allowed: at least ${min}`);
  } else if (upper && desiredCount > max) {
    check.report("service.desiredCount", desiredCount, `is above scaling.max; allowed: at most ${max}`);
  }
}

/**
 * A deployment can only proceed if the percentages, rounded to whole tasks as in ECS, leave room for one: at every count that autoscaling
 * may choose, and at the initial count. (AWS's ECS developer guide, "Deployment configuration": the maximum is rounded down, the minimum
 * up.)
 */
function checkDeployment(check: Checker): void {
  if (!usableGroup(check, "service", "desiredCount", "minHealthyPercent", "maxPercent")) return;
  if (!usableGroup(check, "scaling", "min", "max")) return;
  const { desiredCount, minHealthyPercent, maxPercent } = check.stack.service;
  const { min, max } = limitsEver(check.stack.scaling);
  const most = (count: number) => Math.floor((count * maxPercent) / 100);
  const fewest = (count: number) => Math.ceil((count * minHealthyPercent) / 100);
  const counts = [desiredCount, ...Array.from({ length: Math.max(0, max - min + 1) }, (_, index) => min + index)];
  const stuck = counts.find((count) => count > 0 && most(count) <= fewest(count));
  if (stuck === undefined) return;
  const enough = Math.ceil(((fewest(stuck) + 1) * 100) / stuck);
  const higher = enough <= 200 ? `at least ${enough}, or a lower` : "a lower";
  const whose = stuck === desiredCount ? "" : `, and autoscaling may choose this count (scaling.min is ${min})`;
  const rest = `leaves no room to deploy ${stuck} ${stuck === 1 ? "task" : "tasks"} with service.minHealthyPercent ${minHealthyPercent}${whose}: ${most(stuck)} may run and ${fewest(stuck)} must; allowed: ${higher} minHealthyPercent`;
  check.report("service.maxPercent", maxPercent, rest);
}

function checkTaskPolicy(check: Checker): void {
  const { taskPolicy } = check.stack.service;
  const sids = taskPolicy.map((statement) => statement.Sid);
  for (const [index, sid] of sids.entries()) {
    if (sid === undefined || sids.indexOf(sid) === index) continue;
    check.report("service.taskPolicy", sid, "is listed twice; allowed: each Sid once", `[${index}].Sid`);
  }
  const size = JSON.stringify(taskPolicy).length;
  if (size <= LONGEST_POLICY) return;
  const rest = `has ${size} characters; allowed: at most ${LONGEST_POLICY}, the limit for a role`;
  check.report("service.taskPolicy", taskPolicy, rest);
}

function usableGroup(check: Checker, group: string, ...names: readonly string[]): boolean {
  return check.usable(...names.map((name) => `${group}.${name}`));
}
