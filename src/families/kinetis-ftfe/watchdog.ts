import type { Io } from "../../base/clock.ts";
import type { RegisterName } from "../../cortex/core.ts";
import { runCode } from "../../cortex/run-code.ts";
import { workRamOf } from "../../flash/ram-mailbox.ts";
import type { HaltedChip } from "../family.ts";
import { LAYOUT } from "./queue-words.ts";
import { WDOG_STCTRLH } from "./registers-system.ts";

/**
 * The keys must come within 20 bus clocks of each other, so the core writes them (K64 reference manual, Watchdog Timer,
 * unlocking): strh r1, [r0, #14]; strh r2, [r0, #14]; nop; nop; strh r3, [r0]; bkpt.
 */
const CODE = Uint8Array.of(0xc1, 0x81, 0xc2, 0x81, 0x00, 0xbf, 0x00, 0xbf, 0x03, 0x80, 0x00, 0xbe);

/** Where the code ends, at its BKPT. */
const END = CODE.length - 2;

const KEYS = [0xc520, 0xd928] as const;

/** Everything that the call changes. */
const REGISTERS: readonly RegisterName[] = ["R0", "R1", "R2", "R3", "R9", "MSP", "PSP", "LR", "PC", "XPSR", "CFBP"];

/** Far more than six instructions take. */
const LIMIT_MS = 50;

/**
 * Switches a Kinetis's watchdog off while its core is halted, as J-Link's reset type 6 does behind the reset (UM08001
 * V6.22, 5.9.2); registers and RAM are as before. Throws `core-call-failed`.
 */
export async function switchWatchdogOff({ core, chip, clock }: HaltedChip, io: Io): Promise<void> {
  const at = workRamOf(chip, LAYOUT).start;
  const before = {
    registers: await core.readRegisters(REGISTERS, io),
    ram: await core.memory.read(at, CODE.length, 32, io),
  };
  const [control] = await core.memory.run([{ op: "read", address: WDOG_STCTRLH.address, width: 16 }], io);
  const args = [WDOG_STCTRLH.address, ...KEYS, control & ~WDOG_STCTRLH.mask("WDOGEN")];
  await core.memory.write(at, CODE, 32, io);
  try {
    await runCode(core, clock, { entry: at, args, stack: at, returnTo: at + END, timeoutMs: LIMIT_MS }, io);
  } finally {
    await core.memory.write(at, before.ram, 32);
    await core.writeRegisters(Object.fromEntries(REGISTERS.map((name, i) => [name, before.registers[i]])));
  }
}
