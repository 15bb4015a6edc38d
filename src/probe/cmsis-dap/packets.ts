import type { SwdTransfer } from "../swd/swd-transfer.ts";

/** Room in one packet, and how many packets the probe takes ahead. */
export interface PacketLimits {
  /** Bytes of a command or an answer, id included. */
  readonly size: number;
  readonly count: number;
}

/** Transfers that go out as one command. */
export interface DapPacket {
  readonly kind: "transfer" | "block";
  readonly transfers: readonly SwdTransfer[];
}

/** Bytes of DAP_Transfer before its requests (id, index, count), and of its answer before the words (id, count, ack). */
const TRANSFER_HEAD = 3;
/** Most requests that DAP_Transfer's count can say. */
const MAX_TRANSFERS = 255;
const READ_REQUEST = 1;
const WRITE_REQUEST = 5;
const WORD = 4;
/** Bytes of DAP_TransferBlock before its words: id, index, count, request. */
const BLOCK_HEAD = 5;
/** Most words that DAP_TransferBlock's count can say. */
const MAX_BLOCK = 0xffff;

/** Writes that fit one DAP_Transfer. */
const writesPerTransfer = ({ size }: PacketLimits): number =>
  Math.min(MAX_TRANSFERS, Math.floor((size - TRANSFER_HEAD) / WRITE_REQUEST));

/** Reads that fit the answer of one DAP_Transfer. */
export const readsPerTransfer = ({ size }: PacketLimits): number =>
  Math.min(MAX_TRANSFERS, Math.floor((size - TRANSFER_HEAD) / WORD));

/** Writes that fit one DAP_TransferBlock. */
const writesPerBlock = ({ size }: PacketLimits): number => Math.min(MAX_BLOCK, Math.floor((size - BLOCK_HEAD) / WORD));

/**
 * The next packet from `from` on, at most up to `to`: a block where more writes of one register follow than one
 * DAP_Transfer holds, else as many transfers as fit both the command and its answer.
 *
 * Answers carry no number that says which command they belong to, only how many transfers were done. So a packet is made
 * shorter than it could be where one of those just `before` it has the same count: an answer that came twice, too late
 * or in another's place then shows as a wrong count.
 */
export function nextPacket(
  transfers: readonly SwdTransfer[],
  from: number,
  to: number,
  limits: PacketLimits,
  before: readonly DapPacket[] = [],
): DapPacket {
  const writes = writesInARow(transfers, from, Math.min(to, from + writesPerBlock(limits)));
  const isBlock = writes > writesPerTransfer(limits);
  const most = isBlock ? writes : fitting(transfers, from, to, limits.size) - from;
  const last = before.slice(-neighbours(most, limits));
  const count = withoutRest(transfers, { from, count: unlike(last, most), to }, limits, last);
  return { kind: isBlock ? "block" : "transfer", transfers: transfers.slice(from, from + count) };
}

/**
 * How many packets before this one may not have its count: all that can be under way where that costs little, at least
 * the last one. Each costs half a transfer a packet on average, so together they stay under 4 percent.
 */
const neighbours = (most: number, { count }: PacketLimits): number =>
  Math.max(1, Math.min(count - 1, Math.floor(most / 16)));

/**
 * One transfer less where the rest would be a packet of the same count, and fits one packet with that transfer: it would be
 * cut in two for its count.
 */
function withoutRest(
  transfers: readonly SwdTransfer[],
  { from, count, to }: { readonly from: number; readonly count: number; readonly to: number },
  { size }: PacketLimits,
  before: readonly DapPacket[],
): number {
  const fewer = count - 1;
  if (to - from !== 2 * count || fewer < 1 || before.some((packet) => packet.transfers.length === fewer)) return count;
  return fitting(transfers, from + fewer, to, size) === to ? fewer : count;
}

/** The largest number of transfers, up to `most`, that none of the packets has. */
function unlike(packets: readonly DapPacket[], most: number): number {
  const taken = packets.map(({ transfers }) => transfers.length);
  let count = most;
  while (count > 1 && taken.includes(count)) count--;
  return count;
}

function writesInARow(transfers: readonly SwdTransfer[], from: number, to: number): number {
  const { reg } = transfers[from];
  let at = from;
  while (at < to && isWriteOf(transfers[at], reg)) at++;
  return at - from;
}

/** A write that switches overrun detection on counts by itself: blocks carry data. */
const isWriteOf = ({ reg, word, startsOverrunDetection }: SwdTransfer, other: SwdTransfer["reg"]): boolean =>
  word !== undefined && !startsOverrunDetection && reg.port === other.port && reg.a === other.a;

function fitting(transfers: readonly SwdTransfer[], from: number, to: number, size: number): number {
  let [request, answer, at] = [TRANSFER_HEAD, TRANSFER_HEAD, from];
  for (; at < Math.min(to, from + MAX_TRANSFERS); at++) {
    const isRead = transfers[at].word === undefined;
    request += isRead ? READ_REQUEST : WRITE_REQUEST;
    answer += isRead ? WORD : 0;
    if (request > size || answer > size) break;
  }
  return at;
}
