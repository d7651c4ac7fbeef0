// npm run recording: runs a session on the local target in a temporary folder and writes it to docs/session.svg, which the README shows. The
// ids in it are other ones each time, so it is not part of npm run generate.
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const SESSION = ["reconcile", "deploy --approve", "status", "plan", "teardown"];

/** The size of the terminal in characters, and of a character in pixels. */
const [COLUMNS, ROWS, WIDTH, HEIGHT] = [108, 30, 7.8, 18];
const MARGIN = 16;
/** Seconds that a line takes, a command line before and after it is entered, and the end before it begins again. */
const [LINE, TYPED, END] = [0.07, 1.4, 5];
const COLOURS: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "35": "#d2a8ff",
  "36": "#76e3ea",
};

interface Line {
  readonly text: string;
  /** Seconds from the beginning. */
  readonly at: number;
}

/** Runs one command as a user does; returns what it prints, in colour. */
function output(directory: string, words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !/^(AWS_|CI$|NO_COLOR$|npm_)/.test(name)),
    );
    const child = spawn(process.execPath, [join(root, "bin", "fairlead.mjs"), ...words], {
      cwd: directory,
      env: { ...env, FORCE_COLOR: "1" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (data: Buffer) => (said += data.toString()));
    child.on("error", reject);
    // Who records it is nobody's business.
    const own = `${userInfo().username}@${hostname()}`;
    child.on("close", (code) =>
      code === 0
        ? resolve(said.replaceAll(own, "ada@laptop"))
        : reject(new Error(`${words.join(" ")} ended with ${code}`)),
    );
  });
}

async function recorded(): Promise<Line[]> {
  const directory = mkdtempSync(join(tmpdir(), "fairlead-recording-"));
  try {
    writeFileSync(
      join(directory, "stack.config.ts"),
      'import { defineStack } from "fairlead";\n\nexport default defineStack({ name: "shop" });\n',
    );
    cpSync(join(root, "service"), join(directory, "service"), {
      recursive: true,
      filter: (from) => !from.includes("node_modules"),
    });
    const lines: Line[] = [];
    let at = 0;
    for (const command of SESSION) {
      lines.push({ text: `\u001B[2m$\u001B[22m \u001B[1mnpx fairlead ${command}\u001B[22m`, at: (at += TYPED) });
      at += TYPED;
      for (const text of (await output(directory, command.split(" "))).trimEnd().split("\n"))
        lines.push({ text, at: (at += LINE) });
      lines.push({ text: "", at });
    }
    return lines;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const escaped = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The spans of a line: what is between two escape sequences has one style. */
function spans(line: string): string {
  let [bold, dim, colour, left] = [false, false, "", COLUMNS];
  // oxlint-disable-next-line no-control-regex -- the colours of the command line
  return line.split(/(\u001B\[\d+m)/).reduce((svg, part) => {
    // oxlint-disable-next-line no-control-regex -- see above
    const [, code] = /^\u001B\[(\d+)m$/.exec(part) ?? [];
    if (code === "1") bold = true;
    else if (code === "2") dim = true;
    else if (code === "22") [bold, dim] = [false, false];
    else if (code === "39") colour = "";
    else if (code !== undefined) colour = COLOURS[code] ?? "";
    if (code !== undefined || part === "" || left <= 0) return svg;
    const text = part.length > left ? `${part.slice(0, left - 1)}…` : part;
    left -= part.length;
    const style = [
      ...(colour === "" ? [] : [`fill="${colour}"`]),
      ...(bold ? ['font-weight="bold"'] : []),
      ...(dim ? ['opacity="0.6"'] : []),
    ];
    return `${svg}<tspan ${style.join(" ")}>${escaped(text)}</tspan>`.replace("<tspan >", "<tspan>");
  }, "");
}

/** A terminal that scrolls up with each line, and begins again. Without animation, it shows the end. */
function svgOf(lines: readonly Line[]): string {
  const [width, height] = [Math.ceil(COLUMNS * WIDTH) + 2 * MARGIN, ROWS * HEIGHT + 2 * MARGIN];
  const whole = (lines.at(-1)?.at ?? 0) + END;
  const shift = (count: number) => Math.round((ROWS - count) * HEIGHT);
  const moments = new Map<string, number>();
  for (const [index, { at }] of lines.entries()) moments.set(((at / whole) * 100).toFixed(2), shift(index + 1));
  const frames = [...moments].map(([percent, y]) => `${percent}%{transform:translateY(${y}px)}`).join("");
  const last = shift(lines.length);
  const texts = lines.map(({ text }, index) =>
    text === "" ? "" : `<text y="${(index + 1) * HEIGHT - 5}" xml:space="preserve">${spans(text)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A session: a stack is created, released, looked at and deleted again">
<style>text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6edf3}.lines{transform:translateY(${last}px)}@media (prefers-reduced-motion:no-preference){.lines{animation:scroll ${whole.toFixed(1)}s step-end infinite}}@keyframes scroll{0%{transform:translateY(${shift(0)}px)}${frames}}</style>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<svg x="${MARGIN}" y="${MARGIN}" width="${width - 2 * MARGIN}" height="${height - 2 * MARGIN}"><g class="lines">
${texts.filter((text) => text !== "").join("\n")}
</g></svg>
</svg>
`;
}

writeFileSync(join(root, "docs", "session.svg"), svgOf(await recorded()));
