import {
  CreateInternetGatewayCommand,
  DeleteInternetGatewayCommand,
  DescribeInternetGatewaysCommand,
} from "@aws-sdk/client-ec2";
import { expect, it } from "vitest";
import { InternetGateway } from "../../../../src/aws/ec2/internet-gateway.ts";
import { ownLists, takeInventory } from "../../../../src/engine/inventory.ts";
import { Snapshot } from "../../../../src/engine/snapshot.ts";
import { simulated } from "../../../support/simulated.ts";
import { MARK, OWNED } from "../../../support/mocked.ts";

it("takes nothing for the stack's own that a list still shows and that is gone", async () => {
  const { aws, clock } = simulated();
  const tags = [{ ResourceType: "internet-gateway" as const, Tags: [...OWNED] }];
  const made = await aws.ec2(new CreateInternetGatewayCommand({ TagSpecifications: tags }));
  const { InternetGatewayId = "" } = made.InternetGateway ?? {};
  await clock.sleep(60_000);
  const owner = { of: () => MARK, idOf: (mark: string) => (mark === MARK ? "network/vpc" : undefined) };
  const world = { owner, services: aws, kindOf: () => InternetGateway };
  const there = async () => {
    const asking = {
      snapshot: new Snapshot(),
      ids: () => [],
      former: false,
      recorded: () => false,
      gone: new Set<string>(),
      moment: "plan",
    } as const;
    return (await takeInventory(world, ownLists([InternetGateway]), asking)).there.map(({ thing }) => thing);
  };
  expect(await there()).toEqual([{ type: "ec2/internet-gateway", id: InternetGatewayId }]);
  await aws.ec2(new DeleteInternetGatewayCommand({ InternetGatewayId }));
  expect((await aws.ec2(new DescribeInternetGatewaysCommand({}))).InternetGateways).toHaveLength(1);
  expect(await there()).toEqual([]);
});
