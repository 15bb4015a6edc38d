import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import { APPROTECT, CTRL, Lab, NVMC } from "./lab.ts";

const DISABLE = 0x40000558;

describe("access port protection of the nRF52840 twin", () => {
  it("has a CTRL-AP of IDR 0x02880000 that answers while the AHB-AP is closed", () => {
    const lab = new Lab({ locked: true });
    expect(lab.ap(1).read(CTRL.IDR)).toBe(0x02880000);
    expect([lab.isOpen, lab.tryRead(0), lab.tryRead(0x20000000)]).toEqual([false, "fault", "fault"]);
  });

  it.each([
    ["D0", 0x00, false],
    ["D0", 0x5a, true],
    ["D0", 0xff, true],
    ["D0", 0x01, true],
    ["F0", 0x00, false],
    ["F0", 0xff, false],
    ["F0", 0x01, false],
  ] as const)("of build %s with 0x%s in UICR is open after a power-up: %s", (build, value, isOpen) => {
    const lab = new Lab({ build });
    lab.write(NVMC.CONFIG, 2);
    lab.write(NVMC.ERASEUICR, 1);
    lab.ready();
    lab.program(APPROTECT, (0xffffff00 | value) >>> 0);
    expect(lab.isOpen).toBe(true);
    expect(lab.powerCycle().isOpen).toBe(isOpen);
  });

  it("of a hardened build stays closed with 0x5A in UICR where the firmware says nothing", () => {
    expect(new Lab({ build: "F0" }).powerCycle().isOpen).toBe(false);
  });

  it("of a hardened build survives a soft reset once the firmware has said so, and no power-up", () => {
    const lab = new Lab({ build: "F0" });
    lab.write(DISABLE, 0x5a);
    lab.ap(1).write(CTRL.RESET, 1);
    lab.ap(1).write(CTRL.RESET, 0);
    expect(lab.wait(MILLISECOND).isOpen).toBe(true);
    expect(lab.powerCycle().isOpen).toBe(false);
  });

  it("is opened by ERASEALL, which takes 169 ms and leaves flash, UICR and RAM blank, until the next power-up", () => {
    const lab = new Lab({ build: "F0", locked: true });
    const from = lab.now;
    lab.eraseAll();
    expect((lab.now - from) / MILLISECOND).toBeCloseTo(170, -1);
    expect([lab.isOpen, lab.read(APPROTECT), lab.read(0x20000000)]).toEqual([true, 0xffffffff, 0]);
    expect(lab.powerCycle().isOpen).toBe(false);
  });

  it("takes the reset pin for one only where both words of UICR name it", () => {
    const lab = new Lab();
    const pulse = () => {
      lab.chip.setResetPin(0, lab.now);
      lab.wait(MILLISECOND).chip.setResetPin(1, lab.now);
      lab.wait(MILLISECOND);
      return lab.read(0x40000400) & 1;
    };
    expect(pulse()).toBe(0);
    lab.program(0x10001200, 18);
    lab.program(0x10001204, 18);
    expect(pulse()).toBe(1);
  });

  it("counts why it was reset until the bits are cleared", () => {
    const lab = new Lab();
    lab.write(0xe000ed0c, 0x05fa0004);
    lab.wait(MILLISECOND);
    expect(lab.read(0x40000400) & 0xf).toBe(0x4);
    lab.write(0x40000400, 0x4);
    expect(lab.read(0x40000400)).toBe(0);
  });

  it("shows part and build in FICR", () => {
    expect([new Lab().read(0x10000100), new Lab().read(0x10000104)]).toEqual([0x52840, 0x41414430]);
    expect(new Lab({ build: "F0" }).read(0x10000104)).toBe(0x41414630);
  });

  it("keeps what it is in a state file", () => {
    const lab = new Lab({ build: "F0" });
    lab.program(0x3000, 0x1234);
    const other = new Lab({ build: "F0", locked: true });
    other.chip.restore(lab.chip.save(), other.now);
    expect([other.isOpen, other.read(0x3000)]).toEqual([true, 0x1234]);
  });
});
