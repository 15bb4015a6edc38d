import type { MemoryOp } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import type { RegisterName } from "../../cortex/core.ts";
import { registerReads, registersIn, registerWords } from "../../cortex/core-registers.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { DWT_CYCCNT } from "../../registers/dwt.ts";
import type { RegisterDump } from "../texts/v7-86e/registers.ts";

const GENERAL = Array.from({ length: 13 }, (_, n) => `R${n}` as RegisterName);
const SPECIAL = ["PC", "SP", "MSP", "PSP", "LR", "XPSR", "CFBP"] as const;
const FPU = [...Array.from({ length: 32 }, (_, n) => `S${n}` as RegisterName), "FPSCR" as const];

const LOOK_AT_CYCLES: MemoryOp = { op: "read", address: DWT_CYCCNT.address, width: 32 };

/** Everything that `h` and `regs` show of a halted core; throws `core-not-halted`. */
export async function readRegisterDump(core: CortexCore, io: Io): Promise<RegisterDump> {
  const { hasFpu } = core.identity;
  const names = [...SPECIAL, ...GENERAL, ...(hasFpu ? FPU : [])];
  const count = registerWords(names);
  const words = await core.memory.run([...registerReads(names), LOOK_AT_CYCLES], io);
  const values = registersIn(names, words.subarray(0, count)) ?? (await core.readRegisters(names, io));
  const [pc, sp, msp, psp, lr, xpsr, cfbp, ...rest] = values;
  const r = rest.slice(0, GENERAL.length);
  const cycles = words[count];
  const s = rest.slice(GENERAL.length, GENERAL.length + 32);
  return { pc, cycles, r, sp, msp, psp, lr, xpsr, cfbp, ...(hasFpu ? { fpu: { s, fpscr: rest.at(-1) ?? 0 } } : {}) };
}
