import type { BatchMemory, MemoryOp } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import { address32, byte8, hex32 } from "../../base/u32.ts";
import type { FlashBank, FlashController, Range } from "../../chips/flash-bank.ts";
import { FSTAT } from "./registers-flash.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Write } from "../../flash/plan/steps.ts";

/**
 * The controller's commands by the manual's names (K24 reference manual, FTFE command set). The limits are for the
 * command and its way there and back: a busy computer, a hub or a virtual machine holds a turn up for 100 ms and more,
 * and a section takes a dozen turns.
 */
export const FTFE = {
  RD1SEC: { code: 0x01, name: "read 1s section", limitMs: 5_000 },
  PGM8: { code: 0x07, name: "program phrase", limitMs: 5_000 },
  ERSSCR: { code: 0x09, name: "erase sector", limitMs: 5_000 },
  PGMSEC: { code: 0x0b, name: "program section", limitMs: 5_000 },
  ERSALL: { code: 0x44, name: "erase all blocks", limitMs: 16_000 },
} as const;

/** One command of the controller. */
export type FtfeCommand = (typeof FTFE)[keyof typeof FTFE];

/** Read margin "user" of the read-1s commands: stricter than a plain read (NXP FTFE, read 1s section). */
export const USER_MARGIN = 1;

/** FCCOB4-5: count of 16-byte units, FCCOB6: margin, FCCOB7: 0 (NXP FTFE, program section; fsl_ftfx). */
export const sectionWord = (units: number, margin: number): number => ((units << 16) | (margin << 8)) >>> 0;

/** The FTFE of one chip, driven by register accesses through a MEM-AP. */
export class Ftfe {
  private readonly memory: BatchMemory;
  private readonly clock: Clock;
  private readonly base: number;

  constructor(memory: BatchMemory, clock: Clock, controller: FlashController) {
    this.memory = memory;
    this.clock = clock;
    this.base = controller.registers;
  }

  /**
   * Launches a command and waits for its end, as one batch; answers FSTAT.
   *
   * `address` goes to FCCOB1-3; `words` to FCCOB4-7 and FCCOB8-B, most significant byte first as FCCOB counts.
   * Throws `flash-command` (ACCERR), `flash-protected` (FPVIOL), `loader-failed` (MGSTAT0 where it is not the answer),
   * `flash-busy` when the command does not end, `flash-range` for an address outside the bank. Source: NXP FTFE, launching commands; fsl_ftfx.
   */
  async run(
    bank: FlashBank,
    command: FtfeCommand,
    address: number,
    words: readonly [number, number] = [0, 0],
    io: Io = {},
  ): Promise<number> {
    // The controller takes 24 bits of address: a longer one would reach another sector, or make another command.
    checkFlashAddress(address, bank);
    const launch = ((command.code << 24) | address) >>> 0;
    const ops: readonly MemoryOp[] = [
      this.status(FSTAT.of({ RDCOLERR: 1, ACCERR: 1, FPVIOL: 1 })),
      ...[launch, ...words].map((value, i): MemoryOp => this.word(FCCOB3_OFFSET + 4 * i, value)),
      this.status(FSTAT.of({ CCIF: 1 })),
    ];
    const status = await this.whenDone(command.name, within(this.clock, command.limitMs, io), ops);
    if (status !== FSTAT.mask("CCIF")) await this.confirm(status, io);
    throwOnError(command, address, status);
    return status;
  }

  /** Erases, and launches the program command of what has to follow in the next round trip. */
  async erase(
    bank: FlashBank,
    command: FtfeCommand,
    address: number,
    then: readonly Write[],
    io: Io = {},
  ): Promise<void> {
    const phrases = phrasesOf(then, bank);
    for (const phrase of phrases) checkFlashAddress(phrase.address, bank);
    await this.run(bank, command, address, [0, 0], io);
    for (const { address: at, bytes } of phrases) await this.run(bank, FTFE.PGM8, at, phraseWords(bytes), io);
  }

  /** Does `first`, then waits for CCIF; answers FSTAT. Throws `flash-busy`. */
  async whenDone(what: string, io: Io, first: readonly MemoryOp[] = []): Promise<number> {
    const ccif = FSTAT.mask("CCIF");
    const wait: MemoryOp = { op: "until", address: this.base, width: 8, mask: ccif, value: ccif };
    try {
      return (await this.memory.run([...first, wait], io))[0];
    } catch (cause) {
      if (codeOf(cause) !== "dap-until-timeout") throw cause;
      throw new FlashError("flash-busy", `The flash command "${what}" did not end in time`, {
        details: { command: what },
        cause,
      });
    }
  }

  /** A failure decides what happens next, so it is read again before it is believed; the final verify proves success. */
  private async confirm(status: number, io: Io): Promise<void> {
    const [again] = await this.memory.run([{ op: "read", address: this.base, width: 8 }], io);
    if (again !== status) throw unsteadyRead("FSTAT");
  }

  private status(value: number): MemoryOp {
    return { op: "write", address: this.base, width: 8, value };
  }

  private word(offset: number, value: number): MemoryOp {
    return { op: "write", address: this.base + offset, width: 32, value };
  }
}

/** The two little-endian words of a phrase go to FCCOB4-7 and FCCOB8-B as they are (NXP fsl_ftfx). */
export function phraseWords(bytes: Uint8Array): readonly [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return [view.getUint32(0, true), view.getUint32(4, true)];
}

/** Writes cut into what one program-phrase command takes. */
export const phrasesOf = (writes: readonly Write[], { write: { unit } }: FlashBank): readonly Write[] =>
  writes.flatMap(({ address, bytes }) =>
    Array.from({ length: bytes.length / unit }, (_, i) => ({
      address: address + i * unit,
      bytes: bytes.subarray(i * unit, (i + 1) * unit),
    })),
  );

/** The bank's controller with its section program buffer; throws `no-loader` where the chip's data lack them. */
export function ftfeOf({ id, controller }: FlashBank): FlashController & { readonly buffer: Range } {
  const buffer = controller?.buffer;
  if (!controller || !buffer)
    throw new FlashError("no-loader", `The bank ${id} names no controller with a section program buffer`, {
      details: { bank: id },
    });
  return { ...controller, buffer };
}

/** FCCOB3 stands first, then 2, 1, 0, 7, ... so that three little-endian words carry a whole command (NXP MK24F12 header). */
export const FCCOB3_OFFSET = 4;

/** Throws what FSTAT's error bits say; MGSTAT0 is an answer, not an error, of the read-1s commands. */
export function throwOnError(
  command: { readonly code: number; readonly name: string },
  address: number,
  status: number,
): void {
  const details = { command: command.name, address: address32(address), FSTAT: byte8(status) };
  const at = `0x${hex32(address)}`;
  if (FSTAT.field(status, "FPVIOL")) {
    throw new FlashError("flash-protected", `The chip refused to ${command.name} at ${at}: the region is protected`, {
      details,
    });
  }
  if (FSTAT.field(status, "ACCERR")) {
    throw new FlashError("flash-command", `The chip refused to ${command.name} at ${at} (FSTAT ${byte8(status)})`, {
      details,
    });
  }
  if (FSTAT.field(status, "MGSTAT0") && command.code !== FTFE.RD1SEC.code) {
    throw new FlashError("loader-failed", `The chip could not ${command.name} at ${at}: its own check failed`, {
      details,
    });
  }
}
