import { describe, expect, it, vi } from "vitest";
import { agreedByName, takesAway } from "../../../src/cli/confirm.ts";
import { resolveStack } from "../../../src/config/resolve.ts";
import type { Plan } from "../../../src/engine/action.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";

/** Somebody who types this, or nobody; `undefined`: who leaves the question. */
function session({ types, asks = true, target = "aws" }: { types?: string; asks?: boolean; target?: "aws" | "local" }) {
  const wrong: (string | undefined)[] = [];
  const ask = vi.fn<Terminal["ask"]>((_question, _proposed, check) => {
    wrong.push(check(types ?? ""));
    return Promise.resolve(types);
  });
  const confirm = vi.fn<Terminal["confirm"]>(() => Promise.resolve(true));
  const terminal = { asks, ask, confirm } as unknown as Terminal;
  return { terminal, target, stack: resolveStack({ name: "shop", environment: "prod" }), ask, confirm, wrong };
}

describe("what cannot be had again", () => {
  it("is agreed to by the name of the stack and its environment", async () => {
    const one = session({ types: " shop-prod " });
    expect(await agreedByName(one, "Delete all of this?", undefined)).toBe(true);
    expect(one.ask.mock.calls[0]?.slice(0, 2)).toEqual(["Delete all of this? Type shop-prod to confirm.", ""]);
    expect(one.wrong).toEqual([undefined]);
  });

  it.each([{ types: "shop" }, { types: "yes" }, { types: "" }, {}])(
    "is not agreed to by anything else: %o",
    async (one) => {
      const at = session(one);
      expect(await agreedByName(at, "Delete all of this?", undefined)).toBe(false);
      expect(at.wrong).toEqual(["Type shop-prod to go on, or press Ctrl-C."]);
    },
  );

  it("is asked for plainly on the simulated AWS, and not at all with --yes", async () => {
    const local = session({ target: "local" });
    expect(await agreedByName(local, "Delete?", undefined)).toBe(true);
    expect([local.ask.mock.calls.length, local.confirm.mock.calls.length]).toEqual([0, 1]);
    const told = session({});
    expect(await agreedByName(told, "Delete?", true)).toBe(true);
    expect(told.ask).not.toHaveBeenCalled();
  });

  it("is refused without a terminal", async () => {
    await expect(agreedByName(session({ asks: false }), "Delete?", undefined)).rejects.toThrow("run again with --yes");
  });
});

it.each([
  ["a delete", { actions: [{ action: "delete" }], old: [] }, true],
  ["a replacement", { actions: [{ action: "create" }, { action: "replace" }], old: [] }, true],
  ["an earlier generation", { actions: [], old: [{}] }, true],
  ["nothing but creates and updates", { actions: [{ action: "create" }, { action: "update" }], old: [] }, false],
])("%s takes something away or not", (_what, plan, does) => {
  expect(takesAway(plan as unknown as Plan)).toBe(does);
});
