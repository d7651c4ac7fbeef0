/** What a suite has of all kinds. */
export interface Coverage {
  /** The types of all kinds there are. */
  readonly types: readonly string[];
  /** The types that the stacks of the suite have. */
  readonly have: ReadonlySet<string>;
  /** Where those stacks are listed, for the sentences. */
  readonly stacks: string;
  /** The types that the suite cannot have, each with the reason. */
  readonly excused?: Readonly<Record<string, string>>;
  /** Where those are listed. */
  readonly excuses?: string;
}

/** A sentence for each kind that is missing from a suite without a reason, and for each reason that is not one any more. */
export function missingKinds({ types, have, stacks, excused = {}, excuses = "nowhere" }: Coverage): string[] {
  const known = new Set(types);
  const missing = types
    .filter((type) => !have.has(type) && excused[type] === undefined)
    .map((type) => `No stack of ${stacks} has ${type}: add a setting that makes it to one of them.`);
  const needless = Object.keys(excused)
    .filter((type) => have.has(type))
    .map((type) => `A stack of ${stacks} has ${type}: take it out of ${excuses}.`);
  const unknown = Object.keys(excused)
    .filter((type) => !known.has(type))
    .map((type) => `There is no kind ${type}: take it out of ${excuses}.`);
  return [...missing, ...needless, ...unknown];
}
