import {
  CreateHttpNamespaceCommand,
  DeleteNamespaceCommand,
  GetNamespaceCommand,
  GetOperationCommand,
  ListNamespacesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ServiceDiscoveryClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-servicediscovery";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { HttpNamespace } from "../../../../src/aws/servicediscovery/http-namespace.ts";
import { tagList } from "../../../../src/aws/tags.ts";
import { awsError } from "../../../support/failing.ts";
import { lookFor, making, mocked, OTHERS, OWNED, tagsIn } from "../../../support/mocked.ts";

const cloudMap = mockClient(ServiceDiscoveryClient);
beforeEach(() => cloudMap.reset());
const sent = () => cloudMap.calls().map(({ args: [command] }) => [command.constructor.name, command.input]);

const ID = "ns-0123456789abcdef";
const arnOf = (id: string) => `arn:aws:servicediscovery:ap-northeast-1:123456789012:namespace/${id}`;
const tags = tagsIn("demo-test");
const spec = { name: "demo-test", tags };
const attrs = { id: ID, arn: arnOf(ID), name: "demo-test" };
const observed = { id: ID, attrs, spec, owner: "demo/test/ap-northeast-1:network/it", ready: true };
const namespace = { Id: ID, Arn: arnOf(ID), Name: "demo-test", Type: "HTTP" as const };
const gone = awsError("NamespaceNotFound", `No namespace found with ID: ${ID}`);

describe("servicediscovery/http-namespace", () => {
  it("creates with tags and a request id, and has its own id once the operation is through", async () => {
    cloudMap.on(CreateHttpNamespaceCommand).resolves({ OperationId: "op" });
    cloudMap
      .on(GetOperationCommand)
      .resolvesOnce({ Operation: { Status: "SUBMITTED" } })
      .resolvesOnce({ Operation: { Status: "PENDING" } })
      .resolves({ Operation: { Status: "SUCCESS", Targets: { NAMESPACE: ID } } });
    cloudMap.on(GetNamespaceCommand, { Id: ID }).resolves({ Namespace: namespace });
    const told: string[] = [];
    expect(await HttpNamespace.create(mocked(), spec, making(told))).toEqual({ id: ID, attrs });
    expect(told).toEqual([ID]);
    expect(sent().map(([name]) => name)).toEqual([
      "CreateHttpNamespaceCommand",
      "GetOperationCommand",
      "GetOperationCommand",
      "GetOperationCommand",
      "GetNamespaceCommand",
    ]);
    expect(sent()[0]?.[1]).toEqual({ Name: "demo-test", CreatorRequestId: "token-1", Tags: OWNED });
  });

  it("continues with the operation in progress, and throws if the name is taken or the operation failed", async () => {
    const duplicate = Object.assign(awsError("DuplicateRequest", "in progress"), { DuplicateOperationId: "op" });
    cloudMap
      .on(CreateHttpNamespaceCommand)
      .rejectsOnce(duplicate)
      .rejectsOnce(awsError("NamespaceAlreadyExists", "Namespace with name demo-test already exists."))
      .resolves({ OperationId: "failed" });
    cloudMap
      .on(GetOperationCommand, { OperationId: "op" })
      .resolves({ Operation: { Status: "SUCCESS", Targets: { NAMESPACE: ID } } });
    cloudMap
      .on(GetOperationCommand, { OperationId: "failed" })
      .resolves({ Operation: { Status: "FAIL", ErrorCode: "ACCESS_DENIED", ErrorMessage: "not allowed" } });
    cloudMap.on(GetNamespaceCommand).resolves({ Namespace: namespace });
    expect((await HttpNamespace.create(mocked(), spec, making())).id).toBe(ID);
    await expect(HttpNamespace.create(mocked(), spec, making())).rejects.toThrow("already exists");
    await expect(HttpNamespace.create(mocked(), spec, making())).rejects.toThrow(
      "Cloud Map did not create the namespace demo-test: ACCESS_DENIED: not allowed",
    );
  });

  it("observes by id, or else by name among all pages, and takes no DNS namespace of that name", async () => {
    cloudMap.on(GetNamespaceCommand).resolves({ Namespace: { ...namespace, Description: "by hand" } });
    cloudMap.on(ListTagsForResourceCommand, { ResourceARN: arnOf(ID) }).resolves({ Tags: OWNED });
    expect(await HttpNamespace.observe(mocked(), lookFor(spec, ID))).toEqual({
      ...observed,
      unmanaged: ["Description by hand"],
    });
    cloudMap.on(GetNamespaceCommand).rejects(gone);
    cloudMap
      .on(ListNamespacesCommand)
      .resolvesOnce({ Namespaces: [], NextToken: "more" })
      .resolvesOnce({ Namespaces: [{ ...namespace, Id: "ns-dns", Type: "DNS_PRIVATE" }, namespace] })
      .resolves({ Namespaces: [] });
    expect(await HttpNamespace.observe(mocked(), lookFor(spec, "ns-old"))).toEqual({
      ...observed,
      unmanaged: undefined,
    });
    expect(await HttpNamespace.observe(mocked(), lookFor(spec))).toBeUndefined();
    cloudMap.on(GetNamespaceCommand).resolves({ Namespace: namespace });
    cloudMap.on(ListTagsForResourceCommand).rejects(awsError("ResourceNotFoundException", "not found"));
    expect(await HttpNamespace.observe(mocked(), lookFor(spec, ID))).toBeUndefined();
  });

  it("changes tags in separate calls", async () => {
    cloudMap.on(TagResourceCommand).resolves({}).on(UntagResourceCommand).resolves({});
    const now = { ...observed, spec: { ...spec, tags: { ...tags, old: "1" } } };
    await HttpNamespace.update(mocked(), now, { ...spec, tags: { ...tags, team: "blue" } }, new Set(["tags"]));
    expect(sent()).toEqual([
      ["TagResourceCommand", { ResourceARN: arnOf(ID), Tags: [{ Key: "team", Value: "blue" }] }],
      ["UntagResourceCommand", { ResourceARN: arnOf(ID), TagKeys: ["old"] }],
    ]);
  });

  const inUse = awsError("ResourceInUse", "Namespace has associated services; delete the services first");
  it("waits for ECS to take its services out, and counts one that is gone, or going, as deleted", async () => {
    cloudMap
      .on(DeleteNamespaceCommand)
      .rejectsOnce(inUse)
      .rejectsOnce(inUse)
      .resolvesOnce({ OperationId: "op" })
      .rejectsOnce(awsError("DuplicateRequest", "in progress"))
      .rejects(gone);
    cloudMap.on(ListServicesCommand).resolves({ Services: [{ Id: "srv-1", Arn: "arn", Name: "api" }] });
    cloudMap.on(ListTagsForResourceCommand).resolves({ Tags: tagList({ AmazonECSManaged: "true" }) });
    for (let times = 0; times < 3; times++)
      await expect(HttpNamespace.delete(mocked(), observed)).resolves.toBeUndefined();
    expect(cloudMap.commandCalls(DeleteNamespaceCommand)).toHaveLength(5);
  });

  it("names an unmanaged service that blocks it, with the command that removes it", async () => {
    cloudMap.on(DeleteNamespaceCommand).rejects(inUse);
    cloudMap.on(ListServicesCommand).resolves({ Services: [{ Id: "srv-1", Arn: "arn", Name: "legacy" }] });
    cloudMap.on(ListTagsForResourceCommand).resolves({ Tags: [] });
    await expect(HttpNamespace.delete(mocked(), observed)).rejects.toThrow(
      /namespace demo-test \(ns-\w+\) cannot be deleted: Cloud Map service legacy \(srv-1\), not created by Fairlead, is registered in it.*aws servicediscovery delete-service --id srv-1 --region ap-northeast-1/,
    );
  });

  it("lists what the stack owns, by name and tags", async () => {
    const other = { ...namespace, Id: "ns-2", Arn: arnOf("ns-2"), Name: "demo-test-2" };
    cloudMap.on(ListNamespacesCommand).resolves({ Namespaces: [namespace, other, { ...other, Name: "demo-testing" }] });
    cloudMap.on(ListTagsForResourceCommand, { ResourceARN: arnOf(ID) }).resolves({ Tags: OWNED });
    cloudMap.on(ListTagsForResourceCommand, { ResourceARN: arnOf("ns-2") }).resolves({ Tags: OTHERS });
    expect(await HttpNamespace.list?.(mocked(), [])).toEqual([{ id: ID, owner: observed.owner }]);
  });
});
