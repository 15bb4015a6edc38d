import { concatBytes } from "../base/bytes.ts";
import type { UsbDevice, UsbInResult } from "../usb/usb-device.ts";
import { type SubmitEnd, URB_STATUS } from "./urbs.ts";

/** Called when a transfer has ended. */
export type Ended = (end: SubmitEnd) => void;

/** A lane's transfers of one endpoint, one after the other, in the order asked for. */
export interface EndpointQueue {
  /** Whether the endpoint stalled its last transfer and has not been cleared since. */
  halted: boolean;
  /** Calls a transfer off; false where it has ended already. */
  unlink(sequence: number): boolean;
}

/** Transfers out. One that is called off may have reached the device all the same, as on every bus. */
export class OutQueue implements EndpointQueue {
  halted = false;
  private readonly device: Pick<UsbDevice, "transferOut">;
  private readonly endpoint: number;
  private readonly ended: Ended;
  private readonly waiting = new Set<number>();
  private last: Promise<void> = Promise.resolve();

  constructor(device: Pick<UsbDevice, "transferOut">, endpoint: number, ended: Ended) {
    this.device = device;
    this.endpoint = endpoint;
    this.ended = ended;
  }

  /** Resolves once the transfer has ended; rejects where the device has gone. */
  submit(sequence: number, data: Uint8Array): Promise<void> {
    this.waiting.add(sequence);
    this.last = this.last.then(() => this.send(sequence, data));
    return this.last;
  }

  unlink(sequence: number): boolean {
    return this.waiting.delete(sequence);
  }

  private async send(sequence: number, data: Uint8Array): Promise<void> {
    if (!this.waiting.has(sequence)) return;
    const { status, bytesWritten } = await this.device.transferOut(this.endpoint, data);
    this.halted = status === "stall";
    if (!this.waiting.delete(sequence)) return;
    this.ended({ sequence, status: this.halted ? URB_STATUS.stall : URB_STATUS.ok, written: bytesWritten });
  }
}

/** A transfer in that has not ended, and what it has got so far. */
interface WaitingIn {
  readonly sequence: number;
  readonly length: number;
  readonly parts: Uint8Array[];
  left: number;
}

/** What the device has sent and no transfer has taken: the end of a transfer follows it where the last packet was short. */
interface Unread {
  readonly bytes: Uint8Array;
  readonly ended: boolean;
}

/**
 * Transfers in. What comes for a transfer that was unlinked before is kept for the next one: on a real bus it would
 * still be in the device.
 */
export class InQueue implements EndpointQueue {
  halted = false;
  private readonly device: Pick<UsbDevice, "transferIn">;
  private readonly endpoint: number;
  private readonly ended: Ended;
  private readonly waiting: WaitingIn[] = [];
  private unread: Unread | undefined;
  private reading = false;

  constructor(device: Pick<UsbDevice, "transferIn">, endpoint: number, ended: Ended) {
    this.device = device;
    this.endpoint = endpoint;
    this.ended = ended;
  }

  /** Resolves when no transfer is pending any more; rejects when the device is unplugged. */
  async submit(sequence: number, length: number): Promise<void> {
    this.waiting.push({ sequence, length, parts: [], left: length });
    await this.pump();
  }

  unlink(sequence: number): boolean {
    const at = this.waiting.findIndex((one) => one.sequence === sequence);
    if (at >= 0) this.waiting.splice(at, 1);
    return at >= 0;
  }

  private async pump(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      if (this.unread) this.give(first, this.unread);
      else this.take(await this.device.transferIn(this.endpoint, first.left), first.left);
    }
    this.reading = false;
  }

  private take({ status, data }: UsbInResult, asked: number): void {
    this.halted = status === "stall";
    const bytes = data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
    if (status === "stall") this.end(URB_STATUS.stall);
    else if (status === "babble" || bytes.length > asked) this.end(URB_STATUS.overflow);
    else this.unread = { bytes, ended: bytes.length < asked };
  }

  /** Moves what fits; the transfer ends when it is full or with a short packet (USB 2.0, 5.8.3). */
  private give(first: WaitingIn, { bytes, ended }: Unread): void {
    const moved = bytes.subarray(0, first.left);
    first.parts.push(moved);
    first.left -= moved.length;
    const rest = bytes.subarray(moved.length);
    this.unread = rest.length > 0 ? { bytes: rest, ended } : undefined;
    if (first.left === 0 || (ended && rest.length === 0)) this.end(URB_STATUS.ok);
  }

  /** Ends the first transfer; an unlinked one gets no response. */
  private end(status: SubmitEnd["status"]): void {
    const first = this.waiting.shift();
    if (first) this.ended({ sequence: first.sequence, status, data: concatBytes(first.parts) });
  }
}
