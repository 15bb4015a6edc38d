import type { u32 } from "../../base/u32.ts";
import type { DapReg } from "../probe.ts";
import type { DapAck } from "../probe-error.ts";
import { parityOf, type SwdBitWriter, takeBits } from "./swd-bits.ts";

/** One transfer on the wire: a register read, or a register written with a word. */
export interface SwdTransfer {
  readonly reg: DapReg;
  /** The word to write; absent for a read. */
  readonly word?: u32;
  /** Index of the operation in the batch on whose behalf this transfer goes out. */
  readonly op: number;
  /** Which word of the batch's result this transfer's data is: AP reads bring the value of the one before. */
  readonly result?: number | undefined;
  /** A write of CTRL/STAT after which every transfer may have a fixed data phase. */
  readonly startsOverrunDetection?: boolean;
}

/** What came back for one transfer; `word` is 0 for writes and for anything but `ok`. */
export interface SwdResponse {
  readonly ack: DapAck;
  readonly word: u32;
}

/** Clocks of one transfer with its data phase, whichever way the data goes (ADIv5.2 (IHI 0031F), B4.2.1). */
export const TRANSFER_CLOCKS = 46;

/**
 * Where the bits of a transfer are in what a probe sampled *after* each rising edge, as J-Link does: one clock earlier
 * than the manual's waveform shows them, because the turnaround clock's edge already puts ACK[0] on the line.
 */
const SAMPLED = { ack: 8, data: 11, parity: 43 } as const;

const ACKS: { readonly [bits: number]: DapAck } = { 0b001: "ok", 0b010: "wait", 0b100: "fault" };

/** The request byte: start, APnDP, RnW, A[2:3], parity, stop, park, least significant first (ADIv5.2, B4.2.2). */
export function requestByte(reg: DapReg, read: boolean): number {
  const body = (reg.port === "ap" ? 1 : 0) | (read ? 2 : 0) | reg.a;
  return 0x81 | (body << 1) | (parityOf(body) << 5);
}

/** Writes the clocks of one transfer; the data phase is always there, as overrun detection requires. */
export function encodeTransfer(writer: SwdBitWriter, { reg, word }: SwdTransfer): void {
  writer.drive(requestByte(reg, word === undefined), 8);
  if (word === undefined) writer.listen(TRANSFER_CLOCKS - 8);
  else writer.listen(5).drive(word, 32).drive(parityOf(word), 1);
}

/** Reads one transfer's answer from the sampled bits, its first clock being `at`; the acknowledge is looked at first. */
export function decodeTransfer(sampled: Uint8Array, at: number, read: boolean): SwdResponse {
  const ack = ACKS[takeBits(sampled, at + SAMPLED.ack, 3)] ?? "none";
  if (ack !== "ok" || !read) return { ack, word: 0 };
  const word = takeBits(sampled, at + SAMPLED.data, 32);
  const parity = takeBits(sampled, at + SAMPLED.parity, 1);
  return parity === parityOf(word) ? { ack, word } : { ack: "parity", word: 0 };
}
