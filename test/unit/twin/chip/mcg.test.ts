import { describe, expect, it } from "vitest";
import { SECOND } from "../../../../src/base/clock.ts";
import { Mcg } from "../../../../src/twin/families/kinetis-ftfe/peripherals/mcg.ts";
import { lab } from "./lab.ts";

const OFFSET = { C1: 0, C2: 1, C4: 3, C5: 4, C6: 5, S: 6, C7: 12 } as const;
const LOCK0 = 0x40;
const IRCST = 0x01;

function mcg(extalHz = 8_000_000) {
  const made = new Mcg(extalHz, () => {});
  const write = (register: keyof typeof OFFSET, value: number) => void made.write(OFFSET[register], 1, value);
  return { mcg: made, write, status: () => made.read(OFFSET.S, 1) };
}

describe("MCG", () => {
  it("starts on the FLL with the slow internal reference: 20.97 MHz", () => {
    expect(mcg().mcg.outputHz).toBe(20_971_520);
  });

  it("locks the PLL that PLLCLKEN0 turns on before PLLS selects it, as NXP's SDK waits for it", () => {
    const { write, status } = mcg();
    write("C1", 0x80);
    expect(status() & LOCK0).toBe(0);
    write("C5", 0x40);
    expect(status() & LOCK0).toBe(LOCK0);
  });

  it("keeps the PLL off in BLPE, where C2.LP is set, unless PLLCLKEN0 holds it on", () => {
    const { write, status } = mcg();
    write("C1", 0x80);
    write("C6", 0x40);
    expect(status() & LOCK0).toBe(LOCK0);
    write("C2", 0x02);
    expect(status() & LOCK0).toBe(0);
    write("C5", 0x40);
    expect(status() & LOCK0).toBe(LOCK0);
  });

  it("shows in IRCST which internal reference C2.IRCS selects", () => {
    const { write, status } = mcg();
    write("C2", 0x01);
    expect(status() & IRCST).toBe(IRCST);
  });

  it("makes 120 MHz out of 50 MHz on EXTAL0 with PRDIV0 20 and VDIV0 48", () => {
    const { mcg: clock, write } = mcg(50_000_000);
    write("C1", 0x80);
    expect(clock.outputHz).toBe(50_000_000);
    write("C5", 0x13);
    write("C6", 0x58);
    write("C1", 0x00);
    expect(clock.outputHz).toBe(120_000_000);
  });

  it.each([
    ["the crystal", 0, 12_000_000],
    ["the RTC's oscillator", 1, 32_768],
    ["the 48 MHz reference", 2, 48_000_000],
  ])("takes %s as external reference by C7.OSCSEL", (_, oscsel, hz) => {
    const { mcg: clock, write } = mcg(12_000_000);
    write("C7", oscsel);
    write("C1", 0x80);
    expect(clock.outputHz).toBe(hz);
  });

  it.each([
    ["divided by FRDIV's 256 in the high range", 0x20, 0x18, 8_000_000, (8_000_000 / 256) * 640],
    ["undivided at 32,768 Hz in the low range", 0x00, 0x00, 32_768, 32_768 * 640],
  ])("feeds the FLL with the external reference, %s", (_, c2, c1, extal, hz) => {
    const { mcg: clock, write } = mcg(extal);
    write("C2", c2);
    write("C1", c1);
    expect(clock.outputHz).toBe(hz);
  });
});

describe("extalHz", () => {
  it("decides how fast the core runs on the external clock", () => {
    const cycles = (extalHz: number) => {
      const bench = lab({ extalHz });
      bench.write(0x40064000, 0x80, 1);
      const before = bench.chip.cpu.cycles;
      bench.wait(SECOND / 1000);
      return bench.chip.cpu.cycles - before;
    };
    expect([cycles(50_000_000), cycles(8_000_000)]).toEqual([50_000, 8_000]);
  });
});
