import { beforeEach, describe, expect, it } from "vitest";
import type { Clock } from "../../../src/clock.ts";
import {
  isReady,
  plain,
  refusedAgain,
  stateOf,
  type PlainKind,
  type PlainRecord,
} from "../../../src/simulator/plain.ts";
import { simOf } from "../../../src/simulator/simulator.ts";
import type { Sim } from "../../../src/simulator/sim.ts";
import { World } from "../../../src/simulator/world.ts";
import { sns } from "../../support/simulated-topics.ts";

let now: number;
let world: World;
const sim = (): Sim => simOf({ world, clock: clockAt(() => now), account: "111122223333", region: "eu-west-1" });
const clockAt = (moment: () => number): Clock => ({
  now: moment,
  sleep: () => Promise.resolve(),
  during: (work) => work(),
});
const later = (seconds: number) => void (now += seconds * 1_000);
const refusal = (code: string) => expect.objectContaining({ name: code });
const ORDERS = "arn:aws:sns:eu-west-1:111122223333:orders";

beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  world = World.empty(1, now);
});

describe("a plain kind in the simulator", () => {
  it("refuses a name that AWS does not take", () => {
    expect(() => sns.CreateTopic({ Name: "a b" }, sim())).toThrow(refusal("InvalidParameterException"));
  });

  it("answers a second create as its row says", () => {
    const first = sns.CreateTopic({ Name: "orders", Attributes: { DisplayName: "Orders" } }, sim());
    expect(sns.CreateTopic({ Name: "orders" }, sim())).toEqual(first);
    expect(first).toEqual({ TopicArn: ORDERS });
    expect(() => sns.CreateTopic({ Name: "orders", Attributes: { DisplayName: "Other" } }, sim())).toThrow(
      refusal("InvalidParameterException"),
    );
  });

  it("is listed after its lag, and answers for a while after its deletion", () => {
    sns.CreateTopic({ Name: "orders" }, sim());
    expect(sns.ListTopics({}, sim()).Topics).toEqual([]);
    later(4);
    expect(sns.ListTopics({}, sim()).Topics).toEqual([{ TopicArn: ORDERS }]);
    expect(sns.GetTopicAttributes({ TopicArn: ORDERS }, sim())).toEqual({ Attributes: { DisplayName: "" } });
    sns.DeleteTopic({ TopicArn: ORDERS }, sim());
    expect(sns.ListTopics({}, sim()).Topics).toEqual([{ TopicArn: ORDERS }]);
    later(12);
    expect(sns.ListTopics({}, sim()).Topics).toEqual([]);
    expect(() => sns.GetTopicAttributes({ TopicArn: ORDERS }, sim())).toThrow(refusal("NotFoundException"));
    expect(() => sns.ListTagsForResource({ ResourceArn: ORDERS }, sim())).toThrow(refusal("ResourceNotFoundException"));
  });

  it("has 50 tags at most", () => {
    sns.CreateTopic({ Name: "orders", Tags: [{ Key: "Team", Value: "a" }] }, sim());
    sns.TagResource({ ResourceArn: ORDERS, Tags: [{ Key: "team", Value: "b" }] }, sim());
    const both = [
      { Key: "Team", Value: "a" },
      { Key: "team", Value: "b" },
    ];
    expect(sns.ListTagsForResource({ ResourceArn: ORDERS }, sim())).toEqual({ Tags: both });
    const many = Array.from({ length: 49 }, (_, n) => ({ Key: `k${n}`, Value: "" }));
    expect(() => sns.TagResource({ ResourceArn: ORDERS, Tags: many }, sim())).toThrow(
      refusal("TagLimitExceededException"),
    );
    sns.UntagResource({ ResourceArn: ORDERS, TagKeys: ["Team", "team"] }, sim());
    expect(sns.ListTagsForResource({ ResourceArn: ORDERS }, sim())).toEqual({ Tags: [] });
  });

  it("has tags whose keys differ in more than case, if its row says so", () => {
    const rows = plain<{ arn: string }, object>({
      table: "toy.tagged",
      arn: (at, key) => at.arn("toy", key),
      made: () => ({}),
      again: refusedAgain("Exists", "It exists."),
      missing: (key) => ["Missing", `${key} is missing.`],
      tags: { code: "BadTag", anyCase: true },
    });
    const { arn } = rows.create(sim(), { key: "a", tags: { Team: "a" } }, {});
    rows.tag(sim(), arn, { team: "b" });
    expect(rows.tagsOf(sim(), arn)).toEqual({ team: "b" });
    expect(() => rows.tag(sim(), arn, { env: "", Env: "" })).toThrow(refusal("BadTag"));
    rows.untag(sim(), arn, ["TEAM"]);
    expect(rows.tagsOf(sim(), arn)).toEqual({});
  });

  it("is listed in pages", () => {
    for (let n = 0; n < 101; n++) sns.CreateTopic({ Name: `t${n}` }, sim());
    later(5);
    const { Topics, NextToken } = sns.ListTopics({}, sim());
    expect(Topics).toHaveLength(100);
    expect(sns.ListTopics(NextToken === undefined ? {} : { NextToken }, sim()).Topics).toHaveLength(1);
  });

  it("is the same create with the same token, is reached and ready after a while, and is not deleted while in use", () => {
    let used = true;
    const rows = plain<{ arn: string }, { token?: string }>({
      table: "toy.rows",
      arn: (at, key) => at.arn("toy", key),
      tokenOf: ({ token }) => token,
      check: (_sim, { token }) => void (token === "wrong" && refusedAgain("Invalid", "No.")()),
      made: () => ({}),
      again: refusedAgain("Exists", "It exists."),
      missing: (key) => ["Missing", `${key} is missing.`],
      lag: { usable: 1, ready: 5 },
      inUse: () => void (used && refusedAgain("InUse", "It is in use.")()),
    });
    const made = rows.create(sim(), { key: "a" }, { token: "t" });
    expect(rows.create(sim(), { key: "a" }, { token: "t" })).toBe(made);
    expect(() => rows.create(sim(), { key: "a" }, { token: "u" })).toThrow(refusal("Exists"));
    expect(() => rows.create(sim(), { key: "b" }, { token: "wrong" })).toThrow(refusal("Invalid"));
    expect(() => rows.find(sim(), "a")).toThrow(refusal("Missing"));
    later(2);
    expect(rows.find(sim(), "a")).toBe(made);
    expect(isReady(sim(), made)).toBe(false);
    later(5);
    expect(isReady(sim(), made)).toBe(true);
    expect(() => rows.delete(sim(), "a")).toThrow(refusal("InUse"));
    used = false;
    rows.delete(sim(), "a");
    expect(() => rows.find(sim(), "a")).toThrow(refusal("Missing"));
  });

  describe("whose keys are ids", () => {
    interface Toy extends PlainRecord {
      name: string;
    }
    const row = (more: Partial<PlainKind<Toy, { name: string }>> = {}) =>
      plain<Toy, { name: string }>({
        table: "toy.rows",
        arn: (at, key) => at.arn("toy", key),
        made: (_sim, { name }) => ({ name }),
        missing: (key) => ["Missing", `${key} is missing.`],
        sameAs: (before, { name }) => before.name === name,
        again: refusedAgain("Exists", "It exists."),
        takesArn: true,
        lag: { ready: 5, usable: "ready", deleting: 10 },
        ...more,
      });

    it("has one resource of a name, also while that is being created or deleted", () => {
      const rows = row();
      const create = (key: string) => rows.create(sim(), { key }, { name: "orders" });
      create("t-1");
      expect(() => create("t-2")).toThrow(refusal("Exists"));
      later(6);
      rows.delete(sim(), "t-1");
      expect(() => create("t-2")).toThrow(refusal("Exists"));
      later(12);
      create("t-2");
    });

    it("is neither found, listed nor deleted before it is ready", () => {
      const rows = row();
      const { arn } = rows.create(sim(), { key: "t-1" }, { name: "orders" });
      expect(() => rows.find(sim(), "t-1")).toThrow(refusal("Missing"));
      expect(() => rows.delete(sim(), "t-1")).toThrow(refusal("Missing"));
      expect(rows.shown(sim())).toEqual([]);
      later(6);
      expect(rows.find(sim(), arn)).toBe(rows.find(sim(), "t-1"));
      expect(rows.shown(sim())).toHaveLength(1);
    });

    it("is found by its ARN only if its row says so", () => {
      const rows = row({ takesArn: false, lag: {} });
      const { arn } = rows.create(sim(), { key: "t-1" }, { name: "orders" });
      expect(() => rows.find(sim(), arn)).toThrow(refusal("Missing"));
    });

    it("is shown while it is deleted, and deleted once", () => {
      const rows = row({ lag: { ready: 5, deleting: 10 } });
      const made = rows.create(sim(), { key: "t-1" }, { name: "orders" });
      expect(stateOf(sim(), made)).toBe("creating");
      later(6);
      expect(stateOf(sim(), made)).toBe("available");
      rows.delete(sim(), made.arn);
      const { goneAt } = made;
      later(5);
      expect(rows.delete(sim(), "t-1")).toMatchObject({ goneAt });
      expect(rows.shown(sim())).toEqual([made]);
      expect(stateOf(sim(), made)).toBe("deleting");
      later(7);
      expect(rows.shown(sim())).toEqual([]);
      expect(() => rows.delete(sim(), "t-1")).toThrow(refusal("Missing"));
    });

    it("refuses a second delete if its row says so", () => {
      const rows = row({ lag: { deleting: 10 }, deletingAgain: ["Busy", "It is being deleted."] });
      rows.create(sim(), { key: "t-1" }, { name: "orders" });
      rows.delete(sim(), "t-1");
      expect(() => rows.delete(sim(), "t-1")).toThrow(refusal("Busy"));
    });

    it("keeps a name taken for a while after the deletion, also where others are deleted meanwhile", () => {
      const rows = row({ lag: { deleting: 10 }, nameTaken: { seconds: 60, refusal: ["Taken", "Wait."] } });
      const create = (key: string) => rows.create(sim(), { key }, { name: key });
      for (const key of ["a", "b"]) create(key);
      rows.delete(sim(), "a");
      later(30);
      rows.delete(sim(), "b");
      expect(() => create("a")).toThrow(refusal("Taken"));
      later(31);
      create("a");
      expect(() => create("b")).toThrow(refusal("Taken"));
    });
  });

  it("is one resource in all regions if its row says so", () => {
    const rows = plain<PlainRecord, { path: string }>({
      table: "toy.global",
      isGlobal: true,
      arn: (at, key, { path }) => at.arn("toy", `${path}${key}`, ""),
      made: () => ({}),
      missing: (key) => ["Missing", `${key} is missing.`],
      lag: { deleted: 10 },
    });
    const elsewhere = simOf({ world, clock: clockAt(() => now), account: "111122223333", region: "us-east-1" });
    const { arn } = rows.create(sim(), { key: "a" }, { path: "team/" });
    expect(arn).toBe("arn:aws:toy::111122223333:team/a");
    expect(rows.find(elsewhere, "a")).toMatchObject({ arn });
    rows.delete(elsewhere, "a");
    expect(rows.records(sim())).toEqual({});
  });
});
