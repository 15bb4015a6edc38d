/** A number as manuals print it: `0x24770011`, at least two digits. */
export const hex = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(2, "0")}`;

/** Rows for `it.each` with the first number as hex text for the title, and the number itself at the end of the row. */
export const inHex = <Rest extends readonly unknown[]>(
  rows: readonly (readonly [number, ...Rest])[],
): (readonly [text: string, ...rest: Rest, value: number])[] =>
  rows.map(([value, ...rest]) => [hex(value), ...rest, value]);
