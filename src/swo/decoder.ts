import { concatBytes } from "../base/bytes.ts";
import { hardwarePacket, isHardware } from "./hardware-packet.ts";
import type { Delay, SwoPacket } from "./packet.ts";

/** Sync is at least 47 zero bits and a one (ARMv7-M ARM (DDI 0403E), D4.2.1): 0x80 behind five zero bytes at least. */
const SYNC_ZEROS = 5;

/** A packet without an end of its own is no longer than this; bytes of noise end there. */
const MOST_CONTINUED = 7;

const DELAYS: readonly Delay[] = ["none", "timestamp", "packet", "both"];

/** How a packet went: decoded with its length, not all there yet, or none. */
export type Taken = { readonly packet: SwoPacket; readonly length: number } | "more" | "none";

/**
 * Decodes what comes out of the SWO pin, byte by byte, whatever the borders of the pieces are. No byte is lost: what is no
 * packet comes out as `unknown`. A stream that is joined in the middle is right from the next sync on.
 */
export class SwoDecoder {
  private left: Uint8Array = new Uint8Array(0);
  private page = 0;

  /** The packets that are complete with this piece. */
  feed(piece: Uint8Array): SwoPacket[] {
    const bytes = this.left.length === 0 ? piece : concatBytes([this.left, piece]);
    const packets: SwoPacket[] = [];
    let at = 0;
    while (at < bytes.length) {
      const taken = this.take(bytes.subarray(at));
      if (taken === "more") break;
      if (taken === "none") addUnknown(packets, bytes.subarray(at, at + 1));
      else packets.push(taken.packet);
      at += taken === "none" ? 1 : taken.length;
    }
    this.left = bytes.slice(at);
    return packets;
  }

  /** How many bytes wait for the rest of their packet. */
  get pending(): number {
    return this.left.length;
  }

  private take(bytes: Uint8Array): Taken {
    const [header] = bytes;
    if (header === 0) return takeSync(bytes);
    if (header === 0x70) return { packet: { kind: "overflow" }, length: 1 };
    if (header === 0x94 || header === 0xb4) return takeGlobalTime(bytes);
    if ((header & 0x0f) === 0) return takeLocalTime(bytes);
    if ((header & 0x0b) === 0x08) return this.takeExtension(bytes);
    const size = [0, 1, 2, 4][header & 3];
    if (size === 0) return "none";
    if (bytes.length < size + 1) return "more";
    const payload = bytes.slice(1, size + 1);
    const packet = isHardware(header)
      ? hardwarePacket(header >>> 3, payload)
      : ({ kind: "itm", port: header >>> 3, page: this.page, bytes: payload } as const);
    return packet ? { packet, length: size + 1 } : "none";
  }

  /** SH = 0 and EX bits 2:0 in one byte: the page of stimulus ports (D4.2.5). */
  private takeExtension(bytes: Uint8Array): Taken {
    const length = takeContinued(bytes);
    if (typeof length === "string") return length;
    const [header] = bytes;
    if (header & 0x04 || length > 1) return "none";
    this.page = (header >>> 4) & 7;
    return { packet: { kind: "page", page: this.page }, length: 1 };
  }
}

/** So many neighbouring bytes of noise are one packet. */
const MOST_UNKNOWN = 32;

function addUnknown(packets: SwoPacket[], bytes: Uint8Array): void {
  const last = packets.at(-1);
  if (last?.kind === "unknown" && last.bytes.length < MOST_UNKNOWN)
    packets.splice(-1, 1, { kind: "unknown", bytes: concatBytes([last.bytes, bytes]) });
  else packets.push({ kind: "unknown", bytes: bytes.slice() });
}

/** Zeros may go on for as long as they like; a run that is no sync is given out zero by zero. */
function takeSync(bytes: Uint8Array): Taken {
  const near = bytes.subarray(0, MOST_ZEROS + 1);
  const zeros = near.findIndex((byte) => byte !== 0);
  if (zeros < 0) return near.length > MOST_ZEROS ? "none" : "more";
  return zeros >= SYNC_ZEROS && bytes[zeros] === 0x80 ? { packet: { kind: "sync" }, length: zeros + 1 } : "none";
}

/** A line that is held low is zeros for ever. */
const MOST_ZEROS = 64;

/** A header and its following bytes, as long as bit 7 says that one more follows. */
function takeContinued(bytes: Uint8Array): number | "more" | "none" {
  let length = 1;
  while (bytes[length - 1] & 0x80) {
    if (length === MOST_CONTINUED) return "none";
    if (length === bytes.length) return "more";
    length++;
  }
  return length;
}

/** One byte 0TTT0000 (TTT 1 to 6), or 11DD0000 and up to four bytes of seven bits (D4.2.4). */
function takeLocalTime(bytes: Uint8Array): Taken {
  const [header] = bytes;
  if ((header & 0x80) === 0) return { packet: { kind: "local-time", ticks: header >>> 4, delayed: "none" }, length: 1 };
  if ((header & 0x40) === 0) return "none";
  const length = takeContinued(bytes);
  if (typeof length === "string") return length;
  if (length > 5) return "none";
  const ticks = Number(sevens(bytes.subarray(1, length)));
  return { packet: { kind: "local-time", ticks, delayed: DELAYS[(header >>> 4) & 3] }, length };
}

/** 0x94: bits 25:0, ClkCh and Wrap; 0xB4: bits 47:26, or 63:26 of ARMv8-M (D4.2.4). */
function takeGlobalTime(bytes: Uint8Array): Taken {
  const length = takeContinued(bytes);
  if (typeof length === "string") return length;
  const payload = bytes.subarray(1, length);
  const bits = 7 * payload.length;
  if (bytes[0] === 0xb4) return { packet: { kind: "global-time-high", value: sevens(payload), bits }, length };
  if (payload.length > 4) return "none";
  const all = Number(sevens(payload));
  const isWhole = payload.length === 4;
  return {
    packet: {
      kind: "global-time-low",
      value: all & 0x03ffffff,
      bits: Math.min(bits, 26),
      clockChanged: isWhole && (payload[3] & 0x20) !== 0,
      wrapped: isWhole && (payload[3] & 0x40) !== 0,
    },
    length,
  };
}

/** Groups of seven bits, the lowest first. */
const sevens = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n);
