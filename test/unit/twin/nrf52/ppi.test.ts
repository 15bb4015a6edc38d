import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import { Lab } from "./lab.ts";

const TIMER0 = 0x40008000;
const TIMER1 = 0x40009000;
const PPI = 0x4001f000;

/** TIMER0 counts to 100 at 1 MHz; its COMPARE0 starts TIMER1's capture 1 by channel 3. */
function wired(enable: (lab: Lab) => void): Lab {
  const lab = new Lab();
  for (const timer of [TIMER0, TIMER1]) {
    lab.write(timer + 0x508, 3);
    lab.write(timer + 0x510, 4);
  }
  lab.write(TIMER0 + 0x540, 100);
  lab.write(PPI + 0x510 + 8 * 3, TIMER0 + 0x140);
  lab.write(PPI + 0x514 + 8 * 3, TIMER1 + 0x044);
  enable(lab);
  lab.write(TIMER1, 1);
  lab.write(TIMER0, 1);
  return lab.wait(MILLISECOND);
}

describe("the PPI of an nRF52", () => {
  it("starts an enabled channel's task when its event happens", () => {
    const lab = wired((each) => each.write(PPI + 0x504, 1 << 3));
    expect(lab.read(TIMER1 + 0x544)).toBe(100);
    expect(lab.read(PPI + 0x500)).toBe(1 << 3);
  });

  it("starts nothing by a channel that is not enabled, or was disabled again", () => {
    expect(wired(() => {}).read(TIMER1 + 0x544)).toBe(0);
    const off = wired((each) => {
      each.write(PPI + 0x504, 1 << 3);
      each.write(PPI + 0x508, 1 << 3);
    });
    expect(off.read(TIMER1 + 0x544)).toBe(0);
  });

  it("enables and disables a group's channels by tasks, and starts a fork's task too", () => {
    const lab = wired((each) => {
      each.write(PPI + 0x800 + 4, 1 << 3);
      each.write(PPI + 0x910 + 4 * 3, TIMER1 + 0x048);
      each.write(PPI + 0x008, 1);
    });
    expect([lab.read(TIMER1 + 0x544), lab.read(TIMER1 + 0x548)]).toEqual([100, 100]);
    lab.write(PPI + 0x00c, 1);
    expect(lab.read(PPI + 0x504)).toBe(0);
  });
});
