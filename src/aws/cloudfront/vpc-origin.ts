// A VPC origin takes as long as anything in a stack: a quarter of an hour until it is deployed, and as long until it is gone. While a
// distribution uses it, it can be neither updated nor deleted, so another protocol or load balancer means another one with another name.
import {
  CreateVpcOriginCommand,
  DeleteVpcOriginCommand,
  GetVpcOriginCommand,
  ListDistributionsByVpcOriginIdCommand,
  ListTagsForResourceCommand,
  ListVpcOriginsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateVpcOriginCommand,
  type VpcOrigin as AwsVpcOrigin,
  type VpcOriginEndpointConfig,
  type VpcOriginSummary,
} from "@aws-sdk/client-cloudfront";
import { UncertainAnswer, type Look, type Seen } from "../../engine/resource-kind.ts";
import { answered } from "../answer.ts";
import type { Aws } from "../aws.ts";
import type { NotYet } from "../call.ts";
import { awsCommand } from "../command-line.ts";
import { afterSlash, defineKind } from "../define-kind.ts";
import { absent, hasCode, messageOf } from "../errors.ts";
import { unlessHeld, type Held, type Obstacle } from "../obstacles.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { ownerOf, tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";
import { onLatest } from "./shared.ts";

export interface VpcOriginSpec {
  /** The beginning of its name, which ends with what cannot be changed: the load balancer and the protocol. */
  name: string;
  /** The ARN of the internal load balancer. */
  endpointArn: string;
  protocol: "http" | "https";
  httpPort: number;
  httpsPort: number;
  tags: Tags;
}

export interface VpcOriginAttrs {
  vpcOriginId: string;
  arn: string;
}

