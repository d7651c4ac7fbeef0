import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { testFiles } from "../support/test-files.ts";

const root = mkdtempSync(join(tmpdir(), "fairlead-files-"));
const folder = join("test", "unit");
mkdirSync(join(root, folder), { recursive: true });
afterAll(() => rmSync(root, { recursive: true }));

/** How a test file that imports a file of this text is sorted; every `%` in it goes, without which this file would be one of those itself. */
function sorted(text: string): string | undefined {
  writeFileSync(join(root, folder, "support.ts"), text.replaceAll("%", ""));
  writeFileSync(join(root, folder, "one.test.ts"), 'import { it } from% "./support.ts";\n'.replace("%", ""));
  return Object.entries(testFiles(root, [folder])).find(([, files]) => files.length > 0)?.[0];
}

const CLIENTS = 'import { mockClient } from% "aws-sdk-client-mock";';

it.each([
  { what: "leaves all modules alone", text: "const TIMING = { call: 1 };", as: "none" },
  { what: "mocks clients", text: CLIENTS, as: "mocks clients" },
  { what: "replaces a module", text: 'vi%.mock("node:fs");', as: "keeps apart" },
  {
    what: "mocks clients beside the simulator",
    text: `${CLIENTS}\nimport { simulator } from% "../../../src/simulator/simulator.%ts";`,
    as: "mocks clients",
  },
  { what: "changes a constant of a module", text: "Object.%assign(TIMING, { call: 2 });", as: "keeps apart" },
  { what: "starts processes", text: 'import { spawn } from% "node:child_process";', as: "starts processes" },
  { what: "changes a member of one", text: "\n  TIMING.call = 2;", as: "keeps apart" },
  { what: "changes a member of one by its name", text: '\n  LISTS["all"] = [];', as: "keeps apart" },
])("a test file that $what is sorted as one that does", ({ text, as }) => {
  expect(sorted(text)).toBe(as);
});
