import { HostError } from "../../base/errors.ts";

/** A number as the command line writes it: `0x` hex, else decimal (docs/cli.md). Throws `usage`. */
export function parseNumber(text: string): number {
  const digits = /^0x[0-9a-f]+$/i.test(text) || /^\d+$/.test(text);
  const value = digits ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw new HostError("usage", `"${text}" is not a number (0x hex, else decimal)`);
  return value;
}

/** An address: a number of at most 32 bits. Throws `usage`. */
export function parseAddress(text: string): number {
  const value = parseNumber(text);
  if (value > 0xffffffff) throw new HostError("usage", `"${text}" is no 32-bit address`);
  return value;
}

/** A half-open range, `A:B` or `A:+LEN`. Throws `usage`. */
export function parseRange(text: string): { readonly start: number; readonly length: number } {
  const [from, to, more] = text.split(":");
  if (from === undefined || to === undefined || more !== undefined)
    throw new HostError("usage", `"${text}" is no range; write A:B or A:+LEN`);
  const start = parseAddress(from);
  const length = to.startsWith("+") ? parseNumber(to.slice(1)) : parseNumber(to) - start;
  if (length <= 0 || start + length > 0x1_0000_0000)
    throw new HostError("usage", `"${text}" is an empty or impossible range`);
  return { start, length };
}

/** A clock speed: `4M`, `4000k`, `400000Hz`, or kHz as J-Link's users write it (`4000`). Answers Hz; throws `usage`. */
export function parseSpeed(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(MHz|M|kHz|k|Hz|)$/i.exec(text);
  if (!match || Number(match[1]) === 0) throw new HostError("usage", `"${text}" is no speed; write 4M or 4000 (kHz)`);
  return Math.round(Number(match[1]) * HZ_BY_UNIT[match[2].toLowerCase()]);
}

const HZ_BY_UNIT: { readonly [unit: string]: number } = {
  m: 1_000_000,
  mhz: 1_000_000,
  k: 1_000,
  khz: 1_000,
  hz: 1,
  "": 1_000,
};

/** A file with an optional address behind the last `@`: `app.bin@0x8000`. Throws `usage`. */
export function parseFileAt(text: string): { readonly path: string; readonly address?: number } {
  const match = /^(.+)@(0x[0-9a-f]+|\d+)$/i.exec(text);
  return match ? { path: match[1], address: parseAddress(match[2]) } : { path: text };
}
