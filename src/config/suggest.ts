/**
 * The candidate that a misspelt word most likely means, or nothing when none is near. Case, hyphens and underscores do not
 * count: `healthcheckpath` and `health_check_path` are both `healthCheckPath`.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  // A word much longer than every name is no misspelling, and the distance of long words is slow to find.
  if (word.length > 100) return undefined;
  const plain = simplify(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(plain.length / 3)) + 1;
  for (const candidate of candidates) {
    const steps = distance(plain, simplify(candidate));
    // One letter is never a misspelling of another word of one letter.
    if (steps < least && steps < simplify(candidate).length) {
      least = steps;
      best = candidate;
    }
  }
  return best;
}

/** Takes away what people spell in different ways. */
export function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_]/g, "");
}

/** Steps from one word to another: insert, delete or replace a letter, or swap two neighbours. */
function distance(from: string, to: string): number {
  let older: number[] = [];
  let old = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let steps = Math.min(at(old, j) + 1, at(row, j - 1) + 1, at(old, j - 1) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) steps = Math.min(steps, at(older, j - 2) + 1);
      row.push(steps);
    }
    older = old;
    old = row;
  }
  return at(old, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
