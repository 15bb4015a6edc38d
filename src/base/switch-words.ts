/** Words for on, outside the command line, in any case of letters. */
export const ON_WORDS: readonly string[] = ["true", "1", "yes", "on"];
/** Words for off. */
export const OFF_WORDS: readonly string[] = ["false", "0", "no", "off"];

/** Whether a word means on or off; undefined for every other. */
export function switchWord(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return ON_WORDS.includes(word) ? true : OFF_WORDS.includes(word) ? false : undefined;
}