export const VpcOrigin = defineKind<VpcOriginSpec, VpcOriginAttrs>({
  type: "cloudfront/vpc-origin",
  fields: {
    name: { immutable: true, unique: true },
    endpointArn: { immutable: true, unique: true },
    protocol: { immutable: true, unique: true },
    httpPort: {},
    httpsPort: {},
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { ready: 720, gone: 720, listed: 15 },
  inventory: { idIn: afterSlash("cloudfront", "vpcorigin") },

  async observe(aws, look) {
    const found = await findOrigin(aws, look);
    if (!found) return undefined;
    const { origin, tags } = found;
    const id = answered("VPC origin", origin.Id);
    const config = answered(id, origin.VpcOriginEndpointConfig);
    const ready = origin.Status === "Deployed";
    return {
      id,
      attrs: { vpcOriginId: id, arn: origin.Arn ?? "" },
      spec: { ...specFrom(config), tags },
      ready,
      status: origin.Status,
      // terraform-provider-aws waits for 15 minutes (internal/service/cloudfront/vpc_origin.go); others report 25.
      within: ready ? undefined : 2_700,
    };
  },

  async list(aws) {
    const candidates = (await listed(aws)).filter(({ Name }) => namedAfter(aws.stack, Name));
    return ownedAmong(
      aws,
      candidates.map(({ Id: id = "", Arn = "" }) => ({ id, tags: () => tagsOf(aws, Arn) })),
    );
  },

  async create(aws, spec, making) {
    const create = new CreateVpcOriginCommand({
      VpcOriginEndpointConfig: configOf(spec),
      Tags: { Items: tagList(spec.tags) },
    });
    const { VpcOrigin: origin } = await aws.cloudFront(create, { once: true }).catch((error: unknown) => {
      // There is no caller reference: the name is taken by an earlier call whose response was lost, or by one that is still being deleted.
      if (hasCode(error, "EntityAlreadyExists"))
        throw new UncertainAnswer(`CreateVpcOrigin: ${messageOf(error)}`, { cause: error });
      throw error;
    });
    const vpcOriginId = origin?.Id ?? "";
    await making.created(vpcOriginId);
    return { id: vpcOriginId, attrs: { vpcOriginId, arn: origin?.Arn ?? "" } };
  },

  async update(aws, observed, spec, changed) {
    const { id: Id, attrs } = observed;
    if (changed.has("httpPort") || changed.has("httpsPort"))
      await onLatest(
        () => aws.cloudFront(new GetVpcOriginCommand({ Id })),
        ({ ETag }) =>
          aws.cloudFront(new UpdateVpcOriginCommand({ Id, IfMatch: ETag, VpcOriginEndpointConfig: configOf(spec) })),
      );
    const { write, remove } = tagChanges(spec.tags, observed.spec.tags ?? {});
    if (Object.keys(write).length > 0)
      await aws.cloudFront(new TagResourceCommand({ Resource: attrs.arn, Tags: { Items: tagList(write) } }));
    if (remove.length > 0)
      await aws.cloudFront(new UntagResourceCommand({ Resource: attrs.arn, TagKeys: { Items: remove } }));
  },

  async delete(aws, { id: Id, ready }) {
    // One that is being created, or deleted already, is not deployed.
    if (!ready) return "again";
    const notYet = unlessHeld(aws, heldOrigin(aws, Id), IN_USE);
    const gone = onLatest(
      () => aws.cloudFront(new GetVpcOriginCommand({ Id })),
      ({ ETag }) => aws.cloudFront(new DeleteVpcOriginCommand({ Id, IfMatch: ETag }), { notYet }),
    );
    await absent(gone, ABSENT);
    return undefined;
  },
});

const ABSENT = "EntityNotFound";

/** Until no edge location uses the config of a distribution that named it: as long as a distribution takes to be deployed. */
const IN_USE: readonly NotYet[] = [{ code: "CannotDeleteEntityWhileInUse", budget: 900 }];

/** botocore cloudfront, VpcOriginEndpointConfig: both ports are required, whatever the protocol. */
const configOf = (spec: VpcOriginSpec): VpcOriginEndpointConfig => ({
  Name: nameOf(spec),
  Arn: spec.endpointArn,
  HTTPPort: spec.httpPort,
  HTTPSPort: spec.httpsPort,
  OriginProtocolPolicy: spec.protocol === "https" ? "https-only" : "http-only",
  OriginSslProtocols: { Quantity: 1, Items: ["TLSv1.2"] },
});

/** What of a name stands for the load balancer and the protocol: two of a stack exist while one takes the place of the other. */
const endOf = ({ endpointArn, protocol }: Pick<VpcOriginSpec, "endpointArn" | "protocol">): string =>
  `-${endpointArn.slice(endpointArn.lastIndexOf("/") + 1).slice(0, 8)}-${protocol}`;

const nameOf = (spec: Pick<VpcOriginSpec, "name" | "endpointArn" | "protocol">): string => spec.name + endOf(spec);

/** The spec that a config represents; a protocol that Fairlead never sets counts as not set. */
function specFrom({
  Name: name = "",
  Arn: endpointArn = "",
  HTTPPort: httpPort,
  HTTPSPort: httpsPort,
  OriginProtocolPolicy: policy,
}: VpcOriginEndpointConfig): Seen<Omit<VpcOriginSpec, "tags">> {
  const protocol = policy === "https-only" ? "https" : policy === "http-only" ? "http" : undefined;
  const end = protocol && endOf({ endpointArn, protocol });
  const isOurs = end !== undefined && name.endsWith(end);
  return { name: isOurs ? name.slice(0, -end.length) : name, endpointArn, protocol, httpPort, httpsPort };
}

type Found = { origin: AwsVpcOrigin; tags: Tags };

/** By known id; otherwise by its tags, which no list returns, among those with the stack's names: an account has at most 25. */
async function findOrigin(aws: Aws, look: Look<VpcOriginSpec>): Promise<Found | undefined> {
  const { knownId, owner, excludeIds, snapshot, spec } = look;
  const known = knownId === undefined ? undefined : await read(aws, knownId);
  if (known) return known;
  const all = (await snapshot.once("cloudfront/vpc-origins", () => listed(aws))).filter(
    ({ Id = "" }) => !excludeIds.includes(Id),
  );
  const { name, endpointArn, protocol } = spec;
  const wanted =
    name === undefined || typeof endpointArn !== "string" || protocol === undefined
      ? undefined
      : nameOf({ name, endpointArn, protocol });
  for (const { Id = "", Arn = "", Name } of all.filter((one) => namedAfter(aws.stack, one.Name))) {
    const tags = await snapshot.once(`cloudfront/tags ${Arn}`, () => tagsOf(aws, Arn));
    if (tags && (ownerOf(tags) === owner || Name === wanted)) return read(aws, Id, tags);
  }
  return undefined;
}

const listed = (aws: Aws): Promise<VpcOriginSummary[]> =>
  everyPage(async (Marker) => {
    const { VpcOriginList: page } = await aws.cloudFront(new ListVpcOriginsCommand({ Marker }));
    return { items: page?.Items, next: page?.NextMarker };
  });

async function read(aws: Aws, Id: string, known?: Tags): Promise<Found | undefined> {
  const found = await absent(aws.cloudFront(new GetVpcOriginCommand({ Id })), ABSENT);
  if (!found) return undefined;
  const origin = answered(Id, found.VpcOrigin);
  const tags = known ?? (await tagsOf(aws, answered(Id, origin.Arn)));
  return tags && { origin, tags };
}

async function tagsOf(aws: Aws, Resource: string): Promise<Tags | undefined> {
  const asked = aws.cloudFront(new ListTagsForResourceCommand({ Resource }));
  const found = await absent(asked, "NoSuchResource", ABSENT);
  return found && tagsFrom(found.Tags?.Items);
}

/** What blocks deleting a VPC origin: distributions of others that use it (API reference, DeleteVpcOrigin). */
const heldOrigin = (aws: Aws, VpcOriginId: string): Held => ({
  refusal: `VPC origin ${VpcOriginId} cannot be deleted`,
  looks: [
    async () => {
      const ids = await everyPage(async (Marker) => {
        const command = new ListDistributionsByVpcOriginIdCommand({ VpcOriginId, Marker });
        const { Items, NextMarker } = (await aws.cloudFront(command)).DistributionIdList ?? {};
        return { items: Items, next: NextMarker };
      });
      const found = ids.map(async (id): Promise<Obstacle> => {
        const tags = await tagsOf(aws, `arn:${aws.partition}:cloudfront::${aws.account}:distribution/${id}`);
        const show = awsCommand(["cloudfront", "get-distribution-config", "--id", id]);
        return { what: `distribution ${id}`, tags, how: "has it as an origin", show };
      });
      return Promise.all(found);
    },
  ],
});
