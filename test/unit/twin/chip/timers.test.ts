import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { type Lab, lab } from "./lab.ts";

const SCGC5 = 0x40048038;
const SCGC6 = 0x4004803c;
const CLKDIV1 = 0x40048044;
const RNG = 0x40029000;
const PIT = 0x40037000;
const RTC = 0x4003d000;
const LPTMR = 0x40040000;
const MCG_C1 = 0x40064000;
const NVIC_ISPR = 0xe000e200;

/** MCG's reset clock: core and bus. */
const BUS_HZ = 20_971_520;
const CLOCK = SECOND / BUS_HZ;

/** A chip whose LPTMR, RNG, PIT and RTC have their clocks. */
function clocked(): Lab {
  const bench = lab();
  bench.write(SCGC5, 0x00040183);
  bench.write(SCGC6, 0x60800201 | 0x40000001);
  return bench;
}

const isPending = (bench: Lab, line: number): boolean =>
  ((bench.read(NVIC_ISPR + 4 * (line >> 5)) >>> (line & 31)) & 1) === 1;

describe("PIT", () => {
  const channel = (n: number) => PIT + 0x100 + 0x10 * n;

  function started(ldval: number, tctrl: number): Lab {
    const bench = clocked();
    bench.write(PIT, 0);
    bench.write(channel(0), ldval);
    bench.write(channel(0) + 8, tctrl);
    return bench;
  }

  it("sets TIF and its interrupt LDVAL + 1 bus clocks after the start, and again a round later", () => {
    const bench = started(999, 3);
    bench.wait(999 * CLOCK);
    expect([bench.read(channel(0) + 4), bench.read(channel(0) + 12), isPending(bench, 48)]).toEqual([0, 0, false]);
    bench.wait(2 * CLOCK);
    expect([bench.read(channel(0) + 12), isPending(bench, 48)]).toEqual([1, true]);
    bench.write(channel(0) + 12, 1);
    expect(bench.read(channel(0) + 12)).toBe(0);
    bench.wait(1000 * CLOCK);
    expect(bench.read(channel(0) + 12)).toBe(1);
  });

  it("raises no interrupt without TIE and stands still while MDIS is set", () => {
    const bench = started(999, 1);
    bench.wait(2000 * CLOCK);
    expect([bench.read(channel(0) + 12), isPending(bench, 48)]).toEqual([1, false]);
    bench.write(PIT, 2);
    const stopped = bench.read(channel(0) + 4);
    bench.wait(500 * CLOCK);
    expect(bench.read(channel(0) + 4)).toBe(stopped);
  });

  it("takes a new LDVAL at the next expiry, not before", () => {
    const bench = started(999, 1);
    bench.wait(500 * CLOCK);
    bench.write(channel(0), 9);
    bench.wait(400 * CLOCK);
    expect(bench.read(channel(0) + 4)).toBe(99);
    bench.wait(105 * CLOCK);
    expect(bench.read(channel(0) + 4)).toBe(4);
  });

  it("counts a chained channel once a round of the one before it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 5000 }),
        (prescaler, load, clocks) => {
          const bench = clocked();
          bench.write(PIT, 0);
          bench.write(channel(0), prescaler);
          bench.write(channel(1), load);
          bench.write(channel(1) + 8, 7);
          bench.write(channel(0) + 8, 1);
          bench.wait((clocks + 0.5) * CLOCK);
          const rounds = Math.floor(clocks / (prescaler + 1));
          expect(bench.read(channel(1) + 4)).toBe(load - (rounds % (load + 1)));
          expect(isPending(bench, 49)).toBe(rounds >= load + 1);
        },
      ),
    );
  });

  it("follows the bus clock when CLKDIV1 halves it", () => {
    const bench = started(0xffffffff, 1);
    bench.write(CLKDIV1, 0x01010000);
    const before = bench.read(channel(0) + 4);
    bench.wait(1000 * CLOCK);
    expect(before - bench.read(channel(0) + 4)).toBe(500);
  });

  it("continues in another process", () => {
    const bench = started(999, 3);
    bench.wait(400 * CLOCK);
    const other = lab({ seed: 9 });
    other.now += SECOND;
    other.chip.restore(bench.chip.save(), other.now);
    other.wait(599 * CLOCK);
    expect(isPending(other, 48)).toBe(false);
    other.wait(2 * CLOCK);
    expect(isPending(other, 48)).toBe(true);
  });
});

