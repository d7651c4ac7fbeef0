import { answerJson, type Answer } from "./answers/answer.ts";
import { join, relative } from "node:path";
import { resolveStack } from "../config/resolve.ts";
import type { ConfigObject } from "../init/config-text.ts";
import type { Written } from "../init/files.ts";
import type { Language } from "../init/languages.ts";
import { WORKFLOW } from "../init/workflow.ts";
import type { CliContext } from "./context.ts";
import { paste } from "./paste.ts";
import { paint } from "./terminal.ts";

/** The flags of `init`. */
export interface InitFlags {
  readonly name?: string;
  readonly region?: string;
  readonly port?: number;
  readonly language?: Language;
  readonly env?: string;
  readonly from?: "copilot";
  readonly github?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What was done, and what is left to do. */
export interface Report {
  readonly files: readonly Written[];
  readonly findings: readonly string[];
  /** More fields of the JSON answer. */
  readonly json: Omit<Answer<"init">, "directory" | "files" | "findings" | "steps" | "next">;
  /** Lines before the next command. */
  readonly steps?: readonly string[] | undefined;
  readonly next: string;
}

/** Whatever is written passes every check: a name that is too long is refused before a file is. */
export const checkConfig = (config: ConfigObject, environment?: string): void =>
  void resolveStack(structuredClone(config), environment);

/** The lines above the config. */
export const configHead = (): string[] => {
  const local = { target: "local" } as const;
  return [
    "The desired state of one stack. Every field has a default, so set only what differs. Hover over a field, or press",
    "ctrl+space between the braces, to see the settings.",
    "",
    `  ${paste(local, "plan").padEnd(36)}  shows the changes`,
    `  ${paste(local, "reconcile").padEnd(36)}  applies them, on the built-in simulated AWS`,
    `  ${paste({ target: "aws" }, "plan").padEnd(36)}  shows the changes on your own account`,
  ];
};

/** Says what was done, as lines or as one object. */
export function tell(
  { files, findings, json, steps = [], next }: Report,
  directory: string,
  flags: InitFlags,
  { terminal, directory: here }: CliContext,
): void {
  const place = relative(here, directory);
  const command = place === "" ? next : `cd ${place} && ${next}`;
  if (flags.json) {
    answerJson(terminal, "init", { directory, ...json, files, findings, steps, next: command });
    return;
  }
  for (const { path, action, note } of files)
    terminal.line(
      `  ${ACTIONS[action](action.padEnd(8))} ${join(place, path)}${note === undefined ? "" : ` (${note})`}`,
    );
  const list = (head: string, lines: readonly string[]) => {
    if (lines.length === 0) return;
    terminal.line();
    terminal.line(paint.bold(head));
    for (const line of lines) terminal.line(`  - ${line}`);
  };
  list("Worth knowing:", findings);
  list(`Before ${WORKFLOW} can run:`, steps);
  terminal.line();
  terminal.line(`Next: ${paint.bold(command)}`);
}

const ACTIONS = { created: paint.green, extended: paint.yellow, kept: paint.dim };
