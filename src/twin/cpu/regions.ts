import { LoopHeads } from "./compiled/loop-heads.ts";
import type { CpuMemory } from "./seam.ts";

/** Instructions decoded from one range of addresses, by halfword: outside and inside an IT block. */
export class CodeRegion {
  base: number;
  /** In bytes. */
  readonly length: number;
  readonly ops: Uint16Array;
  readonly xs: Int32Array;
  readonly imms: Int32Array;
  readonly itOps: Uint16Array;
  readonly itXs: Int32Array;
  readonly itImms: Int32Array;
  /** The loops in it, as they count their rounds and are compiled. */
  readonly heads = new LoopHeads();
  /** `Core.decodeEpoch` that these were decoded under. */
  epoch = -1;

  constructor(base: number, length: number) {
    const halfwords = length >> 1;
    this.base = base;
    this.length = length;
    this.ops = new Uint16Array(halfwords);
    this.xs = new Int32Array(halfwords);
    this.imms = new Int32Array(halfwords);
    this.itOps = new Uint16Array(halfwords);
    this.itXs = new Int32Array(halfwords);
    this.itImms = new Int32Array(halfwords);
  }

  /** Forgets what was decoded from halfwords `from` up to, not including, `to`. */
  forget(from: number, to: number): void {
    this.ops.fill(0, from, to);
    this.itOps.fill(0, from, to);
    this.heads.forget(from, to);
  }
}

const PAGE_SHIFT = 8;

/** One `CpuMemory` with its views by width, and what was decoded from it. */
export class Region {
  readonly memory: CpuMemory;
  readonly base: number;
  readonly length: number;
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly i32: Int32Array;
  /** One flag per 256 bytes: something was decoded there, so a store must look. */
  readonly decodedPages: Uint8Array;
  private decoded: CodeRegion | undefined;

  constructor(memory: CpuMemory) {
    const { bytes } = memory;
    if (bytes.byteOffset & 3 || bytes.length & 3) throw new RangeError("CpuMemory.bytes must be made of whole words");
    this.memory = memory;
    this.base = memory.base;
    this.length = bytes.length;
    this.u8 = bytes;
    this.u16 = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1);
    this.i32 = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    this.decodedPages = new Uint8Array((bytes.length >> PAGE_SHIFT) + 1);
  }

  /** The decoded instructions, current for this epoch. */
  code(epoch: number): CodeRegion {
    this.decoded ??= new CodeRegion(this.base, this.length);
    if (this.decoded.epoch !== epoch) {
      this.forgetPages();
      this.decoded.epoch = epoch;
    }
    return this.decoded;
  }

  /** Notes that the four bytes at `offset` are decoded. */
  markDecoded(offset: number): void {
    this.decodedPages[offset >> PAGE_SHIFT] = 1;
    this.decodedPages[(offset + 3) >> PAGE_SHIFT] = 1;
  }

  /** Forgets instructions that touch the bytes from `offset` on; one may start a halfword earlier. */
  forget(offset: number, length: number): void {
    if (!this.decoded) return;
    this.decoded.forget(Math.max(0, (offset - 2) >> 1), (offset + length + 1) >> 1);
  }

  /** Forgets what was decoded from any part of an address range. */
  forgetRange(address: number, length: number): void {
    const from = Math.max(address, this.base);
    const to = Math.min(address + length, this.base + this.length);
    if (from < to) this.forget(from - this.base, to - from);
  }

  private forgetPages(): void {
    for (let page = 0; page < this.decodedPages.length; page++) {
      if (this.decodedPages[page]) this.forget(page << PAGE_SHIFT, 1 << PAGE_SHIFT);
    }
    this.decodedPages.fill(0);
  }
}

/** A region that holds nothing: every access misses it. */
export const NO_REGION = new Region({ base: 0, bytes: new Uint8Array(0), writable: false, direct: true });
