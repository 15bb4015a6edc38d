/** One thing that a client of GDB's remote serial protocol has sent. */
export type RspEvent =
  /** A packet with its checksum right, its escapes undone. */
  | { readonly kind: "packet"; readonly bytes: Uint8Array }
  /** A packet with a wrong checksum. */
  | { readonly kind: "broken" }
  /** The bare byte 0x03. */
  | { readonly kind: "interrupt" }
  | { readonly kind: "ack" | "nack" };

const [DOLLAR, PERCENT, HASH, ESCAPE, STAR] = [0x24, 0x25, 0x23, 0x7d, 0x2a];

/** Escaped bytes are sent XOR 0x20 (GDB manual, Overview of the Remote Protocol). */
const ESCAPE_XOR = 0x20;

/** A packet may be this long: what `PacketSize` allows, escaped, and some. */
export const LONGEST_PACKET = 0x10000;

/** Takes a client's bytes apart, in pieces of any length. What is neither packet nor sign is skipped. */
export class RspReader {
  private body: number[] | undefined;
  private sum: string | undefined;

  /** The events that end in these bytes. */
  feed(bytes: Uint8Array): readonly RspEvent[] {
    return [...bytes].flatMap((byte) => this.take(byte) ?? []);
  }

  private take(byte: number): RspEvent | undefined {
    if (this.body === undefined) return this.between(byte);
    if (this.sum !== undefined) return this.inSum(this.body, this.sum + String.fromCharCode(byte));
    if (byte === HASH) this.sum = "";
    // A client that begins anew has given up the packet before.
    else if (byte === DOLLAR) this.body = [];
    else if (this.body.length >= LONGEST_PACKET) this.body = undefined;
    else this.body.push(byte);
    return undefined;
  }

  private between(byte: number): RspEvent | undefined {
    if (byte === DOLLAR) this.body = [];
    if (byte === 0x03) return { kind: "interrupt" };
    if (byte === 0x2b) return { kind: "ack" };
    return byte === 0x2d ? { kind: "nack" } : undefined;
  }

  private inSum(body: readonly number[], sum: string): RspEvent | undefined {
    this.sum = sum;
    if (sum.length < 2) return undefined;
    [this.body, this.sum] = [undefined, undefined];
    const isRight = /^[0-9a-f]{2}$/i.test(sum) && Number.parseInt(sum, 16) === checksum(body);
    return isRight ? { kind: "packet", bytes: unescaped(body) } : { kind: "broken" };
  }
}

/** A packet as it goes over the wire: a text in ASCII, or bytes that are escaped. */
export const frame = (content: string | Uint8Array): Uint8Array => framed(DOLLAR, content);

/** A notification of non-stop mode, which is sent unasked and never acknowledged: `Stop:T05...`. */
export const notification = (content: string): Uint8Array => framed(PERCENT, content);

function framed(sign: number, content: string | Uint8Array): Uint8Array {
  const body = escaped(typeof content === "string" ? Uint8Array.from(content, (c) => c.charCodeAt(0)) : content);
  const sum = checksum(body).toString(16).padStart(2, "0");
  return Uint8Array.from([sign, ...body, HASH, sum.charCodeAt(0), sum.charCodeAt(1)]);
}

const checksum = (body: ArrayLike<number>): number => Array.from(body).reduce((sum, byte) => (sum + byte) & 0xff, 0);

/** A packet's bytes with `#`, `$`, `}` and `*` escaped. */
function escaped(bytes: Uint8Array): Uint8Array {
  const needs = (byte: number) => byte === DOLLAR || byte === HASH || byte === ESCAPE || byte === STAR;
  return Uint8Array.from([...bytes].flatMap((byte) => (needs(byte) ? [ESCAPE, byte ^ ESCAPE_XOR] : [byte])));
}

function unescaped(body: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < body.length; i++)
    bytes.push(body[i] === ESCAPE && i + 1 < body.length ? body[++i] ^ ESCAPE_XOR : body[i]);
  return Uint8Array.from(bytes);
}

/** Bytes as two lower-case hex digits each. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of hex digits; undefined for anything else. */
export function bytesOfHex(text: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(text)) return undefined;
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}

/** A number in hex; undefined for anything else, and for more than 32 bits. */
export const numberOfHex = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9a-f]{1,8}$/i.test(text) ? Number.parseInt(text, 16) : undefined;

/** A text as hex, as `qRcmd` and `O` have it. */
export const hexOfText = (text: string): string => hexOf(new TextEncoder().encode(text));

/** A word as eight hex digits in the target's order, low byte first. */
export const hexOfWord = (word: number): string => hexOf(Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24));
