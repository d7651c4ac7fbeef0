import { InvalidArgumentError } from "commander";
import { interval } from "./arguments.ts";
import type { CommandMaker } from "./command-maker.ts";
import { startConsole } from "./commands/console.ts";
import type { CliContext } from "./context.ts";
import type { Exit } from "./exit.ts";

const NOTE = `
It answers on 127.0.0.1 alone, to whoever has the address that it prints, until Ctrl-C. What it shows are the
answers of plan, status, releases, doctor and history, each asked in a process of its own.`;

/** Adds the command that shows the stack in a browser. */
export const consoleCommand = (command: CommandMaker, context: CliContext, ended: (exit: Exit) => void): void => {
  command("console", "show the stack, its plan, runs, releases, health and cost in a browser, live")
    .option("--port <port>", "the port on 127.0.0.1 (default: one that is free)", port)
    .option("--no-open", "print the address, and open no browser")
    .option("--allow-actions", "also approve, reject and roll back releases from the page")
    .option("--interval <time>", "on AWS: how often it looks again while a page is open (default: 60s)", interval)
    .addHelpText("after", NOTE)
    .action(async (flags) => ended(await startConsole(flags, context)));
};

/** `8080`; 0 is any that is free. */
function port(text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number <= 65_535)) throw new InvalidArgumentError("Expected a port from 0 to 65535.");
  return number;
}
