import { describe, expect, it } from "vitest";
import { printable } from "../../../src/cli/terminal.ts";

describe("what reaches the terminal", () => {
  it.each([
    ["a window's title", "\u001b]0;owned\u0007", "\\x1b]0;owned\\x07"],
    ["a move of the cursor", "\u001b[2A", "\\x1b[2A"],
    ["an erased screen", "\u001b[2J", "\\x1b[2J"],
    ["hidden text", "\u001b[8mgone", "\\x1b[8mgone"],
    ["a carriage return over what stands there", "safe\rgone", "safe\\x0dgone"],
    ["the one-byte spelling of an escape", "\u009b2J", "\\x9b2J"],
    ["text that runs backwards", "\u202egpj.exe", "\\u202egpj.exe"],
  ])("shows %s as text", (_what, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("has the colours of this house, line breaks and every letter as they are", () => {
    const text = "\u001b[32m✓\u001b[39m \u001b[1mnetwork\u001b[22m\tzoë 日本\n";
    expect(printable(text)).toBe(text);
  });
});
