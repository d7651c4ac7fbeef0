/** Prints a line. */
export const say = (text = ""): void => void process.stdout.write(`${text}\n`);

/** Prints the cells of a row under each other. */
export const row = (...cells: readonly (string | number)[]): void =>
  say(cells.map((cell, index) => String(cell).padEnd(index === 0 ? 38 : 14)).join(""));
