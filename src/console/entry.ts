// How a browser is brought into the console: command lines can be read by everyone on the machine, so that the address with its token is in none.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A file that leads a browser to an address. */
export interface Entry {
  readonly file: string;
  readonly remove: () => void;
}

/**
 * Writes a page that only its owner can read and that goes on to `address`, into a folder of its own in `directory`. Jupyter opens browsers so too,
 * "to prevent the authentication token used to launch the browser from being visible":
 * https://jupyter-server.readthedocs.io/en/latest/other/full-config.html (ServerApp.use_redirect_file). Not in the system's folder for temporary
 * files, which browsers that are installed as snaps do not see: https://snapcraft.io/docs/home-interface.
 */
export function entryTo(address: string, directory: string): Entry {
  mkdirSync(directory, { recursive: true });
  // Node.js creates it as 0700: https://nodejs.org/docs/latest-v20.x/api/fs.html#fspromisesmkdtempprefix-options, and mkdtemp(3).
  const folder = mkdtempSync(join(directory, "console-"));
  const file = join(folder, "open.html");
  writeFileSync(file, pageTo(address, "The console is at the address that the command has printed."), { mode: 0o600 });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A page without a script that goes on to an address at once. */
export function pageTo(address: string, text: string): string {
  const to = address.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<meta http-equiv="refresh" content="0; url=${to}">
<title>Fairlead</title>
</head>
<body><p>${text}</p></body>
</html>
`;
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
};

/** The program that opens a file in the person's browser, and its words. */
export const openerOf = (file: string, platform: NodeJS.Platform): readonly [string, ...string[]] => {
  const [program, ...words] = OPENERS[platform] ?? ["xdg-open"];
  return [program, ...words, file];
};
