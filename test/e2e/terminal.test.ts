import { stripVTControlCharacters as withoutSequences } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onTerminal, type Shown } from "../support/pty.ts";
import { project } from "../support/project.ts";
import { ALL, argumentsOf } from "../support/every-command.ts";

/** Every command as a person at a terminal of 80 columns sees it, one after the other: some on a stack that stands, some on none. */
describe("on a terminal,", { timeout: 600_000 }, () => {
  const stack = project();
  let shown: readonly Shown[] = [];
  beforeAll(async () => {
    shown = await onTerminal(
      stack.directory,
      ALL.map((name) => [...name.split(" "), ...argumentsOf(name)]),
    );
  }, 600_000);
  afterAll(() => stack.remove());

  it.each(ALL.map((name, at) => [name, at] as const))("%s ends on a line of its own, in words", (_name, at) => {
    const { shown: text = "", exit = -1 } = shown[at] ?? {};
    expect({ exit, text: [0, 1, 2].includes(exit) ? "" : text }).toEqual({ exit, text: "" });
    expect(withoutSequences(text)).toMatch(/\n$/);
    expect(text).not.toMatch(/\n\s+at |undefined|\[object /);
    // A question hides the cursor, and gives it back.
    expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThanOrEqual(text.lastIndexOf("\u001b[?25l"));
  });

  it("colours are shown", () => {
    expect(shown[ALL.indexOf("plan")]?.shown).toContain("\u001b[32m");
  });
});
