import type { Sim } from "../sim.ts";
import type { SimTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";

/** One resource as the tagging API has heard of it. */
interface Heard {
  readonly arn: string;
  readonly region: string;
  /** What it tells until `from`; `undefined` where it tells of no such resource. */
  tells?: SimTags | undefined;
  /** What it will tell from `from` on. */
  will?: SimTags | undefined;
  from: number;
}

/** One resource that is there, with its tags. */
interface Tagged {
  readonly arn: string;
  readonly region: string;
  readonly tags: SimTags;
}

/** The names of EC2's resources in their ARNs, by the table that they are kept in. */
const EC2: Readonly<Record<string, string>> = {
  "ec2.addresses": "elastic-ip",
  "ec2.egressOnlyGateways": "egress-only-internet-gateway",
  "ec2.internetGateways": "internet-gateway",
  "ec2.natGateways": "natgateway",
  "ec2.networkAcls": "network-acl",
  "ec2.routeTables": "route-table",
  "ec2.securityGroups": "security-group",
  "ec2.subnets": "subnet",
  "ec2.flowLogs": "vpc-flow-log",
  "ec2.vpcEndpoints": "vpc-endpoint",
  "ec2.vpcs": "vpc",
};

/** GetResources does not return of roles ("Services that support the Resource Groups Tagging API", API reference). */
const UNTOLD = ["iam."];

/** What has no tags and comes to thousands of records, as a service is released again and again: it is passed over unread. */
const UNTAGGED = ["codebuild.builds", "codepipeline.executions", "ecr.images", "s3.objects"];

/** Where the API tells of what is global. */
const GLOBAL = "us-east-1";

const heardOf = (sim: Sim) => sim.global<Heard>("~tagging.resources");

/**
 * Lets the API hear of what was made, tagged and deleted up to now; it tells of that only later. It lags behind creates, and for hours
 * behind deletes (boto3 issue 3341: sixteen instances told of where eight were, nine of them hours later; aws-cli issues 4173 and 8197).
 */
export function hear(sim: Sim): void {
  const known = heardOf(sim);
  const there = new Set<string>();
  for (const { arn, region, tags } of tagged(sim)) {
    const key = `${region} ${arn}`;
    there.add(key);
    const before = known[key];
    if (before && same(before.will, tags)) continue;
    known[key] = {
      arn,
      region,
      tells: before && told(before, sim.now),
      will: { ...tags },
      from: sim.in(TIMING.tagging),
    };
  }
  for (const [key, heard] of Object.entries(known)) {
    if (there.has(key)) continue;
    if (heard.will !== undefined)
      known[key] = { ...heard, tells: told(heard, sim.now), will: undefined, from: sim.in(TIMING.taggingDelete) };
    else if (heard.from <= sim.now) delete known[key];
  }
}

/** What the API tells at this moment, in one region. */
export const toldIn = (sim: Sim, region: string): { arn: string; tags: SimTags }[] =>
  Object.values(heardOf(sim)).flatMap((heard) => {
    const tags = heard.region === region ? told(heard, sim.now) : undefined;
    return tags && Object.keys(tags).length > 0 ? [{ arn: heard.arn, tags }] : [];
  });

const told = ({ tells, will, from }: Heard, now: number) => (from <= now ? will : tells);

const same = (one: SimTags | undefined, other: SimTags) =>
  one !== undefined &&
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(other).every(([key, value]) => one[key] === value);

/** Everything in the world that has tags, in all regions; without roles. */
export function tagged(sim: Sim): Tagged[] {
  return Object.entries(sim.world.data.tables).flatMap(([table, records]) => {
    const [name = "", at] = table.split("@");
    if (name.startsWith("~") || UNTOLD.some((start) => name.startsWith(start)) || UNTAGGED.includes(name)) return [];
    return Object.entries(records).flatMap(([key, record]): Tagged[] => {
      const { arn, tags, region = at ?? GLOBAL } = record as { arn?: unknown; tags?: unknown; region?: string };
      if (typeof tags !== "object" || tags === null) return [];
      const own = typeof arn === "string" ? arn : arnOf(sim, name, key, region);
      return own === undefined ? [] : [{ arn: own, region, tags: plain(tags) }];
    });
  });
}

function arnOf(sim: Sim, table: string, key: string, region: string): string | undefined {
  if (table === "s3.buckets") return `arn:aws:s3:::${key}`;
  const type = EC2[table];
  return type === undefined ? undefined : sim.arn("ec2", `${type}/${key}`, region);
}

/** EC2 keeps tags as a list. */
const plain = (tags: object): SimTags =>
  Array.isArray(tags)
    ? Object.fromEntries(
        (tags as { Key?: string; Value?: string }[]).map(({ Key = "", Value = "" }) => [Key, Value] as const),
      )
    : (tags as SimTags);
