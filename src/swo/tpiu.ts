import { concatBytes } from "../base/bytes.ts";

/** Bytes of one source, out of the formatter's frames; source 0 is padding. */
export interface TraceSource {
  readonly id: number;
  readonly bytes: Uint8Array;
}

const FRAME = 16;
/** A full synchronisation packet, 0x7FFFFFFF, low byte first; a half one is 0x7FFF. */
const FULL_SYNC = [0xff, 0xff, 0xff, 0x7f] as const;

/**
 * Takes frames of the TPIU's formatter apart (CoreSight Architecture, IHI 0029E, D4): sixteen bytes, of which the even ones
 * are data or a source's number, and the last has the low bits of the even ones. Frames begin behind a full
 * synchronisation; what comes before is dropped.
 */
export class TpiuFrames {
  private left: Uint8Array = new Uint8Array(0);
  private isSynchronised = false;
  private id = 0;
  private lost = 0;

  /** Bytes that were dropped before the first synchronisation. */
  get dropped(): number {
    return this.lost;
  }

  /** What the frames that are complete with this piece hold, neighbouring bytes of one source in one. */
  feed(piece: Uint8Array): TraceSource[] {
    let bytes: Uint8Array = concatBytes([this.left, piece]);
    const sources: { id: number; bytes: number[] }[] = [];
    for (;;) {
      bytes = this.synchronise(bytes);
      if (!this.isSynchronised || bytes.length < FRAME || startsWithSync(bytes)) break;
      this.readFrame(bytes.subarray(0, FRAME), sources);
      bytes = bytes.subarray(FRAME);
    }
    this.left = bytes.slice();
    return sources.map(({ id, bytes: own }) => ({ id, bytes: Uint8Array.from(own) }));
  }

  /** Passes over synchronisations between frames; answers what may be a frame. */
  private synchronise(bytes: Uint8Array): Uint8Array {
    let rest = bytes;
    for (;;) {
      const at = this.isSynchronised ? (startsWithSync(rest) ? 0 : -1) : findSync(rest);
      if (at >= 0) {
        this.lost += this.isSynchronised ? 0 : at;
        this.isSynchronised = true;
        rest = rest.subarray(at + FULL_SYNC.length);
      } else if (this.isSynchronised && rest.length >= 2 && rest[0] === 0xff && rest[1] === 0x7f) {
        rest = rest.subarray(2);
      } else break;
    }
    if (this.isSynchronised || rest.length < FULL_SYNC.length) return rest;
    const kept = rest.subarray(rest.length - FULL_SYNC.length + 1);
    this.lost += rest.length - kept.length;
    return kept;
  }

  /** A new number counts from its own byte on, or from the one behind where the low bit says so. */
  private readFrame(frame: Uint8Array, sources: { id: number; bytes: number[] }[]): void {
    const low = frame[FRAME - 1];
    for (let i = 0; i < FRAME - 1; i += 2) {
      const bit = (low >>> (i / 2)) & 1;
      const second = i + 1 < FRAME - 1 ? frame[i + 1] : undefined;
      if ((frame[i] & 1) === 0) {
        this.put((frame[i] & 0xfe) | bit, sources);
        if (second !== undefined) this.put(second, sources);
        continue;
      }
      if (bit === 1 && second !== undefined) this.put(second, sources);
      this.id = frame[i] >>> 1;
      if (bit === 0 && second !== undefined) this.put(second, sources);
    }
  }

  private put(byte: number, sources: { id: number; bytes: number[] }[]): void {
    if (this.id === 0) return;
    const last = sources.at(-1);
    if (last?.id === this.id) last.bytes.push(byte);
    else sources.push({ id: this.id, bytes: [byte] });
  }
}

const startsWithSync = (bytes: Uint8Array): boolean => FULL_SYNC.every((byte, i) => bytes[i] === byte);

function findSync(bytes: Uint8Array): number {
  for (let at = 0; at + FULL_SYNC.length <= bytes.length; at++) if (startsWithSync(bytes.subarray(at))) return at;
  return -1;
}