describe("LPTMR", () => {
  /** On the LPO with the prescaler bypassed: 1 ms a count. */
  function started(csr: number, cmr: number): Lab {
    const bench = clocked();
    bench.write(LPTMR + 4, 0x5);
    bench.write(LPTMR + 8, cmr);
    bench.write(LPTMR, csr);
    return bench;
  }

  const counter = (bench: Lab): number => {
    bench.write(LPTMR + 12, 0);
    return bench.read(LPTMR + 12);
  };

  it("sets TCF and its interrupt when the counter goes past CMR, and begins at 0", () => {
    const bench = started(0x41, 9);
    bench.wait(9.5 * MILLISECOND);
    expect([counter(bench), bench.read(LPTMR) & 0x80, isPending(bench, 58)]).toEqual([9, 0, false]);
    bench.wait(MILLISECOND);
    expect([counter(bench), bench.read(LPTMR) & 0x80, isPending(bench, 58)]).toEqual([0, 0x80, true]);
    bench.write(LPTMR, 0xc1);
    expect(bench.read(LPTMR)).toBe(0x41);
    bench.wait(10 * MILLISECOND);
    expect(bench.read(LPTMR)).toBe(0xc1);
  });

  it("runs on to 0xFFFF with TFC", () => {
    const bench = started(0x05, 9);
    bench.wait(20.5 * MILLISECOND);
    expect([counter(bench), bench.read(LPTMR)]).toEqual([20, 0x85]);
    bench.write(LPTMR, 0x85);
    bench.wait(65_500 * MILLISECOND);
    expect([counter(bench), bench.read(LPTMR)]).toEqual([65_520, 0x05]);
    bench.wait(26 * MILLISECOND);
    expect([counter(bench), bench.read(LPTMR)]).toEqual([10, 0x85]);
  });

  it("shows the count of the last write to CNR", () => {
    const bench = started(0x01, 0xffff);
    bench.wait(5.5 * MILLISECOND);
    expect(bench.read(LPTMR + 12)).toBe(0);
    expect(counter(bench)).toBe(5);
    bench.wait(5 * MILLISECOND);
    expect(bench.read(LPTMR + 12)).toBe(5);
  });

  it("divides by 2 to the power of PRESCALE + 1", () => {
    const bench = started(0, 0xffff);
    bench.write(LPTMR + 4, 0x1 | (2 << 3));
    bench.write(LPTMR, 1);
    bench.wait(80.5 * MILLISECOND);
    expect(counter(bench)).toBe(10);
  });

  it("counts MCGIRCLK only while C1.IRCLKEN lets it out", () => {
    const bench = started(0, 0xffff);
    bench.write(LPTMR + 4, 0x4);
    bench.write(LPTMR, 1);
    bench.wait(MILLISECOND);
    expect(counter(bench)).toBe(0);
    bench.write(MCG_C1, 0x06, 1);
    bench.wait(SECOND / 32);
    expect(counter(bench)).toBe(1024);
  });

  it("keeps its settings over a system reset and loses them without power", () => {
    const bench = started(0x01, 9);
    bench.write(0xe000ed0c, 0x05fa0004);
    bench.wait(MILLISECOND);
    bench.write(SCGC5, 0x00040183);
    expect(bench.read(LPTMR)).toBe(0x01);
    bench.powerCycle();
    bench.write(SCGC5, 0x00040183);
    expect(bench.read(LPTMR)).toBe(0);
  });
});

