import { wordsOf } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import type { RegisterName } from "../../cortex/core.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { DWT_CYCCNT } from "../../registers/dwt.ts";
import type { RegisterDump } from "../texts/v7-86e/registers.ts";

const GENERAL = Array.from({ length: 13 }, (_, n) => `R${n}` as RegisterName);
const SPECIAL = ["PC", "SP", "MSP", "PSP", "LR", "XPSR", "CFBP"] as const;
const FPU = [...Array.from({ length: 32 }, (_, n) => `S${n}` as RegisterName), "FPSCR" as const];

/** Everything that `h` and `regs` show of a halted core; throws `core-not-halted`. */
export async function readRegisterDump(core: CortexCore, io: Io): Promise<RegisterDump> {
  const { hasFpu } = core.identity;
  const values = await core.readRegisters([...SPECIAL, ...GENERAL, ...(hasFpu ? FPU : [])], io);
  const [pc, sp, msp, psp, lr, xpsr, cfbp, ...rest] = values;
  const r = rest.slice(0, GENERAL.length);
  const [cycles] = wordsOf(await core.memory.read(DWT_CYCCNT.address, 4, 32, io));
  const s = rest.slice(GENERAL.length, GENERAL.length + 32);
  return { pc, cycles, r, sp, msp, psp, lr, xpsr, cfbp, ...(hasFpu ? { fpu: { s, fpscr: rest.at(-1) ?? 0 } } : {}) };
}
