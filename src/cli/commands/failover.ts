import { answerJson } from "../answers/answer.ts";
import type { Distribution } from "@aws-sdk/client-cloudfront";
import { distributionOf } from "../../aws/cloudfront/by-owner.ts";
import { failoverDomainIn, isDeployed, sendToFirst, sendToSecond } from "../../aws/cloudfront/send-to.ts";
import { readStandby } from "../../aws/failover-origin.ts";
import { namesOf } from "../../config/naming.ts";
import type { Stack } from "../../config/stack.ts";
import { primaryOf, twoRegionsOf } from "../../config/stack-regions.ts";
import { healthyTargets } from "../../release/healthy-targets.ts";
import { isPublic, serviceName } from "../../release/service-ref.ts";
import { agreed } from "../confirm.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { paste } from "../paste.ts";
import { recorded, type Ended } from "../recorded.ts";
import { headline } from "../headline.ts";
import { effortOf, identityOf, inChangingSession, readStack, type Session } from "../session.ts";

export interface FailoverFlags extends CommonFlags {
  readonly yes?: boolean;
  /** Also where no task of the region is healthy. */
  readonly force?: boolean;
}

/** Milliseconds between two looks at a change that CloudFront deploys, and for how long: terraform-provider-aws waits for 90 minutes. */
const [PAUSE, LONGEST] = [10_000, 90 * 60_000];

/**
 * Sends all requests to one of the stack's regions, by default the second one. It works with that region and with CloudFront, which is global, and asks
 * nothing of the other region.
 */
export async function failover(wanted: string | undefined, flags: FailoverFlags, context: CliContext): Promise<Exit> {
  if (flags.region !== undefined && flags.region !== (wanted ?? flags.region))
    throw new UsageError(
      `failover ${wanted} and --region ${flags.region} are two regions: give one. No changes were made.`,
    );
  const stack = await readStack({ ...flags, region: undefined }, context);
  const two = twoRegionsOf(stack);
  if (!two)
    throw new UsageError(
      `${stack.name} ${stack.environment} runs in ${stack.region} alone, so there is no region to send requests to. No changes were made. A second one is declared with regions in the config.`,
    );
  const region = wanted ?? flags.region ?? two.secondary;
  if (region !== two.primary && region !== two.secondary)
    throw new UsageError(
      `${region} is not a region of ${stack.name} ${stack.environment}; allowed: ${two.primary}, ${two.secondary}. No changes were made.`,
    );
  return inChangingSession({ ...flags, region }, context, { verb: "failover" }, (session) =>
    recorded(session, "failover", () => run(flags, session)),
  );
}

async function run(flags: FailoverFlags, session: Session): Promise<Ended> {
  const { aws, clock, stack, stop, terminal } = session;
  terminal.line(`${headline(session)}:`);
  const primary = primaryOf(stack);
  const distribution = await distributionIn(session, primary ?? stack.region);
  const unhealthy = await withoutTasks(session);
  if (unhealthy.length > 0 && !flags.force)
    throw new RunError(
      `No task of ${unhealthy.join(" and ")} is healthy in ${stack.region}, so its users would get errors. No changes were made. To see why: ${paste(session.flags, "doctor")}. To send all requests there nevertheless, add --force.`,
    );
  const domain = distribution.DomainName ?? "";
  if (!(await agreed(session, `Send all requests of ${domain} to ${stack.region}?`, flags.yes))) {
    terminal.line("No changes were made.");
    return { exit: EXIT.failed, outcome: "declined" };
  }
  await session.hold.changing(async () => {
    if (primary === undefined) return sendToFirst(aws, distribution);
    const { loadBalancer: balancer } = session.names;
    const own = await readStandby(aws, { region: stack.region, balancer, isSecure: stack.domains.length > 0 });
    if (!own) throw new RunError(`The stack in ${stack.region} has no load balancer. No changes were made.`);
    return sendToSecond(aws, distribution, own);
  });
  terminal.line(
    `CloudFront is deploying the change to its edge locations, which takes minutes; each sends its requests to ${stack.region} as soon as it has it.`,
  );
  const until = clock.now() + LONGEST;
  let deployed = await isDeployed(aws, distribution);
  while (!deployed && !stop.aborted && clock.now() < until) {
    await clock.sleep(PAUSE, stop).catch(() => {});
    deployed = await isDeployed(aws, distribution);
  }
  terminal.line(
    deployed
      ? `All requests go to ${stack.region}${primary === undefined ? ", and where it fails, those that can fail over to the other region" : ""}.`
      : `CloudFront is still deploying it.`,
    deployed ? "result" : "failure",
  );
  if (primary !== undefined)
    terminal.line(
      `A reconcile leaves it so. To go back once ${primary} serves again: ${paste({ ...flags, region: undefined }, "failover", primary)}`,
    );
  if (flags.json) {
    const answer = {
      ...identityOf(session),
      active: stack.region,
      distribution: distribution.Id,
      deployed,
      ...effortOf(session),
    };
    answerJson(terminal, "failover", answer);
  }
  const exit = deployed ? EXIT.done : EXIT.failed;
  return { exit, outcome: deployed ? "done" : "partly" };
}

/** The distribution, which belongs to the first region, once it has a second origin. */
async function distributionIn({ aws, flags, stack }: Session, primary: Stack["region"]): Promise<Distribution> {
  const { distributionComment } = namesOf({ ...stack, region: primary }, aws.account);
  const found = await distributionOf(aws, { ...aws.owner, region: primary }, distributionComment);
  const reconcile = paste({ ...flags, region: undefined }, "reconcile");
  if (!found)
    throw new RunError(
      `No distribution of ${stack.name} ${stack.environment} in ${primary} was found. No changes were made. To create it: ${reconcile}`,
    );
  if (failoverDomainIn(found.DistributionConfig) === undefined)
    throw new RunError(
      `Distribution ${found.Id} has no second origin yet. No changes were made. To give it one: ${reconcile}`,
    );
  return found;
}

/** The public services without a healthy task in the session's region. */
async function withoutTasks({ refs }: Session): Promise<string[]> {
  const all = refs.filter(isPublic);
  const healthy = await Promise.all(all.map(healthyTargets));
  return all.filter((_, index) => healthy[index] === 0).map(serviceName);
}
