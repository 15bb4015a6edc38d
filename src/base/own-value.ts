/**
 * What a table has under a word from outside; undefined where it has none. A plain `table[word]` would find what every
 * object inherits: `constructor`, `toString`.
 */
export const ownValue = <Value>(table: { readonly [word: string]: Value }, word: string): Value | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;
