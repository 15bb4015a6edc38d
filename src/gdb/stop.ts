import type { Io } from "../base/clock.ts";
import type { CortexCore } from "../cortex/cortex-core.ts";
import { DFSR } from "../registers/scs.ts";
import { exitCodeOf } from "../semihosting/exit-code.ts";
import { healthOf } from "../session/health.ts";
import type { Session } from "../session/session.ts";
import type { PointHit } from "./points.ts";
import { hexOfWord } from "./rsp.ts";
import { XPSR_EXCEPTION } from "../registers/special.ts";

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
  /** The core stands at a BKPT in RAM that is another core's debugger's. */
  readonly isAtOthers?: boolean;
  /** The BKPT is that of a firmware that has ended. */
  readonly hasEnded?: boolean;
  /** The firmware has ended with this code, and the client is to take the program for ended. */
  readonly exit?: number;
}

/** What a client understands of stop replies. */
export interface Understood {
  /** The number of the core that replies name. */
  readonly core: number;
  swbreak: boolean;
  hwbreak: boolean;
}

/** `T05...`: the signal, SP and PC, what was hit, and the only thread. `W00`: the program has ended. */
export function stopReply({ signal, sp, pc, hit, exit }: Stop, understood: Understood): string {
  if (exit !== undefined) return `W${exitCodeOf(exit).toString(16).padStart(2, "0")}`;
  const registers = (sp === undefined ? "" : `0d:${hexOfWord(sp)};`) + (pc === undefined ? "" : `0f:${hexOfWord(pc)};`);
  return `T${signal.toString(16).padStart(2, "0")}${registers}${hitText(hit, understood)}thread:1;core:${understood.core};`;
}

function hitText(hit: PointHit | undefined, understood: Understood): string {
  if (!hit) return "";
  if ("address" in hit) return `${hit.kind}:${hit.address.toString(16)};`;
  return understood[hit.kind] ? `${hit.kind}:;` : "";
}

/** Where the core stands, in which exception, and whether a vector catch or a breakpoint stopped it there: two round trips. */
export async function lookAtStop(core: CortexCore, io: Io = {}): Promise<Standing> {
  const [sp, pc, xpsr] = await core.readRegisters(["SP", "PC", "XPSR"], io);
  const [dfsr] = await core.memory.run([{ op: "read", address: DFSR.address, width: 32 }], io);
  const [isCaught, isBreakpoint] = [DFSR.field(dfsr, "VCATCH") === 1, DFSR.field(dfsr, "BKPT") === 1];
  return { sp, pc, exception: xpsr & XPSR_EXCEPTION, isCaught, isBreakpoint };
}

interface Standing {
  readonly sp: number;
  readonly pc: number;
  /** IPSR: 0 in thread mode. */
  readonly exception: number;
  readonly isCaught: boolean;
  readonly isBreakpoint: boolean;
}

/** Why the chip was reset, in words. */
export async function resetWords(session: Session, io: Io = {}): Promise<string> {
  const { resetCauses } = await healthOf(session, io);
  return `the target was reset${resetCauses.length === 0 ? "" : `: ${resetCauses.join("; ")}`}`;
}
