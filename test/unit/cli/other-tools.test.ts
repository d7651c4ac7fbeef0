import { expect, it } from "vitest";
import { programOf } from "../../../src/cli/program.ts";

const said = async (...argv: string[]) => {
  const program = programOf({ directory: "/nowhere" } as never, () => undefined);
  return program.parseAsync(argv, { from: "user" }).then(
    () => "",
    (error: unknown) => (error as Error).message,
  );
};

it.each([
  ["apply", "what other tools call apply is reconcile here. Run: npx fairlead reconcile"],
  ["up", "what other tools call up is reconcile here. Run: npx fairlead reconcile"],
  ["destroy", "what other tools call destroy is teardown here. Run: npx fairlead teardown"],
  ["diff", "what other tools call diff is plan here. Run: npx fairlead plan"],
  ["import", "Run: npx fairlead reconcile --adopt ID=AWS_ID"],
  ["depoly", "There is no command depoly. Did you mean deploy? Run: npx fairlead deploy"],
  ["constructor", "There is no command constructor. For the list of commands: npx fairlead help"],
])("%s points to the command of ours", async (name, text) => {
  expect(await said(name)).toContain(text);
  expect(await said(name, "--target", "aws")).toContain(text);
});

it("names of other tools are no commands of ours, and what they point to is", async () => {
  const commands = programOf(undefined as never, () => undefined).commands.map((command) => command.name());
  const pointed = await Promise.all(
    [
      "apply",
      "destroy",
      "diff",
      "show",
      "output",
      "tail",
      "run",
      "ssh",
      "push",
      "undo",
      "bootstrap",
      "pause",
      "new",
    ].map(async (name) => /Run: npx fairlead (\w+)/.exec(await said(name))?.[1]),
  );
  expect(pointed.filter((name) => !commands.includes(name ?? ""))).toEqual([]);
});
