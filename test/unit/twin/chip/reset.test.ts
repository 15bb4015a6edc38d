import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND } from "../../../../src/base/clock.ts";
import { Lab, lab } from "./lab.ts";

const AIRCR = 0xe000ed0c;
const DHCSR = 0xe000edf0;
const DEMCR = 0xe000edfc;
const RCM_SRS = 0x4007f000;
const WDOG_STCTRLH = 0x40052000;

describe("RCM_SRS1:SRS0 after a reset", () => {
  it.each<[string, number, (bench: Lab) => void]>([
    ["power-on 82/00", 0x0082, () => {}],
    ["the pin 40/00", 0x0040, (bench) => pulsePin(bench)],
    ["SYSRESETREQ 00/04", 0x0400, (bench) => bench.write(AIRCR, 0x05fa0004)],
    ["the MDM-AP 00/08", 0x0800, (bench) => pulseMdm(bench)],
    ["the watchdog 20/00", 0x0020, (bench) => bench.write(0x4005200e, 0x1234, 2)],
  ])("shows %s", (_, srs, reset) => {
    const bench = lab();
    reset(bench);
    expect(bench.wait(MILLISECOND).read(RCM_SRS, 2)).toBe(srs);
  });

  it("stays unchanged after VECTRESET", () => {
    const bench = lab();
    bench.write(AIRCR, 0x05fa0001);
    expect(bench.wait(MILLISECOND).read(RCM_SRS, 2)).toBe(0x0082);
  });
});

function pulsePin(bench: Lab): void {
  bench.chip.setResetPin(0, bench.now);
  bench.wait(MILLISECOND);
  bench.chip.setResetPin(1, bench.now);
}

function pulseMdm(bench: Lab): void {
  bench.control = 8;
  bench.wait(MILLISECOND);
  bench.control = 0;
}

describe("reset sequence", () => {
  it("power-on: secure and not ready, then ready and in reset, then running", () => {
    const bench = new Lab();
    bench.chip.powerOn(0);
    expect(bench.status & 0x0e).toBe(0x04);
    bench.wait(150 * MICROSECOND);
    expect(bench.status & 0x0e).toBe(0x02);
    bench.wait(MILLISECOND);
    expect(bench.status & 0x0e).toBe(0x0a);
  });

  it("reset pin low: the system stays in reset with flash initialised and the bus open", () => {
    const bench = lab();
    bench.chip.setResetPin(0, bench.now);
    bench.wait(MILLISECOND);
    expect(bench.status & 0x2f).toBe(0x22);
    expect(bench.read(DHCSR) & 0x02000000).toBe(0x02000000);
    bench.chip.setResetPin(1, bench.now);
    expect(bench.status & 0x08).toBe(0x08);
  });

  it("reset pin low at power-on: the chip stays in reset", () => {
    const bench = new Lab();
    bench.chip.setResetPin(0, 0);
    bench.powerOn();
    expect(bench.status & 0x0a).toBe(0x02);
    bench.chip.setResetPin(1, bench.now);
    expect(bench.status & 0x0a).toBe(0x0a);
  });

  it("SYSRESETREQ resets the peripherals and keeps SRAM", () => {
    const bench = lab();
    bench.write(0x40048038, 0x00043f82);
    bench.write(0x20000000, 0xcafe);
    bench.write(AIRCR, 0x05fa0004);
    bench.wait(MILLISECOND);
    expect(bench.read(0x40048038)).toBe(0x00040182);
    expect(bench.read(0x20000000)).toBe(0xcafe);
  });

  it("VECTRESET keeps the peripherals", () => {
    const bench = lab();
    bench.write(0x40048038, 0x00043f82);
    bench.write(AIRCR, 0x05fa0001);
    expect(bench.wait(MILLISECOND).read(0x40048038)).toBe(0x00043f82);
  });

  it("a reset during a flash command leaves the sector half erased", () => {
    const bench = lab();
    for (let at = 0x4000; at < 0x4100; at += 8) bench.program(at, 0, 0);
    bench.launch(0x09, 0x4000);
    bench.wait(7 * MILLISECOND).write(AIRCR, 0x05fa0004);
    expect(bench.wait(MILLISECOND).fstat).toBe(0x80);
    const cells = bench.flash(0x4000, 256);
    expect(cells.some((byte) => byte !== 0) && cells.some((byte) => byte !== 0xff)).toBe(true);
  });

  it("VC_CORERESET halts a blank chip with the registers that J-Link shows", () => {
    const bench = lab();
    bench.write(DHCSR, 0xa05f0001);
    bench.write(DEMCR, 1);
    bench.write(AIRCR, 0x05fa0004);
    bench.wait(MILLISECOND);
    expect(bench.read(DHCSR) & 0x20000).toBe(0x20000);
    const register = (selector: number) => {
      bench.write(0xe000edf4, selector);
      return bench.read(0xe000edf8);
    };
    expect([13, 14, 15, 16].map(register)).toEqual([0xfffffffc, 0xffffffff, 0xfffffffe, 0x01000000]);
  });
});

describe("identification registers", () => {
  it.each<[string, number, 1 | 2 | 4, number]>([
    ["SIM_SOPT1", 0x40047000, 4, 0x8000b000],
    ["SIM_SDID", 0x40048024, 4, 0x2200131a],
    ["SIM_FCFG1", 0x4004804c, 4, 0xff0f0f00],
    ["SIM_FCFG2", 0x40048050, 4, 0x40c00000],
    ["SIM_SCGC4", 0x40048034, 4, 0xf0100030],
    ["SIM_SCGC6", 0x4004803c, 4, 0x40000001],
    ["SIM_CLKDIV1", 0x40048044, 4, 0x00010000],
    ["FMC_PFAPR", 0x4001f000, 4, 0x00f8003f],
    ["FMC_PFB0CR", 0x4001f004, 4, 0x3004001f],
    ["MCG_C1", 0x40064000, 1, 0x04],
    ["MCG_S", 0x40064006, 1, 0x10],
    ["SMC_PMSTAT", 0x4007e003, 1, 0x01],
    ["PMC_REGSC", 0x4007d002, 1, 0x04],
    ["SYSMPU_CESR", 0x4000d000, 4, 0x00815101],
    ["MCM_PLASC", 0xe0080008, 2, 0x001f],
    ["WDOG_STCTRLH", WDOG_STCTRLH, 2, 0x01d3],
    ["CPUID", 0xe000ed00, 4, 0x410fc241],
  ])("read the reset value of %s", (_, address, size, value) => {
    expect(lab().read(address, size)).toBe(value);
  });

  it("derive SIM_UIDH to UIDL from the seed", () => {
    const bench = lab({ seed: 7 });
    const words = [0x54, 0x58, 0x5c, 0x60].map((offset) => bench.read(0x40048000 + offset));
    expect(words.map((w) => w.toString(16).toUpperCase().padStart(8, "0")).join("")).toBe(bench.chip.uid);
    expect(lab({ seed: 8 }).chip.uid).not.toBe(bench.chip.uid);
  });

  it("read FMC's invalidation bits as 0", () => {
    const bench = lab();
    bench.write(0x4001f006, 0xf0, 1);
    expect(bench.read(0x4001f004)).toBe(0x3004001f);
  });
});
