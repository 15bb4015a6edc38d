/** Writes little-endian fields one after the other. */
export class ByteWriter {
  private readonly parts: number[] = [];

  u8(value: number): this {
    this.parts.push(value & 0xff);
    return this;
  }

  u16le(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }

  u32le(value: number): this {
    return this.u16le(value).u16le(value >>> 16);
  }

  bytes(bytes: Iterable<number>): this {
    for (const byte of bytes) this.parts.push(byte & 0xff);
    return this;
  }

  /** Everything written so far, as a fresh array. */
  finish(): Uint8Array {
    return Uint8Array.from(this.parts);
  }
}

/** Reads little-endian fields one after the other; a read past the end throws `RangeError`. */
export class ByteReader {
  readonly source: Uint8Array;
  private readonly view: DataView;
  private position = 0;

  constructor(source: Uint8Array) {
    this.source = source;
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Bytes not yet read. */
  get left(): number {
    return this.source.length - this.position;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16le(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32le(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** The next `count` bytes, as a view on the source. */
  bytes(count: number): Uint8Array {
    const at = this.advance(count);
    return this.source.subarray(at, at + count);
  }

  skip(count: number): this {
    this.advance(count);
    return this;
  }

  private advance(count: number): number {
    if (count > this.left) throw new RangeError(`${count} bytes wanted, ${this.left} left`);
    const at = this.position;
    this.position += count;
    return at;
  }
}

/** All the given arrays, one after the other, in a fresh array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Whether two arrays hold the same bytes. */
export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The little-endian words of an array whose length is a multiple of four. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length >>> 2 }, (_, i) => view.getUint32(i * 4, true));
}

/** The bytes of an array of words, little-endian. */
export function bytesOfWords(words: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < words.length; i++) view.setUint32(i * 4, words[i], true);
  return bytes;
}
