import { wordsOf } from "../../base/bytes.ts";
import { within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import type { CortexCore } from "../../cortex/cortex-core.ts";
import { print } from "../context.ts";
import { isNotStopped } from "../failure.ts";
import { type Call, type Handler, targetOf } from "../handler.ts";
import { readRegisterDump } from "../register-dump.ts";
import * as texts from "../texts/v7-86e/registers.ts";
import { notHalted } from "../texts/v7-86e/reset.ts";

/** How long `WaitHalt` waits when it isn't told (UM08001 V6.22 3.2.1). */
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
  try {
    await core.waitHalted(within(clock, ms, call.io));
    print(call, texts.waitedForHalt(true));
    return "ok";
  } catch (error) {
    if (codeOf(error) !== "timeout") throw error;
    print(call, texts.waitedForHalt(false));
    return "failed";
  }
};

/** `g`: steps first where it is told to, then lets the core run; says nothing. */
export const go: Handler = async (call) => {
  const { core } = targetOf(call);
  const steps = call.args.has("NumSteps") ? call.args.number("NumSteps") : 0;
  for (let i = 0; i < steps; i++) await core.step(call.io);
  await core.resume(call.io);
  return "ok";
};

/** `s`: the instruction that is executed, then the step. */
export const step: Handler = async (call) => {
  const { core } = targetOf(call);
  const count = call.args.has("NumSteps") ? call.args.number("NumSteps") : 1;
  for (let i = 0; i < count; i++) {
    const [pc] = await core.readRegisters(["PC"], call.io);
    print(call, await instructionLine(core, pc, call));
    await core.step(call.io);
  }
  return "ok";
};

/** The opcode as data, until there is a disassembler; nothing where it can't be read. */
async function instructionLine(core: CortexCore, pc: number, { io }: Call): Promise<readonly string[]> {
  const at = (pc & ~3) >>> 0;
  const words = wordsOf(await core.memory.read(at, 8, 32, io));
  const halves = [...words].flatMap((word) => [word & 0xffff, word >>> 16]).slice((pc & 2) >>> 1);
  const opcode = halves.slice(0, isWide(halves[0]) ? 2 : 1);
  return texts.stepped(
    pc,
    opcode,
    `.inst  0x${opcode.map((half) => half.toString(16).toUpperCase().padStart(4, "0")).join("")}`,
  );
}

/** Whether a halfword is the first of a 32-bit instruction (ARMv7-M ARM (DDI 0403E), A5.1). */
const isWide = (half: number): boolean => half >>> 11 >= 0b11101;

/** `SetPC`: says nothing; a running core refuses. */
export const setPc: Handler = async (call) => {
  await targetOf(call).core.writeRegisters({ PC: (call.args.number("addr") & ~1) >>> 0 }, call.io);
  return "ok";
};
