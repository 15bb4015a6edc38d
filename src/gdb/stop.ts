import type { Io } from "../base/clock.ts";
import { address32 } from "../base/u32.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { DFSR } from "../registers/scs.ts";
import { healthOf } from "../session/health.ts";
import type { Session } from "../session/session.ts";
import type { PointHit } from "./points.ts";
import { hexOfWord } from "./rsp.ts";

/** Signals as GDB numbers them. */
export const SIGNAL = { none: 0, interrupt: 2, trap: 5, segv: 11 } as const;

/** Why and where the core stands. */
export interface Stop {
  readonly signal: number;
  readonly sp?: number;
  readonly pc?: number;
  readonly hit?: PointHit | undefined;
  /** The core stands at a BKPT of the firmware's own, which it would meet again at once. */
  readonly isAtBkpt?: boolean;
  /** The BKPT is that of a firmware that has ended. */
  readonly hasEnded?: boolean;
  /** The firmware has ended with this code, and the client is to take the program for ended. */
  readonly exit?: number;
}

/** What a client understands of stop replies. */
export interface Understood {
  swbreak: boolean;
  hwbreak: boolean;
}

/** `T05...`: the signal, SP and PC, what was hit, and the only thread. `W00`: the program has ended. */
export function stopReply({ signal, sp, pc, hit, exit }: Stop, understood: Understood): string {
  if (exit !== undefined) return `W${(exit & 0xff).toString(16).padStart(2, "0")}`;
  const registers = (sp === undefined ? "" : `0d:${hexOfWord(sp)};`) + (pc === undefined ? "" : `0f:${hexOfWord(pc)};`);
  return `T${signal.toString(16).padStart(2, "0")}${registers}${hitText(hit, understood)}thread:1;core:0;`;
}

function hitText(hit: PointHit | undefined, understood: Understood): string {
  if (!hit) return "";
  if ("address" in hit) return `${hit.kind}:${hit.address.toString(16)};`;
  return understood[hit.kind] ? `${hit.kind}:;` : "";
}

/** Where the core stands, and whether a vector catch or a breakpoint stopped it there: two round trips. */
export async function lookAtStop(core: CortexCore, io: Io = {}): Promise<Standing> {
  const [sp, pc] = await core.readRegisters(["SP", "PC"], io);
  const [dfsr] = await core.memory.run([{ op: "read", address: DFSR.address, width: 32 }], io);
  return { sp, pc, isCaught: DFSR.field(dfsr, "VCATCH") === 1, isBreakpoint: DFSR.field(dfsr, "BKPT") === 1 };
}

interface Standing {
  readonly sp: number;
  readonly pc: number;
  readonly isCaught: boolean;
  readonly isBreakpoint: boolean;
}

/** The stacked PC in an exception's frame (ARMv7-M ARM (DDI 0403E), B1.5.6). */
const STACKED_PC = 24;

/** A fault in words: what, why, at which address, and the instruction that it happened at. */
export async function faultWords(session: Session, core: CortexCore, io: Io = {}): Promise<readonly string[]> {
  const { exception, faults, faultAddress } = await healthOf(session, io);
  const what = `the core stopped ${exception === undefined ? "at a fault" : `in ${exception}`}`;
  const at = faultAddress === undefined ? "" : ` at address ${faultAddress}`;
  const why = faults.length === 0 ? ": no fault register says why" : `: ${faults.join("; ")}${at}`;
  return [`${what}${why}`, ...(await stackedAt(core, io))];
}

/** Where the fault happened, from the frame that the core has pushed; EXC_RETURN bit 2 says on which stack. */
async function stackedAt(core: CortexCore, io: Io): Promise<readonly string[]> {
  const [lr, msp, psp] = await core.readRegisters(["LR", "MSP", "PSP"], io);
  if (lr < 0xffffff00) return [];
  const frame = lr & 4 ? psp : msp;
  try {
    const [pc] = await core.memory.run([{ op: "read", address: frame + STACKED_PC, width: 32 }], io);
    return [
      `the instruction was at ${address32(pc)}: the frame is at ${address32(frame)} on the ${lr & 4 ? "process" : "main"} stack`,
    ];
  } catch {
    return [`the stack can't be read at ${address32(frame)}: it is full, or SP was never set`];
  }
}

/** Why the chip was reset, in words. */
export async function resetWords(session: Session, io: Io = {}): Promise<string> {
  const { resetCauses } = await healthOf(session, io);
  return `the target was reset${resetCauses.length === 0 ? "" : `: ${resetCauses.join("; ")}`}`;
}
