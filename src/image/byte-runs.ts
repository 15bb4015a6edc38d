import { address32 } from "../base/u32.ts";
import { ImageError, type Segment } from "./image.ts";
import { JoinedBytes } from "./joined-bytes.ts";
import { ADDRESS_SPACE, checkImageBytes, checkSegmentCount, MAX_IMAGE_BYTES } from "./limits.ts";

/**
 * The bytes of a file's records with their addresses, in the order of the file.
 *
 * Flat arrays: a record costs its bytes, one that does not start where the last one ended 12 bytes more, and a gap
 * nothing. Addresses far apart, or each record twice, cost no more than the file's size.
 */
export class ByteRuns {
  /** The bytes of all runs; from `used` on there is room for those of the next record. */
  readonly pool: Uint8Array;
  private filled = 0;
  private count = 0;
  /** One past the last address of the last run. */
  private end = -1;
  /** Whether each run so far begins above the end of the one before. */
  private ascending = true;
  /** Address and number of each run as one 64-bit number, which sorts natively; the two halves as views. */
  private keys = new BigUint64Array(64);
  private halves = new Uint32Array(this.keys.buffer);
  /** Where in the pool each run begins. */
  private places = new Uint32Array(64);

  /** `capacity`: bytes that the file can give at most; memory is used only for those that come. */
  constructor(capacity: number) {
    this.pool = new Uint8Array(Math.min(capacity, MAX_IMAGE_BYTES));
  }

  /** How many bytes there are. */
  get used(): number {
    return this.filled;
  }

  /** How many runs there are; touching ones that came one after the other are one. */
  get runs(): number {
    return this.count;
  }

  /**
   * Takes `source[from]` to `source[to - 1]` for `address` and on. Throws `ImageError` `image-outside-chip` beyond 32
   * bits, `image-too-large` where the file gives more than an image may hold.
   */
  add(address: number, source: Uint8Array, from: number, to: number): void {
    this.put(source, from, to);
    this.take(address, to - from);
  }

  /** Copies bytes to `pool[used]` and on, for `take` to take them; throws `image-too-large`. */
  put(source: Uint8Array, from: number, to: number): void {
    const { pool, filled } = this;
    checkImageBytes(filled + to - from);
    for (let i = from; i < to; i++) pool[filled + i - from] = source[i];
  }

  /** Takes the `length` bytes that stand at `pool[used]` and on; throws `image-outside-chip`. */
  take(address: number, length: number): void {
    if (length <= 0) return;
    if (address + length > ADDRESS_SPACE) throw outside(address, length);
    if (address !== this.end) this.begin(address);
    this.filled += length;
    this.end = address + length;
  }

  /** The runs sorted and joined; bytes given twice must be the same. Throws `image-overlap`, `image-too-large`. */
  segments(name: string): readonly Segment[] {
    const joined: Segment[] = [];
    if (!this.ascending) this.keys.subarray(0, this.count).sort();
    for (let first = 0; first < this.count; ) {
      const { next, end } = this.touching(first);
      joined.push({ name, address: this.addressAt(first), bytes: this.joined(name, first, next, end) });
      checkSegmentCount(joined.length);
      first = next;
    }
    return joined;
  }

  private begin(address: number): void {
    if (this.count === this.places.length) this.grow();
    if (address <= this.end) this.ascending = false;
    this.halves[this.count * 2] = this.count;
    this.halves[this.count * 2 + 1] = address;
    this.places[this.count++] = this.filled;
  }

  private grow(): void {
    const keys = new BigUint64Array(this.count * 2);
    const places = new Uint32Array(this.count * 2);
    keys.set(this.keys);
    places.set(this.places);
    this.keys = keys;
    this.halves = new Uint32Array(keys.buffer);
    this.places = places;
  }

  /** The runs from `first` on that touch or overlap: up to `next`, ending at `end`. */
  private touching(first: number): { readonly next: number; readonly end: number } {
    let end = this.addressAt(first) + this.lengthAt(first);
    let next = first + 1;
    for (; next < this.count && this.addressAt(next) <= end; next++) {
      end = Math.max(end, this.addressAt(next) + this.lengthAt(next));
    }
    return { next, end };
  }

  private joined(name: string, first: number, next: number, end: number): Uint8Array {
    const place = this.placeAt(first);
    if (next === first + 1) return this.pool.subarray(place, place + this.lengthAt(first));
    const all = new JoinedBytes(this.addressAt(first), end);
    for (let i = first; i < next; i++) all.put(name, this.pool, this.placeAt(i), this.lengthAt(i), this.addressAt(i));
    return all.bytes;
  }

  private addressAt(sorted: number): number {
    return this.halves[sorted * 2 + 1];
  }

  private placeAt(sorted: number): number {
    return this.places[this.halves[sorted * 2]];
  }

  private lengthAt(sorted: number): number {
    const run = this.halves[sorted * 2];
    return (run + 1 < this.count ? this.places[run + 1] : this.filled) - this.places[run];
  }
}

const outside = (address: number, length: number) =>
  new ImageError("image-outside-chip", `${length} bytes at ${address32(address)} do not fit into 32-bit addresses`, {
    details: { address: address32(address), length },
  });
