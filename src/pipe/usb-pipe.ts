import { type Clock, type Io, within } from "../base/clock.ts";
import { withDeadline } from "../base/deadlines.ts";
import { codeOf } from "../base/errors.ts";
import { alignUp } from "../base/u32.ts";
import { type AlternateFilter, BulkInterface, isVendorInterface } from "../usb/bulk-interface.ts";
import type { UsbDevice } from "../usb/usb-device.ts";
import type { Pipe } from "./pipe.ts";
import { type Medium, SharedPipe, TRANSFER_MS } from "./shared-pipe.ts";

/** Opens the device's vendor interface (or the one that `matches`) as a pipe; throws `UsbError`. */
export async function openUsbPipe(
  device: UsbDevice,
  clock: Clock,
  matches: AlternateFilter = isVendorInterface,
  io: Io = {},
): Promise<Pipe> {
  const claimed = await claimInTime(device, clock, io, () => BulkInterface.claim(device, matches));
  return new SharedPipe(bulkOf(claimed), clock);
}

/**
 * Claims within the deadline. A claim that never settles (Windows, where the interface has no WinUSB) is left behind with
 * the device closed, which ends it; one that settles too late is released.
 */
export async function claimInTime<Claimed extends { release(): Promise<void> }>(
  device: UsbDevice,
  clock: Clock,
  io: Io,
  claim: () => Promise<Claimed>,
): Promise<Claimed> {
  let claiming: Promise<Claimed> | undefined;
  const begin = () => {
    claiming = claim();
    return claiming;
  };
  try {
    return await withDeadline(clock, within(clock, TRANSFER_MS, io), "the USB device to open", begin);
  } catch (error) {
    claiming?.then((late) => late.release()).catch(() => {});
    if (device.opened) void device.close().catch(() => {});
    throw error;
  }
}

/** How long a device may be silent before it counts as drained, in milliseconds. */
const SILENCE_MS = 20;

/** Most reads of a drain; a device that never stops sending is no probe waiting for a command. */
const MOST_STALE_READS = 64;

/**
 * Throws away answers that an earlier connection left in the device, which would be taken for ours. The device is
 * closed afterwards, because that ends the read that waited for nothing; where the host cannot close it with a read
 * pending, the read ends by itself.
 */
export async function drainUsb(
  device: UsbDevice,
  clock: Clock,
  matches: AlternateFilter = isVendorInterface,
): Promise<void> {
  const link = await claimInTime(device, clock, {}, () => BulkInterface.claim(device, matches));
  const pipe = new SharedPipe(bulkOf(link, SILENCE_MS), clock);
  try {
    for (let i = 0; i < MOST_STALE_READS; i++) await pipe.read(pipe.maxRead, within(clock, SILENCE_MS));
  } catch (error) {
    if (codeOf(error) !== "timeout") throw error;
  } finally {
    await pipe.close();
  }
}

/** The two bulk endpoints of one interface; reads end after `withinMs` where the host can. Whole packets are asked for: one larger than the buffer's rest would be babble. */
const bulkOf = (link: BulkInterface, withinMs?: number): Medium => ({
  send: (bytes) => link.send(bytes),
  receive: (most) => link.receive(alignUp(most, link.packetSize), withinMs),
  close: () => link.release(),
});
