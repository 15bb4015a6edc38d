import { type Clock, type Io, within } from "../base/clock.ts";
import { withDeadline } from "../base/deadlines.ts";
import type { HidDevice } from "../usb/hid-device.ts";
import { usbFailure, type UsbStep } from "../usb/usb-failure.ts";
import { type Pipe, PipeError } from "./pipe.ts";

/** Time for one report when the caller names no deadline, in milliseconds. */
const REPORT_MS = 5000;

/** Size of a report where nobody knows it: that of full speed, which every host pads or takes as it is. */
const USUAL_REPORT = 64;

/** Largest report that an interrupt endpoint can carry in one piece for us, in bytes. */
const MAX_READ = 65536;

/** Opens a HID device as a pipe: one write is one report, padded with zeros; throws `UsbError`. */
export async function openHidPipe(device: HidDevice, clock: Clock, io: Io = {}): Promise<Pipe> {
  await withDeadline(clock, within(clock, REPORT_MS, io), "the HID device to open", () =>
    attempt("open", "HID open", () => device.open()),
  );
  return new HidPipe(device, clock);
}

/** A pipe over the reports of one HID device. */
class HidPipe implements Pipe {
  readonly maxRead = MAX_READ;
  private readonly device: HidDevice;
  private readonly clock: Clock;
  private kept: Uint8Array = new Uint8Array();
  private closed = false;
  private poisonedBy: { readonly cause: unknown } | undefined;

  constructor(device: HidDevice, clock: Clock) {
    this.device = device;
    this.clock = clock;
  }

  get unread(): number {
    return this.kept.length;
  }

  write(bytes: Uint8Array, io: Io = {}): Promise<void> {
    const report = new Uint8Array(Math.max(bytes.length, this.device.reportSize ?? USUAL_REPORT));
    report.set(bytes);
    return this.guarded(io, "the probe to take a report", "HID write", () => this.device.sendReport(0, report));
  }

  async read(max: number, io: Io = {}): Promise<Uint8Array> {
    this.assertUsable();
    if (this.kept.length === 0) {
      this.kept = await this.guarded(io, "the probe to answer", "HID read", () => this.device.receive());
    }
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
    await attempt("transfer", "HID close", () => this.device.close()).catch((failure) => {
      if (failure.code !== "usb-unplugged") throw failure;
    });
  }

  /** A failure before the report was handed over leaves the pipe as it was. */
  private async guarded<T>(io: Io, what: string, name: string, act: () => Promise<T>): Promise<T> {
    this.assertUsable();
    let begun = false;
    const begin = () => {
      begun = true;
      return attempt("transfer", name, act);
    };
    try {
      return await withDeadline(this.clock, within(this.clock, REPORT_MS, io), what, begin);
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

async function attempt<T>(step: UsbStep, what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw usbFailure(thrown, step, what);
  }
}

const poisoned = (cause: unknown) =>
  new PipeError("pipe-poisoned", "The pipe to the probe failed before and cannot be trusted any more", { cause });
