import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import { type Lab, lab } from "./lab.ts";

const word = fc.integer({ min: 0, max: 0xffffffff });
const progress = fc.double({ min: 0, max: 1, noNaN: true });
const seed = fc.nat(0xffff);

/** Arms a cut at `point` of the next flash command. */
function armCut(bench: Lab, point: number): void {
  bench.chip.onLaunch = ({ duration }) => ({ cutAfter: point * duration });
}

describe("power cut during an erase", () => {
  it("leaves each cell old or 1, and a phrase readable only where it is unchanged or blank", () => {
    fc.assert(
      fc.property(word, word, progress, seed, (low, high, point, seed) => {
        const bench = lab({ seed });
        bench.program(0x4000, low, high);
        const old = bench.flash(0x4000, 8);
        armCut(bench, point);
        bench.launch(0x09, 0x4000);
        bench.wait(20 * MILLISECOND);
        const now = bench.flash(0x4000, 8);
        expect(now.map((byte, i) => byte & old[i])).toEqual(old);
        bench.powerOn();
        const isOld = now.every((byte, i) => byte === old[i]);
        const isBlank = now.every((byte) => byte === 0xff);
        if (bench.status & 4) return;
        expect(typeof bench.tryRead(0x4000)).toBe(isOld || isBlank ? "number" : "string");
      }),
    );
  });

  it("can leave a sector that RD1SEC finds blank at the normal level and not at the user margin", () => {
    const bench = lab();
    bench.program(0x4000, 0xfffffffe, 0xffffffff);
    armCut(bench, 0.999);
    bench.launch(0x09, 0x4000);
    bench.wait(20 * MILLISECOND);
    bench.chip.onLaunch = undefined;
    bench.powerOn();
    expect(bench.flash(0x4000, 1)).toEqual([0xff]);
    expect(bench.command(0x01, 0x4000, 0x01000000)).toBe(0x80);
    expect(bench.command(0x01, 0x4000, 0x01000100)).toBe(0x81);
    bench.command(0x09, 0x4000);
    expect(bench.command(0x01, 0x4000, 0x01000200)).toBe(0x80);
  });

  it("leaves a chip that a mass erase can unsecure when it was sector 0", () => {
    fc.assert(
      fc.property(progress, seed, (point, seed) => {
        const bench = lab({ seed });
        armCut(bench, point);
        bench.launch(0x09, 0);
        bench.wait(20 * MILLISECOND);
        bench.chip.onLaunch = undefined;
        bench.powerOn();
        expect([0xfe, 0xff]).toContain(bench.flash(0x40c, 1)[0]);
        bench.control = 1;
        expect(bench.wait(1000 * MILLISECOND).status & 4).toBe(0);
      }),
      { numRuns: 10 },
    );
  });
});

describe("power cut during programming", () => {
  it("leaves each changing cell old or new, and the phrase unreadable unless nothing had changed", () => {
    fc.assert(
      fc.property(word, word, progress, seed, (low, high, point, seed) => {
        const bench = lab({ seed });
        armCut(bench, point);
        bench.launch(0x07, 0x4000, low, high);
        bench.wait(MILLISECOND);
        const wanted = [low, high].flatMap((w) => [w, w >>> 8, w >>> 16, w >>> 24].map((b) => b & 0xff));
        const now = bench.flash(0x4000, 8);
        expect(now.map((byte, i) => byte & wanted[i])).toEqual(wanted);
        const isOld = now.every((byte) => byte === 0xff);
        expect(typeof bench.powerOn().tryRead(0x4000)).toBe(isOld ? "number" : "string");
      }),
    );
  });

  it("stops PGMSEC at one phrase: complete before it, blank after it", () => {
    const bench = lab();
    for (let at = 0; at < 64; at += 4) bench.write(0x14000000 + at, 0);
    armCut(bench, 0.45);
    bench.launch(0x0b, 0x4000, 0x00040000);
    bench.wait(MILLISECOND).powerOn();
    const kinds = Array.from({ length: 8 }, (_, i) => bench.tryRead(0x4000 + i * 8));
    expect(kinds).toEqual([0, 0, 0, "fault", 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);
  });
});

describe("power cut", () => {
  it("happens at its point, is reported, and keeps the chip off until power returns", () => {
    const bench = lab();
    const struck: number[] = [];
    bench.chip.onPowerCut = (at) => struck.push(at);
    armCut(bench, 0.5);
    bench.launch(0x09, 0x4000);
    const launched = bench.now;
    bench.wait(20 * MILLISECOND);
    expect(struck).toEqual([launched + 7 * MILLISECOND]);
    expect([bench.chip.powered, bench.chip.nextEvent()]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it("gives the same bits for the same seed and different ones for another seed", () => {
    const cells = (seed: number) => {
      const bench = lab();
      bench.program(0x4000, 0, 0);
      bench.launch(0x09, 0x4000);
      bench.wait(7 * MILLISECOND).powerOff(seed);
      return bench.flash(0x4000, 8).join();
    };
    expect(cells(5)).toBe(cells(5));
    expect(cells(5)).not.toBe(cells(6));
  });

  it("leaves flash unchanged and RAM undefined outside of a command", () => {
    const bench = lab();
    bench.write(0x20000000, 0x12345678);
    bench.powerCycle();
    expect(bench.read(0x40c)).toBe(0xfffffffe);
    expect(bench.read(0x20000000)).not.toBe(0x12345678);
    expect(bench.read(0x4007f000, 2)).toBe(0x0082);
  });
});
