import { describe, expect, it } from "vitest";
import { AP, Lab, lab } from "./lab.ts";

const SRAM = 0x20000000;

describe("AHB-AP: registers", () => {
  it("has the IDR of a Cortex-M4's AHB-AP and BASE 0xE00FF003", () => {
    const port = lab().ap(0);
    expect(port.read(AP.IDR)).toBe(0x24770011);
    expect(port.read(AP.BASE)).toBe(0xe00ff003);
    expect(port.read(AP.CFG)).toBe(0);
  });

  it("reads IDR 0 for a third access port", () => {
    expect(lab().chip.accessPort(2)).toBeUndefined();
  });

  it("resets CSW to 0x23000042 and sets DeviceEn while the bus is open", () => {
    expect(lab().ap(0).read(AP.CSW)).toBe(0x23000042);
    expect(lab({ locked: true }).ap(0).read(AP.CSW)).toBe(0x23000002);
  });

  it("keeps CSW.Size up to a word and all three increments", () => {
    const port = lab().ap(0);
    port.write(AP.CSW, 0x23000015);
    expect(port.read(AP.CSW)).toBe(0x23000052);
    port.write(AP.CSW, 0x23000020);
    expect(port.read(AP.CSW)).toBe(0x23000060);
    port.write(AP.CSW, 0x23000030);
    expect(port.read(AP.CSW)).toBe(0x23000040);
  });
});

describe("AHB-AP: DRW", () => {
  it("transfers bytes and halfwords in their byte lanes", () => {
    const bench = lab();
    bench.write(SRAM, 0x44332211);
    const port = bench.ap(0);
    port.write(AP.CSW, 0x23000000);
    port.write(AP.TAR, SRAM + 1);
    expect(port.read(AP.DRW)).toBe(0x00002200);
    port.write(AP.TAR, SRAM + 3);
    expect(port.read(AP.DRW)).toBe(0x44000000);
    port.write(AP.CSW, 0x23000001);
    port.write(AP.TAR, SRAM + 2);
    expect(port.read(AP.DRW)).toBe(0x44330000);
    port.write(AP.DRW, 0xaabb1234);
    expect(bench.read(SRAM)).toBe(0xaabb2211);
  });

  it("returns FCNFG in bits 15:8 when it is read as a byte", () => {
    const port = lab().ap(0);
    port.write(AP.CSW, 0x23000000);
    port.write(AP.TAR, 0x40020001);
    expect(port.read(AP.DRW)).toBe(0x0600);
  });

  it("wraps TAR at 4 KB", () => {
    const port = lab().ap(0);
    port.write(AP.CSW, 0x23000012);
    port.write(AP.TAR, SRAM + 0x0ffc);
    port.write(AP.DRW, 1);
    expect(port.read(AP.TAR)).toBe(SRAM);
    port.write(AP.DRW, 2);
    expect(port.read(AP.TAR)).toBe(SRAM + 4);
  });

  it("leaves TAR unchanged without increment and after a fault", () => {
    const port = lab().ap(0);
    port.write(AP.CSW, 0x23000002);
    port.write(AP.TAR, SRAM);
    port.read(AP.DRW);
    expect(port.read(AP.TAR)).toBe(SRAM);
    port.write(AP.CSW, 0x23000012);
    port.write(AP.TAR, 0x60000000);
    expect(port.read(AP.DRW)).toBe("fault");
    expect(port.read(AP.TAR)).toBe(0x60000000);
  });

  it("packs four byte accesses into one word", () => {
    const bench = lab();
    bench.write(SRAM, 0x44332211);
    bench.write(SRAM + 4, 0x88776655);
    const port = bench.ap(0);
    port.write(AP.CSW, 0x23000020);
    port.write(AP.TAR, SRAM + 2);
    expect(port.read(AP.DRW)).toBe(0x44336655);
    expect(port.read(AP.TAR)).toBe(SRAM + 6);
    port.write(AP.TAR, SRAM);
    port.write(AP.DRW, 0x0d0c0b0a);
    expect(bench.read(SRAM)).toBe(0x0d0c0b0a);
  });

  it("reaches the four words around TAR through BD0 to BD3", () => {
    const bench = lab();
    const port = bench.ap(0);
    port.write(AP.TAR, SRAM + 0x104);
    expect(port.write(AP.BD0 + 8, 0xcafe)).toBe(0);
    expect(port.read(AP.BD0 + 8)).toBe(0xcafe);
    expect(bench.read(SRAM + 0x108)).toBe(0xcafe);
  });
});

