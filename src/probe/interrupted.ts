import { UsbError } from "../usb/usb-error.ts";

/** A failed USB transfer with the probe's name and the command it was in; any other error stays what it is. */
export function interrupted(error: unknown, probe: string, command: string): unknown {
  if (!(error instanceof UsbError)) return error;
  const text = `${probe} failed during ${command}: ${error.message}`;
  return new UsbError(error.code, text, { cause: error, details: { ...error.details, probe, phase: command } });
}
