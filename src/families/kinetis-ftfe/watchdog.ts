import type { MemoryOp } from "../../adi/memory.ts";
import { wordReads, wordWrites } from "../../adi/word-ops.ts";
import { bytesOfWords, equalBytes } from "../../base/bytes.ts";
import { type Io, toTheEnd } from "../../base/clock.ts";
import { andThen } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Core, RegisterName } from "../../cortex/core.ts";
import { CoreError } from "../../cortex/core-error.ts";
import { areWritten, registerReads, registersIn, registerWrites } from "../../cortex/core-registers.ts";
import { runCodeBeside } from "../../cortex/run-code.ts";
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
/** Milliseconds in which a few words and registers are back over the slowest wire. */
const GIVE_BACK_MS = 5_000;

/**
 * Switches a Kinetis's watchdog off while its core is halted, as J-Link's reset type 6 does behind the reset (UM08001
 * V6.22, 5.9.2); registers and RAM are as before. The code runs only where the RAM holds it. Throws `core-call-failed`.
 */
export async function switchWatchdogOff({ core, chip, clock }: HaltedChip, io: Io): Promise<void> {
  const at = workRamOf(chip, LAYOUT).start;
  const before = await keep(core, at, io);
  const args = [WDOG_STCTRLH.address, ...KEYS, before.control & ~WDOG_STCTRLH.mask("WDOGEN")];
  const call = { entry: at, args, stack: at, returnTo: at + END, timeoutMs: LIMIT_MS };
  const beside = {
    before: [...wordWrites(at, CODE), ...wordReads(at, CODE.length)],
    mayRun: (words: Uint32Array) => equalBytes(bytesOfWords(words), CODE),
    after: backOps(at, before),
  };
  let isBack = false;
  const run = async () => {
    const words = await runCodeBeside(core, clock, call, beside, io);
    if (!words)
      throw new CoreError("core-call-failed", `The RAM at ${address32(at)} does not hold the code that was written`);
    isBack = areWritten(words);
  };
  // It went back in the last batch of the call, where that ended as it should.
  await andThen(
    run,
    async () => void (isBack || (await giveBack(core, at, before, toTheEnd(clock, GIVE_BACK_MS, io)))),
  );
}

/** What the call changes, and the watchdog's control register. */
interface Before {
  readonly registers: readonly number[];
  readonly ram: Uint8Array;
  readonly control: number;
}

async function keep(core: Core, at: number, io: Io): Promise<Before> {
  const look: MemoryOp = { op: "read", address: WDOG_STCTRLH.address, width: 16 };
  const ram = wordReads(at, CODE.length);
  const words = await core.memory.run([...ram, look, ...registerReads(REGISTERS)], io);
  const rest = words.subarray(ram.length + 1);
  const registers = registersIn(REGISTERS, rest) ?? (await core.readRegisters(REGISTERS, io));
  return { registers, ram: bytesOfWords(words.subarray(0, ram.length)), control: words[ram.length] };
}

const entriesOf = ({ registers }: Before) => REGISTERS.map((name, i) => [name, registers[i]] as const);

/** Accesses that give back what the call changes. */
const backOps = (at: number, before: Before): readonly MemoryOp[] => [
  ...wordWrites(at, before.ram),
  ...registerWrites(entriesOf(before)),
];

async function giveBack(core: Core, at: number, before: Before, io: Io): Promise<void> {
  const words = await core.memory.run(backOps(at, before), io);
  if (!areWritten(words)) await core.writeRegisters(Object.fromEntries(entriesOf(before)), io);
}
