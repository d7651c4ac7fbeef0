// A create and a delete are only taken on: an operation tells later how they ended, and the namespace's id with it. ECS registers
// its services in a namespace and takes them out again by itself; until then Cloud Map refuses to delete it.
import {
  CreateHttpNamespaceCommand,
  DeleteNamespaceCommand,
  GetNamespaceCommand,
  GetOperationCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Namespace,
} from "@aws-sdk/client-servicediscovery";
import type { Look } from "../../engine/resource-kind.ts";
import { answered } from "../answer.ts";
import type { Aws } from "../aws.ts";
import { SET, some, unmanagedIn, type Usual } from "../beyond.ts";
import type { NotYet } from "../call.ts";
import { awsCommand } from "../command-line.ts";
import { absent, hasCode } from "../errors.ts";
import { defineKind } from "../define-kind.ts";
import { unlessHeld, type Held, type Obstacle } from "../obstacles.ts";
import { namedAfter, ownedAmong } from "../owned.ts";
import { everyPage } from "../pages.ts";
import { tagChanges, tagList, tagsFrom, type Tags } from "../tags.ts";

export interface HttpNamespaceSpec {
  /** Unique among the HTTP namespaces of an account in a region. */
  name: string;
  tags: Tags;
}

export interface HttpNamespaceAttrs {
  /** `ns-...`. */
  id: string;
  arn: string;
  name: string;
}

const GONE = "NamespaceNotFound";

/**
 * ECS accepts its services out once theirs are gone (AWS managed policy AmazonECSServiceRolePolicy, statement CloudMapResourceDeletion); two
 * minutes are what terraform-provider-aws waits (internal/service/servicediscovery/http_namespace.go), a service drains for longer.
 */
const IN_USE: readonly NotYet[] = [{ code: "ResourceInUse", budget: 600 }];

/** The tag that ECS puts on what it registers (the same policy), and takes out by itself. */
const OF_ECS = "AmazonECSManaged";

export const HttpNamespace = defineKind<HttpNamespaceSpec, HttpNamespaceAttrs>({
  type: "servicediscovery/http-namespace",
  fields: {
    name: { immutable: true, unique: true },
    tags: {},
  },
  traits: { markedAtOnce: true },
  timing: { gone: 5 },
  inventory: { lists: "stateless" },

  async observe(aws, look) {
    const namespace = await findNamespace(aws, look);
    if (!namespace) return undefined;
    const attrs = attrsOf(namespace);
    const tags = await tagsOf(aws, attrs.arn);
    // It was deleted between the calls.
    if (!tags) return undefined;
    return {
      id: attrs.id,
      attrs,
      spec: { name: attrs.name, tags },
      unmanaged: some(unmanagedIn(namespace, USUAL)),
      ready: true,
    };
  },

  async list(aws) {
    const all = await listed(aws, { Name: "TYPE", Values: ["HTTP"] });
    const candidates = all.filter(({ Name }) => namedAfter(aws.stack, Name));
    return ownedAmong(
      aws,
      candidates.map(({ Id: id = "", Arn = "" }) => ({ id, tags: () => tagsOf(aws, Arn) })),
    );
  },

  /**
   * Once: "allows failed CreateHttpNamespace requests to be retried without the risk of running the operation twice" (Cloud Map API Reference,
   * CreatorRequestId) does not say how one that succeeded is answered, and NamespaceAlreadyExists would be possible.
   */
  async create(aws, spec, making) {
    const command = new CreateHttpNamespaceCommand({
      Name: spec.name,
      CreatorRequestId: making.token,
      Tags: tagList(spec.tags),
    });
    const { OperationId } = await aws.serviceDiscovery(command, { once: true }).catch(underWay);
    const Id = await making.until(() => targetOf(aws, spec.name, answered("an operation", OperationId)));
    await making.created(Id);
    const { Namespace: namespace } = await aws.serviceDiscovery(new GetNamespaceCommand({ Id }));
    return { id: Id, attrs: attrsOf(namespace ?? { Id }) };
  },

  async update(aws, { attrs: { arn: ResourceARN }, spec: now }, spec) {
    const { write, remove } = tagChanges(spec.tags, now.tags ?? {});
    if (Object.keys(write).length > 0)
      await aws.serviceDiscovery(new TagResourceCommand({ ResourceARN, Tags: tagList(write) }));
    if (remove.length > 0) await aws.serviceDiscovery(new UntagResourceCommand({ ResourceARN, TagKeys: remove }));
  },

  async delete(aws, { id: Id, attrs: { name } }) {
    const notYet = unlessHeld(aws, heldNamespace(aws, Id, name), IN_USE);
    // A delete that was taken on before is refused as a duplicate.
    await absent(aws.serviceDiscovery(new DeleteNamespaceCommand({ Id }), { notYet }), GONE, "DuplicateRequest");
  },
});

