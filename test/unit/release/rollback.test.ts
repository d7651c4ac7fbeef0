import { DeleteLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  RegisterTaskDefinitionCommand,
} from "@aws-sdk/client-ecs";
import { describe, expect, it } from "vitest";
import { releases } from "../../../src/release/history.ts";
import { rollbackTarget } from "../../../src/release/rollback.ts";
import { NAMES } from "../../support/delivery.ts";
import { deliverable, SOURCE, type Release } from "../../support/release.ts";
import { failing, siteOf } from "./delivered.ts";

/** Releases a source to the end; `n` makes it another one than those before. */
async function released(release: Release, n: number): Promise<void> {
  await release.upload({ ...SOURCE, n: String(n) });
  await release.wait(90);
  await release.answer("Approved");
  await release.wait(150);
}

/** A stack that has had releases: the live ones have the revisions 2, 3 and so on. */
async function withReleases(count: number, from = 0, release?: Release): Promise<Release> {
  const one = release ?? (await deliverable());
  for (let n = from; n < from + count; n++) await released(one, n);
  return one;
}

async function counted<T>(release: Release, work: () => Promise<T>) {
  const before = release.at.calls.length;
  const answer = await work();
  const calls = release.at.calls.slice(before).map(({ operation }) => operation);
  return { answer, calls, times: (operation: string) => calls.filter((one) => one === operation).length };
}

describe("the release that a rollback goes to", () => {
  it("is found with the same few calls after few and after many releases", async () => {
    const release = await withReleases(4);
    const ref = siteOf(release.at);
    const few = await counted(release, () => rollbackTarget(ref));
    expect([few.answer.from, few.answer.to]).toEqual(["ground:5", "ground:4"]);
    await withReleases(4, 4, release);
    const many = await counted(release, () => rollbackTarget(ref));
    expect([many.answer.from, many.answer.to]).toEqual(["ground:9", "ground:8"]);
    expect(many.calls.length).toBe(few.calls.length);
    expect(many.calls.length).toBeLessThanOrEqual(20);

    // One far back: what is named exactly is read alone, and an image's tag is looked for.
    const all = await releases(ref, 20);
    const old = all.find(({ revision }) => revision === "ground:3");
    for (const wanted of [old?.executionId ?? "", old?.executionId.slice(0, 8) ?? "", "3", "ground:3"]) {
      const { answer, times } = await counted(release, () => rollbackTarget(ref, wanted));
      expect([answer.to, answer.release?.executionId]).toEqual(["ground:3", old?.executionId]);
      expect(times("HeadObject")).toBe(1);
    }
    const tagged = await rollbackTarget(ref, old?.image?.tag);
    expect(tagged.to).toBe("ground:3");
  });

  it("is the one before that is live, however many have failed since, and found with as many calls", async () => {
    const release = await withReleases(2);
    const before = await counted(release, () => rollbackTarget(siteOf(release.at)));
    for (let n = 0; n < 8; n++) {
      await release.upload({ ...failing("build-error"), n: String(n) });
      await release.wait(90);
    }
    const { answer, calls } = await counted(release, () => rollbackTarget(siteOf(release.at)));
    expect([answer.from, answer.to]).toEqual(["ground:3", "ground:2"]);
    expect(calls.length).toBe(before.calls.length);
  });

  it("is looked for among deregistered revisions too", async () => {
    const release = await withReleases(3);
    const { aws } = release.at;
    const { taskDefinition } = await aws.ecs(new DescribeTaskDefinitionCommand({ taskDefinition: "ground:4" }));
    for (const one of ["ground:1", "ground:2", "ground:3"])
      await aws.ecs(new DeregisterTaskDefinitionCommand({ taskDefinition: one }));
    const ref = siteOf(release.at);
    expect((await rollbackTarget(ref)).to).toBe("ground:3");
    expect((await rollbackTarget(ref, "2")).release?.revision).toBe("ground:2");
    // Revisions that a reconcile registered are in between.
    const { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities } =
      taskDefinition ?? {};
    const again = { containerDefinitions, cpu, memory, executionRoleArn, networkMode, requiresCompatibilities };
    for (let n = 0; n < 12; n++) await aws.ecs(new RegisterTaskDefinitionCommand({ family: "ground", ...again }));
    expect((await rollbackTarget(ref)).to).toBe("ground:3");
  });

  it("is missing, with all that were deployed, if nothing was released before or if it is none of them", async () => {
    const release = await withReleases(1);
    const ref = siteOf(release.at);
    await expect(rollbackTarget(ref)).rejects.toThrow(
      /There is no release before the running one \(ground:2\)\. Deployed so far: [-0-9a-f]{36} \(ground:2\)\./,
    );
    await expect(rollbackTarget(ref, "nothing")).rejects.toThrow(
      /There is no release nothing to roll back to\. Deployed so far: [-0-9a-f]{36} \(ground:2\)\./,
    );
  });
});

describe("a list of releases whose build logs have expired", () => {
  it("reads the repository's images once, and shows the same", async () => {
    const release = await withReleases(4);
    const ref = siteOf(release.at);
    const before = await releases(ref, 4);
    await release.at.aws.logs(new DeleteLogGroupCommand({ logGroupName: NAMES.log }));
    const { answer, times } = await counted(release, () => releases(ref, 4));
    expect(times("DescribeImages")).toBe(1);
    expect(answer.map(({ image, revision }) => [image?.digest, revision === undefined])).toEqual(
      before.map(({ image }) => [image?.digest, true]),
    );
  });
});
