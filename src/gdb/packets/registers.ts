import { GENERAL_COUNT, readRegister, writeRegister } from "../registers.ts";
import { bytesOfHex, hexOf, hexOfWord, numberOfHex } from "../rsp.ts";
import type { Debuggee } from "../debuggee.ts";
import type { SavedRegisters } from "../rtos/saved-registers.ts";
import { CURRENT } from "../rtos/threads.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

/** Registers, all of `g` in one batch. */
export const REGISTERS: PacketTable = {
  g: async (debuggee) => {
    const { core, registers } = debuggee;
    const names = registers.slice(0, GENERAL_COUNT).flatMap(({ of }) => of);
    const saved = await savedOf(debuggee);
    if (saved) return names.map((name) => savedWord(saved[name])).join("");
    return (await core.readRegisters(names)).map(hexOfWord).join("");
  },
  G: async (debuggee, { text }) => {
    const { core, registers } = debuggee;
    const bytes = bytesOfHex(text);
    if (!bytes || bytes.length < GENERAL_COUNT * 4 || isAsleep(debuggee)) return REFUSED;
    for (const [i, register] of registers.slice(0, GENERAL_COUNT).entries())
      await writeRegister(core, register, bytes.slice(i * 4, i * 4 + 4));
    debuggee.movedByClient();
    return "OK";
  },
  p: async (debuggee, { text }) => {
    const { core, registers } = debuggee;
    const register = registers[numberOfHex(text) ?? -1];
    // MSP is the same for all threads, and GDB unwinds none without it.
    const saved = register && register.name !== "msp" ? await savedOf(debuggee) : undefined;
    if (saved) return register.bits === 32 ? savedWord(saved[register.of[0]]) : "xx".repeat(register.bits / 8);
    return register ? hexOf(await readRegister(core, register)) : REFUSED;
  },
  P: async (debuggee, { text }) => {
    const { core, registers } = debuggee;
    const [number, value] = text.split("=");
    const [register, bytes] = [registers[numberOfHex(number) ?? -1], bytesOfHex(value ?? "")];
    if (!register || !bytes || bytes.length * 8 < register.bits || isAsleep(debuggee)) return REFUSED;
    await writeRegister(core, register, bytes);
    debuggee.movedByClient();
    return "OK";
  },
};

/** What was saved of the selected thread; undefined for the current one. What is missing is reported once. */
async function savedOf(debuggee: Debuggee): Promise<SavedRegisters["registers"] | undefined> {
  const saved = await debuggee.threads.registers();
  if (saved?.note !== undefined) debuggee.noteOnce(saved.note);
  return saved?.registers;
}

/** A register that was not saved is unavailable. */
const savedWord = (value: number | undefined): string => (value === undefined ? "x".repeat(8) : hexOfWord(value));

/** Registers of a thread that doesn't run are read only: they stand in its stack. */
function isAsleep({ threads, host }: Debuggee): boolean {
  const asleep = threads.selected !== CURRENT;
  if (asleep) host.print("a register was not set: the thread does not run");
  return asleep;
}
