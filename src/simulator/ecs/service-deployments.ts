import type {
  DescribeServiceDeploymentsCommandInput,
  DescribeServiceDeploymentsCommandOutput,
  DescribeServiceRevisionsCommandInput,
  DescribeServiceRevisionsCommandOutput,
  ListServiceDeploymentsCommandInput,
  ListServiceDeploymentsCommandOutput,
  StopServiceDeploymentCommandInput,
  StopServiceDeploymentCommandOutput,
} from "@aws-sdk/client-ecs";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { PAGES, serviceOf, services, type SimService, type SimServiceDeployment } from "./records.ts";
import { isUnderWay } from "./releases.ts";
import { present } from "./present.ts";
import { advance, numberOf } from "./rollout.ts";

export const releaseArn = (sim: Sim, { cluster, name }: SimService, id: string) =>
  sim.arn("ecs", `service-deployment/${cluster}/${name}/${id}`);
const revisionArn = (sim: Sim, { cluster, name }: SimService, number: string) =>
  sim.arn("ecs", `service-revision/${cluster}/${name}/${number}`);

const date = (at: number | undefined) => (at === undefined ? undefined : new Date(at));

function briefOf(sim: Sim, service: SimService, release: SimServiceDeployment) {
  return {
    serviceDeploymentArn: releaseArn(sim, service, release.id),
    serviceArn: service.arn,
    clusterArn: sim.arn("ecs", `cluster/${service.cluster}`),
    createdAt: date(release.createdAt),
    startedAt: date(release.createdAt),
    ...(release.finishedAt === undefined ? {} : { finishedAt: date(release.finishedAt) }),
    targetServiceRevisionArn: revisionArn(sim, service, release.to),
    status: release.status,
    ...(release.reason === undefined ? {} : { statusReason: release.reason }),
  };
}

function answerOf(sim: Sim, service: SimService, release: SimServiceDeployment) {
  const { targetServiceRevisionArn, ...brief } = briefOf(sim, service, release);
  const alive = service.tasks.filter(({ stoppedAt }) => stoppedAt === undefined);
  const countsOf = (number: string) => {
    const own = alive.filter(({ deploymentId }) => numberOf(deploymentId) === number);
    const running = own.filter(({ runningAt }) => runningAt !== undefined).length;
    return {
      arn: revisionArn(sim, service, number),
      requestedTaskCount: own.length,
      runningTaskCount: running,
      pendingTaskCount: own.length - running,
    };
  };
  const { enable = false } = service.settings.deploymentConfiguration?.deploymentCircuitBreaker ?? {};
  const ended = isUnderWay(release) ? "MONITORING" : "MONITORING_COMPLETE";
  return {
    ...brief,
    ...(release.stoppedAt === undefined ? {} : { stoppedAt: date(release.stoppedAt) }),
    updatedAt: date(release.finishedAt ?? service.steppedAt),
    sourceServiceRevisions: release.from === undefined ? [] : [countsOf(release.from)],
    targetServiceRevision: { ...countsOf(release.to), arn: targetServiceRevisionArn },
    deploymentConfiguration: service.settings.deploymentConfiguration,
    deploymentCircuitBreaker: {
      status: !enable ? ("DISABLED" as const) : release.rollback ? ("TRIGGERED" as const) : (ended as "MONITORING"),
    },
    ...(release.rollback
      ? {
          rollback: {
            reason: release.rollback.reason,
            startedAt: date(release.rollback.startedAt),
            serviceRevisionArn: revisionArn(sim, service, release.rollback.to),
          },
        }
      : {}),
  };
}

/** The record and the service deployment of an ARN. */
function found(sim: Sim, arn = "") {
  for (const record of Object.values(services(sim)))
    for (const { id } of record.releases ?? []) if (releaseArn(sim, record, id) === arn) return { record, id };
  return undefined;
}

