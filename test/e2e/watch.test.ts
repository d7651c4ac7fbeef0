import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { reconcile } from "../../src/cli/commands/reconcile.ts";
import { Stage } from "../support/stage.ts";

describe("reconcile --watch", () => {
  let stage: Stage;
  afterEach(() => stage.remove());

  it("keeps reconciling the current config until it is stopped", async () => {
    stage = new Stage();
    const controller = new AbortController();
    let rounds = 0;
    const { exit, lines } = await stage.act((context) => {
      const line = (text = "") => {
        context.terminal.line(text);
        if (!text.startsWith("Next run in")) return;
        rounds++;
        if (rounds === 1) stage.edit({ logs: { retentionDays: 90 } });
        // The file is refused in the third run, which is told and not the end.
        if (rounds === 2) stage.edit({ logs: { retentionDays: 91 as never } });
        if (rounds === 3) controller.abort();
      };
      const terminal = { ...context.terminal, line };
      return reconcile({ target: "local", yes: true, watch: 1 }, { ...context, terminal, stop: controller.signal });
    });
    const told = lines.filter((line) => /^(Done|This run failed)/.test(line));
    expect(told).toEqual([
      expect.stringContaining("42 created"),
      expect.stringContaining("1 updated, 41 unchanged"),
      expect.stringMatching(/^This run failed: stack\.config\.ts:\d+:\d+: logs\.retentionDays: 91 is not allowed/),
    ]);
    expect(exit).toBe(1);
  });

  it("retains no memory of completed runs", async () => {
    stage = new Stage();
    const controller = new AbortController();
    const listeners: number[] = [];
    await stage.act((context) => {
      const line = (text = "") => {
        if (!text.startsWith("Next run in")) return;
        listeners.push(getEventListeners(controller.signal, "abort").length);
        if (listeners.length === 3) controller.abort();
      };
      const terminal = { ...context.terminal, line };
      return reconcile({ target: "local", yes: true, watch: 1 }, { ...context, terminal, stop: controller.signal });
    });
    // Each listener on the signal would hold the plan, the graph and the answers of its run for as long as the process lives.
    expect(listeners).toEqual([0, 0, 0]);
  });
});
