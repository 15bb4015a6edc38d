import { MICROSECOND, MILLISECOND, type Picoseconds } from "../../../../base/clock.ts";
import type { u32 } from "../../../../base/u32.ts";
import type { FlashSpeed } from "../../../chip/flash-model.ts";
import type { Prng } from "../../../chip/prng.ts";
import { PAGE_SIZE, WORD_SIZE } from "../geometry.ts";
import type { FlashMemory, FlashPart } from "./flash-memory.ts";

/** What the NVMC can be doing; erases of everything by the CTRL-AP are `all` with `byPort`. */
export type OperationKind = "write" | "page" | "all" | "uicr" | "partial";

/** One operation of the NVMC. */
export interface Operation {
  readonly kind: OperationKind;
  readonly address: u32;
  /** The word of a write; of a partial erase its milliseconds. */
  readonly value: u32;
  /** The CTRL-AP asked for it. */
  readonly byPort: boolean;
}

/** Codes for observers: the register that starts it, 0 for a write to flash. */
export const OPERATION_CODES: { readonly [kind in OperationKind]: number } = {
  write: 0,
  page: 0x508,
  all: 0x50c,
  uicr: 0x514,
  partial: 0x518,
};

/** Names for observers. */
export const OPERATION_NAMES: { readonly [kind in OperationKind]: string } = {
  write: "write word",
  page: "ERASEPAGE",
  all: "ERASEALL",
  uicr: "ERASEUICR",
  partial: "ERASEPAGEPARTIAL",
};

/** Times (recalled from the nRF52840 product specification, its maxima; unsure). */
const TIMES = { write: 41 * MICROSECOND, erase: 85 * MILLISECOND, all: 169 * MILLISECOND } as const;

/** How much partial erasing erases a page (t_ERASEPAGE, unsure). */
export const PARTIAL_TOTAL_MS = 85;

/** How long an operation takes. */
export function durationOf({ kind, value }: Operation, speed: FlashSpeed): Picoseconds {
  if (speed === "zero") return 0;
  if (kind === "write") return TIMES.write;
  if (kind === "all") return TIMES.all;
  return kind === "partial" ? value * MILLISECOND : TIMES.erase;
}

/** Cells that an operation works on, from an offset. */
export interface Target extends FlashPart {
  readonly offset: number;
  readonly length: number;
}

/** What an operation changes: one word, one page, or everything. */
export function targetsOf({ kind, address }: Operation, { code, uicr, ...rest }: Parts): readonly Target[] {
  const whole = (part: FlashPart): Target => ({ ...part, offset: 0, length: part.cells.bytes.length });
  if (kind === "all") return [whole(code), whole(uicr)];
  if (kind === "uicr") return [whole(uicr)];
  const part = rest.partAt(address);
  if (!part) return [];
  const length = kind === "write" ? WORD_SIZE : PAGE_SIZE;
  const offset = address - part.base;
  return [{ ...part, offset: offset - (offset % length), length }];
}

type Parts = Pick<FlashMemory, "code" | "uicr"> & { readonly partAt: FlashMemory["partAt"] };

/** An operation came to its end. */
export function finish(operation: Operation, target: Target): void {
  const { cells, offset, length } = target;
  if (operation.kind === "write") cells.program(offset, wordBytes(operation.value));
  else cells.erase(offset, length);
}

/** An operation lost its power, or the chip was reset, at `progress` (0 to 1). */
export function leaveHalfDone(operation: Operation, target: Target, progress: number, prng: Prng): void {
  const { cells, offset, length } = target;
  if (operation.kind === "write") cells.cutProgram(offset, wordBytes(operation.value), progress, prng);
  else cells.cutErase(offset, length, progress, prng);
}

const wordBytes = (value: u32): Uint8Array => Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
