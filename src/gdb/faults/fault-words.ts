import type { MemoryOp } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { BFAR, CFSR_BITS, HFSR } from "../../registers/faults.ts";
import { healthOf } from "../../session/health.ts";
import type { Session } from "../../session/session.ts";
import { type FaultEvidence, likelyCause, placeWords } from "./fault-causes.ts";
import { XPSR_EXCEPTION } from "../../registers/special.ts";

const look = (address: number): MemoryOp => ({ op: "read", address, width: 32 });

/** Exceptions that faults lead to: HardFault, MemManage, BusFault, UsageFault (ARMv7-M ARM (DDI 0403E), B1.5.2). */
const FAULTS = { first: 3, last: 6 } as const;

/** ARMv6-M and the baseline of ARMv8-M have no CFSR, and what reads there means nothing. */
const WITHOUT_REGISTERS = /^Cortex-M(?:0\+?|1|23)$/;

/** A fault in words: what, why, at which address, the instruction that it happened at, and the likely cause. */
export async function faultWords(session: Session, core: CortexCore, io: Io = {}): Promise<readonly string[]> {
  const { exception, faults, faultAddress } = await healthOf(session, io);
  const what = `the core stopped ${exception === undefined ? "at a fault" : `in ${exception}`}`;
  const stacked = await stackedFrame(core, io);
  if (WITHOUT_REGISTERS.test(core.identity.name))
    return [`${what}: a ${core.identity.name} has no registers that tell why`, ...frameLines(stacked, 0)];
  const [cfsr, hfsr, bfar] = await core.memory.run(
    [CFSR_BITS, HFSR, BFAR].map((r) => look(r.address)),
    io,
  );
  const at = faultAddress === undefined ? "" : ` at address ${faultAddress}`;
  const why = faults.length === 0 ? ": no fault register says why" : `: ${faults.join("; ")}${at}`;
  const isAddressValid = CFSR_BITS.field(cfsr, "BFARVALID") === 1;
  const registers = { cfsr, hfsr, bfar: isAddressValid ? bfar : undefined };
  const cause = likelyCause(evidenceOf(session, registers, stacked));
  return [`${what}${why}`, ...frameLines(stacked, cfsr), ...(cause === undefined ? [] : [`likely cause: ${cause}`])];
}

/** Whether a halted core handles a fault now. */
export async function isInFault(core: CortexCore, io: Io = {}): Promise<boolean> {
  const [xpsr] = await core.readRegisters(["XPSR"], io);
  return isFault(xpsr & XPSR_EXCEPTION);
}

/** Whether the exception with this number is a fault. */
export const isFault = (exception: number): boolean => exception >= FAULTS.first && exception <= FAULTS.last;

/** Where the core has pushed the frame, and what it holds where it can be read. */
interface Stacked {
  readonly address: number;
  readonly stack: "process" | "main";
  readonly frame?: NonNullable<FaultEvidence["frame"]>;
}

/** Words of an exception's frame from LR on (ARMv7-M ARM (DDI 0403E), B1.5.6). */
const FRAME_LR = 20;

/** EXC_RETURN bit 2 says on which stack; undefined once the handler has used LR for something else. */
async function stackedFrame(core: CortexCore, io: Io): Promise<Stacked | undefined> {
  const [link, msp, psp] = await core.readRegisters(["LR", "MSP", "PSP"], io);
  if (link < 0xffffff00) return undefined;
  const address = link & 4 ? psp : msp;
  const stack = link & 4 ? "process" : "main";
  try {
    const words = [FRAME_LR, FRAME_LR + 4, FRAME_LR + 8].map((offset) => look((address + offset) >>> 0));
    const [lr, pc, xpsr] = await core.memory.run(words, io);
    return { address, stack, frame: { lr, pc, xpsr } };
  } catch (error) {
    // An SP that is no multiple of four is as wrong as one outside of memory.
    if (!["memory-fault", "memory-alignment"].includes(codeOf(error) ?? "")) throw error;
    return { address, stack };
  }
}

function frameLines(stacked: Stacked | undefined, cfsr: number): readonly string[] {
  if (!stacked) return [];
  const { address, stack, frame } = stacked;
  // LR is what the handler has returned by, and says nothing of where the frame is.
  if (CFSR_BITS.field(cfsr, "INVPC") === 1)
    return ["where the frame is can't be known: the return used a wrong EXC_RETURN"];
  const isLost = CFSR_BITS.field(cfsr, "STKERR") === 1 || CFSR_BITS.field(cfsr, "MSTKERR") === 1;
  if (!frame) return [`the ${stack} stack can't be read at ${address32(address)}: it is full, or SP was never set`];
  if (isLost)
    return [`the frame was not written at ${address32(address)} on the ${stack} stack, so the PC before it is lost`];
  return [`${placeWords(cfsr, frame.pc)}: the frame is at ${address32(address)} on the ${stack} stack`];
}

function evidenceOf(
  { found }: Session,
  registers: Pick<FaultEvidence, "cfsr" | "hfsr" | "bfar">,
  stacked: Stacked | undefined,
): FaultEvidence {
  const ram = found.chip?.memories.filter(({ kind }) => kind === "ram");
  const isStackInRam =
    ram && stacked && ram.some(({ start, length }) => stacked.address >= start && stacked.address < start + length);
  return {
    ...registers,
    ...(stacked?.frame && { frame: stacked.frame }),
    ...(isStackInRam === undefined ? {} : { isStackInRam }),
  };
}
