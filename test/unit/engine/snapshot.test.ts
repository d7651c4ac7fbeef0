import { describe, expect, it } from "vitest";
import { Snapshot } from "../../../src/engine/snapshot.ts";

/** Reads that note what they were asked for. */
function batches() {
  const asked: string[][] = [];
  const read = async (items: string[]) => {
    asked.push([...items]);
    return new Map(items.filter((item) => item !== "nobody").map((item) => [item, item.toUpperCase()]));
  };
  return { asked, read };
}

describe("a snapshot", () => {
  it("reads once per key, also while the read is in progress", async () => {
    const snapshot = new Snapshot();
    let reads = 0;
    const read = async () => ++reads;
    expect(await Promise.all([snapshot.once("a", read), snapshot.once("a", read)])).toEqual([1, 1]);
    expect(await snapshot.once("a", read)).toBe(1);
    expect(await snapshot.once("b", read)).toBe(2);
    expect(await new Snapshot().once("a", read)).toBe(3);
  });

  it("gives everybody who asks the failure of a read", async () => {
    const snapshot = new Snapshot();
    const refused = new Error("refused");
    const read = () => Promise.reject(refused);
    await expect(snapshot.once("a", read)).rejects.toBe(refused);
    await expect(snapshot.once("a", async () => 1)).rejects.toBe(refused);
  });

  it("sends items that are asked for together in one read, each once", async () => {
    const snapshot = new Snapshot();
    const { asked, read } = batches();
    const answers = ["a", "b", "a", "nobody"].map((item) => snapshot.batch("k", item, 10, read));
    expect(await Promise.all(answers)).toEqual(["A", "B", "A", undefined]);
    expect(asked).toEqual([["a", "b", "nobody"]]);
    expect(await snapshot.batch("k", "b", 10, read)).toBe("B");
    expect(asked).toHaveLength(1);
  });

  it("sends no more than the size at once, and keeps keys apart", async () => {
    const snapshot = new Snapshot();
    const { asked, read } = batches();
    await Promise.all(["a", "b", "c", "d", "e"].map((item) => snapshot.batch("k", item, 2, read)));
    expect(asked).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    await Promise.all([snapshot.batch("x", "a", 2, read), snapshot.batch("y", "a", 2, read)]);
    expect(asked.slice(3)).toEqual([["a"], ["a"]]);
  });

  it("reads in the same order, whoever asks first", async () => {
    const orders = [
      ["c", "a", "b"],
      ["b", "c", "a"],
    ].map(async (order) => {
      const snapshot = new Snapshot();
      const { asked, read } = batches();
      await Promise.all(order.map((item) => snapshot.batch("k", item, 2, read)));
      return asked;
    });
    expect(await Promise.all(orders)).toEqual([
      [["a", "b"], ["c"]],
      [["a", "b"], ["c"]],
    ]);
  });

  it("lets an item fail alone, and a read for all of its items", async () => {
    const snapshot = new Snapshot();
    const refused = new Error("refused");
    const read = async (items: string[]) => {
      if (items.includes("x")) throw refused;
      return new Map(items.map((item) => [item, item === "b" ? Promise.reject<string>(refused) : item]));
    };
    const answers = await Promise.allSettled(["a", "b", "x", "y"].map((item) => snapshot.batch("k", item, 2, read)));
    expect(answers).toEqual([
      { status: "fulfilled", value: "a" },
      { status: "rejected", reason: refused },
      { status: "rejected", reason: refused },
      { status: "rejected", reason: refused },
    ]);
  });

  it("sends later requests in a separate read", async () => {
    const snapshot = new Snapshot();
    const { asked, read } = batches();
    await snapshot.batch("k", "a", 10, read);
    await snapshot.batch("k", "b", 10, read);
    expect(asked).toEqual([["a"], ["b"]]);
  });
});
