import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { realClock } from "../../clock.ts";
import { quoted } from "../../aws/command-line.ts";
import { entryTo, openerOf, type Entry } from "../../console/entry.ts";
import { serve } from "../../console/serve.ts";
import { answerLine } from "../answers/answer.ts";
import { declaredPicture } from "../declared-picture.ts";
import { declaredView, recordedStates } from "../recorded-view.ts";
import { inItsRegions } from "../regions.ts";
import { readStack } from "../session.ts";
import { CONFIG_FILE, type CliContext, type CommonFlags } from "../context.ts";
import { EXIT, RunError, UsageError, type Exit } from "../exit.ts";
import { paste } from "../paste.ts";
import { stateDirectoryOf } from "../state-directory.ts";

/** The flags of `console`. */
export interface ConsoleFlags extends CommonFlags {
  readonly port?: number;
  readonly open: boolean;
  readonly allowActions?: boolean;
  /** Milliseconds. */
  readonly interval?: number;
}

const MINUTE = 60_000;

/**
 * Shows the stack in a browser until Ctrl-C. It loads neither the SDK nor the simulated AWS: processes of this program answer what it shows, all but
 * what the config declares and the last run recorded, which is there first.
 */
export async function startConsole(flags: ConsoleFlags, context: CliContext): Promise<Exit> {
  const { terminal, directory, stop } = context;
  const { target, env, region, config = CONFIG_FILE, allowActions = false, interval = MINUTE } = flags;
  if (flags.interval !== undefined && target === "local")
    throw new UsageError(
      "--interval is for --target aws: on the target local, changes are seen at once. Nothing was started.",
    );
  const [entry] = process.argv.slice(1);
  if (entry === undefined)
    throw new RunError("The file of this program is not known, and the console starts it again.");
  const start = [...process.execArgv, entry];
  const stackFlags = [
    "--target",
    target,
    ...(env === undefined ? [] : ["--env", env]),
    ...(region === undefined ? [] : ["--region", region]),
    ...(flags.config === undefined ? [] : ["--config", config]),
  ];
  // A config that is wrong is told here, and not on every page.
  const stack = await readStack(flags, context);
  declaredPicture(stack);
  const stateDirectory = stateDirectoryOf(flags, directory);
  const states = await recordedStates({ stacks: await inItsRegions(stack, flags, context), target, stateDirectory });
  if (stop.aborted) return EXIT.done;
  const opensBrowser = flags.open && flags.json !== true && terminal.live;
  let way: Entry | undefined;
  const listening = (address: string) => {
    if (flags.json) answerLine(terminal, "console", { address, actions: allowActions });
    terminal.line(`The console is at ${address}`);
    terminal.line(
      `Whoever has this address ${allowActions ? "can see the stack and release to it" : "can see the stack"}. Press Ctrl-C to end it.`,
    );
    if (!opensBrowser) return;
    way = entryTo(address, stateDirectory);
    openBrowser(way);
  };
  try {
    await serve({
      port: flags.port ?? 0,
      start,
      directory,
      stateDirectory,
      config: resolve(directory, config),
      target,
      flags: stackFlags,
      command: (name = "", ...words) => paste(flags, name, ...words.map(quoted)),
      clock: realClock,
      allowsActions: allowActions,
      ...(target === "aws" && { interval }),
      declared: () => declaredView(stack, states),
      opensBrowser,
      stop,
      listening,
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    const why = code === "EADDRINUSE" ? "is in use" : "may not be used by you";
    throw new UsageError(`Port ${flags.port} ${why}. To let the system choose one: ${paste(flags, "console")}`, {
      cause: error,
    });
  } finally {
    way?.remove();
  }
  return EXIT.done;
}

/** Opens the browser of the person; where there is none, the printed address is what they have. */
function openBrowser({ file }: Entry): void {
  const [program, ...words] = openerOf(file, process.platform);
  const child = spawn(program, words, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}
