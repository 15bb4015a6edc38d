/** How a wanted name fits the name of a device, the best first; undefined: it does not. */
export type Fit = "same" | "wildcard" | "order-code";

/** Digits and letters of an order code behind a device's name: package, temperature, packing (STM32F407VG, STM32F407VGT6TR). */
const MOST_BEHIND = 6;
/** A shorter name begins too many others. */
const LEAST_NAME = 6;

/** A name without what J-Link has behind it for a loader of flash outside of the chip: `MIMXRT1062XXX5A?BankAddr=...`. */
const withoutLoader = (name: string): string => name.trim().replace(/\?.*$/s, "");

/**
 * Whether a name that a user types, an order code or another tool's, is one of a device: the same whatever its case, with
 * other letters where the device's name has `x`, or with more behind it. A suffix `?Loader` is left out.
 */
export function fitOf(wanted: string, device: string): Fit | undefined {
  const [typed, known] = [withoutLoader(wanted).toLowerCase(), device.toLowerCase()];
  if (typed === known) return "same";
  const behind = typed.length - known.length;
  if (behind < 0 || behind > MOST_BEHIND || known.length < LEAST_NAME) return undefined;
  for (let i = 0; i < known.length; i++) if (known[i] !== typed[i] && known[i] !== "x") return undefined;
  if (behind === 0) return "wildcard";
  // What stands behind begins a part of its own: STM32F40 is no name of an STM32F407.
  return /^[a-z]/.test(typed.slice(known.length)) || /[a-z_-]$/.test(known) ? "order-code" : undefined;
}
