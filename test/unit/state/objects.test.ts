import { describe, expect, it } from "vitest";
import { VirtualClock } from "../../../src/clock.ts";
import { putConfirmed, removeConfirmed, UncertainWrite } from "../../../state/objects.ts";
import { MemoryObjects } from "../../support/memory-objects.ts";

const NONE = { ifNoneMatch: "*" } as const;
const writes = (objects: MemoryObjects) => objects.calls.filter((call) => !call.startsWith("get"));

/** A store in which `a` holds `before`, with its ETag. */
async function holding(before: string) {
  const objects = new MemoryObjects(new VirtualClock(0));
  const etag = (await objects.put("a", before)) ?? "";
  objects.calls.length = 0;
  return { objects, etag, when: { ifMatch: etag } };
}

describe("a write whose answer may be lost", () => {
  it("is sent once, without a check, if the response comes", async () => {
    const { objects, when } = await holding("before");
    expect(await putConfirmed(objects, "a", "after", when)).toBe((await objects.get("a"))?.etag);
    expect(await putConfirmed(objects, "a", "again", when)).toBeUndefined();
    expect(objects.texts).toEqual({ a: "after" });
    expect(writes(objects)).toEqual(["put a", "put a"]);
    expect(objects.calls).toHaveLength(3);
  });

  it("is not sent again if it was carried out, whatever its condition", async () => {
    for (const [key, when] of [["a", undefined] as const, ["b", NONE] as const]) {
      const { objects, when: before } = await holding("before");
      objects.await({ lost: "after" });
      const etag = await putConfirmed(objects, key, "mine", when ?? before);
      expect(etag).toBe((await objects.get(key))?.etag);
      expect(writes(objects)).toEqual([`put ${key}`]);
    }
  });

  it("is sent again where it was not", async () => {
    const { objects, when } = await holding("before");
    objects.await({ lost: "before" }, { lost: "before" });
    expect(await putConfirmed(objects, "a", "mine", when)).toBe((await objects.get("a"))?.etag);
    expect(objects.texts).toEqual({ a: "mine" });
    expect(writes(objects)).toHaveLength(3);
  });

  it("takes for its own what the late first one wrote while the second was refused", async () => {
    const { objects, when } = await holding("before");
    // Nothing is there yet when it looks, and it is when it writes again.
    let looks = 0;
    const late = {
      get: async (key: string) => {
        const found = await objects.get(key);
        if (++looks === 1) await objects.put("a", "mine");
        return found;
      },
      put: objects.put.bind(objects),
      remove: objects.remove.bind(objects),
      list: objects.list.bind(objects),
    };
    objects.await({ lost: "before" });
    expect(await putConfirmed(late, "a", "mine", when)).toBe((await objects.get("a"))?.etag);
  });

  it("never writes over what another wrote in between", async () => {
    for (const lost of ["before", "after"] as const) {
      const { objects, when } = await holding("before");
      objects.await({ lost, meanwhile: () => objects.put("a", "theirs") });
      expect(await putConfirmed(objects, "a", "mine", when)).toBeUndefined();
      expect(objects.texts).toEqual({ a: "theirs" });
    }
  });

  it("does not take another's new object for its own", async () => {
    const { objects } = await holding("before");
    objects.await({ lost: "before", meanwhile: () => objects.put("b", "theirs") });
    expect(await putConfirmed(objects, "b", "mine", NONE)).toBeUndefined();
    expect(objects.texts["b"]).toBe("theirs");
  });

  it("is given up after five, and says that nobody knows", async () => {
    const { objects, when } = await holding("before");
    objects.await(...Array.from({ length: 9 }, () => ({ lost: "before" }) as const));
    await expect(putConfirmed(objects, "a", "mine", when)).rejects.toBeInstanceOf(UncertainWrite);
    expect(writes(objects)).toHaveLength(5);
  });

  it("is given up after five as well where others come and go, so that it is refused each time", async () => {
    const { objects } = await holding("before");
    const goes = async () => void (await objects.remove("b"));
    const comes = async () => void (await objects.put("b", "theirs"));
    const restless = {
      get: async (key: string) => (await goes(), objects.get(key)),
      put: async (key: string, text: string, when?: typeof NONE) => (await comes(), objects.put(key, text, when)),
      remove: objects.remove.bind(objects),
      list: objects.list.bind(objects),
    };
    // The first answer is lost; the ones after it come.
    objects.await({}, { lost: "before" });
    expect(await putConfirmed(restless, "b", "mine", NONE)).toBeUndefined();
    expect(objects.texts).toEqual({ a: "before" });
  });

  it("hands on at once what is no question of an answer", async () => {
    const { objects, when } = await holding("before");
    const refusing = Object.assign(new MemoryObjects(new VirtualClock(0)), {
      put: async () => Promise.reject(new Error("AccessDenied")),
    });
    await expect(putConfirmed(refusing, "a", "mine", when)).rejects.toThrow("AccessDenied");
    expect(objects.texts).toEqual({ a: "before" });
  });
});

describe("a removal whose answer may be lost", () => {
  it("is done once if it was carried out, and again if it was not", async () => {
    for (const [lost, sent] of [["after", 1] as const, ["before", 2] as const]) {
      const { objects, etag } = await holding("mine");
      objects.await({ lost });
      expect(await removeConfirmed(objects, "a", etag)).toBe(true);
      expect(objects.texts).toEqual({});
      expect(writes(objects)).toHaveLength(sent);
    }
  });

  it("never removes what another wrote in between", async () => {
    for (const lost of ["before", "after"] as const) {
      const { objects, etag } = await holding("mine");
      objects.await({ lost, meanwhile: () => objects.put("a", "theirs") });
      expect(await removeConfirmed(objects, "a", etag)).toBe(false);
      expect(objects.texts).toEqual({ a: "theirs" });
    }
  });

  it("distinguishes another's object from its own, also without a lost response", async () => {
    const { objects, etag } = await holding("mine");
    await objects.put("a", "theirs");
    expect(await removeConfirmed(objects, "a", etag)).toBe(false);
    await objects.remove("a");
    expect(await removeConfirmed(objects, "a", etag)).toBe(true);
  });

  it("is given up after five, and says that nobody knows", async () => {
    const { objects, etag } = await holding("mine");
    objects.await(...Array.from({ length: 9 }, () => ({ lost: "before" }) as const));
    await expect(removeConfirmed(objects, "a", etag)).rejects.toBeInstanceOf(UncertainWrite);
    expect(writes(objects)).toHaveLength(5);
  });
});
