import { paste } from "./paste.ts";

/** What Commander says about a command line that it refuses, as the other errors are said, with the way to the flags. */
export const refusalText = (text: string): string =>
  `${text.trimEnd().replace(/^error: (.+)$/m, (_, said: string) => `Error: ${said.replace(/[^.?!]$/, "$&.")}`)}\nFor the flags of a command: ${paste({ target: "local" }, "help")} COMMAND\n`;
