import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND } from "../../../../src/base/clock.ts";
import type { ChipOptions } from "../../../../src/twin/chip/seam.ts";
import { Lab, lab } from "./lab.ts";

const SRAM = 0x20000000;
const DHCSR = 0xe000edf0;
const RCM_SRS = 0x4007f000;

/** A chip halted before its first instruction, with Thumb code in SRAM and PC on it. */
function halted(code: readonly number[], options: Partial<ChipOptions> = {}): Lab {
  const bench = new Lab({ execute: true, ...options });
  bench.chip.powerOn(0);
  while (typeof bench.tryWrite(DHCSR, 0xa05f0003) !== "number") bench.wait(10 * MICROSECOND);
  bench.wait(MILLISECOND);
  code.forEach((half, i) => {
    bench.write(SRAM + 2 * i, half, 2);
  });
  setRegister(bench, 13, SRAM + 0x1000);
  setRegister(bench, 15, SRAM);
  setRegister(bench, 16, 0x01000000);
  return bench;
}

function setRegister(bench: Lab, selector: number, value: number): void {
  bench.write(0xe000edf8, value);
  bench.write(0xe000edf4, 0x10000 | selector);
}

const go = (bench: Lab) => bench.write(DHCSR, 0xa05f0001);
const low = (word: number) => word & 0xffff;
const high = (word: number) => word >>> 16;
const literal = (word: number) => [low(word), high(word)];

/** A loader's heart: launches `word0` at the FTFE, waits for CCIF, stops at a breakpoint. */
const launchFromRam = (word0: number) => [
  0x4805, // ldr r0, =0x40020000
  0x2170, // movs r1, #0x70
  0x7001, // strb r1, [r0]
  0x4a05, // ldr r2, =word0
  0x6042, // str r2, [r0, #4]
  0x2180, // movs r1, #0x80
  0x7001, // strb r1, [r0]
  0x7803, // 1: ldrb r3, [r0]
  0x061c, // lsls r4, r3, #24
  0xd5fc, // bpl 1b
  0xbe00, // bkpt
  0xbf00, // nop
  ...literal(0x40020000),
  ...literal(word0),
];

/** Both keys, a wait, and WDOGEN cleared; 20 bus clocks are no trouble for code. */
const DISABLE_WDOG = [
  0x4805, // ldr r0, =0x40052000
  0x4906, // ldr r1, =0xc520
  0x81c1, // strh r1, [r0, #14]
  0x4906, // ldr r1, =0xd928
  0x81c1, // strh r1, [r0, #14]
  0xbf00, // nop
  0x8801, // ldrh r1, [r0]
  0x0849, // lsrs r1, r1, #1
  0x0049, // lsls r1, r1, #1
  0x8001, // strh r1, [r0]
  0xbe00, // bkpt
  0xbf00, // nop
  ...literal(0x40052000),
  ...literal(0xc520),
  ...literal(0xd928),
];

const BRANCH_TO_SELF = 0xe7fe;

const isHalted = (bench: Lab) => (bench.read(DHCSR) & 0x20000) !== 0;

describe("core running a loader in RAM", () => {
  it("sees CCIF clear for the 14 ms of an erase and then set", () => {
    const bench = halted(launchFromRam(0x09004000));
    go(bench);
    bench.wait(13.99 * MILLISECOND);
    expect(isHalted(bench)).toBe(false);
    bench.wait(0.02 * MILLISECOND);
    expect(isHalted(bench)).toBe(true);
    expect(bench.fstat).toBe(0x80);
  });

  it("ends within 10 cycles of the same cycle whether the chip is advanced in many steps or in one", () => {
    const cycles = (steps: number) => {
      const bench = halted(launchFromRam(0x09004000));
      go(bench);
      const before = bench.chip.cpu.cycles;
      for (let i = 0; i < steps; i++) bench.wait((20 * MILLISECOND) / steps);
      return bench.chip.cpu.cycles - before;
    };
    expect(cycles(1)).toBe(cycles(1));
    // Running in steps may move a poll of CCIF by one round of the loop.
    expect(Math.abs(cycles(1) - cycles(997))).toBeLessThan(10);
  });

  it("continues at the same place after a restore", () => {
    const bench = halted(launchFromRam(0x09004000));
    go(bench);
    bench.wait(5 * MILLISECOND);
    const other = new Lab({ execute: true });
    other.chip.restore(bench.chip.save(), 0);
    other.wait(8.99 * MILLISECOND);
    expect(isHalted(other)).toBe(false);
    other.wait(0.02 * MILLISECOND);
    expect(isHalted(other)).toBe(true);
  });

  it("loses power within a run when a power cut is requested for its flash command", () => {
    const bench = halted(launchFromRam(0x09000000));
    const struck: number[] = [];
    bench.chip.onPowerCut = (at) => struck.push(at);
    bench.chip.onLaunch = ({ duration }) => ({ cutAfter: duration / 2 });
    const from = bench.now;
    go(bench);
    bench.wait(100 * MILLISECOND);
    expect(bench.chip.powered).toBe(false);
    expect(Math.abs(struck[0] - from - 7 * MILLISECOND)).toBeLessThan(10 * MICROSECOND);
  });
});

