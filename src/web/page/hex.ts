/** `0x0000040C`. */
export const address32 = (value: number): string => `0x${value.toString(16).toUpperCase().padStart(8, "0")}`;

/** `7A 0B`. */
export const hexBytes = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");

/** A number as one types it, hexadecimal behind 0x; undefined where it is none. */
export function parseNumber(text: string): number | undefined {
  const isNumber = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text.trim());
  return isNumber ? Number(text.trim()) : undefined;
}
