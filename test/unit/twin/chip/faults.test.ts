import { describe, expect, it } from "vitest";
import { MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import type { FlashFault, FlashLaunch } from "../../../../src/twin/chip/flash-model.ts";
import { type Lab, lab } from "./lab.ts";

function withFault(fault: FlashFault): Lab {
  const bench = lab();
  bench.chip.onLaunch = ({ index }) => (index === 2 ? { fault } : undefined);
  bench.program(0x4000, 0x11223344, 0x55667788);
  return bench;
}

describe("launch observer", () => {
  it("receives number, code, address and time of each accepted command", () => {
    const bench = lab();
    const launches: FlashLaunch[] = [];
    bench.chip.onLaunch = (launch) => {
      launches.push(launch);
      return undefined;
    };
    bench.command(0x09, 0x4000);
    bench.command(0x07, 0x4004);
    bench.program(0x4008, 0, 0);
    expect(launches.map(({ index, name, address, duration }) => [index, name, address, duration])).toEqual([
      [1, "ERSSCR", 0x4000, 14 * MILLISECOND],
      [2, "PGM8", 0x4008, 90_000_000],
    ]);
    expect(bench.chip.flashCommands).toBe(2);
  });

  it("receives a mass erase too", () => {
    const bench = lab({ locked: true });
    const names: string[] = [];
    bench.chip.onLaunch = ({ name }) => {
      names.push(name);
      return undefined;
    };
    bench.control = 1;
    expect(names).toEqual(["mass erase"]);
  });
});

describe("injected flash faults", () => {
  it("busy: CCIF stays 0 until a reset", () => {
    const bench = withFault("busy");
    bench.launch(0x07, 0x4008, 0, 0);
    bench.wait(100 * SECOND);
    expect(bench.fstat).toBe(0);
    bench.write(0xe000ed0c, 0x05fa0004);
    expect(bench.wait(MILLISECOND).fstat).toBe(0x80);
  });

  it("badprog: one bit is wrong and FSTAT shows no error", () => {
    const bench = withFault("badprog");
    expect(bench.program(0x4008, 0x11223344, 0)).toBe(0x80);
    expect(bench.read(0x4008)).toBe(0x11223345);
  });

  it("ecc: the phrase cannot be read", () => {
    const bench = withFault("ecc");
    expect(bench.program(0x4008, 0, 0)).toBe(0x80);
    expect(bench.tryRead(0x4008)).toBe("fault");
    expect(bench.read(0x4000)).toBe(0x11223344);
  });

  it("mgstat: MGSTAT0 is set although the data is right", () => {
    const bench = withFault("mgstat");
    expect(bench.program(0x4008, 0, 0)).toBe(0x81);
    expect(bench.read(0x4008)).toBe(0);
  });
});

describe("flash controller closed to the debugger", () => {
  it("faults at FTFE addresses only", () => {
    const bench = lab();
    bench.chip.closeFlashController = true;
    expect(bench.tryRead(0x40020000, 1)).toBe("fault");
    expect(bench.read(0x40c)).toBe(0xfffffffe);
  });
});
