import type { SwoPacket } from "./packet.ts";
import { exceptionName } from "./packet-words.ts";

/** What a stream of packets has brought so far. */
export class SwoTally {
  /** How many packets of each kind. */
  readonly counts: { [kind in SwoPacket["kind"]]?: number } = {};
  /** How often each exception was entered, by its name. */
  readonly exceptions = new Map<string, number>();
  /** How often each PC was sampled; what was asleep has -1. */
  readonly samples = new Map<number, number>();
  /** Bytes of each stimulus port. */
  readonly bytes = new Map<number, number>();

  /** Counts packets. */
  addAll(packets: readonly SwoPacket[]): void {
    for (const packet of packets) this.add(packet);
  }

  /** Counts a packet. */
  add(packet: SwoPacket): void {
    this.counts[packet.kind] = (this.counts[packet.kind] ?? 0) + 1;
    if (packet.kind === "exception" && packet.action === "enter")
      count(this.exceptions, exceptionName(packet.number), 1);
    if (packet.kind === "pc") count(this.samples, packet.pc ?? ASLEEP, 1);
    if (packet.kind === "itm") count(this.bytes, packet.port + 32 * packet.page, packet.bytes.length);
  }
}

/** The key of samples of a sleeping core. */
export const ASLEEP = -1;

function count<Key>(counts: Map<Key, number>, key: Key, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}
