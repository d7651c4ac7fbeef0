import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  DescribeContinuousBackupsCommand,
  DynamoDBClient,
  ListTablesCommand,
  UpdateContinuousBackupsCommand,
} from "@aws-sdk/client-dynamodb";
import { describe, expect, it } from "vitest";
import { copyExample } from "../support/example.ts";
import { stackOnMoto } from "./stack-on-moto.ts";
import { NOTHING } from "./whole.ts";
import { mutating, REGION } from "./world.ts";

const TableName = "hotel-dev-resources-bookings";

describe("a resource kind on a service that Fairlead does not call, over HTTP", () => {
  let dynamoDb: DynamoDBClient;
  const at = stackOnMoto(({ moto, stack }) => {
    const credentials = { accessKeyId: "t", secretAccessKey: "t" };
    dynamoDb = new DynamoDBClient({ endpoint: moto.endpoint, region: REGION, credentials });
    copyExample("table", stack.directory);
  });
  const { stack, run, changes } = at;
  const recovery = async () => {
    const { ContinuousBackupsDescription: of } = await dynamoDb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    return of?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus;
  };

  it("is created, and needs nothing the second time", async () => {
    const { code, stderr } = await run("reconcile", "--yes");
    expect(stderr).not.toContain("failed:");
    expect(code).toBe(0);
    expect(await recovery()).toBe("ENABLED");
    await at.moto.forget();
    expect(await changes()).toEqual({});
    expect(mutating(await at.moto.calls())).toEqual([]);
  });

  it("has changes outside Fairlead reverted, and is updated with the config", async () => {
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: false };
    await dynamoDb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
    expect(await changes()).toEqual({ "resources/bookings": "update" });
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await recovery()).toBe("ENABLED");
    const config = join(stack.directory, "stack.config.ts");
    writeFileSync(config, readFileSync(config, "utf8").replace("recovery: true", "recovery: false"));
    expect((await run("reconcile", "--yes")).code).toBe(0);
    expect(await recovery()).toBe("DISABLED");
    expect(await changes()).toEqual({});
  });

  it("leaves nothing behind", async () => {
    expect((await run("teardown", "--yes")).code).toBe(0);
    expect(await at.moto.count()).toEqual(NOTHING);
    expect((await dynamoDb.send(new ListTablesCommand({}))).TableNames ?? []).toEqual([]);
  });
});
