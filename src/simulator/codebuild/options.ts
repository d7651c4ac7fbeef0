/** The values of an option of a command line, however often and in whichever way it is given: `--tag x`, `--tag=x`. */
export function optionsOf(words: readonly string[], ...options: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [option, value] = word.split(/=(.*)/s);
    if (!options.includes(option ?? "")) return [];
    const text = value ?? words[index + 1];
    return text === undefined ? [] : [text];
  });
}
