// What the console can do, where it was started so: each is a command of this program.
import type { Clock } from "../clock.ts";
import type { Runner } from "./child.ts";

export type ActName = "approve" | "reject" | "rollback";

interface ActKind {
  readonly name: ActName;
  readonly title: string;
  /** What it does, as sentences. */
  readonly does: string;
  readonly button: string;
  readonly takesReason: boolean;
  readonly needsReason: boolean;
}

/** The actions. Nothing that plans or deletes is among them: whoever does that should have read the plan in a terminal. */
export const ACTS: Readonly<Record<ActName, ActKind>> = {
  approve: {
    name: "approve",
    title: "Approve the release",
    does: "The release that waits goes on, and is deployed to the services. Its tasks replace the running ones.",
    button: "Approve",
    takesReason: true,
    needsReason: false,
  },
  reject: {
    name: "reject",
    title: "Reject the release",
    does: "The release that waits ends. What runs now stays. The reason is recorded, and everyone who looks at the release sees it.",
    button: "Reject",
    takesReason: true,
    needsReason: true,
  },
  rollback: {
    name: "rollback",
    title: "Roll back",
    does: "The service goes back to the image of this release, with the settings of today. New tasks start, and then the old ones stop.",
    button: "Roll back",
    takesReason: false,
    needsReason: false,
  },
};

/** What a person gave an action. */
export interface Given {
  readonly release?: string;
  readonly reason?: string;
  /** Which service, where the stack has several. */
  readonly service?: string;
}

/** The words of the command that an action is. */
export function commandWords(name: ActName, { release, reason = "", service }: Given): readonly string[] {
  const noted = reason === "" ? [] : ["--reason", reason];
  const which = release === undefined ? [] : [release];
  if (name === "approve") return ["approve", ...which, "--no-wait", ...noted];
  if (name === "reject") return ["reject", ...which, ...noted];
  return ["rollback", ...which, ...(service === undefined ? [] : ["--service", service]), "--yes"];
}

/** An action that was started from the console. */
export interface Act {
  readonly command: string;
  readonly state: "running" | "done" | "failed";
  /** What it said last, or why it failed. */
  readonly said: string;
  /** When that was, in milliseconds since the epoch. */
  readonly at: number;
}

/** How actions are carried out. */
export interface Acting {
  readonly run: Runner;
  /** The words as they are typed in a terminal. */
  readonly command: (words: readonly string[]) => string;
  /** The flags of every command. */
  readonly flags: readonly string[];
  readonly clock: Pick<Clock, "now">;
  /** Told whenever there is something new. */
  readonly changed: () => void;
}

/** What was done, the latest first; one action at a time. */
export class Acts {
  readonly #acting: Acting;
  #all: readonly Act[] = [];

  constructor(acting: Acting) {
    this.#acting = acting;
  }

  get all(): readonly Act[] {
    return this.#all;
  }

  get isBusy(): boolean {
    return this.#all.some(({ state }) => state === "running");
  }

  /** Carries an action out, and resolves once it has ended. */
  async start(name: ActName, given: Given): Promise<void> {
    const { run, command, flags, clock } = this.#acting;
    const words = commandWords(name, given);
    const before = this.#all.slice(0, 9);
    const typed = command(words);
    const now = (state: Act["state"], said: string) => {
      this.#all = [{ command: typed, state, said, at: clock.now() }, ...before];
      this.#acting.changed();
    };
    now("running", "");
    const { failure, answer, said } = await run([...words, "--json", ...flags], (line) => now("running", line));
    const last = said.split("\n").at(-1) ?? "";
    const ending = (
      answer as { readonly release?: { readonly ending?: string; readonly why?: string | null } } | undefined
    )?.release;
    if (failure) now("failed", [failure.message, failure.advice].filter(Boolean).join(" "));
    else if (ending?.ending === "failed") now("failed", ending.why ?? last);
    else now("done", last);
  }
}
