import { describe, expect, it } from "vitest";
import type { RegisterName } from "../../../src/cortex/core.ts";
import { registerReads, registerWords, selectorOf } from "../../../src/cortex/core-registers.ts";
import { halted, setUp } from "./lab.ts";

describe("CortexCore: registers", () => {
  const ALL: RegisterName[] = ["R0", "R12", "SP", "LR", "PC", "XPSR", "MSP", "PSP", "CFBP", "FPSCR", "S0", "S31"];
  const SELECTORS = [0, 12, 13, 14, 15, 16, 17, 18, 20, 33, 64, 95];

  it("have the REGSEL numbers of the manual", () => {
    expect(ALL.map(selectorOf)).toEqual(SELECTORS);
  });

  it("have REGSEL from 0 on for R0 to R12, and from 64 on for S0 to S31", () => {
    for (let n = 0; n <= 12; n++) expect(selectorOf(`R${n}` as RegisterName)).toBe(n);
    for (let n = 0; n <= 31; n++) expect(selectorOf(`S${n}`)).toBe(64 + n);
  });

  it("yield as many words of a batch as registerWords answers", () => {
    for (const names of [[], ["R0"], ["R0", "PC", "S0"]] as RegisterName[][])
      expect(registerWords(names)).toBe(registerReads(names).filter(({ op }) => op !== "write").length);
  });

  it("are refused by name when no core has them", () => {
    for (const name of ["S32", "S40", "S01", "S1x", "S100", "Sx", "S", "XS1", "R13", "R99"])
      expect(() => selectorOf(name as RegisterName)).toThrow(
        expect.objectContaining({
          code: "core-register",
          message: expect.stringContaining(name),
          details: { name },
        }),
      );
  });

  it("are read in one round trip", async () => {
    const { core, fake } = await setUp(halted);
    for (const selector of SELECTORS) fake.registers.set(selector, 0x1000 + selector);
    expect(await core.readRegisters(ALL)).toEqual(SELECTORS.map((selector) => 0x1000 + selector));
    expect(fake.roundTrips).toBe(1);
  });

  it("are written in one round trip", async () => {
    const { core, fake } = await setUp(halted);
    await core.writeRegisters({ R0: 1, PC: 0x100, S31: 0xffffffff });
    expect([0, 15, 95].map((selector) => fake.registers.get(selector))).toEqual([1, 0x100, 0xffffffff]);
    expect(fake.roundTrips).toBe(1);
  });

  it("are retried one by one on a slow core", async () => {
    const { core, fake } = await setUp(halted);
    fake.registers.set(0, 7).set(1, 8);
    fake.slow = 3;
    expect(await core.readRegisters(["R0", "R1"])).toEqual([7, 8]);
    await core.writeRegisters({ R2: 9, R3: 10 });
    expect([fake.registers.get(2), fake.registers.get(3)]).toEqual([9, 10]);
  });

  it.each([0, 1])("are asked for again where R%i alone was slow", async (slowFor) => {
    const { core, fake } = await setUp(halted);
    fake.registers.set(0, 7).set(1, 8);
    Object.assign(fake, { slow: 3, slowFor });
    expect(await core.readRegisters(["R0", "R1"])).toEqual([7, 8]);
    await core.writeRegisters({ R0: 9, R1: 10 });
    expect([fake.registers.get(0), fake.registers.get(1)]).toEqual([9, 10]);
  });

  it("are transferred one by one within the limits of the call where the core is slow", async () => {
    const { core, fake } = await setUp(halted);
    fake.slow = 1000;
    const io = { deadline: fake.clock.now() + 50e9 };
    await expect(core.readRegisters(["R0"], io)).rejects.toMatchObject({ code: "dap-until-timeout" });
    await expect(core.writeRegisters({ R0: 1 }, io)).rejects.toMatchObject({ code: "dap-until-timeout" });
    expect(fake.clock.now()).toBeLessThan(100e9);
  });

  it("are refused while the core runs", async () => {
    const { core } = await setUp();
    await expect(core.readRegisters(["R0"])).rejects.toMatchObject({
      code: "core-not-halted",
      message: expect.stringContaining("registers"),
    });
    await expect(core.writeRegisters({ R0: 1 })).rejects.toMatchObject({ code: "core-not-halted" });
  });
});
