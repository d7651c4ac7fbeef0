// What the console asks the commands for, by keys that pages name and that the script sends back.

const WORDS: Readonly<Record<string, readonly string[]>> = {
  /** The plan and the stack, of one look. */
  stack: ["plan", "--view"],
  /** What the config declares: it is there long before the first answer about AWS. */
  declared: ["graph"],
  status: ["status", "--metrics"],
  doctor: ["doctor"],
  releases: ["releases"],
  history: ["history", "--limit", "50", "--view"],
};

/** The words of a question; `undefined` for what is none. */
export function questionOf(key: string): readonly string[] | undefined {
  const [, number] = /^run (\d{1,15})$/.exec(key) ?? [];
  return number === undefined ? (Object.hasOwn(WORDS, key) ? WORDS[key] : undefined) : ["history", number, "--view"];
}

/** The words of a question. Throws for what is none: pages ask for nothing else. */
export function wordsOf(key: string): readonly string[] {
  const words = questionOf(key);
  if (!words) throw new Error(`There is no question ${key}.`);
  return [...words, "--json"];
}