/** The operation of the very same create, which is in progress. */
function underWay(error: unknown): { OperationId: string | undefined } {
  const { DuplicateOperationId: OperationId } = error as { readonly DuplicateOperationId?: string };
  if (!hasCode(error, "DuplicateRequest") || OperationId === undefined) throw error;
  return { OperationId };
}

/** The id of the namespace that an operation made; `undefined` while it is in progress. */
async function targetOf(aws: Aws, name: string, OperationId: string): Promise<string | undefined> {
  const { Operation: operation } = await aws.serviceDiscovery(new GetOperationCommand({ OperationId }));
  if (operation?.Status === "FAIL")
    throw new Error(
      `Cloud Map did not create the namespace ${name}: ${operation.ErrorCode ?? "FAIL"}: ${operation.ErrorMessage ?? "no reason given"}`,
    );
  return operation?.Status === "SUCCESS" ? operation.Targets?.NAMESPACE : undefined;
}

/** By id, or else by its name, which no other HTTP namespace of the account has. */
async function findNamespace(aws: Aws, look: Look<HttpNamespaceSpec>): Promise<Namespace | undefined> {
  const { knownId, spec } = look;
  if (knownId !== undefined) {
    const known = await absent(aws.serviceDiscovery(new GetNamespaceCommand({ Id: knownId })), GONE);
    if (known?.Namespace) return known.Namespace;
  }
  if (typeof spec.name !== "string") return undefined;
  const { name } = spec;
  const found = await listed(aws, { Name: "NAME", Values: [name] });
  return found.find(({ Name, Type, Id = "" }) => Name === name && Type === "HTTP" && !look.excludeIds.includes(Id));
}

/** Pages may be empty although more follow: "no namespaces in the first MaxResults namespaces matched" (ListNamespaces). */
const listed = (aws: Aws, filter: { Name: "NAME" | "TYPE"; Values: string[] }) =>
  everyPage(async (NextToken) => {
    const command = new ListNamespacesCommand({
      Filters: [{ ...filter, Condition: "EQ" }],
      MaxResults: 100,
      NextToken,
    });
    const page = await aws.serviceDiscovery(command);
    return { items: page.Namespaces, next: page.NextToken };
  });

const attrsOf = ({ Id: id = "", Arn: arn = "", Name: name = "" }: Namespace): HttpNamespaceAttrs => ({ id, arn, name });

async function tagsOf(aws: Aws, ResourceARN: string): Promise<Tags | undefined> {
  const asking = aws.serviceDiscovery(new ListTagsForResourceCommand({ ResourceARN }));
  const answer = await absent(asking, "ResourceNotFoundException");
  return answer && tagsFrom(answer.Tags);
}

/** What blocks deleting a namespace: services in it. Those that ECS registered go by themselves. */
const heldNamespace = (aws: Aws, id: string, name: string): Held => ({
  refusal: `the namespace ${name} (${id}) cannot be deleted`,
  looks: [
    async () => {
      const services = await everyPage(async (NextToken) => {
        const Filters = [{ Name: "NAMESPACE_ID" as const, Values: [id] }];
        const page = await aws.serviceDiscovery(new ListServicesCommand({ Filters, NextToken }));
        return { items: page.Services, next: page.NextToken };
      });
      const found = services.map(async ({ Id = "", Arn = "", Name = "" }): Promise<Obstacle[]> => {
        const tags = await tagsOf(aws, Arn);
        if (!tags || OF_ECS in tags) return [];
        const remove = awsCommand(["servicediscovery", "delete-service", "--id", Id], aws);
        return [{ what: `Cloud Map service ${Name} (${Id})`, tags, how: "is registered in it", remove }];
      });
      return (await Promise.all(found)).flat();
    },
  ],
});

/** What Fairlead or Cloud Map sets; a description is someone's own. */
const USUAL: Usual = {
  Id: SET,
  Arn: SET,
  ResourceOwner: SET,
  Name: SET,
  Type: "HTTP",
  ServiceCount: SET,
  Properties: SET,
  CreateDate: SET,
  CreatorRequestId: SET,
};
