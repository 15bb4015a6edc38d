import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND } from "../../../../src/base/clock.ts";
import { FLASH, lab } from "./lab.ts";

const PG = 0x201;
const SER = 0x202;
const MER = 0x204;
const STRT = 0x10000;
const SR = { WRPERR: 0x10, PGPERR: 0x40, PGSERR: 0x80 } as const;
const AT = 0x08000000;

describe("CR of the flash interface", () => {
  it("is locked after reset and takes no write", () => {
    const chip = lab();
    chip.write(FLASH.CR, PG);
    expect(chip.read(FLASH.CR)).toBe(0x80000000);
  });

  it("is opened by both keys in their order", () => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, PG);
    expect(chip.read(FLASH.CR)).toBe(PG);
  });

  it("answers a wrong key with a bus error, and stays locked until the next reset", () => {
    const chip = lab();
    expect(chip.tryWrite(FLASH.KEYR, 0x12345678)).toBe("fault");
    expect(chip.tryWrite(FLASH.KEYR, 0x45670123)).toBe("fault");
    expect(chip.read(FLASH.CR)).toBe(0x80000000);
    expect(chip.reset().unlock().read(FLASH.CR)).toBe(0);
  });

  it("is locked again by a write of LOCK", () => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, 0x80000000);
    chip.write(FLASH.CR, PG);
    expect(chip.read(FLASH.CR)).toBe(0x80000000);
  });

  it("holds a write up on the bus while an operation is under way", () => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, SER | STRT);
    expect(chip.tryWrite(FLASH.CR, 0)).toBe("wait");
    expect(chip.finish()).toBe(250 * MILLISECOND);
    expect(chip.tryWrite(FLASH.CR, 0)).toBe(0);
  });
});

describe("programming", () => {
  it("takes a write of the width in PSIZE and changes ones to zeroes only, in 16 us", () => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, PG);
    chip.write(AT, 0xfffffff0);
    expect(chip.finish()).toBe(16 * MICROSECOND);
    chip.program(AT, 0xffffff0f);
    expect([chip.read(AT), chip.read(FLASH.SR)]).toEqual([0xffffff00, 0]);
  });

  it.each([
    ["another width than PSIZE's", PG, 2, SR.PGPERR],
    ["PG clear", 0x200, 4, SR.PGSERR],
    ["SER set beside PG", PG | SER, 4, SR.PGSERR],
    ["64 bits at a time, without the voltage for it", 0x301, 4, SR.PGPERR],
  ] as const)("refuses a write with %s, with a flag in SR", (_, cr, size, error) => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, cr);
    chip.write(AT, 0, size);
    expect([chip.read(FLASH.SR), chip.read(AT)]).toEqual([error, 0xffffffff]);
    chip.write(FLASH.SR, error);
    expect(chip.read(FLASH.SR)).toBe(0);
  });

  it("takes 16 bits at a time only where the supply is below 2.7 V", () => {
    const chip = lab().unlock();
    chip.chip.setSupply(2_500);
    chip.write(FLASH.CR, PG);
    chip.write(AT, 0);
    expect(chip.read(FLASH.SR)).toBe(SR.PGPERR);
    chip.write(FLASH.CR, 0x101);
    chip.write(AT, 0, 2);
    chip.finish();
    expect(chip.read(AT)).toBe(0xffff0000);
  });

  it("stalls reads of flash until it is done", () => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, PG);
    chip.write(AT, 0);
    expect(chip.tryRead(AT + 0x1000)).toBe("wait");
    chip.finish();
    expect(chip.read(AT + 0x1000)).toBe(0xffffffff);
  });
});

describe("erasing", () => {
  const filled = (name?: string) => {
    const chip = lab(name);
    chip.chip.flash.main.bytes.fill(0);
    return chip.unlock();
  };
  const edges = (chip: ReturnType<typeof lab>, from: number, length: number) =>
    [from - 1, from, from + length - 1, from + length].map((offset) => chip.chip.flash.main.bytes[offset] ?? 0);

  it.each([
    [0, 0x4000, 0x4000, 250],
    [3, 0xc000, 0x4000, 250],
    [4, 0x10000, 0x10000, 550],
    [5, 0x20000, 0x20000, 1000],
    [11, 0xe0000, 0x20000, 1000],
  ])("of sector %i takes its own bytes alone", (number, from, length, ms) => {
    const chip = filled();
    const start = number === 0 ? 0 : from;
    const size = number === 0 ? 0x4000 : length;
    chip.write(FLASH.CR, SER | (number << 3) | STRT);
    expect(chip.finish()).toBe(ms * MILLISECOND);
    expect(edges(chip, start, size)).toEqual([0, 0xff, 0xff, 0]);
  });

  it("of a second bank's sector is asked for by SNB from 0x10 on", () => {
    const chip = filled("STM32F429xI");
    chip.write(FLASH.CR, SER | (0x11 << 3) | STRT);
    chip.finish();
    expect(edges(chip, 0x104000, 0x4000)).toEqual([0, 0xff, 0xff, 0]);
  });

  it("of everything takes 8 s", () => {
    const chip = filled();
    chip.write(FLASH.CR, MER | STRT);
    expect(chip.finish()).toBe(8_000 * MILLISECOND);
    expect(chip.chip.flash.main.bytes.every((byte) => byte === 0xff)).toBe(true);
  });

  it("does nothing where SER and MER are both set", () => {
    const chip = filled();
    chip.write(FLASH.CR, SER | MER | STRT);
    expect([chip.read(FLASH.SR), chip.read(AT)]).toEqual([0, 0]);
  });

  it("that loses its power leaves each bit old or one", () => {
    const chip = filled();
    chip.write(FLASH.CR, SER | STRT);
    chip.wait(100 * MILLISECOND).powerCycle(7);
    const ones = chip.chip.flash.main.bytes.subarray(0, 0x4000).filter((byte) => byte !== 0 && byte !== 0xff);
    expect(ones.length).toBeGreaterThan(0x1000);
    expect(chip.chip.flash.main.bytes[0x4000]).toBe(0);
  });
});

describe("the one-time area", () => {
  it("is programmed, and not where its block is locked", () => {
    const chip = lab().unlock();
    chip.write(FLASH.CR, PG);
    chip.program(0x1fff7800, 0x11223344);
    chip.write(FLASH.CR, 0x001);
    chip.write(0x1fff7a00, 0x00, 1);
    chip.finish();
    chip.write(FLASH.CR, PG);
    chip.program(0x1fff7804, 0);
    expect([chip.read(0x1fff7800), chip.read(0x1fff7804), chip.read(FLASH.SR)]).toEqual([
      0x11223344,
      0xffffffff,
      SR.WRPERR,
    ]);
  });
});
