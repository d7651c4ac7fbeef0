/** A word quoted for the shell. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** An AWS CLI command for the shell; `region`: omitted for global services. */
export const awsCommand = (words: readonly string[], { region }: { readonly region?: string } = {}): string =>
  ["aws", ...words, ...(region === undefined ? [] : ["--region", region])].map(quoted).join(" ");