describe("AHB-AP: bus accesses", () => {
  it("faults on a plain write to flash", () => {
    expect(lab().tryWrite(0x1000, 0)).toBe("fault");
  });

  it.each([
    [0x00100000, "unpopulated flash", "nothing there"],
    [0x10000000, "FlexNVM (not fitted)", "nothing there"],
    [0x14001000, "reserved above FlexRAM", "nothing there"],
    [0x20030000, "reserved above SRAM", "nothing there"],
    [0x40008000, "DMA", "not modelled"],
    [0x40037000, "PIT", "clock off"],
    [0x40064010, "MCG", "no such register"],
    [0x60000000, "FlexBus", "nothing there"],
    [0xe0045000, "private peripheral bus", "nothing there"],
  ])("faults at %s and lists it as %s: %s", (address, place, why) => {
    const bench = lab();
    expect([bench.tryRead(address), bench.tryRead(address)]).toEqual(["fault", "fault"]);
    expect(bench.chip.refusedAccesses).toEqual([{ address, place, why, kind: "read", master: "debug", count: 2 }]);
  });

  it("faults on a peripheral without its clock", () => {
    const bench = lab();
    expect(bench.tryRead(0x4006a000, 1)).toBe("fault");
    bench.write(0x40048034, 0xf0100430);
    expect(bench.read(0x4006a004, 1)).toBe(0xc0);
  });

  it("reads and writes 256 KB of SRAM_L and SRAM_U and 4 KB of FlexRAM", () => {
    const bench = lab();
    for (const address of [0x1fff0000, 0x1ffffffc, 0x20000000, 0x2002fffc, 0x14000000, 0x14000ffc]) {
      bench.write(address, address ^ 0x5a5a5a5a);
      expect(bench.read(address)).toBe((address ^ 0x5a5a5a5a) >>> 0);
    }
  });

  it("maps a bit-band word to one bit of SRAM_U", () => {
    const bench = lab();
    bench.write(SRAM + 0x10, 0);
    bench.write(0x22000000 + 0x10 * 32 + 5 * 4, 1);
    expect(bench.read(SRAM + 0x10)).toBe(0x20);
    expect(bench.read(0x22000000 + 0x10 * 32 + 5 * 4)).toBe(1);
  });

  it("faults on every access but its own registers while the chip is secured", () => {
    const bench = lab({ locked: true });
    expect(bench.tryRead(0)).toBe("fault");
    expect(bench.tryRead(0xe000ed00)).toBe("fault");
    expect(bench.tryWrite(SRAM, 0)).toBe("fault");
    expect(bench.ap(0).read(AP.IDR)).toBe(0x24770011);
  });

  it("faults for a while after each reset while the flash initialises", () => {
    const bench = new Lab();
    bench.chip.powerOn(0);
    expect(bench.tryRead(SRAM)).toBe("fault");
    bench.wait(150e6);
    expect(bench.tryRead(SRAM)).toBeTypeOf("number");
  });
});

describe("ROM table", () => {
  const id = (bench: Lab, base: number, first: number) =>
    [3, 2, 1, 0].reduce((word, i) => word * 256 + bench.read(base + first + i * 4), 0);

  it("has class 1 and lists SCS, DWT, FPB, ITM, TPIU, ETM, ETB, CSTF", () => {
    const bench = lab();
    const entries = Array.from({ length: 9 }, (_, i) => bench.read(0xe00ff000 + i * 4));
    expect(entries).toEqual([
      0xfff0f003, 0xfff02003, 0xfff03003, 0xfff01003, 0xfff41003, 0xfff42003, 0xfff43003, 0xfff44003, 0,
    ]);
    expect(id(bench, 0xe00ff000, 0xff0)).toBe(0xb105100d);
    expect(id(bench, 0xe00ff000, 0xfe0)).toBe(0x000bb4c4);
  });

  // As J-Link printed them: "[0][0]: E000E000 CID B105E00D PID 000BB00C" and so on.
  it.each([
    ["SCS", 0xe000e000, 0xb105e00d, 0x000bb00c],
    ["DWT", 0xe0001000, 0xb105e00d, 0x003bb002],
    ["FPB", 0xe0002000, 0xb105e00d, 0x002bb003],
    ["ITM", 0xe0000000, 0xb105e00d, 0x003bb001],
    ["TPIU", 0xe0040000, 0xb105900d, 0x000bb9a1],
    ["ETM", 0xe0041000, 0xb105900d, 0x000bb925],
    ["ETB", 0xe0042000, 0xb105900d, 0x003bb907],
    ["CSTF", 0xe0043000, 0xb105900d, 0x001bb908],
  ])("has the ids that J-Link reads from a K24 for %s", (_, base, cid, pid) => {
    const bench = lab();
    expect(id(bench, base, 0xff0)).toBe(cid);
    expect(id(bench, base, 0xfe0)).toBe(pid);
    expect(bench.read(base + 0xfd0)).toBe(4);
  });
});
