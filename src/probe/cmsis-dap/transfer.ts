import { type ByteReader, ByteWriter } from "../../base/bytes.ts";
import { hex8 } from "../../base/u32.ts";
import type { DapAck } from "../probe-error.ts";
import type { SwdTransfer } from "../swd/swd-transfer.ts";
import type { DapCommand } from "./command.ts";
import type { DapPart } from "./packet-parts.ts";

/** What came of a row of transfers: how many were carried out, how it ended, and the words read. */
export interface RowOutcome {
  /** Transfers that were acknowledged. */
  readonly done: number;
  /** `ok`, or how the transfer behind them failed; a value or an outcome still to be fetched counts as behind. */
  readonly ack: DapAck;
  /** Words of reads in order; the last AP read's is missing where fetching it failed. */
  readonly words: readonly number[];
}

/** Request bits of DAP_Transfer (CMSIS-DAP, DAP_Transfer). */
const AP = 0x01;
const READ = 0x02;

/** The acknowledge byte: three bits from the wire, then what the probe found wrong itself. */
const ACK_BITS = 0x07;
const ACK_ERROR = 0x08;
const ACKS: { readonly [bits: number]: DapAck } = { 0b001: "ok", 0b010: "wait", 0b100: "fault" };

/** The request byte of one transfer: APnDP, RnW, A2 and A3. */
const requestOf = ({ reg, word }: SwdTransfer): number =>
  (reg.port === "ap" ? AP : 0) | (word === undefined ? READ : 0) | reg.a;

/** DAP_Transfer: up to 255 transfers of any kind in one command; AP reads answer their own value. */
export const TRANSFER: DapCommand<readonly [transfers: readonly SwdTransfer[]], RowOutcome> = {
  name: "DAP_Transfer",
  id: 0x05,
  encode: (transfers) => {
    const request = new ByteWriter().u8(0).u8(transfers.length);
    for (const transfer of transfers) {
      request.u8(requestOf(transfer));
      if (transfer.word !== undefined) request.u32le(transfer.word);
    }
    return request.finish();
  },
  decode: (response, transfers) => rowOutcome(response, transfers, response.u8()),
};

/** DAP_TransferBlock: writes many words to one register. (Its reads do not say where a WAIT struck; they are not used.) */
export const TRANSFER_BLOCK: DapCommand<readonly [writes: readonly SwdTransfer[]], RowOutcome> = {
  name: "DAP_TransferBlock",
  id: 0x06,
  encode: (writes) => {
    const request = new ByteWriter().u8(0).u16le(writes.length).u8(requestOf(writes[0]));
    for (const { word = 0 } of writes) request.u32le(word);
    return request.finish();
  },
  decode: (response, writes) => rowOutcome(response, writes, response.u16le()),
};

const COMMANDS = { transfer: TRANSFER, block: TRANSFER_BLOCK } as const;

/**
 * DAP_ExecuteCommands: several of both in one packet. Each is carried out whatever became of the one before, so this wants
 * overrun detection; what is answered behind the first that failed is of no account.
 */
export const EXECUTE: DapCommand<readonly [parts: readonly DapPart[]], RowOutcome> = {
  name: "DAP_ExecuteCommands",
  id: 0x7f,
  encode: (parts) => {
    const request = new ByteWriter().u8(parts.length);
    for (const { kind, transfers } of parts) request.u8(COMMANDS[kind].id).bytes(COMMANDS[kind].encode(transfers));
    return request.finish();
  },
  decode: (response, parts) => {
    const count = response.u8();
    if (count !== parts.length) throw new RangeError(`${count} of ${parts.length} commands answered`);
    return rowOfParts(response, parts);
  },
};

function rowOfParts(response: ByteReader, parts: readonly DapPart[]): RowOutcome {
  const words: number[] = [];
  let done = 0;
  for (const { kind, transfers } of parts) {
    const { name, id, decode } = COMMANDS[kind];
    const answered = response.u8();
    if (answered !== id) throw new RangeError(`command 0x${hex8(answered)} answered in place of ${name}`);
    const row = decode(response, transfers);
    done += row.done;
    words.push(...row.words);
    if (row.ack === "ok") continue;
    response.skip(response.left);
    return { done, ack: row.ack, words };
  }
  return { done, ack: "ok", words };
}

/**
 * Reads the acknowledge and the words of a response that reports `done` transfers. The acknowledge counts before that
 * number: with wrong parity the number means what came before.
 */
function rowOutcome(response: ByteReader, transfers: readonly SwdTransfer[], done: number): RowOutcome {
  const byte = response.u8();
  const ack = (byte & ACK_ERROR) !== 0 ? "parity" : (ACKS[byte & ACK_BITS] ?? "none");
  if (done > transfers.length || (ack === "ok" && done < transfers.length))
    throw new RangeError(`${done} of ${transfers.length} transfers done, acknowledged ${ack}`);
  const isRead = ({ word }: SwdTransfer) => word === undefined;
  const reads = transfers.slice(0, done).filter(isRead).length;
  const last = transfers.at(done - 1);
  const isPending = ack !== "ok" && done > 0 && last?.reg.port === "ap" && isRead(last);
  const words = Array.from({ length: reads - (isPending ? 1 : 0) }, () => response.u32le());
  // Whether the probe got the pending value depends on where it failed; it is fetched again anyway.
  if (isPending && response.left >= 4) response.skip(4);
  return { done, ack, words };
}
