// What the console asks the commands for, by keys that pages name and that the script sends back.

const WORDS: Readonly<Record<string, readonly string[]>> = {
  /** The plan and the stack, of one look. */
  stack: ["plan", "--view"],
  /** What the config declares and the last run recorded: it is there long before the first answer about AWS. */
  declared: ["graph", "--view"],
  status: ["status", "--metrics"],
  doctor: ["doctor"],
  releases: ["releases"],
  history: ["history", "--limit", "50", "--view"],
};

/** The questions about one of something: a run, two runs, a run beside the one in progress, and a release with so many lines of its build's log. */
const PATTERNS: readonly (readonly [RegExp, (found: readonly string[]) => readonly string[]])[] = [
  [/^run (\d{1,15})$/, ([number = ""]) => ["history", number, "--view"]],
  [/^runs (\d{1,15}) (\d{1,15})$/, ([first = "", second = ""]) => ["history", first, second]],
  [/^now (\d{1,15})$/, ([number = ""]) => ["history", number, "now"]],
  [/^release ([\da-f][\da-f-]{3,63}) ([1-9]\d{0,3})$/, ([id = "", lines = ""]) => ["releases", id, "--lines", lines]],
];

/** The words of a question; `undefined` for what is none. */
export function questionOf(key: string): readonly string[] | undefined {
  if (Object.hasOwn(WORDS, key)) return WORDS[key];
  for (const [pattern, words] of PATTERNS) {
    const found = pattern.exec(key);
    if (found) return words(found.slice(1));
  }
  return undefined;
}

/** The words of a question. Throws for what is none: pages ask for nothing else. */
export function wordsOf(key: string): readonly string[] {
  const words = questionOf(key);
  if (!words) throw new Error(`There is no question ${key}.`);
  return [...words, "--json"];
}
