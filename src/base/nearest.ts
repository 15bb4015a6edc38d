/** The known word that differs from `word` in the fewest letters, where that are few; else undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  // A word that is longer than any option is no slip of the fingers, and comparing it would take long.
  if (word.length > LONGEST) return undefined;
  const sorted = known
    .map((name) => ({ name, distance: distance(word.toLowerCase().replaceAll("_", "-"), name) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = sorted;
  return best && best.distance <= Math.max(1, Math.floor(best.name.length / 3)) ? best.name : undefined;
}

const LONGEST = 40;

/** Letters inserted, left out, replaced, or two neighbours swapped (optimal string alignment). */
function distance(a: string, b: string): number {
  let [before, row]: readonly number[][] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, replaced, isSwap ? before[j - 2] + 1 : replaced));
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
