import type { MemoryOp } from "../../adi/memory.ts";
import { unsteadyMemory } from "../../adi/read-twice.ts";
import { wordReads, wordWrites } from "../../adi/word-ops.ts";
import { bytesOfWords, concatBytes } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import type { Range } from "../../chips/flash-bank.ts";
import type { Core, RegisterName } from "../../cortex/core.ts";
import { areWritten, registerWrites } from "../../cortex/core-registers.ts";
import type { PieceWork } from "../../cortex/run-code.ts";
import { type KeptRegisters, keepRegisters } from "../kept-registers.ts";
import { RamAhead } from "./ram-ahead.ts";
import { type KeptRam, RamBack } from "./ram-back.ts";

/**
 * RAM and registers of the target that code of ours uses and the firmware has back: they are kept once, however many pieces
 * of code a job runs, and given back at its end. What is given back was read twice, or once where the target's own checks
 * prove that reading.
 */
export class KeptTarget {
  private readonly core: Core;
  private registers: KeptRegisters | undefined;
  private readonly ram: KeptRam[] = [];
  private ahead: RamAhead | undefined;
  private back: RamBack | undefined;
  /** Code of ours may still run in that RAM: nothing can be given back. */
  isLent = false;

  constructor(core: Core) {
    this.core = core;
  }

  /** Takes registers and RAM that were kept already. */
  take(registers: KeptRegisters, ram: KeptRam): void {
    this.registers = registers;
    this.ram.push(ram);
  }

  /** Ranges that are read before a loader needs them, while other code runs; none of them is changed by that code. */
  readAhead(ranges: readonly Range[]): RamAhead {
    this.ahead = new RamAhead(ranges);
    return this.ahead;
  }

  /** Ranges whose checks the next call is to count, so that one reading of them is enough. */
  get unproven(): readonly Range[] {
    return this.ahead?.unproven ?? [];
  }

  /** Takes what proves the bytes of those ranges. */
  prove(proofs: readonly ((bytes: Uint8Array) => boolean)[]): void {
    this.ahead?.prove(proofs);
  }

  /** Keeps ranges of RAM, and the registers where they are not kept yet. Throws `unsteady-read`, and what a check throws. */
  async keep(ranges: readonly Range[], io: Io, first: CheckedLooks = NO_LOOKS): Promise<void> {
    const wanted = ranges.filter(({ start }) => !this.ram.some((part) => part.start === start));
    for (const { start, bytes } of await this.read(wanted, first, io)) this.ram.push({ start, bytes });
    this.registers ??= await keepRegisters(this.core, io);
  }

  private async read(ranges: readonly Range[], { looks, check }: CheckedLooks, io: Io): Promise<readonly KeptRam[]> {
    const { memory } = this.core;
    const { ahead } = this;
    const left = ranges.map((range) => ahead?.left(range) ?? range);
    const reads = left.flatMap(({ start, length }) => wordReads(start, length));
    const words = await memory.run([...looks, ...reads], io);
    check(words.subarray(0, looks.length));
    const rest = cut(bytesOfWords(words.subarray(looks.length)), left);
    const first = ranges.map((range, i) => ({ start: range.start, bytes: joined(ahead?.known(range), rest[i]) }));
    const unproven = first.filter((part) => !ahead?.isProven(part));
    await this.compare(unproven, io);
    return first;
  }

  /** Reads again what nothing proves. */
  private async compare(parts: readonly KeptRam[], io: Io): Promise<void> {
    if (parts.length === 0) return;
    const reads = parts.flatMap(({ start, bytes }) => wordReads(start, bytes.length));
    const again = bytesOfWords(await this.core.memory.run(reads, io));
    const seconds = cut(
      again,
      parts.map(({ bytes }) => ({ length: bytes.length })),
    );
    for (const [i, { start, bytes }] of parts.entries()) {
      const odd = bytes.findIndex((byte, at) => byte !== seconds[i][at]);
      if (odd >= 0) throw unsteadyMemory(start + odd);
    }
  }

  /** Gives RAM back in pieces while code runs that does not use it; `except` is that code's own. */
  giveBackBeside(except: Range): PieceWork | undefined {
    if (this.isLent) return undefined;
    const isOwn = ({ start }: KeptRam) => start >= except.start && start < except.start + except.length;
    this.back = new RamBack(this.ram.filter((part) => !isOwn(part)));
    return this.back;
  }

  /** Gives back all that was not yet; nothing where code of ours may still run there. */
  async giveBack(io: Io): Promise<void> {
    const { core, registers, back } = this;
    if (this.isLent) return;
    const parts = this.ram.flatMap((part) => back?.left(part) ?? [part]);
    const writes = parts.flatMap(({ start, bytes }) => wordWrites(start, bytes));
    this.forget();
    if (!registers) {
      if (writes.length > 0) await core.memory.run(writes, io);
      return;
    }
    const entries = Object.entries(registers) as [RegisterName, number][];
    const words = await core.memory.run([...writes, ...registerWrites(entries)], io);
    if (!areWritten(words)) await core.writeRegisters(registers, io);
  }

  private forget(): void {
    this.registers = undefined;
    this.ram.length = 0;
    this.ahead = undefined;
    this.back = undefined;
  }
}

/** Looks that go out before the reading, in the same batch, and what is thrown where they don't show what they should. */
interface CheckedLooks {
  readonly looks: readonly MemoryOp[];
  check(words: Uint32Array): void;
}

const NO_LOOKS: CheckedLooks = { looks: [], check: () => {} };

/** Bytes cut into parts of these lengths. */
function cut(bytes: Uint8Array, parts: readonly Pick<Range, "length">[]): readonly Uint8Array[] {
  let end = 0;
  return parts.map(({ length }) => {
    end += length;
    return bytes.subarray(end - length, end);
  });
}

function joined(first: Uint8Array | undefined, rest: Uint8Array): Uint8Array {
  return first && first.length > 0 ? concatBytes([first, rest]) : rest;
}
