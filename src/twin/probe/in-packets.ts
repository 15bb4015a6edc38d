import type { Picoseconds } from "../../base/clock.ts";
import type { ProbeResponse } from "./probe-model.ts";

/** What one IN transfer took. */
export interface InTransfer {
  readonly status: "ok" | "babble";
  readonly bytes: Uint8Array;
}

/**
 * The IN side of a bulk endpoint as packets: a transfer ends when it is full or with the first short packet.
 *
 * An answer that fills its last packet is followed by an empty packet, which the next transfer gets when this one
 * asked for exactly the answer's length (USB 2.0, 5.8.3; whether each firmware sends it is unsure). Asking for less than
 * a packet holds is babble, and the packet is lost.
 */
export class InPackets {
  private responses: ProbeResponse[] = [];
  private taken = 0;
  private readonly packetSize: number;

  constructor(packetSize: number) {
    this.packetSize = packetSize;
  }

  /** The answer that the next transfer gets a piece of. */
  get head(): ProbeResponse | undefined {
    return this.responses[0];
  }

  push(responses: readonly ProbeResponse[]): void {
    this.responses.push(...responses);
  }

  /** How many bytes a transfer of at most `length` gets. */
  available(length: number): number {
    return Math.min(length, (this.head?.bytes.length ?? 0) - this.taken);
  }

  /** Makes the head come later. */
  delay(by: Picoseconds): void {
    this.responses = this.responses.map((one, i) => (i === 0 ? { ...one, readyAt: one.readyAt + by } : one));
  }

  /** Puts what was taken before the head: the next transfer gets it once more. */
  repeat(bytes: Uint8Array, at: Picoseconds): void {
    const [head, ...rest] = this.responses;
    // What is left of a response that was taken in part stays the head's, behind the repeated piece.
    const left = head === undefined ? [] : [{ ...head, bytes: head.bytes.subarray(this.taken) }];
    this.responses = [{ bytes, readyAt: at }, ...left, ...rest];
    this.taken = 0;
  }

  /** Takes one transfer of at most `length` bytes from the head, which must be there. */
  take(length: number): InTransfer {
    const { bytes, endsFull = false } = this.responses[0];
    const left = bytes.length - this.taken;
    const whole = length - (length % this.packetSize);
    if (left > length && whole !== length) return this.babble(bytes, whole);
    const count = Math.min(left, length);
    const taken = bytes.subarray(this.taken, this.taken + count);
    this.taken += count;
    if (count === left && (endsFull || !this.emptyPacketFollows(bytes, count, length))) this.next();
    return { status: "ok", bytes: taken };
  }

  /** Throws away whatever the host has not fetched. */
  clear(): void {
    this.responses = [];
    this.taken = 0;
  }

  private emptyPacketFollows(bytes: Uint8Array, count: number, length: number): boolean {
    return count === length && count > 0 && bytes.length % this.packetSize === 0;
  }

  private babble(bytes: Uint8Array, whole: number): InTransfer {
    const taken = bytes.subarray(this.taken, this.taken + whole);
    this.taken = Math.min(bytes.length, this.taken + whole + this.packetSize);
    if (this.taken === bytes.length) this.next();
    return { status: "babble", bytes: taken };
  }

  private next(): void {
    this.responses.shift();
    this.taken = 0;
  }
}