/** Service deployments: what ECS keeps of each change of a service, and how one is stopped. */
export const serviceDeploymentOperations = {
  ListServiceDeployments(input: ListServiceDeploymentsCommandInput, sim): Answer<ListServiceDeploymentsCommandOutput> {
    onlyKnown("ListServiceDeployments", input, "service", "cluster", "status", "createdAt", "nextToken", "maxResults");
    const service = present(sim, serviceOf(sim, input.cluster, input.service));
    const { after, before } = input.createdAt ?? {};
    const all = (service.releases ?? []).filter(
      ({ status, createdAt }) =>
        (input.status === undefined || input.status.length === 0 || input.status.includes(status)) &&
        createdAt >= (after?.getTime() ?? 0) &&
        createdAt <= (before?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    const { page, next } = pageOf(all, { token: input.nextToken, size: input.maxResults }, { ...PAGES, usual: 20 });
    return { serviceDeployments: page.map((release) => briefOf(sim, service, release)), nextToken: next };
  },

  DescribeServiceDeployments(
    input: DescribeServiceDeploymentsCommandInput,
    sim,
  ): Answer<DescribeServiceDeploymentsCommandOutput> {
    const asked = (input.serviceDeploymentArns ?? []).map((arn) => ({ arn, it: found(sim, arn) }));
    if (asked.length > 20) refuse("InvalidParameterException", "At most 20 service deployments can be described.");
    return {
      serviceDeployments: asked.flatMap(({ it }) => {
        if (!it) return [];
        const service = present(sim, it.record);
        const release = service.releases?.find(({ id }) => id === it.id);
        return release ? [answerOf(sim, service, release)] : [];
      }),
      failures: asked.filter(({ it }) => !it).map(({ arn }) => ({ arn, reason: "MISSING" })),
    };
  },

  DescribeServiceRevisions(
    input: DescribeServiceRevisionsCommandInput,
    sim,
  ): Answer<DescribeServiceRevisionsCommandOutput> {
    const answers = (input.serviceRevisionArns ?? []).map((arn) => {
      for (const service of Object.values(services(sim)))
        for (const release of service.releases ?? [])
          if (revisionArn(sim, service, release.to) === arn)
            return {
              serviceRevisionArn: arn,
              serviceArn: service.arn,
              clusterArn: sim.arn("ecs", `cluster/${service.cluster}`),
              taskDefinition: release.taskDefinition,
              createdAt: date(release.createdAt),
            };
      return { missing: arn };
    });
    return {
      serviceRevisions: answers.flatMap((one) => ("missing" in one ? [] : [one])),
      failures: answers.flatMap((one) => ("missing" in one ? [{ arn: one.missing, reason: "MISSING" }] : [])),
    };
  },

  /**
   * ECS developer guide, "Stopping Amazon ECS service deployments": what is PENDING or IN_PROGRESS is asked to roll back, what stops or rolls
   * back already keeps doing so; going back takes an earlier deployment that came through.
   */
  StopServiceDeployment(input: StopServiceDeploymentCommandInput, sim): Answer<StopServiceDeploymentCommandOutput> {
    const { serviceDeploymentArn, stopType = "ROLLBACK" } = input;
    if (stopType !== "ROLLBACK")
      refuse(
        "SimulatorUnknownOption",
        "The simulated AWS knows the stop type ROLLBACK only, as AWS's documents do.",
        501,
      );
    const it = found(sim, serviceDeploymentArn);
    if (!it)
      return refuse("ServiceDeploymentNotFoundException", "The service deploy ARN that you specified wasn't found.");
    const service = advance(sim, it.record);
    const release = service.releases?.find(({ id }) => id === it.id);
    if (!release || !isUnderWay(release))
      return refuse("ConflictException", "The service deployment is not in a state that allows it to be stopped.");
    if (release.status !== "IN_PROGRESS" && release.status !== "PENDING") return { serviceDeploymentArn };
    if (service.lastGood === undefined)
      return refuse("InvalidParameterException", "There is no earlier service revision to roll back to.");
    release.status = "ROLLBACK_REQUESTED";
    release.stoppedAt = sim.now;
    return { serviceDeploymentArn };
  },
} satisfies Operations;
