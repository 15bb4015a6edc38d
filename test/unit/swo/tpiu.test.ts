import { describe, expect, it } from "vitest";
import { TpiuFrames } from "../../../src/swo/tpiu.ts";
import { Chance } from "../../support/chance.ts";

const SYNC = [0xff, 0xff, 0xff, 0x7f];

/** A frame as the architecture draws it: each slot a byte of data or, with `id`, the number of a source. */
function frame(slots: readonly (number | { readonly id: number; readonly late?: boolean })[]): number[] {
  let low = 0;
  const bytes = slots.map((slot, i) => {
    if (typeof slot !== "number") {
      if (slot.late) low |= 1 << (i / 2);
      return (slot.id << 1) | 1;
    }
    if (i % 2 === 1) return slot;
    low |= (slot & 1) << (i / 2);
    return slot & 0xfe;
  });
  return [...bytes, low];
}

const data = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => (first + i) & 0xff);

describe("frames of the TPIU's formatter", () => {
  it("hold fourteen bytes of one source behind its number", () => {
    const frames = new TpiuFrames();
    const bytes = [...SYNC, ...frame([{ id: 1 }, ...data(0x40, 14)])];
    expect(frames.feed(Uint8Array.from(bytes))).toEqual([{ id: 1, bytes: Uint8Array.from(data(0x40, 14)) }]);
  });

  it("give the byte behind a number to the source before where the low bit is set", () => {
    const frames = new TpiuFrames();
    const bytes = [...SYNC, ...frame([{ id: 1 }, 0x11, { id: 2, late: true }, 0x12, ...data(0x20, 11)])];
    expect(frames.feed(Uint8Array.from(bytes))).toEqual([
      { id: 1, bytes: Uint8Array.of(0x11, 0x12) },
      { id: 2, bytes: Uint8Array.from(data(0x20, 11)) },
    ]);
  });

  it("are found behind the first synchronisation, and what comes before is counted as dropped", () => {
    const frames = new TpiuFrames();
    const bytes = [1, 2, 3, ...SYNC, ...frame([{ id: 1 }, ...data(0, 14)])];
    expect(frames.feed(Uint8Array.from(bytes))).toHaveLength(1);
    expect(frames.dropped).toBe(3);
  });

  it("give the same bytes whatever the pieces' borders are, with synchronisations between them", () => {
    const chance = new Chance(3);
    const sent: number[] = [];
    const bytes = [...SYNC];
    for (let i = 0; i < 300; i++) {
      const own = [...chance.bytes(14)];
      sent.push(...own);
      bytes.push(...frame([{ id: 1 }, ...own]));
      if (chance.below(4) === 0) bytes.push(...SYNC);
      if (chance.below(4) === 0) bytes.push(0xff, 0x7f);
    }
    const frames = new TpiuFrames();
    const got: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = 1 + chance.below(40);
      for (const { id, bytes: own } of frames.feed(Uint8Array.from(bytes.slice(at, at + length)))) {
        expect(id).toBe(1);
        got.push(...own);
      }
      at += length;
    }
    // The last frames wait for what may be a synchronisation behind them.
    expect(sent.slice(0, got.length)).toEqual(got);
    expect(sent.length - got.length).toBeLessThanOrEqual(14);
  });
});
