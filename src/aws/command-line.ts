/** A word, or a path, as a shell takes it. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A command of the AWS CLI as a shell takes it; `region`: where it is to be sent, for what is not global. */
export const awsCommand = (words: readonly string[], { region }: { readonly region?: string } = {}): string =>
  ["aws", ...words, ...(region === undefined ? [] : ["--region", region])].map(quoted).join(" ");
