import { type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { disassemble } from "../../cortex/disasm.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { print } from "../console/context.ts";
import { isNotStopped } from "../run/failure.ts";
import { type Call, type Handler, targetOf } from "../run/handler.ts";
import { inSlices, repeatedly } from "../run/in-slices.ts";
import { readRegisterDump } from "../words/register-dump.ts";
import * as texts from "../texts/v7-86e/registers.ts";
import { notHalted } from "../texts/v7-86e/reset.ts";

/** How long `WaitHalt` waits without an argument (UM08001 V6.22 3.2.1). */
const WAIT_HALT_MS = 1_000;

/** `h`: halts and shows the registers; a core that doesn't stop is a warning, not an error. */
export const halt: Handler = async (call) => {
  const { core } = targetOf(call);
  try {
    await core.halt(call.io);
  } catch (error) {
    if (!isNotStopped(error)) throw error;
    print(call, notHalted());
    call.notes.error(error);
    return "ok";
  }
  print(call, texts.registerDump(await readRegisterDump(core, call.io)));
  return "ok";
};

/** `IsHalted`. */
export const isHalted: Handler = async (call) => {
  print(call, texts.haltState((await targetOf(call).core.state(call.io)) === "halted"));
  return "ok";
};

/** `WaitHalt`: a timeout is an error. */
export const waitHalt: Handler = async (call) => {
  const { core, clock } = targetOf(call);
  const ms = call.args.has("Timeout") ? call.args.number("Timeout") : WAIT_HALT_MS;
  const halted = await inSlices(call, ms, (slice) => isHaltedWithin(core, within(clock, slice, call.io)));
  print(call, texts.waitedForHalt(halted));
  return halted ? "ok" : "failed";
};

async function isHaltedWithin(core: CortexCore, io: Io): Promise<boolean> {
  try {
    await core.waitHalted(io);
    return true;
  } catch (error) {
    if (codeOf(error) !== "timeout") throw error;
    return false;
  }
}

/** `g`: steps first where its arguments ask for it, then lets the core run; prints nothing. */
export const go: Handler = async (call) => {
  const { core } = targetOf(call);
  const steps = call.args.has("NumSteps") ? call.args.number("NumSteps") : 0;
  await repeatedly(call, steps, () => core.step(call.io));
  await core.resume(call.io);
  return "ok";
};

/** `s`: the instruction that is executed, then the step. */
export const step: Handler = async (call) => {
  const { core } = targetOf(call);
  const count = call.args.has("NumSteps") ? call.args.number("NumSteps") : 1;
  await repeatedly(call, count, async () => {
    const [pc] = await core.readRegisters(["PC"], call.io);
    print(call, await instructionLine(core, pc, call));
    await core.step(call.io);
  });
  return "ok";
};

async function instructionLine(core: CortexCore, pc: number, { io }: Call): Promise<readonly string[]> {
  const at = (pc & ~3) >>> 0;
  const bytes = (await core.memory.read(at, 8, 32, io)).subarray(pc & 2);
  const { length, text } = await disassemble(bytes, pc);
  const opcode = Array.from({ length: length / 2 }, (_, i) => bytes[2 * i] | (bytes[2 * i + 1] << 8));
  return texts.stepped(pc, opcode, text);
}

/** `SetPC`: says nothing; a running core refuses. */
export const setPc: Handler = async (call) => {
  await targetOf(call).core.writeRegisters({ PC: (call.args.number("addr") & ~1) >>> 0 }, call.io);
  return "ok";
};