describe("RTC", () => {
  const OSCE = 0x100;

  /** The second `seconds`, running. */
  function started(seconds: number): Lab {
    const bench = clocked();
    bench.write(RTC + 0x10, OSCE);
    bench.write(RTC, seconds);
    bench.write(RTC + 0x14, 0x10);
    return bench;
  }

  it("comes up with invalid time, which reads 0 and asks for its interrupt", () => {
    const bench = clocked();
    expect([bench.read(RTC), bench.read(RTC + 0x14), bench.read(RTC + 0x1c)]).toEqual([0, 1, 7]);
  });

  it("counts seconds from what was written, and its prescaler in 32768ths", () => {
    const bench = started(1000);
    expect(bench.read(RTC + 0x14)).toBe(0x10);
    bench.wait(2.5 * SECOND);
    expect([bench.read(RTC), bench.read(RTC + 4)]).toEqual([1002, 0x4000]);
  });

  it("takes no TSR while it counts, and stands still without TCE or its oscillator", () => {
    const bench = started(1000);
    bench.write(RTC, 5);
    expect(bench.read(RTC)).toBe(1000);
    bench.write(RTC + 0x14, 0);
    bench.wait(3 * SECOND);
    expect(bench.read(RTC)).toBe(1000);
    bench.write(RTC + 0x14, 0x10);
    bench.write(RTC + 0x10, 0);
    bench.wait(3 * SECOND);
    expect(bench.read(RTC)).toBe(1000);
  });

  it("sets TAF and its interrupt when TSR goes from TAR to the next second; a write of TAR takes it back", () => {
    const bench = started(1000);
    bench.write(RTC + 8, 1001);
    bench.wait(1.99 * SECOND);
    expect([bench.read(RTC + 0x14) & 4, isPending(bench, 46)]).toEqual([0, false]);
    bench.wait(0.02 * SECOND);
    expect([bench.read(RTC + 0x14) & 4, isPending(bench, 46)]).toEqual([4, true]);
    bench.write(RTC + 8, 2000);
    expect(bench.read(RTC + 0x14)).toBe(0x10);
  });

  it("pends the seconds interrupt each second with TSIE", () => {
    const bench = started(0);
    bench.write(RTC + 0x1c, 0x10);
    bench.wait(0.99 * SECOND);
    expect(isPending(bench, 47)).toBe(false);
    bench.wait(0.02 * SECOND);
    expect(isPending(bench, 47)).toBe(true);
    bench.write(0xe000e280 + 4, 1 << 15);
    expect(isPending(bench, 47)).toBe(false);
    bench.wait(SECOND);
    expect(isPending(bench, 47)).toBe(true);
  });

  it("overflows after 0xFFFFFFFF and stops", () => {
    const bench = started(0xffffffff);
    bench.wait(1.5 * SECOND);
    expect([bench.read(RTC), bench.read(RTC + 0x14)]).toEqual([0, 0x12]);
  });

  it("keeps time over a system reset; a software reset makes it invalid", () => {
    const bench = started(1000);
    bench.write(0xe000ed0c, 0x05fa0004);
    bench.wait(SECOND);
    bench.write(SCGC6, 0x60000001);
    expect(bench.read(RTC)).toBe(1001);
    bench.write(RTC + 0x10, 1);
    expect([bench.read(RTC), bench.read(RTC + 0x14)]).toEqual([0, 1]);
  });
});

describe("RNG", () => {
  const word = (bench: Lab): number => {
    bench.wait(256 * CLOCK + MICROSECOND);
    return bench.read(RNG + 12);
  };

  it("has a word 256 bus clocks after GO, and another 256 after that was read", () => {
    const bench = clocked();
    bench.write(RNG, 1);
    bench.wait(250 * CLOCK);
    expect(bench.read(RNG + 4)).toBe(0x10000);
    bench.wait(10 * CLOCK);
    expect(bench.read(RNG + 4)).toBe(0x10100);
    expect(bench.read(RNG + 12)).not.toBe(word(bench));
  });

  it("reads 0 where no word is ready, which is an underflow with an interrupt unless it is masked", () => {
    const bench = clocked();
    expect(bench.read(RNG + 12)).toBe(0);
    expect([bench.read(RNG + 4), isPending(bench, 23)]).toEqual([0x1000e, true]);
    expect(bench.read(RNG + 4)).toBe(0x10008);
    bench.write(RNG, 0x8);
    expect(bench.read(RNG + 4)).toBe(0x10000);
  });

  it("gives the same words for the same seed, also when it is restored in another process, and others for another", () => {
    const words = (bench: Lab) => [word(bench), word(bench)];
    const begin = (seed: number) => {
      const bench = lab({ seed });
      bench.write(SCGC6, 0x40000201);
      bench.write(RNG, 1);
      return bench;
    };
    const whole = [...words(begin(3)), ...words(begin(3))];
    expect(whole.slice(0, 2)).toEqual(whole.slice(2));
    expect(words(begin(4))).not.toEqual(whole.slice(0, 2));
    const bench = begin(3);
    const first = word(bench);
    const other = lab({ seed: 7 });
    other.now += SECOND;
    other.chip.restore(bench.chip.save(), other.now);
    expect([first, word(other)]).toEqual(whole.slice(0, 2));
  });
});

describe("a state of the first version", () => {
  it("is read; RTC, PIT, LPTMR0 and RNG, which it lacks, come as after power-on", () => {
    const bench = clocked();
    bench.write(PIT, 0);
    const parts = new Map(bench.chip.save());
    const saved = JSON.parse(new TextDecoder().decode(parts.get("periph")));
    for (const name of ["RTC", "PIT", "LPTMR0", "RNG"]) delete saved.peripherals[name];
    parts.set("periph", new TextEncoder().encode(JSON.stringify(saved)));
    const other = clocked();
    other.write(PIT, 0);
    other.chip.restore(parts, other.now);
    expect([other.read(PIT), other.read(RTC + 0x14)]).toEqual([6, 1]);
  });
});
