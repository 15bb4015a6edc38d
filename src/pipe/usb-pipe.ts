import { type Clock, type Io, within } from "../base/clock.ts";
import { withDeadline } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { alignUp } from "../base/u32.ts";
import { type AlternateFilter, BulkInterface, isVendorInterface } from "../usb/bulk-interface.ts";
import type { UsbDevice } from "../usb/usb-device.ts";
import { type Pipe, PipeError } from "./pipe.ts";

/** Time for one USB transfer when the caller names no deadline, in milliseconds (RM08001 speaks of 5 s). */
const TRANSFER_MS = 5000;

/** Largest single read, in bytes; a J-Link's answer to its largest batch is 8 KB. */
const MAX_READ = 65536;

/** Opens the device's vendor interface (or the one that `matches`) as a pipe; throws `UsbError`. */
export async function openUsbPipe(
  device: UsbDevice,
  clock: Clock,
  matches: AlternateFilter = isVendorInterface,
  io: Io = {},
): Promise<Pipe> {
  const what = "the USB device to open";
  const claimed = await withDeadline(clock, within(clock, TRANSFER_MS, io), what, () =>
    BulkInterface.claim(device, matches),
  );
  return new UsbPipe(claimed, clock);
}

/** How long a device may be silent before it counts as drained, in milliseconds. */
const SILENCE_MS = 20;

/** Most reads of a drain; a device that never stops talking is no probe waiting for a question. */
const MOST_STALE_READS = 64;

/**
 * Throws away answers that an earlier connection left in the device, which would be taken for ours. The device is
 * closed in between, because that is what ends the read that waited for nothing.
 */
export async function drainUsb(
  device: UsbDevice,
  clock: Clock,
  matches: AlternateFilter = isVendorInterface,
): Promise<void> {
  const pipe = await openUsbPipe(device, clock, matches);
  try {
    for (let i = 0; i < MOST_STALE_READS; i++) await pipe.read(pipe.maxRead, within(clock, SILENCE_MS));
  } catch (error) {
    if (codeOf(error) !== "timeout") throw error;
  } finally {
    await pipe.close();
  }
}

/** A pipe over the two bulk endpoints of one interface. */
class UsbPipe implements Pipe {
  readonly maxRead = MAX_READ;
  private readonly link: BulkInterface;
  private readonly clock: Clock;
  private kept: Uint8Array = new Uint8Array();
  private closed = false;
  private poisonedBy: { readonly cause: unknown } | undefined;

  constructor(link: BulkInterface, clock: Clock) {
    this.link = link;
    this.clock = clock;
  }

  get unread(): number {
    return this.kept.length;
  }

  write(bytes: Uint8Array, io: Io = {}): Promise<void> {
    return this.guarded(io, "the probe to take bytes", () => this.link.send(bytes));
  }

  async read(max: number, io: Io = {}): Promise<Uint8Array> {
    this.assertUsable();
    const bounded = within(this.clock, TRANSFER_MS, io);
    while (this.kept.length === 0) this.kept = await this.receive(max, bounded);
    const taken = this.kept.subarray(0, max);
    this.kept = this.kept.subarray(taken.length);
    return taken;
  }

  poison(cause: unknown): void {
    this.poisonedBy ??= { cause };
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.link.release();
  }

  /** Whole packets are asked for: a packet larger than the rest of the buffer would be babble. */
  private receive(max: number, io: Io): Promise<Uint8Array> {
    const length = alignUp(Math.min(max, MAX_READ), this.link.packetSize);
    return this.guarded(io, "the probe to answer", () => this.link.receive(length));
  }

  /** A failure before the transfer began leaves the pipe as it was. */
  private async guarded<T>(io: Io, what: string, act: () => Promise<T>): Promise<T> {
    this.assertUsable();
    let begun = false;
    const begin = () => {
      begun = true;
      return act();
    };
    try {
      return await withDeadline(this.clock, within(this.clock, TRANSFER_MS, io), what, begin);
    } catch (error) {
      if (begun) this.poison(error);
      throw error;
    }
  }

  private assertUsable(): void {
    if (this.closed) throw new PipeError("pipe-closed", "The pipe to the probe is closed");
    if (this.poisonedBy) throw poisoned(this.poisonedBy.cause);
  }
}

const poisoned = (cause: unknown) =>
  new PipeError("pipe-poisoned", "The pipe to the probe failed before and cannot be trusted any more", { cause });