describe("core running code in flash", () => {
  it("faults, locks up and resets the chip when it erases its own block", () => {
    const bench = halted([]);
    const code = launchFromRam(0x09004000);
    for (let i = 0; i < code.length; i += 4) {
      bench.program(0x1000 + 2 * i, code[i] + code[i + 1] * 65536, code[i + 2] + code[i + 3] * 65536);
    }
    setRegister(bench, 15, 0x1000);
    bench.write(0xe000edfc, 1);
    const launched: string[] = [];
    bench.chip.onLaunch = ({ name }) => {
      launched.push(name);
      return undefined;
    };
    go(bench);
    bench.wait(MILLISECOND);
    expect(launched).toEqual(["ERSSCR"]);
    expect(bench.read(RCM_SRS, 2)).toBe(0x0200);
  });
});

describe("watchdog", () => {
  it("is disabled by code", () => {
    const bench = halted(DISABLE_WDOG);
    go(bench);
    bench.wait(MILLISECOND);
    expect(isHalted(bench)).toBe(true);
    expect(bench.read(0x40052000, 2)).toBe(0x01d2);
  });

  it("resets a core that runs for 1.2 s without a refresh, and not one that is halted for an hour", () => {
    const bench = halted([BRANCH_TO_SELF]);
    bench.wait(3600e12);
    expect(bench.read(RCM_SRS, 2)).toBe(0x0082);
    go(bench);
    bench.wait(1100 * MILLISECOND);
    expect(bench.read(RCM_SRS, 2)).toBe(0x0082);
    bench.write(0xe000edfc, 1);
    bench.wait(100 * MILLISECOND);
    expect(bench.read(RCM_SRS, 2)).toBe(0x0020);
  });
});

describe("chip with blank vectors", () => {
  it("locks up and resets repeatedly, and MDM-AP Status alternates", () => {
    const bench = lab({ locked: true, execute: true });
    const seen = new Set(Array.from({ length: 200 }, () => bench.wait(7 * MICROSECOND).status & 0x0e));
    expect(seen.has(0x04) && seen.has(0x06)).toBe(true);
  });

  it("is unsecured by a mass erase while reset is held", () => {
    const bench = lab({ locked: true, execute: true });
    bench.chip.setResetPin(0, bench.now);
    bench.wait(MILLISECOND).control = 1;
    bench.wait(871 * MILLISECOND);
    expect(bench.status & 0x07).toBe(0x03);
  });

  it("cuts a mass erase short at the next lockup when reset is not held", () => {
    const bench = lab({ locked: true, execute: true });
    while ((bench.status & 0x0e) !== 0x06) bench.wait(MICROSECOND);
    bench.control = 1;
    bench.wait(900 * MILLISECOND);
    expect(bench.status & 4).toBe(4);
  });
});

/** Sends one byte on UART0 and waits until the next could be written. */
const SEND_A = [
  0x4804, // ldr r0, =0x4006a000
  0x2108, // movs r1, #8 (TE)
  0x70c1, // strb r1, [r0, #3]
  0x2141, // movs r1, #'A'
  0x71c1, // strb r1, [r0, #7]
  0x7902, // 1: ldrb r2, [r0, #4]
  0x0612, // lsls r2, r2, #24
  0xd5fc, // bpl 1b: while TDRE is 0
  0xbe00, // bkpt
  0xbf00, // nop
  ...literal(0x4006a000),
];

describe("UART0 used by firmware", () => {
  it("sends what the core writes", () => {
    const sent: number[] = [];
    const bench = halted(SEND_A, { uart: (bytes) => sent.push(...bytes) });
    bench.write(0x40048034, 0xf0100430);
    go(bench);
    bench.wait(MILLISECOND);
    expect(isHalted(bench)).toBe(true);
    expect(sent).toEqual([0x41]);
  });
});

describe("chip whose core polls", () => {
  const polls = { "for CCIF": launchFromRam(0x09004000), "for TDRE": SEND_A, "for nothing": [BRANCH_TO_SELF] };

  it.each(Object.entries(polls))("has the same state with skipped and with executed rounds: %s", (_, code) => {
    const benches = [true, false].map((skipPolls) => halted(code, { skipPolls }));
    for (const bench of benches) bench.write(0x40048034, 0xf0100430);
    for (const bench of benches) go(bench);
    // At 100 odd times in 20 ms: beyond the end of an erase.
    for (let i = 0; i < 100; i++) {
      const [skipping, executing] = benches.map((bench) => everything(bench.wait(((i * 149) % 401) * MICROSECOND)));
      expect(skipping).toEqual(executing);
    }
  });
});

const everything = (bench: Lab): unknown => [...bench.chip.save()].filter(([name]) => name !== "pflash");

describe("AIRCR written by the core", () => {
  it("resets the system on SYSRESETREQ", () => {
    // ldr r0, =AIRCR; ldr r1, =SYSRESETREQ; str r1, [r0]; b .
    const bench = halted([0x4801, 0x4902, 0x6001, BRANCH_TO_SELF, ...literal(0xe000ed0c), ...literal(0x05fa0004)]);
    bench.write(0xe000edfc, 1);
    go(bench);
    bench.wait(MILLISECOND);
    expect(bench.read(RCM_SRS, 2)).toBe(0x0400);
    expect(isHalted(bench)).toBe(true);
  });
});
