import type {
  CreateHttpNamespaceCommandInput,
  CreateHttpNamespaceCommandOutput,
  CreateServiceCommandInput,
  CreateServiceCommandOutput,
  DeleteNamespaceCommandInput,
  DeleteNamespaceCommandOutput,
  DeleteServiceCommandInput,
  GetNamespaceCommandInput,
  GetNamespaceCommandOutput,
  GetOperationCommandInput,
  GetOperationCommandOutput,
  ListNamespacesCommandInput,
  ListNamespacesCommandOutput,
  ListServicesCommandInput,
  ListServicesCommandOutput,
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-servicediscovery";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import { pageOf } from "../pages.ts";
import type { Answer, Operations, Sim } from "../sim.ts";
import { tagList } from "../tagging.ts";
import {
  mapServices,
  namespaces,
  operations,
  ownServices,
  PAGES,
  type SimNamespace,
  type SimOperation,
} from "./records.ts";

/** An id in Cloud Map's way. */
const idOf = (sim: Sim, prefix: string) => `${prefix}-${sim.world.hex(16)}`;

function begin(sim: Sim, id: string, type: SimOperation["type"], namespaceId: string, doneAt = sim.now) {
  operations(sim)[id] ??= { type, namespaceId, startedAt: sim.now, doneAt };
  return { OperationId: id };
}

const summaryOf = (sim: Sim, { id, arn, name, createdAt }: SimNamespace) => ({
  Id: id,
  Arn: arn,
  ResourceOwner: sim.account,
  Name: name,
  Type: "HTTP" as const,
  ServiceCount: mapServices(sim).filter(({ namespaceId }) => namespaceId === id).length,
  Properties: { HttpProperties: { HttpName: name } },
  CreateDate: new Date(createdAt),
});

const rowsOf = (arn = "") => (arn.includes(":service/") ? ownServices : namespaces);

/** AWS Cloud Map, as far as Fairlead asks it: HTTP namespaces, and what is registered in them. */
export const serviceDiscovery = {
  CreateHttpNamespace(input: CreateHttpNamespaceCommandInput, sim): Answer<CreateHttpNamespaceCommandOutput> {
    onlyKnown("CreateHttpNamespace", input, "Name", "CreatorRequestId", "Tags");
    const { id, operationId, readyAt } = namespaces.create(sim, { key: idOf(sim, "ns"), tags: input.Tags }, input);
    return begin(sim, operationId, "CREATE_NAMESPACE", id, readyAt);
  },

  GetOperation(input: GetOperationCommandInput, sim): Answer<GetOperationCommandOutput> {
    const { OperationId: id = "" } = input;
    const found = operations(sim)[id] ?? refuse("OperationNotFound", `No operation found with ID: ${id}`);
    return {
      Operation: {
        Id: id,
        Type: found.type,
        Status: found.doneAt <= sim.now ? "SUCCESS" : "PENDING",
        CreateDate: new Date(found.startedAt),
        UpdateDate: new Date(Math.min(found.doneAt, sim.now)),
        Targets: { NAMESPACE: found.namespaceId },
      },
    };
  },

  GetNamespace(input: GetNamespaceCommandInput, sim): Answer<GetNamespaceCommandOutput> {
    const namespace = namespaces.find(sim, input.Id);
    const { token } = namespace;
    return {
      Namespace: { ...summaryOf(sim, namespace), ...(token === undefined ? {} : { CreatorRequestId: token }) },
    };
  },

  ListNamespaces(input: ListNamespacesCommandInput, sim): Answer<ListNamespacesCommandOutput> {
    const { Filters: filters = [], MaxResults: size, NextToken: token } = input;
    // It cuts its pages first, and filters what is on one.
    const { page, next } = namespaces.list(sim, { token, size });
    const fits = ({ name }: SimNamespace) =>
      filters.every(({ Name, Values: [value] = [] }) => {
        if (Name === "TYPE") return value === "HTTP";
        return Name === "NAME" || Name === "HTTP_NAME"
          ? name === value
          : refuse("InvalidInput", `The simulated Cloud Map does not know the filter ${Name}.`);
      });
    return { Namespaces: page.filter(fits).map((namespace) => summaryOf(sim, namespace)), NextToken: next };
  },

  DeleteNamespace(input: DeleteNamespaceCommandInput, sim): Answer<DeleteNamespaceCommandOutput> {
    const { id, goneAt } = namespaces.delete(sim, input.Id);
    return begin(sim, sim.world.hex(32), "DELETE_NAMESPACE", id, goneAt);
  },

  CreateService(input: CreateServiceCommandInput, sim): Answer<CreateServiceCommandOutput> {
    onlyKnown("CreateService", input, "Name", "NamespaceId", "Tags", "CreatorRequestId");
    const made = ownServices.create(sim, { key: idOf(sim, "srv"), tags: input.Tags }, input);
    return { Service: { Id: made.id, Arn: made.arn, Name: made.name, NamespaceId: made.namespaceId } };
  },

  DeleteService(input: DeleteServiceCommandInput, sim) {
    ownServices.delete(sim, input.Id);
    return {};
  },

  ListServices(input: ListServicesCommandInput, sim): Answer<ListServicesCommandOutput> {
    const { Filters: filters = [], MaxResults: size, NextToken: token } = input;
    const found = mapServices(sim).filter(({ namespaceId }) =>
      filters.every(({ Name, Values = [] }) => Name === "NAMESPACE_ID" && Values.includes(namespaceId)),
    );
    const { page, next } = pageOf(found, { token, size }, PAGES);
    return { Services: page.map(({ id, arn, name }) => ({ Id: id, Arn: arn, Name: name })), NextToken: next };
  },

  ListTagsForResource(
    { ResourceARN: arn }: ListTagsForResourceCommandInput,
    sim,
  ): Answer<ListTagsForResourceCommandOutput> {
    const { tags = rowsOf(arn).tagsOf(sim, arn) } = mapServices(sim).find((one) => one.arn === arn) ?? {};
    return { Tags: tagList(tags) };
  },
  TagResource: ({ ResourceARN: arn, Tags }: TagResourceCommandInput, sim) => rowsOf(arn).tag(sim, arn, Tags),
  UntagResource: ({ ResourceARN: arn, TagKeys }: UntagResourceCommandInput, sim) =>
    rowsOf(arn).untag(sim, arn, TagKeys),
} satisfies Operations;
