import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { progressOf, runOf } from "../../support/states.ts";
import type { Ground } from "./conformance.ts";

const LONG_AGO = "2025-12-31T00:00:00.000Z";

/** How every store shows the progress of a run. */
export function showsProgress(name: string, prepare: () => Promise<Ground>): void {
  describe(`a state ${name}`, () => {
    let ground: Ground;
    const locks: (() => Promise<void>)[] = [];
    beforeEach(async () => {
      ground = await prepare();
    });
    afterEach(async () => {
      for (const unlock of locks.splice(0)) await unlock().catch(() => {});
      await ground.end();
    });

    /** A run that has begun: it holds the lock. */
    async function begin(verb = "reconcile") {
      const store = ground.open();
      const unlock = await store.lock(verb);
      locks.push(unlock);
      return { store, unlock };
    }

    it("shows how far the run is that holds the lock, until it has ended", async () => {
      const { store, unlock } = await begin();
      expect(await ground.open().progress()).toBeUndefined();
      const reporting = store.reporting("run", "reconcile", () => progressOf());
      await reporting.start();
      const { token } = (await ground.open().holder()) ?? {};
      const seen = { ...progressOf(), of: "run", isAlive: true, token, verb: "reconcile", pid: process.pid };
      expect(await ground.open().progress()).toMatchObject(seen);
      expect(await ground.open().progress("run")).toMatchObject(seen);
      expect(await ground.open().progress("release")).toBeUndefined();
      await reporting.end();
      await unlock();
      expect(await ground.open().progress()).toBeUndefined();
    });

    it("shows that a run has died whose lock nobody holds, or another one, until the history says so", async () => {
      const { store } = await begin();
      const reporting = store.reporting("run", "reconcile", () => progressOf());
      await reporting.start();
      const dead = await ground.open().unlock();
      expect(await ground.open().progress()).toMatchObject({ isAlive: false, done: 1, verb: "reconcile" });
      const next = await begin("reconcile");
      expect(await ground.open().progress()).toMatchObject({ isAlive: false, token: dead?.token });
      await next.store.record({ ...runOf("reconcile"), outcome: "died", when: dead?.since ?? "" });
      expect(await ground.open().progress()).toBeUndefined();
      await reporting.end();
    });

    it("shows nothing of a run that is in the history and could not remove its progress", async () => {
      const { store, unlock } = await begin();
      const reporting = store.reporting("run", "reconcile", () => progressOf());
      await reporting.start();
      await store.record({ ...runOf("reconcile"), when: progressOf().when });
      await unlock();
      expect(await ground.open().progress()).toBeUndefined();
      await reporting.end();
    });

    it("shows a release that is followed without a lock, beside the run that has it", async () => {
      const release = ground.open().reporting("release", "deploy", () => progressOf({ updatedAt: LONG_AGO }));
      const updated = { ...progressOf(), updatedAt: new Date(ground.now()).toISOString() };
      const fresh = ground.open().reporting("release", "deploy", () => ({ ...updated, release: "r-1" }));
      await fresh.start();
      expect(await ground.open().progress()).toMatchObject({ of: "release", release: "r-1", isAlive: true });
      const { store } = await begin();
      const reporting = store.reporting("run", "reconcile", () => progressOf());
      await reporting.start();
      expect(await ground.open().progress()).toMatchObject({ of: "run" });
      expect(await ground.open().progress("release")).toMatchObject({ release: "r-1", verb: "deploy" });
      await fresh.end();
      // One that has not been heard of for ten minutes.
      await release.start();
      expect(await ground.open().progress("release")).toMatchObject({ isAlive: false });
      for (const end of [release, reporting]) await end.end();
    });

    it.each(["", "{", "null", '{"version":2}', '{"version":1,"token":"t"}', "\u0000\u0001"])(
      "shows no progress where %j is in its place",
      async (garbage) => {
        await ground.putProgress(garbage);
        await begin();
        expect(await ground.open().progress()).toBeUndefined();
      },
    );
  });
}
