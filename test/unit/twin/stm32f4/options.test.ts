import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import { FLASH, lab } from "./lab.ts";

const AT = 0x08000000;
const OPTIONS = 0x1fffc000;
const SHIPPED = 0x0fffaaed;
const RDP1 = 0x0fff55ec;
const RDP2 = 0x0fffccec;
const OPEN = 0x0fffaaec;

/** A chip with bytes in flash whose RDP has been made level 1, and that has been powered anew. */
function levelOne() {
  const chip = lab();
  chip.chip.flash.main.bytes.fill(0x42);
  chip.unlockOptions().setOptions(RDP1).finish();
  return chip.powerCycle();
}

describe("the option bytes", () => {
  it("are as shipped: OPTCR and its image in memory", () => {
    const chip = lab();
    expect([chip.read(FLASH.OPTCR), chip.read(OPTIONS), chip.read(OPTIONS + 8)]).toEqual([
      SHIPPED,
      0x5500aaff,
      0xf0000fff,
    ]);
  });

  it("take no write while OPTCR is locked, and a wrong key locks it until the next reset", () => {
    const chip = lab();
    chip.write(FLASH.OPTCR, RDP1);
    expect(chip.read(FLASH.OPTCR)).toBe(SHIPPED);
    expect(chip.tryWrite(FLASH.OPTKEYR, 1)).toBe("fault");
    expect(chip.tryWrite(FLASH.OPTKEYR, 0x08192a3b)).toBe("fault");
    expect(chip.reset().unlockOptions().read(FLASH.OPTCR)).toBe(OPEN);
  });

  it("are programmed by OPTSTRT only: without it a reset brings back the old ones", () => {
    const chip = lab().unlockOptions();
    chip.write(FLASH.OPTCR, RDP1);
    expect(chip.reset().read(FLASH.OPTCR)).toBe(SHIPPED);
  });

  it("protect sectors at once, and a mass erase refuses with WRPERR then", () => {
    const chip = lab().unlock().unlockOptions();
    chip.setOptions(OPEN & ~0x00020000).finish();
    chip.write(FLASH.CR, 0x204 | 0x10000);
    expect(chip.read(FLASH.SR)).toBe(0x10);
    chip.write(FLASH.SR, 0x10);
    chip.write(FLASH.CR, 0x201);
    chip.write(AT + 0x4000, 0);
    expect([chip.read(FLASH.SR), chip.read(AT + 0x4000)]).toEqual([0x10, 0xffffffff]);
    chip.write(FLASH.SR, 0x10);
    chip.program(AT, 0);
    expect([chip.read(FLASH.SR), chip.read(AT)]).toEqual([0, 0]);
  });

  it("count as level 1 where a power cut left a half-word without its complement, never as level 2", () => {
    for (let seed = 1; seed <= 40; seed++) {
      const chip = lab("STM32F407xG", { seed })
        .unlockOptions()
        .setOptions(OPEN & ~0x00010000);
      chip.wait((10 + 6 * seed) * MILLISECOND).powerCycle(seed);
      expect(chip.chip.flash.level).toBeLessThan(2);
    }
  });
});

describe("read protection", () => {
  it("of level 1 shuts flash to a debugger from the next reset on, RAM stays open", () => {
    const chip = levelOne();
    expect(chip.tryRead(AT)).toBe("fault");
    expect(chip.tryWrite(0x20000000, 1)).toBe(0);
    expect(chip.reset().tryRead(AT)).toBe("fault");
  });

  it("of level 1 goes back to level 0 with an erase of everything", () => {
    const chip = levelOne().unlockOptions().setOptions(OPEN);
    expect(chip.finish()).toBe(16_260 * MILLISECOND);
    expect(chip.read(AT)).toBe(0xffffffff);
    expect(chip.chip.flash.main.bytes.every((byte) => byte === 0xff)).toBe(true);
  });

  it("keeps other options on the way back to level 0", () => {
    const chip = levelOne()
      .unlockOptions()
      .setOptions(OPEN & ~0x0020_0000);
    chip.finish();
    expect(chip.powerCycle().read(FLASH.OPTCR)).toBe(SHIPPED & ~0x0020_0000);
  });

  it("of level 1 is not lost by a power cut on the way back while bytes of flash are left", () => {
    for (let seed = 1; seed <= 20; seed += 3) {
      const chip = levelOne().unlockOptions().setOptions(OPEN);
      chip.wait(seed * 800 * MILLISECOND).powerCycle(seed);
      const isLeft = chip.chip.flash.main.bytes.some((byte) => byte !== 0xff);
      if (isLeft) expect(chip.chip.flash.level).toBe(1);
    }
  });

  it("of level 2 takes the debug port away from the next reset on, for ever", () => {
    const chip = lab().unlockOptions().setOptions(RDP2);
    chip.finish();
    expect(chip.chip.debugPortIsOff).toBe(false);
    expect(chip.reset().chip.debugPortIsOff).toBe(true);
    expect(chip.powerCycle().chip.debugPortIsOff).toBe(true);
  });

  it("of a chip that is made locked is level 1", () => {
    const chip = lab("STM32F407xG", { locked: true });
    expect([chip.chip.flash.level, chip.tryRead(AT)]).toEqual([1, "fault"]);
  });
});
