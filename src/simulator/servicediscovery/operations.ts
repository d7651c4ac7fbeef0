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
import { tagsOfInput, withoutTags, withTags } from "../tagging.ts";
import { TIMING } from "../timing.ts";
import {
  formerNamespaces,
  mapServices,
  namespaceOf,
  namespaces,
  operations,
  ownServices,
  reachedNamespaces,
  type SimNamespace,
  type SimOperation,
} from "./records.ts";

const PAGES = { usual: 100, code: "InvalidInput" };

/** An id in Cloud Map's way. */
const idOf = (sim: Sim, prefix: string) => `${prefix}-${sim.world.hex(16)}`;

function begin(sim: Sim, type: SimOperation["type"], namespaceId: string): { id: string; doneAt: number } {
  const id = sim.world.hex(32);
  const doneAt = sim.in(TIMING.namespace);
  operations(sim)[id] = { type, namespaceId, startedAt: sim.now, doneAt };
  return { id, doneAt };
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

const tagged = (sim: Sim, arn: string | undefined) =>
  [...reachedNamespaces(sim), ...mapServices(sim)].find((one) => one.arn === arn) ??
  refuse("ResourceNotFoundException", `Resource not found: ${arn}`);

/** AWS Cloud Map, as far as Fairlead asks it: HTTP namespaces, and what is registered in them. */
export const serviceDiscovery = {
  CreateHttpNamespace(input: CreateHttpNamespaceCommandInput, sim): Answer<CreateHttpNamespaceCommandOutput> {
    onlyKnown("CreateHttpNamespace", input, "Name", "CreatorRequestId", "Tags");
    const { Name: name = "", CreatorRequestId: requestId } = input;
    const before = Object.values(namespaces(sim)).find((one) => one.name === name);
    if (before) {
      if (requestId !== undefined && before.requestId === requestId) return { OperationId: before.operationId };
      refuse("NamespaceAlreadyExists", `Namespace with name ${name} already exists.`);
    }
    const id = idOf(sim, "ns");
    const operation = begin(sim, "CREATE_NAMESPACE", id);
    namespaces(sim)[id] = {
      id,
      arn: sim.arn("servicediscovery", `namespace/${id}`),
      name,
      requestId,
      operationId: operation.id,
      readyAt: operation.doneAt,
      createdAt: sim.now,
      tags: tagsOfInput(input.Tags, "InvalidInput"),
    };
    return { OperationId: operation.id };
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
    const namespace = namespaceOf(sim, input.Id);
    const { requestId } = namespace;
    return {
      Namespace: { ...summaryOf(sim, namespace), ...(requestId === undefined ? {} : { CreatorRequestId: requestId }) },
    };
  },

  ListNamespaces(input: ListNamespacesCommandInput, sim): Answer<ListNamespacesCommandOutput> {
    const { Filters: filters = [], MaxResults: size, NextToken: token } = input;
    const all = reachedNamespaces(sim);
    // It cuts its pages first, and filters what is on one.
    const { page, next } = pageOf(all, { token, size }, PAGES);
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
    const namespace = namespaceOf(sim, input.Id);
    const { id } = namespace;
    if (!namespaces(sim)[id]) refuse("DuplicateRequest", "Another operation of type DeleteNamespace is in progress.");
    if (mapServices(sim).some(({ namespaceId }) => namespaceId === id))
      refuse("ResourceInUse", "Namespace has associated services; delete the services before deleting the namespace");
    const operation = begin(sim, "DELETE_NAMESPACE", id);
    formerNamespaces(sim)[id] = { ...namespace, goneAt: operation.doneAt };
    delete namespaces(sim)[id];
    return { OperationId: operation.id };
  },

  CreateService(input: CreateServiceCommandInput, sim): Answer<CreateServiceCommandOutput> {
    onlyKnown("CreateService", input, "Name", "NamespaceId", "Tags", "CreatorRequestId");
    const namespace = namespaceOf(sim, input.NamespaceId);
    const id = idOf(sim, "srv");
    const arn = sim.arn("servicediscovery", `service/${id}`);
    const name = input.Name ?? "";
    ownServices(sim)[id] = { id, arn, name, namespaceId: namespace.id, tags: tagsOfInput(input.Tags, "InvalidInput") };
    return { Service: { Id: id, Arn: arn, Name: name, NamespaceId: namespace.id } };
  },

  DeleteService(input: DeleteServiceCommandInput, sim) {
    const { Id: id = "" } = input;
    if (!ownServices(sim)[id]) refuse("ServiceNotFound", `No service found with ID: ${id}`);
    delete ownServices(sim)[id];
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

  ListTagsForResource: (input: ListTagsForResourceCommandInput, sim): Answer<ListTagsForResourceCommandOutput> => ({
    Tags: Object.entries(tagged(sim, input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })),
  }),

  TagResource(input: TagResourceCommandInput, sim) {
    const one = tagged(sim, input.ResourceARN);
    one.tags = withTags(one.tags, tagsOfInput(input.Tags, "InvalidInput"), "TooManyTagsException");
    return {};
  },

  UntagResource(input: UntagResourceCommandInput, sim) {
    const one = tagged(sim, input.ResourceARN);
    one.tags = withoutTags(one.tags, input.TagKeys);
    return {};
  },
} satisfies Operations;
