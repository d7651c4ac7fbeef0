import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What became of a file. */
export interface Written {
  readonly path: string;
  readonly action: "created" | "extended" | "kept";
  /** What was added, or why it was kept. */
  readonly note?: string;
}

/** Writes a file that does not exist yet. One that exists is kept as it is, also where it appears at the last moment. */
export function create(directory: string, path: string, text: string): Written {
  const place = join(directory, path);
  mkdirSync(dirname(place), { recursive: true });
  try {
    writeFileSync(place, text, { flag: "wx" });
    return { path, action: "created" };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return { path, action: "kept", note: "it exists already" };
  }
}

/** Adds the lines that a file does not have yet, such as those of a .gitignore. */
export function extend(directory: string, path: string, lines: readonly string[]): Written {
  const place = join(directory, path);
  if (!existsSync(place)) return create(directory, path, `${lines.join("\n")}\n`);
  const text = readFileSync(place, "utf8");
  const plain = (line: string) => line.trim().replace(/^\//, "").replace(/\/$/, "");
  const present = new Set(text.split(/\r?\n/).map(plain));
  const missing = lines.filter((line) => !present.has(plain(line)));
  if (missing.length === 0) return { path, action: "kept", note: "it has all lines already" };
  writeFileSync(place, `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${missing.join("\n")}\n`);
  return { path, action: "extended", note: missing.join(" ") };
}
