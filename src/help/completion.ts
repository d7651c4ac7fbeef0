/* In a chunk that `completion` alone loads: nothing that other commands use may be imported here or below. */

import { bashScript } from "./completion/bash.ts";
import { fishScript } from "./completion/fish.ts";
import { placeOf } from "./completion/grammar.ts";
import { zshScript } from "./completion/zsh.ts";
import type { Placed } from "./commands.ts";
import type { Shell } from "./shells.ts";

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Record<Shell, unknown>;

/** The script that lets a shell complete every command, flag and value of the program. */
export const completionScript = (all: readonly Placed[], shell: Shell): string => SCRIPTS[shell](all.map(placeOf));
