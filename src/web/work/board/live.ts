import { codeOf } from "../../../base/errors.ts";
import { MILLISECOND } from "../../../base/clock.ts";
import { concatBytes } from "../../../base/bytes.ts";
import { address32 } from "../../../base/u32.ts";
import type { RegisterName } from "../../../cortex/core.ts";
import { FlashError } from "../../../flash/flash-error.ts";
import { CFSR, CPUID, DFSR, DHCSR } from "../../../registers/scs.ts";
import type { Register } from "../../../registers/register.ts";
import { pump, type RttLine } from "../../../rtt/pump.ts";
import { Rtt } from "../../../rtt/rtt.ts";
import { USUAL_RAM } from "../../../rtt/search.ts";
import { readMemory } from "../../../session/read-memory.ts";
import type { Session } from "../../../session/session.ts";
import type { CodeBytes } from "../../code-protocol.ts";
import type { LiveOptions, LiveSight, ShownRegister } from "../../protocol.ts";
import type { Handler, WorkContext } from "../context.ts";

/** A simulated board has this much of its time between two looks, in microseconds: it stands still otherwise. */
const STEP_US = 20_000;

/** Most bytes of all ranges that are watched. */
const MOST_WATCHED = 0x1000;

/** Bytes before PC and from it on that are read to be shown as instructions; the first 16 of them are for decoding only. */
const BEFORE_PC = 0x20;
const FROM_PC = 0x20;

/** What a core has to be halted for. */
const REGISTERS: readonly RegisterName[] = [
  ...(["R0", "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12"] as const),
  ...(["SP", "LR", "PC", "XPSR", "MSP", "PSP"] as const),
];

const SYSTEM = [CPUID, DHCSR, DFSR, CFSR] as const;

/** The terminal on channel 0. */
class Terminal implements RttLine {
  readonly channels = new Set([0]);
  private readonly parts: Uint8Array[] = [];
  private input = new Uint8Array();
  private readonly decoder = new TextDecoder();

  take(_channel: number, bytes: Uint8Array): void {
    this.parts.push(bytes);
  }

  waiting(): Uint8Array {
    return this.input;
  }

  sent(_channel: number, count: number): void {
    this.input = this.input.slice(count);
  }

  /** Adds what is to be sent down. */
  give(text: string): void {
    if (text !== "") this.input = Uint8Array.from(concatBytes([this.input, new TextEncoder().encode(text)]));
  }

  /** What came up since the last call. */
  text(): string {
    return this.parts
      .splice(0)
      .map((part) => this.decoder.decode(part, { stream: true }))
      .join("");
  }
}

/** Each session's channels, as long as it is there. */
const terminals = new WeakMap<Session, { readonly rtt: Rtt; readonly terminal: Terminal }>();

function terminalOf(session: Session) {
  const found = terminals.get(session);
  if (found) return found;
  const ranges = session.found.chip?.memories.filter(({ kind }) => kind === "ram") ?? USUAL_RAM;
  const made = { rtt: new Rtt(session.core.memory, session.clock, { ranges }), terminal: new Terminal() };
  terminals.set(session, made);
  return made;
}

/** Looks at the target once: nothing is halted, reset or written, but for RTT's own offsets. */
export const live: Handler<"live"> = (asked, context) =>
  context.bench.with(async ({ session, isVirtual, takeUart, servers }): Promise<LiveSight> => {
    checkRanges(asked.ranges);
    if (isVirtual) await session.clock.sleep(STEP_US);
    const state = await session.core.state(context);
    const { rtt, at } =
      asked.isRttWanted && !servers.hasRtt ? await talk(session, asked.input, context) : { rtt: "", at: undefined };
    const looks = [];
    for (const range of asked.ranges) looks.push(await look(session, range, context));
    const registers = state === "halted" ? await coreRegisters(session, context) : [];
    const pc = asked.isCodeWanted ? registers.find(({ name }) => name === "PC")?.value : undefined;
    const code = pc === undefined ? undefined : await codeAround(session, pc, context);
    return {
      state,
      atMs: session.clock.now() / MILLISECOND,
      registers,
      ...(code === undefined ? {} : { code }),
      system: await systemRegisters(session, context),
      memory: looks.map(({ bytes }) => bytes),
      unreadable: looks.flatMap(({ why }) => why ?? []),
      ...(at === undefined ? {} : { rttAt: at }),
      rtt,
      uart: takeUart?.() ?? "",
    };
  });

function checkRanges(ranges: LiveOptions["ranges"]): void {
  const isRange = ({ start, length }: LiveOptions["ranges"][number]) =>
    Number.isInteger(start) && Number.isInteger(length) && start >= 0 && length > 0 && start + length <= 2 ** 32;
  const sum = ranges.reduce((all, { length }) => all + length, 0);
  if (ranges.every(isRange) && sum <= MOST_WATCHED) return;
  throw new FlashError("flash-range", `Ranges of 1 to ${MOST_WATCHED} bytes in all can be watched`);
}

async function talk(session: Session, input: string, io: WorkContext) {
  const { rtt, terminal } = terminalOf(session);
  terminal.give(input);
  const block = await pump(rtt, terminal, io);
  return { rtt: terminal.text(), at: block?.address };
}

/** A range's bytes; one that can't be read is no failure of the others, unless the connection has gone with it. */
async function look(session: Session, range: LiveOptions["ranges"][number], io: WorkContext) {
  try {
    return { bytes: (await readMemory(session, range, { ...io, once: true })).bytes };
  } catch (error) {
    if (!["memory-fault", "target-locked", "flash-not-shown", "ap-fault"].includes(codeOf(error) ?? "")) throw error;
    return { why: `${address32(range.start)}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** The instructions around PC; undefined where those from it on can't be read. */
async function codeAround(session: Session, pc: number, io: WorkContext): Promise<CodeBytes | undefined> {
  const start = Math.max(0, pc - BEFORE_PC);
  const { bytes: from } = await look(session, { start: pc, length: Math.min(FROM_PC, 2 ** 32 - pc) }, io);
  if (!from) return undefined;
  if (start === pc) return { start, bytes: from, at: pc };
  const { bytes: before } = await look(session, { start, length: pc - start }, io);
  return before ? { start, bytes: concatBytes([before, from]), at: pc } : { start: pc, bytes: from, at: pc };
}

async function coreRegisters({ core }: Session, io: WorkContext): Promise<readonly ShownRegister[]> {
  const values = await core.readRegisters(REGISTERS, io);
  return REGISTERS.map((name, i) => ({ name, value: values[i], words: "" }));
}

async function systemRegisters({ core }: Session, io: WorkContext): Promise<readonly ShownRegister[]> {
  const ops = SYSTEM.map(({ address }) => ({ op: "read", address, width: 32 }) as const);
  const values = await core.memory.run(ops, io);
  return SYSTEM.map((register, i) => ({ name: register.name, value: values[i], words: fieldsOf(register, values[i]) }));
}

/** The fields that are not zero. */
const fieldsOf = (register: Register, value: number): string =>
  register
    .decode(value)
    .filter((field) => field.value !== 0)
    .map((field) => `${field.name} ${field.words ?? field.value}`)
    .join(", ");

/** Halts, resumes, steps or resets, as one asks by hand. */
export const control: Handler<"control"> = ({ act }, context) =>
  context.bench.with(async ({ session, servers }) => {
    servers.refuseDebugged();
    const { core } = session;
    if (act === "reset") await session.reset("system", "run", context);
    else if (act === "halt") await core.halt(context);
    else if (act === "step") await core.step(context);
    else await core.resume(context);
    return null;
  });
