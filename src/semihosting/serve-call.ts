import { readBlock, writeBlock } from "../adi/block.ts";
import { codeOf } from "../base/errors.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { checkRange } from "./blocks.ts";
import { ERRNO, SemihostingFailure } from "./failure.ts";
import type { TargetMemory } from "./host.ts";
import { operationName, SEMIHOSTING_BKPT } from "./operations.ts";
import type { FirmwareExit, Semihosting } from "./semihosting.ts";

/** Whether a core halted at `pc` asks for a semihosting operation there; not where `pc` can't be read. */
export async function isSemihostingCall(core: CortexCore, pc: number): Promise<boolean> {
  try {
    const [word] = await core.memory.run([{ op: "read", address: pc, width: 16 }]);
    return word === SEMIHOSTING_BKPT;
  } catch (error) {
    if (codeOf(error) === "memory-fault") return false;
    throw error;
  }
}

/** The name of the operation that a halted core asks for, as far as it has one. */
export async function calledOperation(core: CortexCore): Promise<string> {
  const [number] = await core.readRegisters(["R0"]);
  return operationName(number) ?? `operation 0x${number.toString(16).toUpperCase()}`;
}

/**
 * Performs the operation that a core halted at BKPT 0xAB asks for, and sets R0 and PC so that it continues behind; at the
 * firmware's end both stay, and the end is answered. Throws what the signal calls off, with the core as it was.
 */
export async function serveCall(
  core: CortexCore,
  semihosting: Semihosting,
  pc: number,
  signal: AbortSignal,
): Promise<FirmwareExit | undefined> {
  const [number, parameter] = await core.readRegisters(["R0", "R1"]);
  const outcome = await semihosting.perform(number, parameter, memoryOf(core), signal);
  if (outcome.kind === "exit") return outcome;
  await core.writeRegisters({ R0: outcome.value, PC: pc + 2 });
  return undefined;
}

/** What the bus refuses fails as EFAULT, and what lies beyond it; a probe that is lost ends the call. */
function memoryOf({ memory }: CortexCore): TargetMemory {
  return {
    read: async (address, length) => {
      checkRange(address, length);
      return readBlock(memory, address, length).catch(refused);
    },
    write: async (address, bytes) => {
      checkRange(address, bytes.length);
      return writeBlock(memory, address, bytes).catch(refused);
    },
  };
}

function refused(error: unknown): never {
  if (codeOf(error) === "memory-fault") throw new SemihostingFailure(ERRNO.EFAULT, (error as Error).message);
  throw error;
}
