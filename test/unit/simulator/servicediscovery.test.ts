import {
  CreateHttpNamespaceCommand,
  CreateServiceCommand,
  DeleteNamespaceCommand,
  DeleteServiceCommand,
  GetNamespaceCommand,
  GetOperationCommand,
  ListNamespacesCommand,
} from "@aws-sdk/client-servicediscovery";
import { describe, expect, it } from "vitest";
import { simulated } from "../../support/simulated.ts";

const Name = "demo-test";

describe("the simulated Cloud Map", () => {
  it("takes a create on, and has the namespace only once its operation is through", async () => {
    const { aws, clock } = simulated();
    const create = (CreatorRequestId: string) =>
      aws.serviceDiscovery(new CreateHttpNamespaceCommand({ Name, CreatorRequestId }));
    const { OperationId } = await create("one");
    expect((await create("one")).OperationId).toBe(OperationId);
    await expect(create("two")).rejects.toMatchObject({ name: "NamespaceAlreadyExists" });
    const operation = async () => (await aws.serviceDiscovery(new GetOperationCommand({ OperationId }))).Operation;
    const listed = async () => (await aws.serviceDiscovery(new ListNamespacesCommand({}))).Namespaces ?? [];
    expect((await operation())?.Status).toBe("PENDING");
    expect(await listed()).toEqual([]);
    await clock.sleep(6_000);
    const Id = (await operation())?.Targets?.NAMESPACE;
    expect(await operation()).toMatchObject({ Status: "SUCCESS" });
    expect(await listed()).toMatchObject([{ Id, Name, Type: "HTTP", ServiceCount: 0 }]);
  });

  it("refuses to delete a namespace that has services, and lets one go only after a while", async () => {
    const { aws, clock, world } = simulated();
    const { OperationId } = await aws.serviceDiscovery(new CreateHttpNamespaceCommand({ Name }));
    await clock.sleep(6_000);
    const { Operation } = await aws.serviceDiscovery(new GetOperationCommand({ OperationId }));
    const Id = Operation?.Targets?.NAMESPACE;
    const { Service } = await aws.serviceDiscovery(new CreateServiceCommand({ Name: "legacy", NamespaceId: Id }));
    const second = aws.serviceDiscovery(new CreateServiceCommand({ Name: "legacy", NamespaceId: Id }));
    await expect(second).rejects.toMatchObject({ name: "ServiceAlreadyExists" });
    const remove = () => aws.serviceDiscovery(new DeleteNamespaceCommand({ Id }));
    await expect(remove()).rejects.toMatchObject({ name: "ResourceInUse" });
    await aws.serviceDiscovery(new DeleteServiceCommand({ Id: Service?.Id }));
    await remove();
    expect(world.isEmpty()).toBe(true);
    await expect(remove()).rejects.toMatchObject({ name: "DuplicateRequest" });
    const again = aws.serviceDiscovery(new CreateHttpNamespaceCommand({ Name }));
    await expect(again).rejects.toMatchObject({ name: "NamespaceAlreadyExists" });
    const found = () => aws.serviceDiscovery(new GetNamespaceCommand({ Id }));
    await found();
    await clock.sleep(6_000);
    await expect(found()).rejects.toMatchObject({ name: "NamespaceNotFound" });
  });
});
