import type { MemoryOp } from "../../adi/memory.ts";
import { equalBytes } from "../../base/bytes.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { ICSR } from "../../registers/faults.ts";
import { XPSR_EXCEPTION, XPSR_THUMB } from "../../registers/special.ts";

/** The exceptions that PRIMASK does not hold back (ARMv7-M ARM (DDI 0403E), B1.5.2): our code runs with all others masked. */
const NMI = 2;
const HARD_FAULT = 3;
/** EXC_RETURN of an exception that thread code on the main stack met, without floating point registers (DDI 0403E, B1.5.8). */
const TO_THREAD_ON_MSP = 0xfffffff9;
/** Where PC and xPSR stand in an exception's frame, and how long that is (DDI 0403E, B1.5.6). */
const FRAME = { pc: 0x18, length: 0x20 } as const;
/** `bx lr`, and a BKPT that nothing reaches. */
const RETURN = Uint8Array.of(0x70, 0x47, 0x00, 0xbe);
/** `bkpt` twice. */
const STOP = Uint8Array.of(0x00, 0xbe, 0x00, 0xbe);
const PEND_NMI: MemoryOp = { op: "write", address: ICSR.address, width: 32, value: ICSR.of({ NMIPENDSET: 1 }) };
/** Far more than one exception return takes. */
const LIMIT_MS = 50;

/** What leaving an exception needs of the RAM that is our code's. */
export interface WayOut {
  /** The stack of our code. */
  readonly stack: Range;
  /** Four bytes for an instruction that returns, and four for one that stops behind it. */
  readonly code: number;
  readonly stop: number;
}

/**
 * Has a core that our vectors have halted within a fault of our own code, or within an NMI that came while it ran, return
 * from there, so that it is as before that code; an NMI is the firmware's, and pending again. Answers whether the core is in
 * no exception; nothing is tried where it is in another one, or came from elsewhere.
 */
export async function leaveException(
  core: Core,
  clock: Clock,
  { stack, code, stop }: WayOut,
  io: Io,
): Promise<boolean> {
  if ((await core.state(io)) !== "halted") return false;
  const [xpsr, sp, lr] = await core.readRegisters(["XPSR", "SP", "LR"], io);
  const exception = xpsr & XPSR_EXCEPTION;
  if (exception === 0) return true;
  const isOurs = sp >= stack.start && sp + FRAME.length <= stack.start + stack.length;
  if ((exception !== HARD_FAULT && exception !== NMI) || lr !== TO_THREAD_ON_MSP || !isOurs) return false;
  const frame: readonly MemoryOp[] = [
    { op: "write", address: sp + FRAME.pc, width: 32, value: stop },
    { op: "write", address: sp + FRAME.pc + 4, width: 32, value: XPSR_THUMB },
  ];
  await core.memory.run(frame, io);
  // A fault here would lock the core up, which resets many chips: nothing is started that does not stand there for certain.
  if (!(await holds(core, code, RETURN, io)) || !(await holds(core, stop, STOP, io))) return false;
  const again = await core.memory.run(
    [0, 4].map((offset): MemoryOp => ({ op: "read", address: sp + FRAME.pc + offset, width: 32 })),
    io,
  );
  if (again[0] !== stop || again[1] !== XPSR_THUMB) return false;
  await core.writeRegisters({ PC: code }, io);
  await core.resume(io);
  await core.waitHalted(within(clock, LIMIT_MS, io));
  const [pc, after] = await core.readRegisters(["PC", "XPSR"], io);
  const hasReturned = pc === stop && (after & XPSR_EXCEPTION) === 0;
  if (hasReturned && exception === NMI) await core.memory.run([PEND_NMI], io);
  return hasReturned;
}

/** Writes code and answers whether the RAM holds it. */
async function holds(core: Core, address: number, bytes: Uint8Array, io: Io): Promise<boolean> {
  await core.memory.write(address, bytes, 32, io);
  return equalBytes(await core.memory.read(address, bytes.length, 32, io), bytes);
}
