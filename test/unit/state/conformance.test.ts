import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutBucketVersioningCommand } from "@aws-sdk/client-s3";
import type { Aws } from "../../../src/aws/aws.ts";
import { stateObjects } from "../../../src/aws/s3/state-objects.ts";
import { VirtualClock, type Clock } from "../../../src/clock.ts";
import { fileStore } from "../../../state/file-store.ts";
import { files } from "../../../state/files.ts";
import type { ObjectStore } from "../../../state/objects.ts";
import { s3Store } from "../../../state/s3-store.ts";
import { MemoryObjects } from "../../support/memory-objects.ts";
import { simulated } from "../../support/simulated.ts";
import { holderOf } from "../../support/states.ts";
import { conforms as conformsAsState, type Ground } from "./conformance.ts";
import { showsProgress } from "./progress-conformance.ts";

function conforms(name: string, prepare: () => Promise<Ground>): void {
  conformsAsState(name, prepare);
  showsProgress(name, prepare);
}

conforms("in a file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fairlead-conforms-"));
  const path = join(folder, "demo.json");
  return {
    open: () => fileStore(path),
    objects: files,
    key: path,
    backups: join(folder, "demo.backups/"),
    pass: async () => {},
    async die(verb) {
      const holder = holderOf(verb);
      await writeFile(`${path}.lock`, JSON.stringify(holder));
      return holder;
    },
    now: () => Date.now(),
    putProgress: (text) => writeFile(join(folder, "demo.run"), text),
    putRun: (_number, text) => appendFile(join(folder, "demo.history.jsonl"), `${text}\n`),
    end: () => rm(folder, { recursive: true, force: true }),
  };
});

const inS3 = (objects: ObjectStore, clock: Clock): Ground => ({
  open: () => s3Store({ objects, bucket: "states", prefix: "p", stack: "demo", clock }),
  objects,
  key: "p/demo.json",
  backups: "p/demo/backups/",
  // A holder says every minute that it is there.
  pass: () => clock.sleep(61_000),
  async die(verb) {
    const holder = holderOf(verb);
    await objects.put("p/demo/lock.json", JSON.stringify(holder));
    await clock.sleep(601_000);
    return holder;
  },
  now: () => clock.now(),
  putProgress: async (text) => void (await objects.put("p/demo/run.json", text)),
  putRun: async (number, text) => void (await objects.put(`p/demo/history/${number}.json`, text)),
  end: async () => {},
});

conforms("in S3 as it is meant to be", async () => {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  return inS3(new MemoryObjects(clock), clock);
});

/** The simulated S3 answers the bytes where the SDK gives a stream of them. */
const streaming = ({ s3, account, region }: Aws): Pick<Aws, "s3" | "account" | "region"> => ({
  account,
  region,
  s3: (async (...call: Parameters<Aws["s3"]>) => {
    const answer = (await s3(...call)) as { Body?: unknown };
    const bytes = answer.Body;
    if (bytes instanceof Uint8Array)
      answer.Body = Object.assign(bytes, { transformToString: async () => Buffer.from(bytes).toString() });
    return answer;
  }) as Aws["s3"],
});

for (const versioned of [true, false])
  conforms(`in a simulated bucket that keeps ${versioned ? "" : "no "}versions`, async () => {
    const { aws, clock } = simulated();
    const Bucket = "states";
    const LocationConstraint = "ap-northeast-1";
    await aws.s3(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint } }));
    if (versioned)
      await aws.s3(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    return inS3(stateObjects(streaming(aws), Bucket), clock);
  });
