// Sends all requests of a distribution to the second region, or back, without anything of the region that has failed: CloudFront is global.
import {
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
  type CacheBehavior,
  type DefaultCacheBehavior,
  type Distribution,
  type DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import type { Aws } from "../aws.ts";
import { ACTIVE_TAG, activeTags } from "../failover-origin.ts";
import { everyPage } from "../pages.ts";
import { tagList } from "../tags.ts";
import { FAILOVER_ID, targetFor } from "./origins.ts";
import { onLatest } from "./shared.ts";

/** The load balancer of the second region, as that region knows it. */
export interface TakesOver {
  readonly region: string;
  readonly dnsName: string;
  readonly secret: string;
}

/** The host name of the second origin of a distribution; `undefined` if it has none. */
export const failoverDomainIn = (config: DistributionConfig | undefined): string | undefined =>
  config?.Origins?.Items?.find(({ Id }) => Id === FAILOVER_ID)?.DomainName;

/**
 * Sends all requests to the second region. The tag is written first: a run that dies after it is completed by the next `failover`, and by the next
 * reconcile of the first region.
 */
export async function sendToSecond(aws: Aws, { ARN, Id }: Distribution, second: TakesOver): Promise<void> {
  await aws.cloudFront(new TagResourceCommand({ Resource: ARN, Tags: { Items: tagList(activeTags(second.region)) } }));
  await updated(aws, Id, second.secret, (config) => ({
    ...retargeted(config, "failover"),
    Origins: config.Origins && {
      ...config.Origins,
      // The load balancer may have been replaced since the first region was reconciled.
      Items: config.Origins.Items?.map((origin) =>
        origin.Id === FAILOVER_ID
          ? {
              ...origin,
              DomainName: second.dnsName,
              CustomHeaders: withSecret(origin.CustomHeaders?.Items ?? [], second.secret),
            }
          : origin,
      ),
    },
  }));
}

/** Sends them as declared again: to the first region, and to the second one where that fails. */
export async function sendToFirst(aws: Aws, { ARN, Id, DistributionConfig: config }: Distribution): Promise<void> {
  await aws.cloudFront(new UntagResourceCommand({ Resource: ARN, TagKeys: { Items: [ACTIVE_TAG] } }));
  const [header] = config?.Origins?.Items?.find((origin) => origin.Id === FAILOVER_ID)?.CustomHeaders?.Items ?? [];
  await updated(aws, Id, header?.HeaderValue ?? "", (live) => retargeted(live, "origin"));
}

/** The id of a distribution that has a load balancer as its second origin; `undefined` if none has. */
export async function sendingTo(aws: Aws, dnsName: string): Promise<string | undefined> {
  const all = await everyPage(async (Marker) => {
    const { DistributionList: page } = await aws.cloudFront(new ListDistributionsCommand({ Marker }));
    return { items: page?.Items, next: page?.NextMarker };
  });
  return all.find(({ Origins }) =>
    Origins?.Items?.some(({ Id, DomainName }) => Id === FAILOVER_ID && DomainName === dnsName),
  )?.Id;
}

/** Whether the last change has reached all edge locations. */
export async function isDeployed(aws: Aws, { Id }: Distribution): Promise<boolean> {
  const { Distribution: found } = await aws.cloudFront(new GetDistributionCommand({ Id }));
  return found?.Status === "Deployed";
}

const updated = (
  aws: Aws,
  Id: string | undefined,
  secret: string,
  change: (config: DistributionConfig) => DistributionConfig,
): Promise<void> =>
  onLatest(
    () => aws.cloudFront(new GetDistributionConfigCommand({ Id })),
    async ({ ETag: IfMatch, DistributionConfig: live }) => {
      if (!live) return;
      const command = new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: change(live) });
      await aws.cloudFront(command, { secret });
    },
  );

function retargeted(config: DistributionConfig, active: "origin" | "failover"): DistributionConfig {
  const to = <B extends DefaultCacheBehavior | CacheBehavior>(behavior: B): B => {
    const isRead = !behavior.AllowedMethods?.Items?.includes("POST");
    const target = targetFor(isRead ? "read" : "all", { failoverDomain: failoverDomainIn(config), active });
    return { ...behavior, TargetOriginId: target };
  };
  return {
    ...config,
    DefaultCacheBehavior: config.DefaultCacheBehavior && to(config.DefaultCacheBehavior),
    CacheBehaviors: config.CacheBehaviors && {
      ...config.CacheBehaviors,
      Items: config.CacheBehaviors.Items?.map(to),
    },
  };
}

function withSecret(
  headers: readonly { HeaderName: string | undefined; HeaderValue: string | undefined }[],
  secret: string,
) {
  const Items = headers.map((header) => ({ ...header, HeaderValue: secret }));
  return { Quantity: Items.length, Items };
}
