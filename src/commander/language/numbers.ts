/** A 32-bit number, hex by default, `0x` optional: addresses, data, counts, register indexes; undefined where it is none. */
export function parseHex(text: string): number | undefined {
  const value = parseHex64(text);
  return value === undefined || value > 0xffff_ffffn ? undefined : Number(value);
}

/** A number of up to 64 bits, hex by default, `0x` optional; undefined where it is none. */
export function parseHex64(text: string): bigint | undefined {
  if (!/^(?:0x)?[0-9a-f]+$/i.test(text)) return undefined;
  const value = BigInt(`0x${text.replace(/^0x/i, "")}`);
  return value >> 64n === 0n ? value : undefined;
}

/** A number that is decimal by default (milliseconds, kHz, steps, serials, `-1`); `0x` makes it hex (unsure). */
export function parseDecimal(text: string): number | undefined {
  if (/^0x/i.test(text)) return parseHex(text);
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** An address, with the memory zone that stands before it: `Default:20000000`. */
export interface ZonedAddress {
  readonly address: number;
  /** As typed; undefined where none is. */
  readonly zone?: string;
}

/** `[<Zone>:]<Addr>`; undefined where it is none. Whether there is such a zone, the target knows. */
export function parseAddress(text: string): ZonedAddress | undefined {
  const [zone, digits] = text.includes(":") ? text.split(/:(?=[^:]*$)/) : [undefined, text];
  const address = parseHex(digits);
  if (address === undefined || zone === "") return undefined;
  return zone === undefined ? { address } : { address, zone };
}
