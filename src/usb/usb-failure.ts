import { UsbError, type UsbErrorCode } from "./usb-error.ts";

/** What a host was asked to do when it failed; the same exception means different things at different steps. */
export type UsbStep = "open" | "claim" | "transfer";

/**
 * Words in a host's message and what they say; npm `usb` 2 hands libusb's error names through (libusb 1.0, libusb.h), and
 * `node-hid` the C library's texts: on Linux a stalled report is EPIPE, a device that goes ESHUTDOWN, one that has gone
 * ENODEV.
 */
const MESSAGES: readonly (readonly [RegExp, UsbErrorCode])[] = [
  [/LIBUSB_(ERROR|TRANSFER)_NO_DEVICE|disconnected|unplugged|no such device|endpoint shutdown/i, "usb-unplugged"],
  [/broken pipe/i, "usb-stall"],
  [/LIBUSB_ERROR_ACCESS|access denied|permission/i, "usb-access"],
  [/LIBUSB_ERROR_BUSY|unable to claim|resource busy|interface is busy/i, "usb-busy"],
];

/** Names of the exceptions that WebUSB's algorithms throw (WebUSB API, sections 5 and 6), by the step that failed. */
const NAMES: { readonly [step in UsbStep]: { readonly [name: string]: UsbErrorCode } } = {
  open: { NotFoundError: "usb-unplugged", SecurityError: "usb-access", NetworkError: "usb-access" },
  claim: { NotFoundError: "usb-unplugged", SecurityError: "usb-access", NetworkError: "usb-busy" },
  transfer: { NotFoundError: "usb-unplugged", NetworkError: "usb-unplugged", InvalidStateError: "usb-unplugged" },
};

/** The `UsbError` for whatever a host threw, with the original as its cause; a `UsbError` stays what it is. */
export function usbFailure(thrown: unknown, step: UsbStep, what: string): UsbError {
  if (thrown instanceof UsbError) return thrown;
  const code = codeOfMessage(thrown) ?? codeOfName(thrown, step) ?? "usb-failed";
  return new UsbError(code, `USB ${what} failed: ${textOf(thrown)}`, { cause: thrown, details: { step } });
}

const codeOfMessage = (thrown: unknown) => MESSAGES.find(([words]) => words.test(textOf(thrown)))?.[1];

const codeOfName = (thrown: unknown, step: UsbStep) => (thrown instanceof Error ? NAMES[step][thrown.name] : undefined);

const textOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
