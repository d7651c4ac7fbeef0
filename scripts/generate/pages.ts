const BEGIN = "<!-- generated: npm run generate -->";
const END = "<!-- end of what is generated -->";

/** The page with `text` in place of what is generated in it; what people wrote around that stays. */
export function between(page: string, text: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined)
    throw new Error(`The page does not contain the markers ${BEGIN} and ${END}.`);
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}
