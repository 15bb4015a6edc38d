import { describe, expect, it } from "vitest";
import { talk } from "../../support/gdb-client.ts";

/** 17 words as `G` has them: R0 to R12, SP, LR, PC and xPSR. */
const words = (values: readonly number[]): string => Buffer.from(Uint32Array.from(values).buffer).toString("hex");

const ALL = [...Array.from({ length: 13 }, (_, n) => 0x100 + n), 0x20008000, 0x20000201, 0x20000100, 0x01000000];

describe("packets for registers", () => {
  it("G sets all 17 as g has them, and leaves the others", async () => {
    await talk(async (client, session) => {
      const control = await client.ask("p16");
      expect(await client.ask(`G${words(ALL)}`)).toBe("OK");
      expect(await client.ask("g")).toBe(words(ALL));
      expect(await session.core.readRegisters(["R0", "R12", "SP", "LR", "PC"])).toEqual([
        0x100, 0x10c, 0x20008000, 0x20000201, 0x20000100,
      ]);
      expect(await client.ask("p16")).toBe(control);
      expect(await client.ask("?")).toBe("T05thread:1;core:0;");
    });
  });

  it("G takes more words than it needs, and is refused fewer, and what is no hex", async () => {
    await talk(async (client) => {
      expect(await client.ask(`G${words([...ALL, 1, 2])}`)).toBe("OK");
      const before = await client.ask("g");
      const zeros = words(ALL.map(() => 0));
      for (const wrong of [zeros.slice(2), zeros.slice(8), "", `${zeros.slice(2)}zz`, zeros.slice(1)])
        expect(await client.ask(`G${wrong}`)).toBe("E01");
      expect(await client.ask("g")).toBe(before);
    });
  });

  it("P is refused fewer bytes than the register has, a register that there is not, and no value", async () => {
    await talk(async (client) => {
      await client.ask("P3=78563412");
      for (const wrong of ["P3=785634", "P3=", "P3", "Pff=00000000", "Pzz=00000000", "P3=zzzzzzzz"])
        expect(await client.ask(wrong)).toBe("E01");
      expect(await client.ask("p3")).toBe("78563412");
      expect(await client.ask("?")).toBe("T05thread:1;core:0;");
    });
  });

  it("p and P have both halves of a double, and one byte of CONTROL, BASEPRI, FAULTMASK and PRIMASK each", async () => {
    await talk(async (client) => {
      const xml = await client.ask("qXfer:features:read:target.xml:0,4000");
      const numberOf = (name: string) => Number(new RegExp(`name="${name}"[^>]*regnum="(\\d+)"`).exec(xml)?.[1]);
      const ask = (packet: "p" | "P", name: string, value = "") =>
        client.ask(`${packet}${numberOf(name).toString(16)}${value}`);
      expect(await ask("P", "d1", "=0102030405060708")).toBe("OK");
      expect(await ask("p", "d1")).toBe("0102030405060708");
      expect(await ask("p", "d0")).toBe("0000000000000000");
      for (const [name, value] of [
        ["primask", "01"],
        ["basepri", "40"],
        ["control", "02"],
      ] as const) {
        expect(await ask("P", name, `=${value}`)).toBe("OK");
        expect(await ask("p", name)).toBe(value);
      }
      expect([await ask("p", "primask"), await ask("p", "basepri"), await ask("p", "faultmask")]).toEqual([
        "01",
        "40",
        "00",
      ]);
    });
  });
});
