import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilterLogEventsCommand, DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  StartPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { senders } from "../../../src/aws/clients.ts";
import { VirtualClock } from "../../../src/clock.ts";
import { simulator } from "../../../src/simulator/simulator.ts";
import { World, type WorldData } from "../../../src/simulator/world.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, SOURCE } from "../../support/release.ts";

const DAY = 86_400_000;
const region = "ap-northeast-1";
const Bucket = "bucket";
const long = (letter: string) => letter.repeat(10_000);

describe("a simulated AWS with a long history", () => {
  let directory: string;
  const file = () => join(directory, "world.json");
  const text = () => readFileSync(file(), "utf8");
  const contents = () => (existsSync(join(directory, "contents")) ? readdirSync(join(directory, "contents")) : []);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "fairlead-world-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** The world on disk, as another process finds it, `ms` after it was last left. */
  function opened(ms = 0, writes = true, at?: VirtualClock) {
    const world = World.open(file(), writes);
    const clock = at ?? new VirtualClock(world.data.now + ms);
    const plugin = simulator({ world, clock, account: "123456789012", region });
    const credentials = { accessKeyId: "local", secretAccessKey: "local" };
    return senders({ region, credentials, plugin, retrying: { clock, random: () => 0.5 } });
  }

  async function withBucket() {
    const { s3 } = opened();
    await s3(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } }));
    return s3;
  }

  const read = async ({ s3 }: ReturnType<typeof opened>, VersionId?: string) => {
    const { Body } = await s3(new GetObjectCommand({ Bucket, Key: "key", VersionId }));
    return (await Body?.transformToString()) ?? "";
  };

  it("keeps what is uploaded out of the file that every change writes anew", async () => {
    const s3 = await withBucket();
    const before = text().length;
    await s3(new PutObjectCommand({ Bucket, Key: "key", Body: long("a") }));
    expect(text().length - before).toBeLessThan(1_000);
    expect(contents()).toHaveLength(1);
    expect(await read(opened())).toBe(long("a"));
    expect(await read(opened(0, false))).toBe(long("a"));
  });

  it("is told of the same by another process as by the one that saw it happen by itself", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    const { contents: _, ...data } = release.at.world.data;
    writeFileSync(file(), JSON.stringify({ ...data, now: release.at.clock.now() }));
    const runs = async (at: ReturnType<typeof opened>) => {
      const found = await at.codePipeline(new ListPipelineExecutionsCommand({ pipelineName: NAMES.pipeline }));
      const [run] = found.pipelineExecutionSummaries ?? [];
      const filter = { pipelineExecutionId: run?.pipelineExecutionId };
      const { actionExecutionDetails } = await at.codePipeline(
        new ListActionExecutionsCommand({ pipelineName: NAMES.pipeline, filter }),
      );
      return actionExecutionDetails?.map((one) => [
        one.pipelineExecutionId,
        one.actionName,
        one.status,
        one.output?.executionResult?.externalExecutionId,
        one.lastUpdateTime,
      ]);
    };
    // It only reads, until it is killed.
    const clock = new VirtualClock(release.at.clock.now());
    const killed = opened(0, true, clock);
    for (let looks = 0; looks < 40; looks++) {
      await clock.sleep(1_000);
      await runs(killed);
    }
    const told = await runs(killed);
    expect(told?.map(([, name]) => name)).toEqual(["Build", "Source"]);
    for (const writes of [false, true])
      expect(await runs(opened(0, writes, new VirtualClock(clock.now())))).toEqual(told);
  });

  it("keeps what another process has put in place of what this one saw expire", async () => {
    const world = World.open(file());
    const kept = world.keep(long("a"));
    world.table<object>("table")["mine"] = { kept };
    world.save();
    // It expires while this process only reads.
    delete world.table<object>("table")["mine"];
    world.forget(kept);
    world.changed();
    const another = World.open(file());
    another.table<object>("table")["theirs"] = { kept: another.keep(long("a")) };
    another.save();
    world.reload();
    world.table<object>("table")["more"] = {};
    world.save();
    expect(Object.keys(World.open(file()).table("table"))).toEqual(["mine", "theirs", "more"]);
    expect(World.open(file()).content(kept)).toBe(long("a"));
  });

  it("does without what nothing refers to any more, and keeps what another version still is", async () => {
    const s3 = await withBucket();
    await s3(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    const Rules = [
      {
        ID: "old",
        Status: "Enabled",
        Filter: { Prefix: "" },
        NoncurrentVersionExpiration: { NoncurrentDays: 1 },
      } as const,
    ];
    await s3(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    const put = async (Body: string) => (await s3(new PutObjectCommand({ Bucket, Key: "key", Body }))).VersionId;
    const versions = [await put(long("a")), await put(long("a")), await put(long("b"))];
    expect(contents()).toHaveLength(2);
    await s3(new DeleteObjectCommand({ Bucket, Key: "key", VersionId: versions[0] }));
    expect(await read(opened(), versions[1])).toBe(long("a"));
    // What is not current expires at the midnight after a day.
    const later = opened(3 * DAY);
    expect(await read(later)).toBe(long("b"));
    await later.s3(new PutObjectCommand({ Bucket, Key: "other", Body: "short" }));
    expect(contents()).toHaveLength(1);
    await later.s3(new DeleteObjectCommand({ Bucket, Key: "key", VersionId: versions[2] }));
    expect(contents()).toEqual([]);
  });

  it("leaves nothing behind when all of it is deleted", async () => {
    const s3 = await withBucket();
    await s3(new PutObjectCommand({ Bucket, Key: "key", Body: long("a") }));
    await s3(new DeleteObjectCommand({ Bucket, Key: "key" }));
    await s3(new DeleteBucketCommand({ Bucket }));
    expect(readdirSync(directory)).toEqual([]);
  });

  it("reads a file of earlier days, which has the contents in it", async () => {
    const s3 = await withBucket();
    await s3(new PutObjectCommand({ Bucket, Key: "key", Body: "short" }));
    const data = JSON.parse(text()) as WorldData;
    const [object] = Object.values(data.tables["s3.objects"] ?? {}) as { body: string }[];
    if (!object) throw new Error("there is no object");
    object.body = Buffer.from(long("z")).toString("base64");
    writeFileSync(file(), JSON.stringify(data));
    expect(await read(opened())).toBe(long("z"));
  });

  it("writes what it reads: the file is the same whoever wrote it", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    await release.answer("Approved");
    await release.wait(300);
    const world = World.open(file());
    Object.assign(world.data, structuredClone(release.at.world.data));
    const whole = (data: WorldData) => ({ ...data, contents: undefined });
    for (const _ of [1, 2]) {
      world.save();
      expect(JSON.parse(text())).toEqual(JSON.parse(JSON.stringify(whole(world.data))));
    }
    // An execution that has ended stays as it is also where others go on.
    await opened().codePipeline(new StartPipelineExecutionCommand({ name: NAMES.pipeline }));
    const { tables } = JSON.parse(text()) as WorldData;
    expect(Object.values(tables[`codepipeline.executions@${region}`] ?? {})).toHaveLength(3);
  });

  it("keeps the log of a build that is over beside the file, and reads it as before", async () => {
    const release = await deliverable();
    await release.upload(SOURCE);
    await release.wait(90);
    const lines = await release.log();
    expect(lines.join("\n")).toContain("docker push");
    const { streams } =
      Object.values(release.at.world.table<{ streams: Record<string, unknown> }>(`logs.groups@${region}`))[0] ?? {};
    expect(Object.values(streams ?? {}).map((stream) => typeof stream)).toEqual(["string"]);
    const { events = [] } = await release.at.aws.logs(
      new FilterLogEventsCommand({ logGroupName: NAMES.log, filterPattern: "docker push" }),
    );
    expect(events.length).toBeGreaterThan(0);
    await release.at.aws.logs(new DeleteLogGroupCommand({ logGroupName: NAMES.log }));
    expect(Object.keys(release.at.world.data.contents ?? {})).toHaveLength(0);
  });

  it("forgets executions of more than twelve months ago", async () => {
    const release = await deliverable();
    expect(await release.runs()).toHaveLength(1);
    await release.wait(300 * 86_400);
    await release.at.aws.codePipeline(new StartPipelineExecutionCommand({ name: NAMES.pipeline }));
    await release.wait(100 * 86_400);
    await release.at.aws.codePipeline(new StartPipelineExecutionCommand({ name: NAMES.pipeline }));
    await release.wait(60);
    expect(await release.runs()).toHaveLength(2);
  });
});
