import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { FlashCells } from "../../../../src/twin/chip/flash-cells.ts";
import { Prng } from "../../../../src/twin/chip/prng.ts";
import { bit, header, parity } from "../probe/wire.ts";
import { BUSY, FLASH, FLASH_ALIAS, HZ, RAM, TARGETID, TestChip } from "./test-chip.ts";

const AP = { CSW: 0x00, TAR: 0x04, DRW: 0x0c } as const;

/** Stores r1 at [r0] twice, reads it back into r2, and stops at itself. */
const STORE_TWICE = [
  ...[0x4803, 0x4904, 0x6001, 0x6041, 0x6802, 0x4b03, 0x601a, 0xe7fe],
  ...[FLASH & 0xffff, FLASH >>> 16, 0x5678, 0x1234, (RAM + 0x10) & 0xffff, RAM >>> 16],
];
/** Counts in r0 at RAM + 0x20 for ever. */
const COUNT = [0x4902, 0x2000, 0x3001, 0x6008, 0xe7fc, 0xbf00, 0x0020, 0x2000];

describe("bus map", () => {
  it("shows memory and flash at their aliases too", () => {
    const { bus, cores } = new TestChip();
    bus.write(0x30000004, 4, 0xcafe, cores[0].asDebugger);
    expect(bus.read(RAM + 4, 4, cores[0].asDebugger)).toBe(0xcafe);
    expect(bus.read(FLASH_ALIAS, 4, cores[0].asDebugger)).toBe(0xffffffff);
  });

  it("has no bit-band where the map names none", () => {
    const { bus, cores } = new TestChip();
    expect(bus.read(0x22000000, 4, cores[0].asDebugger)).toBe(-1);
    expect(bus.refused.list).toMatchObject([{ address: 0x22000000, why: "nothing there" }]);
  });

  it("gives each core's debugger its own private bus", () => {
    const chip = new TestChip();
    chip.bus.write(0xe000edfc, 4, 0x01000000, chip.cores[0].asDebugger);
    const demcr = (n: number) => chip.bus.read(0xe000edfc, 4, chip.cores[n].asDebugger);
    expect([demcr(0), demcr(1)]).toEqual([0x01000000, 0]);
  });
});

describe("a stalled access", () => {
  it("keeps the core in its instruction until the flash is ready, without a fault; its cycles pass", () => {
    const chip = new TestChip();
    chip.start(0, STORE_TWICE);
    chip.advance(BUSY - MICROSECOND);
    expect(new DataView(chip.ram.bytes.buffer).getUint32(0x10, true)).toBe(0);
    chip.advance(3 * BUSY);
    expect(new DataView(chip.ram.bytes.buffer).getUint32(0x10, true)).toBe(0x12345678);
    expect(chip.cells.bytes.slice(4, 8)).toEqual(Uint8Array.of(0x78, 0x56, 0x34, 0x12));
    const expected = (3 * BUSY * HZ) / SECOND;
    expect(Math.abs(chip.cores[0].cpu.cycles - expected)).toBeLessThan(8);
  });

  it("makes the debugger's access port answer WAIT, and the same access succeed later with TAR where it was", () => {
    const chip = new TestChip();
    const [ap] = chip.aps;
    ap.write(AP.CSW, 0x12);
    ap.write(AP.TAR, FLASH);
    expect(ap.write(AP.DRW, 0x11223344)).toBe(0);
    expect([ap.write(AP.DRW, 0x55667788), ap.read(AP.TAR)]).toEqual(["wait", FLASH + 4]);
    chip.advance(BUSY + MICROSECOND);
    expect([ap.write(AP.DRW, 0x55667788), ap.read(AP.TAR)]).toEqual([0, FLASH + 8]);
  });
});

describe("two cores", () => {
  it("run side by side, and one that stalls does not stop the other", () => {
    const chip = new TestChip();
    chip.start(0, STORE_TWICE);
    chip.start(1, COUNT);
    chip.advance(MILLISECOND);
    const counted = new DataView(chip.ram.bytes.buffer).getUint32(0x20, true);
    expect(counted).toBeGreaterThan(1_000);
    expect(new DataView(chip.ram.bytes.buffer).getUint32(0x10, true)).toBe(0x12345678);
    const [first, second] = chip.cores.map(({ cpu }) => cpu.cycles);
    expect(Math.abs(first - second)).toBeLessThan(16);
  });
});

