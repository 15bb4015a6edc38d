import type { SwdTransfer } from "../swd/swd-transfer.ts";
import {
  BLOCK_HEAD,
  type DapPart,
  firstOf,
  MAX_BLOCK,
  MAX_TRANSFERS,
  partsFitting,
  READ_REQUEST,
  TRANSFER_HEAD,
  WORD,
  WRITE_REQUEST,
  writesInARow,
} from "./packet-parts.ts";

/** Room in one packet, and how many packets the probe takes ahead. */
export interface PacketLimits {
  /** Bytes of a command or an answer, id included. */
  readonly size: number;
  readonly count: number;
  /** Whether several commands may share a packet (DAP_ExecuteCommands), as the probe states; not tried on silicon (unsure). */
  readonly isAtomic?: boolean;
}

/** What goes out as one packet: a command by itself, or some by DAP_ExecuteCommands. */
export interface DapPacket {
  readonly kind: DapPart["kind"] | "atomic";
  readonly parts: readonly DapPart[];
  readonly transfers: readonly SwdTransfer[];
}

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
 * DAP_Transfer holds, else as many transfers as fit both the command and its answer. Where the probe takes several
 * commands in one packet, they go so if that carries more.
 *
 * Answers carry no number that says which command they belong to, only which commands were done and how many transfers. So
 * a packet has another shape than those just `before` it, and is shorter than it could be where there is no other of its
 * length: an answer that came twice, too late or in another's place then shows as a wrong one.
 */
export function nextPacket(
  transfers: readonly SwdTransfer[],
  from: number,
  to: number,
  limits: PacketLimits,
  before: readonly DapPacket[] = [],
): DapPacket {
  const single = singleCommand(transfers, from, to, limits);
  const most = single.transfers.length;
  const last = before.slice(-neighbours(most, limits));
  if (limits.isAtomic) return unlikeAtomic(single, { transfers, from, to }, limits, last.map(shapeOf));
  const counts = last.map((packet) => packet.transfers.length);
  return firstIn(single, withoutRest(transfers, { from, count: unlike(counts, most), to }, limits, counts));
}

function singleCommand(transfers: readonly SwdTransfer[], from: number, to: number, limits: PacketLimits): DapPacket {
  const writes = writesInARow(transfers, from, Math.min(to, from + writesPerBlock(limits)));
  const isBlock = writes > writesPerTransfer(limits);
  const end = isBlock ? from + writes : fitting(transfers, from, to, limits.size);
  return packetOf(isBlock ? "block" : "transfer", [transfers.slice(from, end)]);
}

/** The longest packet whose shape none of the last had: one command, or several in one packet. */
function unlikeAtomic(
  single: DapPacket,
  { transfers, from, to }: { readonly transfers: readonly SwdTransfer[]; readonly from: number; readonly to: number },
  limits: PacketLimits,
  last: readonly string[],
): DapPacket {
  const isFull = single.kind === "block" && single.transfers.length === writesPerBlock(limits);
  if (isFull && !last.includes(shapeOf(single))) return single;
  const atomic = atomicOf(partsFitting(transfers, from, to, limits.size));
  for (let count = Math.max(single.transfers.length, atomic.transfers.length); count > 1; count--) {
    const forms = [single, atomic].filter((each) => each.transfers.length >= count).map((each) => firstIn(each, count));
    const form = forms.find((each) => !last.includes(shapeOf(each)));
    if (form) return form;
  }
  return firstIn(single, 1);
}

/** What the answer to a packet shows of it. */
const shapeOf = ({ kind, parts }: DapPacket): string =>
  [kind, ...parts.map((part) => `${part.kind} ${part.transfers.length}`)].join(", ");

const packetOf = (kind: DapPart["kind"], [transfers]: readonly [readonly SwdTransfer[]]): DapPacket => ({
  kind,
  parts: [{ kind, transfers }],
  transfers,
});

const atomicOf = (parts: readonly DapPart[]): DapPacket => ({
  kind: "atomic",
  parts,
  transfers: parts.flatMap(({ transfers }) => transfers),
});

function firstIn(packet: DapPacket, count: number): DapPacket {
  if (count === packet.transfers.length) return packet;
  return { kind: packet.kind, parts: firstOf(packet.parts, count), transfers: packet.transfers.slice(0, count) };
}

/**
 * How many packets before this one may not have its shape: all that can be under way where that costs little, at least
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
  taken: readonly number[],
): number {
  const fewer = count - 1;
  if (to - from !== 2 * count || fewer < 1 || taken.includes(fewer)) return count;
  return fitting(transfers, from + fewer, to, size) === to ? fewer : count;
}

/** The largest number of transfers, up to `most`, that is not taken. */
function unlike(taken: readonly number[], most: number): number {
  let count = most;
  while (count > 1 && taken.includes(count)) count--;
  return count;
}

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
