import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { Lab, lab } from "./lab.ts";

/** The same chip in another process, at another time of its own clock. */
function revive(bench: Lab, at = 5 * SECOND): Lab {
  const other = new Lab({ seed: 99 });
  other.now = at;
  other.chip.restore(bench.chip.save(), at);
  return other;
}

const everything = (bench: Lab) =>
  Object.fromEntries([...bench.chip.save()].map(([name, part]) => [name, [...part].join()]));

describe("chip state", () => {
  it("has the parts that a state file names", () => {
    expect([...lab().chip.save().keys()]).toEqual([
      "pflash",
      "eccBad",
      "ifr",
      "once",
      "sram",
      "flexram",
      "core",
      "periph",
    ]);
  });

  it("saves what was restored", () => {
    const bench = lab();
    bench.program(0x4000, 0x11223344, 0xffffffff);
    bench.program(0x4000, 0xff00ff00, 0xffffffff);
    bench.write(0x20001000, 0xcafe);
    expect(everything(revive(bench))).toEqual(everything(bench));
  });

  it("restores a running flash command so that it ends at its original time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 14_000_000_000 - 1 }), (elapsed) => {
        const bench = lab();
        bench.program(0x4000, 0, 0);
        bench.launch(0x09, 0x4000);
        const other = revive(bench.wait(elapsed));
        expect(other.fstat).toBe(0);
        other.wait(14 * MILLISECOND - elapsed - 1);
        expect(other.fstat).toBe(0);
        other.wait(1);
        expect([other.fstat, other.flash(0x4000, 1)]).toEqual([0x80, [0xff]]);
      }),
      { numRuns: 8 },
    );
  });

  it("restores the unique ID whatever the other chip's seed", () => {
    const bench = lab({ seed: 5 });
    expect(revive(bench).chip.uid).toBe(bench.chip.uid);
  });

  it("restores results that were not yet written to FCCOB", () => {
    const bench = lab();
    bench.command(0x43, 0x020000, 0x11223344, 0x55667788);
    bench.launch(0x41, 0x020000);
    const other = revive(bench);
    other.finish();
    expect([other.read(0x40020008), other.read(0x4002000c)]).toEqual([0x11223344, 0x55667788]);
  });

  it("restores a running reset and a running mass erase", () => {
    const bench = lab({ locked: true });
    bench.chip.setResetPin(0, bench.now);
    const inInit = revive(bench);
    expect(inInit.status & 0x0e).toBe(0x04);
    inInit.wait(MILLISECOND).control = 1;
    const erasing = revive(inInit, 0);
    erasing.wait(SECOND);
    erasing.chip.setResetPin(1, erasing.now);
    expect(erasing.status & 0x2f).toBe(0x2b);
  });

  it("restores security, protection and the debugger's settings", () => {
    const bench = lab();
    bench.write(0x40020010, 0x7fffffff);
    bench.write(0xe000edf0, 0xa05f0003);
    const other = revive(bench);
    expect(other.read(0x40020010)).toBe(0x7fffffff);
    expect(other.read(0xe000edf0) & 0x20003).toBe(0x20003);
  });

  it("throws RangeError for a part that is missing or of another length", () => {
    const parts = new Map(lab().chip.save());
    const other = new Lab();
    expect(() => other.chip.restore(new Map(), 0)).toThrow(RangeError);
    expect(() => other.chip.restore(parts.set("pflash", new Uint8Array(5)), 0)).toThrow(RangeError);
  });
});
