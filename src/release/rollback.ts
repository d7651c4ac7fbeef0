import { DescribeTaskDefinitionCommand, UpdateServiceCommand } from "@aws-sdk/client-ecs";
import { absent } from "../aws/errors.ts";
import type { ReleaseEvent } from "./events.ts";
import type { Followed } from "./follow.ts";
import { releases, type Release } from "./history.ts";
import { revisionIn, serviceOf } from "./revision.ts";
import { settle } from "./settle.ts";
import type { Site } from "./site.ts";

/** There is nothing to go back to, or not what was asked for. */
export class NoSuchRelease extends Error {
  override readonly name = "NoSuchRelease";
}

/** Where a rollback leads. */
export interface Way {
  /** `family:revision`. */
  readonly from: string;
  readonly to: string;
  /** The release that registered it; missing where a revision was named that no release is known of. */
  readonly release: Release | undefined;
}

/** Releases that are looked through. */
const LOOKED_THROUGH = 50;

/**
 * The revision to go back to: that of the release before the one that runs, or of `wanted`, which is an execution's id or the beginning of
 * one, an image's tag, or a revision such as `7` or `shop-dev:7`. Throws `NoSuchRelease` with what there is.
 */
export async function wayBack(site: Site, wanted?: string): Promise<Way> {
  const { taskFamily, service: name } = site.names;
  const service = await serviceOf(site);
  if (!service) throw new NoSuchRelease(`There is no service ${name}. Run reconcile first.`);
  const from = revisionIn(service.taskDefinition);
  const deployed = (await releases(site, LOOKED_THROUGH)).filter(
    ({ ending, revision }) => ending === "live" && revision !== undefined,
  );
  const release = wanted === undefined ? earlier(deployed, from) : deployed.find((one) => isMeant(one, wanted));
  if (release?.revision !== undefined) return { from, to: release.revision, release };
  const number = new RegExp(`^(?:${taskFamily}:)?(\\d+)$`).exec(wanted ?? "")?.[1];
  if (number !== undefined && (await isActive(site, `${taskFamily}:${number}`)))
    return { from, to: `${taskFamily}:${number}`, release: undefined };
  const known = deployed.map(({ executionId, revision }) => `${executionId} (${revision})`).join(", ");
  throw new NoSuchRelease(
    wanted === undefined
      ? `There is no release before the one that runs (${from}). Deployed so far: ${known || "nothing"}.`
      : `There is no release ${wanted} to go back to. Deployed so far: ${known || "nothing"}.`,
  );
}

/** The newest release before the one that runs now, whose revision differs. */
function earlier(deployed: readonly Release[], from: string): Release | undefined {
  const at = deployed.findIndex(({ revision }) => revision === from);
  // A change of the settings registers a revision of its own on top of the newest release.
  const later = at < 0 ? deployed.slice(1) : deployed.slice(at + 1);
  return later.find(({ revision }) => revision !== from);
}

const isMeant = ({ executionId, image, revision }: Release, wanted: string) =>
  (wanted.length >= 4 && executionId.startsWith(wanted)) ||
  image?.tag === wanted ||
  revision === wanted ||
  revision?.endsWith(`:${wanted}`) === true;

async function isActive(site: Site, taskDefinition: string): Promise<boolean> {
  const command = new DescribeTaskDefinitionCommand({ taskDefinition });
  const found = await absent(site.aws.ecs(command), "ClientException");
  return found?.taskDefinition?.status === "ACTIVE";
}

/** Lets the service run an earlier revision, and follows it until it does. */
export async function rollback(
  site: Site,
  { to }: Way,
  tell: (event: ReleaseEvent) => void,
  signal?: AbortSignal,
): Promise<Followed> {
  const startedAt = site.clock.now();
  const { cluster, service: name } = site.names;
  const { service } = await site.aws.ecs(new UpdateServiceCommand({ cluster, service: name, taskDefinition: to }));
  const primary = service?.deployments?.find(({ status }) => status === "PRIMARY");
  return settle(site, { deployment: primary?.id, startedAt }, tell, signal);
}
