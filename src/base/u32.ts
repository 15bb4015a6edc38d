/** A whole number from 0 to 0xFFFFFFFF, as a plain JavaScript number. */
export type u32 = number;

/** The low 32 bits of a number, unsigned. */
export const u32 = (value: number): u32 => value >>> 0;

/** Eight upper-case hex digits without prefix: `000AB0CD`. */
export const hex32 = (value: number): string => (value >>> 0).toString(16).toUpperCase().padStart(8, "0");

/** Four upper-case hex digits without prefix: `AB0C`. */
export const hex16 = (value: number): string => (value & 0xffff).toString(16).toUpperCase().padStart(4, "0");

/** Two upper-case hex digits without prefix: `7B`. */
export const hex8 = (value: number): string => (value & 0xff).toString(16).toUpperCase().padStart(2, "0");

/** An address as every JSON output prints it: `0x0000040C`. */
export const address32 = (value: number): string => `0x${hex32(value)}`;

/** A byte as every JSON output prints it: `0x7B`. */
export const byte8 = (value: number): string => `0x${hex8(value)}`;

/** The value rounded down to a multiple of `unit` (a power of two or not). */
export const alignDown = (value: number, unit: number): number => value - (value % unit);

/** The value rounded up to a multiple of `unit`. */
export const alignUp = (value: number, unit: number): number => alignDown(value + unit - 1, unit);

/** The bits `high:low` of a value, both inclusive, as the manuals write them. */
export const bits = (value: number, high: number, low: number): number =>
  (value >>> low) & (high - low === 31 ? 0xffffffff : (1 << (high - low + 1)) - 1);

/** Whether bit `n` of a value is set. */
export const bit = (value: number, n: number): boolean => ((value >>> n) & 1) === 1;
