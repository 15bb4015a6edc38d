import { describe, expect, it } from "vitest";
import { MILLISECOND } from "../../../../src/base/clock.ts";
import { APPROTECT, Lab, NVMC } from "./lab.ts";

describe("the NVMC of the nRF52840 twin", () => {
  it("programs a word, from ones to zeroes only, while CONFIG is WEN", () => {
    const lab = new Lab();
    lab.program(0x2000, 0x12345678);
    lab.program(0x2000, 0xffff00ff);
    expect(lab.read(0x2000)).toBe(0x12340078);
  });

  it("answers a write with a fault while CONFIG is REN or EEN, and for a byte or half-word", () => {
    const lab = new Lab();
    expect(lab.tryWrite(0x2000, 0)).toBe("fault");
    lab.write(NVMC.CONFIG, 2);
    expect(lab.tryWrite(0x2000, 0)).toBe("fault");
    lab.write(NVMC.CONFIG, 1);
    expect(lab.tryWrite(0x2000, 0, 1)).toBe("fault");
    expect(lab.tryWrite(0x2000, 0, 2)).toBe("fault");
    expect(lab.read(0x2000)).toBe(0xffffffff);
  });

  it("erases a page in 85 ms, with READY 0 and every access to flash waiting until then", () => {
    const lab = new Lab();
    lab.program(0x3000, 0);
    lab.program(0x4000, 0);
    lab.write(NVMC.CONFIG, 2);
    lab.write(NVMC.ERASEPAGE, 0x3000);
    lab.wait(84 * MILLISECOND);
    expect([lab.tryRead(0), lab.tryRead(APPROTECT), lab.tryRead(NVMC.READY)]).toEqual(["wait", "wait", 0]);
    lab.wait(2 * MILLISECOND);
    expect([lab.read(0x3000), lab.read(0x4000), lab.read(NVMC.READY)]).toEqual([0xffffffff, 0, 1]);
  });

  it("ignores an erase while CONFIG is not EEN", () => {
    const lab = new Lab();
    lab.program(0x3000, 0);
    lab.write(NVMC.ERASEPAGE, 0x3000);
    expect([lab.read(NVMC.READY), lab.read(0x3000)]).toEqual([1, 0]);
  });

  it("erases UICR by ERASEUICR and leaves it alone by ERASEPAGE", () => {
    const lab = new Lab();
    lab.program(0x10001080, 0xcafe);
    lab.program(0x3000, 0);
    lab.write(NVMC.CONFIG, 2);
    lab.write(NVMC.ERASEPAGE, 0x10001000);
    lab.ready();
    expect(lab.read(0x10001080)).toBe(0xcafe);
    lab.write(NVMC.ERASEUICR, 1);
    lab.ready();
    expect([lab.read(0x10001080), lab.read(0x3000)]).toEqual([0xffffffff, 0]);
  });

  it("adds partial erases of a page up to a whole one", () => {
    const lab = new Lab();
    lab.program(0x3000, 0);
    lab.write(NVMC.CONFIG, 4);
    lab.write(0x4001e51c, 20);
    for (let n = 0; n < 5; n++) {
      lab.write(0x4001e518, 0x3000);
      expect(lab.ready()).toBeCloseTo(20, 0);
    }
    expect(lab.read(0x3000)).toBe(0xffffffff);
  });

  it("leaves bits of a page old or new where power goes in the middle of its erase", () => {
    const lab = new Lab();
    for (let at = 0x3000; at < 0x3040; at += 4) lab.program(at, 0);
    lab.write(NVMC.CONFIG, 2);
    lab.write(NVMC.ERASEPAGE, 0x3000);
    lab.wait(40 * MILLISECOND).powerCycle();
    const words = Array.from({ length: 16 }, (_, i) => lab.read(0x3000 + 4 * i));
    expect(words.some((word) => word !== 0 && word !== 0xffffffff)).toBe(true);
  });
});
