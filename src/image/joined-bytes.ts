import { address32, byte8 } from "../base/u32.ts";
import { ImageError } from "./image.ts";

/** Below this many bytes a loop is faster than a view and `set`. */
const SMALL = 64;

/**
 * The bytes of touching or overlapping pieces, laid into one array in the order of their addresses.
 *
 * Each byte of a piece is copied or compared exactly once, so the cost is that of the pieces, however they overlap.
 */
export class JoinedBytes {
  readonly bytes: Uint8Array;
  private readonly address: number;
  /** One past the last address that has a byte. */
  private filled: number;

  constructor(address: number, end: number) {
    this.address = address;
    this.filled = address;
    this.bytes = new Uint8Array(end - address);
  }

  /**
   * Lays `length` bytes of `source` at `address`, which is not below that of the piece before and leaves no gap.
   * Throws `ImageError` `image-overlap`, with `name` as its segment, where another byte stands there already.
   */
  put(name: string, source: Uint8Array, from: number, length: number, address: number): void {
    const doubled = Math.min(this.filled - address, length);
    const at = address - this.address;
    for (let i = 0; i < doubled; i++) {
      const before = this.bytes[at + i];
      if (before !== source[from + i]) throw overlap(name, address + i, before, source[from + i]);
    }
    if (doubled < length) this.copy(source, from + doubled, length - doubled, at + doubled);
  }

  private copy(source: Uint8Array, from: number, length: number, at: number): void {
    if (length > SMALL) this.bytes.set(source.subarray(from, from + length), at);
    else for (let i = 0; i < length; i++) this.bytes[at + i] = source[from + i];
    this.filled = this.address + at + length;
  }
}

function overlap(segment: string, at: number, before: number, now: number): ImageError {
  const address = address32(at);
  const [first, second] = [byte8(before), byte8(now)];
  return new ImageError("image-overlap", `The file gives address ${address} twice, as ${first} and ${second}`, {
    details: { address, first, second, segment },
  });
}
