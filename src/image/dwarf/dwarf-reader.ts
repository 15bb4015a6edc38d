/** Bytes of a LEB128 number of 64 bits. */
const MOST_GROUPS = 10;

/** Reads a section of debug information from a place on; a read past its end throws `RangeError`. */
export class DwarfReader {
  position: number;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = position;
  }

  u8(): number {
    return this.view.getUint8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  /** 64 bits; beyond 2^53 it is not exact, and beyond any file. */
  u64(): number {
    return this.u32() + this.u32() * 2 ** 32;
  }

  /** An unsigned number of `count` bytes, 8 at most. */
  unsigned(count: number): number {
    if (count === 1) return this.u8();
    if (count === 2) return this.u16();
    if (count === 3) return this.u16() + this.u8() * 0x10000;
    return count === 4 ? this.u32() : this.u64();
  }

  /** ULEB128 (DWARF 5, 7.6); bits beyond 2^53 are not exact. */
  uleb(): number {
    return this.leb().value;
  }

  /** SLEB128. */
  sleb(): number {
    const { value, last, scale } = this.leb();
    return last & 0x40 ? value - scale * 0x80 : value;
  }

  /** Bytes up to a 0, which is passed over. */
  text(): Uint8Array {
    const end = this.bytes.indexOf(0, this.position);
    if (end < 0) throw new RangeError("a text has no end");
    const text = this.bytes.subarray(this.position, end);
    this.position = end + 1;
    return text;
  }

  skip(count: number): void {
    this.advance(count);
  }

  /** Groups of seven bits, with the last of them and what it counts; no number of a program takes more than ten. */
  private leb(): { readonly value: number; readonly last: number; readonly scale: number } {
    let value = 0;
    for (let n = 0; n < MOST_GROUPS; n++) {
      const [byte, scale] = [this.u8(), 0x80 ** n];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return { value, last: byte, scale };
    }
    throw new RangeError(`a number at ${this.position} has more than ${MOST_GROUPS} bytes`);
  }

  private advance(count: number): number {
    const at = this.position;
    if (!(at + count <= this.bytes.length)) throw new RangeError(`${count} bytes wanted at ${at}`);
    this.position += count;
    return at;
  }
}
