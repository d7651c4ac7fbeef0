import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { goingOn, storeOf } from "../../../src/cli/stores.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import { awsError } from "../../support/failing.ts";
import { mocked } from "../../support/mocked.ts";
import { stateOf } from "../../support/states.ts";
import type { State } from "../../../state/state.ts";

const s3 = mockClient(S3Client);
const HERE = "ap-northeast-1";
const FORMER = "fairlead/fairlead-app-dev.json";
const OWN = `fairlead/fairlead-app-dev.${HERE}.json`;
const absent = awsError("NoSuchKey", "The specified key does not exist.", 404);
beforeEach(() => {
  s3.reset();
  s3.on(ListObjectsV2Command).resolves({});
  s3.on(GetObjectCommand).rejects(absent);
});

const holds = (Key: string, text: string) =>
  s3.on(GetObjectCommand, { Key }).callsFake(async () => ({
    Body: { transformToString: async () => text },
    ETag: '"e"',
    LastModified: new Date(0),
  }));
const json = (state: State) => JSON.stringify(state);
const open = (bucket: string | undefined) =>
  storeOf(
    resolveStack({ region: HERE, state: { s3: bucket === undefined ? {} : { bucket } } }),
    "aws",
    "/nowhere",
    async () => ({ aws: mocked() }),
  );
const asked = () => s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => input.Key);

describe("the store of a state in a bucket that the config names", () => {
  it("is under the name of the region, and both names are read at once", async () => {
    let others = 0;
    const both = new Promise<void>((resolve) => {
      s3.on(GetObjectCommand).callsFake(async () => {
        if (++others === 2) resolve();
        await both;
        throw absent;
      });
    });
    const { store, read } = await open("states");
    expect(store.where).toBe(`s3://states/${OWN}`);
    expect(await read).toBeUndefined();
    expect(asked()).toEqual([FORMER, OWN]);
  });

  it("answers what was read of it", async () => {
    holds(OWN, json(stateOf(3, "own")));
    holds(FORMER, json({ ...stateOf(2, "theirs"), region: "eu-west-1" }));
    const { store, read } = await open("states");
    expect([store.where, await read]).toEqual([`s3://states/${OWN}`, stateOf(3, "own")]);
  });

  it("is under the name without a region where that state is of this one, or damaged", async () => {
    holds(OWN, json(stateOf(3, "own")));
    holds(FORMER, json(stateOf(2, "former")));
    const former = await open("states");
    expect([former.store.where, await former.read]).toEqual([`s3://states/${FORMER}`, stateOf(2, "former")]);
    holds(FORMER, "{");
    const damaged = await open("states");
    expect(damaged.store.where).toBe(`s3://states/${FORMER}`);
    await expect(damaged.read).rejects.toMatchObject({ name: "StateError" });
  });

  it("is not guessed where nobody knows whether there is one without a region", async () => {
    const expired = awsError("ExpiredToken", "The provided token has expired.", 400);
    s3.on(GetObjectCommand, { Key: FORMER }).rejects(expired);
    await expect(open("states")).rejects.toBe(expired);
  });

  it("tells that its own state cannot be read to whoever reads it", async () => {
    s3.on(GetObjectCommand, { Key: OWN }).rejects(awsError("AccessDenied", "no", 403));
    const { read } = await open("states");
    await expect(read).rejects.toThrow("S3 denies access to the state bucket states");
  });

  it("is the usual one where no bucket is named, of which nothing is read", async () => {
    const { store, read } = await open(undefined);
    expect([store.where, read, asked()]).toEqual([`s3://fairlead-state-123456789012-${HERE}/${FORMER}`, undefined, []]);
  });
});

describe("a store that goes on with a reading that was begun", () => {
  it("answers that once, and then reads", async () => {
    holds(OWN, json(stateOf(3, "own")));
    const { store } = await open("states");
    const going = goingOn(store, Promise.resolve(stateOf(2, "begun")));
    expect([(await going.read())?.serial, (await going.read())?.serial]).toEqual([2, 3]);
  });

  it("reads anew under a lock", async () => {
    holds(OWN, json(stateOf(3, "own")));
    s3.on(PutObjectCommand).resolves({ ETag: '"l"' });
    const { store } = await open("states");
    const going = goingOn(store, Promise.resolve(stateOf(2, "begun")));
    const release = await going.lock("deploy");
    expect((await going.read())?.serial).toBe(3);
    await release();
  });
});
