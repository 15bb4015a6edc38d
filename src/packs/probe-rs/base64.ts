import { invalidAlgorithm } from "../pack-error.ts";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUE: ReadonlyMap<string, number> = new Map([...DIGITS].map((digit, i) => [digit, i]));

/** The bytes of a text in base64 (RFC 4648), line breaks between them allowed; throws `algorithm-invalid`. */
export function base64Bytes(text: string): Uint8Array {
  const digits = text.replace(/\s/g, "").replace(/={0,2}$/, "");
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  if (digits.length % 4 === 1) throw invalidAlgorithm("base64", "The code is no base64: it ends inside of a byte");
  let [bits, held, at] = [0, 0, 0];
  for (const digit of digits) {
    const value = VALUE.get(digit);
    if (value === undefined) throw invalidAlgorithm("base64", `The code is no base64: it has "${digit}"`);
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[at++] = (bits >>> held) & 0xff;
  }
  return bytes;
}
