import type { Session } from "../../src/session/session.ts";

/** Where the programs stand in the K24's RAM. */
export const PROGRAM = 0x20000000;

/** Switches the K24's watchdog off: ldr r0, =0x40052000 behind the program; unlock; STCTRLH = 0x01D2. */
const NO_WATCHDOG = "4cf22051c1814df62811c1814ff4e9710180";

/** Sends the alphabet by port 0, a letter a write, waiting until the port is ready; 200 rounds of a loop in between. */
export const ALPHABET = `0c48${NO_WATCHDOG}e020000641230268002afcd0037001335b2b00d14123c824013cfdd1f3e700bf00200540`;

/** Loads a program into RAM and lets it run. */
export async function runProgram({ core }: Session, hex: string): Promise<void> {
  await core.memory.write(PROGRAM, Uint8Array.from(Buffer.from(hex, "hex")), 8);
  await core.writeRegisters({ PC: PROGRAM, XPSR: 0x01000000, SP: 0x20008000 });
  await core.resume();
}
