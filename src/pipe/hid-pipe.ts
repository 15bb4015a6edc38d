import { type Clock, type Io, within } from "../base/clock.ts";
import { withDeadline } from "../base/deadlines.ts";
import type { HidDevice } from "../usb/hid-device.ts";
import { usbFailure, type UsbStep } from "../usb/usb-failure.ts";
import type { Pipe } from "./pipe.ts";
import { type Medium, SharedPipe, TRANSFER_MS } from "./shared-pipe.ts";

/** Size of a report where it is unknown: that of full speed, which every host pads or takes as it is. */
const USUAL_REPORT = 64;

/** Opens a HID device as a pipe: one write is one report, padded with zeros; throws `UsbError`. */
export async function openHidPipe(device: HidDevice, clock: Clock, io: Io = {}): Promise<Pipe> {
  await withDeadline(clock, within(clock, TRANSFER_MS, io), "the HID device to open", () =>
    attempt("open", "HID open", () => device.open()),
  );
  return new SharedPipe(reportsOf(device), clock);
}

/**
 * The reports of one HID device; that it is gone already is no error of closing it. Each report is answered by one, so the
 * answer is asked for before the report goes out: the bus fetches it while the next reports are on their way.
 */
function reportsOf(device: HidDevice): Medium {
  const asked: Promise<Uint8Array>[] = [];
  const ask = () => attempt("transfer", "HID read", () => device.receive());
  return {
    send: (bytes) => {
      const report = new Uint8Array(Math.max(bytes.length, device.reportSize ?? USUAL_REPORT));
      report.set(bytes);
      const answer = ask();
      // What fails before it is read fails again there.
      answer.catch(() => {});
      asked.push(answer);
      return attempt("transfer", "HID write", () => device.sendReport(0, report));
    },
    receive: () => asked.shift() ?? ask(),
    close: () =>
      attempt("transfer", "HID close", () => device.close()).catch((failure) => {
        if (failure.code !== "usb-unplugged") throw failure;
      }),
  };
}

async function attempt<T>(step: UsbStep, what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (thrown) {
    throw usbFailure(thrown, step, what);
  }
}
