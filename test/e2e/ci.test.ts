import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ALL, argumentsOf } from "../support/every-command.ts";
import { command, type Ended } from "../support/command.ts";
import { project } from "../support/project.ts";

/** Every command as a job of CI runs it, one after the other: CI is set, nobody can be asked, and what it says goes to files. */
describe("in CI,", { timeout: 600_000 }, () => {
  const stack = project();
  const ended: Ended[] = [];
  beforeAll(async () => {
    for (const name of ALL)
      ended.push(
        await command(stack.directory, [...name.split(" "), ...argumentsOf(name)], { CI: "true", NO_COLOR: "" }),
      );
  }, 600_000);
  afterAll(() => stack.remove());

  it.each(ALL.map((name, at) => [name, at] as const))(
    "%s asks nothing, shows no colour, and says on stderr why it fails",
    (_name, at) => {
      const { code = -1, stdout = "", stderr = "" } = ended[at] ?? {};
      expect([0, 1, 2]).toContain(code);
      expect(stdout + stderr).not.toContain("\u001b");
      expect(stdout + stderr).not.toMatch(/\n\s+at |undefined|\[object /);
      expect(code === 0 || stderr !== "" || stdout !== "").toBe(true);
      expect(code === 0 ? "" : stderr).not.toMatch(/\?\s*$/);
    },
  );
});
