import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { command } from "../../support/command.ts";
import { project } from "../../support/project.ts";

/** In a process of its own: what nobody hears of ends a process. */
describe("a stack.config.ts with a rejected promise that nobody waits for", () => {
  const stack = project();
  afterAll(() => stack.remove());

  it.each([
    ["in a setting", "export default { container: { port: Promise.reject(new Error('late')) } };"],
    ["beside the stack", "void Promise.reject(new Error('late'));\nexport default {};"],
  ])("is refused in a sentence: %s", async (_where, text) => {
    writeFileSync(join(stack.directory, "stack.config.ts"), text);
    const { code, stdout, stderr } = await command(stack.directory, ["plan"]);
    expect([code, stdout, stderr]).toEqual([
      2,
      "",
      "Error: stack.config.ts could not be loaded: unhandled rejection (late). No changes were made.\n",
    ]);
  });
});
