import type { MemoryOp } from "../../adi/memory.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { pollUntil } from "../../base/deadlines.ts";
import { codeOf } from "../../base/errors.ts";
import type { FlashBank, Range } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import { DHCSR } from "../../registers/scs.ts";
import { FCCOB3_OFFSET, FTFE, ftfeOf, sectionWord, USER_MARGIN } from "./ftfe-command.ts";
import { RUN_MODE } from "./start-check.ts";
import { FSTAT, SMC_PMSTAT } from "./registers-flash.ts";

/** Units of one command: FCCOB4-5 have 16 bits, and no command may reach over the border of a block of 512 KB. */
const MOST_UNITS = 0x8000;

/**
 * Whether ranges of a bank are erased at the user margin, asked by the debugger on a halted core, before any loader has
 * begun. Command and address are read back before they are launched, so that nothing else can be. False where that is not
 * certain, whatever the reason: a loader's own check finds it out.
 */
export async function areBlank(
  core: Core,
  clock: Clock,
  bank: FlashBank,
  ranges: readonly Range[],
  io: Io = {},
): Promise<boolean> {
  const look = new BlankLook(core, bank, clock);
  const limits = within(clock, FTFE.RD1SEC.limitMs, io);
  try {
    if (!(await look.canBegin(limits))) return false;
    for (const range of piecesOf(joined(ranges), bank.write.burst.unit * MOST_UNITS))
      if (!(await look.isBlank(range, limits))) return false;
    return true;
  } catch (error) {
    // The controller may be closed to the debugger.
    if (!["memory-fault", "timeout"].includes(codeOf(error) ?? "")) throw error;
    return false;
  }
}

class BlankLook {
  private readonly core: Core;
  private readonly bank: FlashBank;
  private readonly registers: number;
  private readonly clock: Clock;

  constructor(core: Core, bank: FlashBank, clock: Clock) {
    this.core = core;
    this.clock = clock;
    this.bank = bank;
    this.registers = ftfeOf(bank).registers;
  }

  /** A halted core in run mode, and a controller without a command or an error. */
  async canBegin(io: Io): Promise<boolean> {
    const looks = [read(DHCSR.address, 32), read(SMC_PMSTAT.address, 8), read(this.registers, 8)];
    const [dhcsr, mode, fstat, ...again] = await this.core.memory.run([...looks, ...looks], io);
    const isHalted = DHCSR.field(dhcsr, "S_HALT") === 1 && DHCSR.field(again[0], "S_HALT") === 1;
    return isHalted && mode === RUN_MODE && again[1] === RUN_MODE && fstat === IDLE && again[2] === IDLE;
  }

  async isBlank({ start, length }: Range, io: Io): Promise<boolean> {
    checkFlashAddress(start, this.bank);
    const { memory } = this.core;
    const units = length / this.bank.write.burst.unit;
    const words = [((FTFE.RD1SEC.code << 24) | start) >>> 0, sectionWord(units, USER_MARGIN), 0];
    const places = words.map((_, i) => this.registers + FCCOB3_OFFSET + 4 * i);
    const puts = words.map((value, i): MemoryOp => ({ op: "write", address: places[i], width: 32, value }));
    const looks = places.map((address) => read(address, 32));
    const found = await memory.run([...puts, ...looks, ...looks], io);
    if (found.some((word, i) => word !== words[i % words.length])) return false;
    const ccif = FSTAT.mask("CCIF");
    const fstat = this.registers;
    const status = [read(fstat, 8), read(fstat, 8)];
    const first = await memory.run([{ op: "write", address: fstat, width: 8, value: ccif }, ...status], io);
    const seen = hasEnded(first) ? first : await this.poll(status, io);
    return seen.every((word) => word === IDLE);
  }

  /** Looks until both say that the command has ended. */
  private poll(status: readonly MemoryOp[], io: Io): Promise<Uint32Array> {
    const poll = { ...io, everyUs: 0, patientAfterUs: PATIENT_AFTER_US, what: FTFE.RD1SEC.name };
    return pollUntil(this.clock, poll, async () => {
      const seen = await this.core.memory.run(status, { signal: io.signal });
      return hasEnded(seen) ? seen : undefined;
    });
  }
}

/** FSTAT of a controller that has ended its command without an error. */
const IDLE = FSTAT.mask("CCIF");

const hasEnded = (words: Uint32Array): boolean => words.every((word) => FSTAT.field(word, "CCIF") === 1);

/** A command over a whole block takes 1.8 ms; after this long looks become rarer. */
const PATIENT_AFTER_US = 250_000;

const read = (address: number, width: 8 | 32): MemoryOp => ({ op: "read", address, width });

/** Neighbours as one range. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const runs: Range[] = [];
  for (const { start, length } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = runs.at(-1);
    if (last && last.start + last.length === start) runs[runs.length - 1] = { ...last, length: last.length + length };
    else runs.push({ start, length });
  }
  return runs;
}

/** Ranges cut where a multiple of `most` ends. */
const piecesOf = (ranges: readonly Range[], most: number): readonly Range[] =>
  ranges.flatMap(({ start, length }) => {
    const pieces: Range[] = [];
    for (let at = start; at < start + length; ) {
      const end = Math.min(start + length, Math.floor(at / most + 1) * most);
      pieces.push({ start: at, length: end - at });
      at = end;
    }
    return pieces;
  });
