import { describe, expect, it } from "vitest";
import { decodeIdr, scanAps } from "../../../src/adi/ap-identity.ts";
import { connectedLab } from "./lab.ts";
import { inHex } from "../../support/hex.ts";

describe("access ports", () => {
  it("are listed over gaps, up to number 7", async () => {
    const { dp, target } = await connectedLab();
    Object.assign(target.idrs, { 4: 0x02880000, 7: 0x44770002, 8: 0x24770011 });
    expect((await scanAps(dp)).map(({ index, name }) => [index, name])).toEqual([
      [0, "AHB-AP"],
      [1, "JTAG-AP"],
      [4, "JTAG-AP"],
      [7, "APB-AP"],
    ]);
  });

  it("are looked for by their IDRs alone, in one round trip", async () => {
    const { dp, target } = await connectedLab();
    target.apAccesses.length = 0;
    await scanAps(dp);
    expect(target.apAccesses).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((ap) => `${ap} r fc`));
    expect(target.roundTrips.length).toBe(1);
  });

  it("are found by one register of each, also where the last one of them was selected before", async () => {
    const { dp, target } = await connectedLab();
    Object.assign(target.idrs, { 2: 0x44770002 });
    for (const before of [0, 1, 2]) {
      await dp.accessPort(before).read(0xfc);
      expect([...(await dp.readOfEach([0, 1, 2], 0xfc))]).toEqual([0x24770011, 0x001c0000, 0x44770002]);
    }
  });

  it("are not selected again by a look at each where the first one is selected", async () => {
    const { dp, target } = await connectedLab();
    await dp.accessPort(0).read(0xfc);
    target.dpWrites.length = 0;
    await dp.readOfEach([0, 1], 0xfc);
    expect(target.dpWrites.map(({ a, word }) => [a, word])).toEqual([[0x8, 0x010000f0]]);
  });

  it("have the words of batches that are sent as one, each port its own", async () => {
    const { dp, target } = await connectedLab();
    const read = (address: number) => ({ op: "read", address, count: 1 }) as const;
    const batches = [
      { index: 1, ops: [read(0xfc)] },
      { index: 0, ops: [{ op: "write", address: 0x04, words: [0x2000_1234] } as const, read(0x04), read(0xf8)] },
    ];
    const words = await dp.runEach(batches);
    expect(words.map((each) => [...each])).toEqual([[0x001c0000], [0x2000_1234, target.base]]);
  });

  it("have their registers written and read by their addresses", async () => {
    const { dp, target } = await connectedLab();
    await dp.accessPort(0).write(0x04, 0x2000_1234);
    expect(target.tar).toBe(0x2000_1234);
    expect(await dp.accessPort(0).read(0x04)).toBe(0x2000_1234);
    expect(await dp.accessPort(0).read(0xf8)).toBe(target.base);
  });

  it("have a designer, by JEP106: continuation and identity", () => {
    expect(decodeIdr(3, 0x24770011)).toEqual({
      index: 3,
      idr: 0x24770011,
      name: "AHB-AP",
      isMemory: true,
      designer: 0x23b,
    });
  });

  it.each(
    inHex([
      [0x24770011, "AHB-AP", true],
      [0x04770041, "AHB-AP", true],
      [0x84770001, "AHB-AP", true],
      [0x44770002, "APB-AP", true],
      [0x64770004, "AXI-AP", true],
      [0x001c0000, "JTAG-AP", false],
      [0x02880000, "JTAG-AP", false],
      [0x04762000, "COM-AP", false],
      [0x04770005, "AHB-AP", true],
      [0x04770006, "APB-AP", true],
      [0x04770007, "AXI-AP", true],
      [0x04770008, "AHB-AP", true],
      [0x04770003, "MEM-AP", true],
      [0x04764000, "Unknown AP", false],
    ]),
  )("print IDR %s as %s", (_, name, isMemory, idr) => {
    expect(decodeIdr(0, idr)).toMatchObject({ name, isMemory });
  });

  it("wait for a register's value, and time out when it does not come", async () => {
    const { dp, target } = await connectedLab();
    target.tar = 0x55;
    expect(await dp.accessPort(0).until(0x04, 0x50, 0x50)).toBe(0x55);
    await expect(dp.accessPort(0).until(0x04, 0x2, 0x2)).rejects.toMatchObject({ code: "dap-until-timeout" });
  });
});
