import { GENERAL_COUNT, readRegister, writeRegister } from "../registers.ts";
import { bytesOfHex, hexOf, hexOfWord, numberOfHex } from "../rsp.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

/** Registers, all of `g` in one batch. */
export const REGISTERS: PacketTable = {
  g: async ({ core, registers }) => {
    const names = registers.slice(0, GENERAL_COUNT).flatMap(({ of }) => of);
    return (await core.readRegisters(names)).map(hexOfWord).join("");
  },
  G: async (debuggee, { text }) => {
    const { core, registers } = debuggee;
    const bytes = bytesOfHex(text);
    if (!bytes || bytes.length < GENERAL_COUNT * 4) return REFUSED;
    for (const [i, register] of registers.slice(0, GENERAL_COUNT).entries())
      await writeRegister(core, register, bytes.slice(i * 4, i * 4 + 4));
    debuggee.movedByClient();
    return "OK";
  },
  p: async ({ core, registers }, { text }) => {
    const register = registers[numberOfHex(text) ?? -1];
    return register ? hexOf(await readRegister(core, register)) : REFUSED;
  },
  P: async (debuggee, { text }) => {
    const { core, registers } = debuggee;
    const [number, value] = text.split("=");
    const [register, bytes] = [registers[numberOfHex(number) ?? -1], bytesOfHex(value ?? "")];
    if (!register || !bytes || bytes.length * 8 < register.bits) return REFUSED;
    await writeRegister(core, register, bytes);
    debuggee.movedByClient();
    return "OK";
  },
};
