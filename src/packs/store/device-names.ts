/** How a wanted name fits the name of a device, the best first. */
export const FITS = ["same", "wildcard", "order-code", "part", "size"] as const;

/** How a wanted name fits the name of a device. */
export type Fit = (typeof FITS)[number];

/** What is compared of a device: its name, and how many bytes of flash it has. */
export interface NamedDevice {
  readonly name: string;
  readonly flash: number;
}

/** Digits and letters of an order code behind a device's name: package, temperature, packing (STM32F407VG, STM32F407VGT6TR). */
const MOST_BEHIND = 6;
/** The same of a device's package behind a shorter name (XMC4500, XMC4500-E144x1024). */
const MOST_PACKAGE = 10;
/** A shorter name begins too many others. */
const LEAST_NAME = 6;
/** No letter stands for another one so early: `XMC4500` begins with an X. */
const FIRST_WILDCARD = 3;

/** A name without what J-Link has behind it for a loader of flash outside of the chip: `MIMXRT1062XXX5A?BankAddr=...`. */
const withoutLoader = (name: string): string => name.trim().replace(/\?.*$/s, "");

/** What every device that a name may fit begins with, in lower case; empty where none does. */
export const commonStart = (wanted: string): string => withoutLoader(wanted).toLowerCase().slice(0, FIRST_WILDCARD);

/**
 * Whether a name that a user types, an order code or another tool's, is one of a device; undefined: it is not. A suffix
 * `?Loader` is left out.
 *
 * - `same` whatever its case,
 * - `wildcard` with other letters where one of them has `x` (MK64FN1M0VLL12, MK64FN1M0xxx12),
 * - `order-code` with more behind it (STM32F407VGT6 of STM32F407VG),
 * - `part` without the device's package (STM32F407VG of STM32F407VGTx),
 * - `size` with the size of the flash in KB in the place of the package (XMC4500-1024 of XMC4500-F100x1024).
 */
export function fitOf(wanted: string, { name, flash }: NamedDevice): Fit | undefined {
  const [typed, known] = [withoutLoader(wanted).toLowerCase(), name.toLowerCase()];
  if (typed === known) return "same";
  if (isSized(typed, known, flash)) return "size";
  if (Math.min(typed.length, known.length) < LEAST_NAME || !beginAlike(typed, known)) return undefined;
  const behind = typed.length - known.length;
  if (behind === 0) return "wildcard";
  if (behind > MOST_BEHIND || behind < -MOST_PACKAGE) return undefined;
  const [short, long] = behind > 0 ? [known, typed] : [typed, known];
  // What stands behind begins a part of its own: STM32F40 is no name of an STM32F407.
  const isPart = /^[a-z_-]/.test(long.slice(short.length)) || /[a-z_-]$/.test(short);
  return isPart ? (behind > 0 ? "order-code" : "part") : undefined;
}

function beginAlike(a: string, b: string): boolean {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const isWild = i >= FIRST_WILDCARD && (a[i] === "x" || b[i] === "x");
    if (a[i] !== b[i] && !isWild) return false;
  }
  return true;
}

/** `XMC4500-1024`: a series, and how many KB of flash it has. */
function isSized(typed: string, known: string, flash: number): boolean {
  const [, series, size] = /^([a-z][a-z\d]{3,})[-_](\d{1,5})$/.exec(typed) ?? [];
  return series !== undefined && Number(size) * 1024 === flash && new RegExp(`^${series}[-_]`).test(known);
}