describe("two debug ports on one wire", () => {
  const out = (chip: TestChip, word: number, count: number) => {
    for (let n = 0; n < count; n++) chip.wire.clock(n < 32 ? bit(word, n) : 1, 1);
  };
  const ones = (chip: TestChip, count: number) => {
    for (let n = 0; n < count; n++) chip.wire.clock(1, 1);
  };
  const read = (chip: TestChip, count: number): number => {
    let word = 0;
    for (let n = 0; n < count; n++) word |= chip.wire.clock(1, 0) << n;
    return word >>> 0;
  };
  const lineReset = (chip: TestChip) => {
    ones(chip, 56);
    out(chip, 0, 8);
  };
  const targetsel = (chip: TestChip, value: number) => {
    out(chip, header("dp", 0, 0xc), 8);
    const undriven = read(chip, 5);
    out(chip, value, 32);
    out(chip, parity(value), 1);
    return undriven;
  };
  const readDp = (chip: TestChip, address: number) => {
    out(chip, header("dp", 1, address), 8);
    const bits = [read(chip, 3), read(chip, 32), read(chip, 1)];
    read(chip, 2);
    return { ack: bits[0], word: bits[1] };
  };
  const selected = (instance: number) => {
    const chip = new TestChip();
    ones(chip, 56);
    out(chip, 0xe79e, 16);
    lineReset(chip);
    expect(targetsel(chip, (TARGETID | (instance << 28)) >>> 0)).toBe(0x1f);
    return chip;
  };

  it.each([0, 1])("TARGETSEL, whose acknowledge is not driven, selects instance %i alone", (instance) => {
    const chip = selected(instance);
    expect(readDp(chip, 0)).toEqual({ ack: 1, word: 0x0bc12477 });
    expect(chip.dps.map((dp) => dp.driven)).toEqual([undefined, undefined]);
    // Bank 3 of A[3:2] = 01 is DLPIDR with the instance.
    out(chip, header("dp", 0, 8), 8);
    read(chip, 5);
    out(chip, 3, 32);
    out(chip, parity(3), 1);
    expect(readDp(chip, 4)).toEqual({ ack: 1, word: ((instance << 28) | 1) >>> 0 });
  });

  it("with a TARGETSEL that fits neither, none answers until the next line reset", () => {
    const chip = selected(5);
    expect(readDp(chip, 0)).toEqual({ ack: 7, word: 0xffffffff });
    lineReset(chip);
    targetsel(chip, TARGETID);
    expect(readDp(chip, 0).ack).toBe(1);
  });
});

describe("flash cells of a family that no source describes", () => {
  const cells = (erased: 0xff | 0x00 = 0xff, ecc = true) => new FlashCells({ size: 64, erased, unit: 8, ecc });

  it("programs bits away from the erased value only, and erases them back", () => {
    for (const erased of [0xff, 0x00] as const) {
      const flash = cells(erased);
      expect(flash.program(0, Uint8Array.of(0xf0))).toBe(true);
      expect(flash.program(0, Uint8Array.of(0x0f))).toBe(false);
      expect(flash.bytes[0]).toBe(erased === 0xff ? 0x00 : 0xff);
      flash.erase(0, 8);
      expect(flash.isErased(0, 8, 2)).toBe(true);
    }
  });

  it("leaves each bit of a cut operation old or new; a unit in between is unreadable with ECC, one that got through weak", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (progress, seed) => {
        const flash = cells();
        const old = Uint8Array.from({ length: 16 }, (_, i) => 17 * i);
        flash.program(0, old);
        flash.cutErase(0, 16, progress, new Prng(seed));
        for (let unit = 0; unit < 2; unit++) {
          const now = flash.bytes.slice(8 * unit, 8 * unit + 8);
          const was = old.slice(8 * unit, 8 * unit + 8);
          expect(now.every((byte, i) => (byte & was[i]) === was[i])).toBe(true);
          const isOld = now.every((byte, i) => byte === was[i]);
          const isNew = now.every((byte) => byte === 0xff);
          expect(flash.read(8 * unit, 1) < 0).toBe(!isOld && !isNew);
          expect([flash.isErased(8 * unit, 8, 0), flash.isErased(8 * unit, 8, 1)]).toEqual([isNew, false]);
        }
      }),
    );
  });

  it("reads what is there without ECC", () => {
    const flash = cells(0xff, false);
    flash.program(0, new Uint8Array(8));
    flash.cutErase(0, 8, 0.5, new Prng(1));
    expect(flash.read(0, 1)).toBe(flash.bytes[0]);
  });
});
