import { UsbError } from "../../usb/usb-error.ts";
import { ProbeError } from "../probe-error.ts";

/** A failed transfer with the probe's name and what it was doing; anything else stays what it is. */
export function interrupted(error: unknown, probe: string, command: string): unknown {
  if (!(error instanceof UsbError)) return error;
  const text = `${probe} failed during ${command}: ${error.message}`;
  return new UsbError(error.code, text, { cause: error, details: { ...error.details, probe, phase: command } });
}

/** An answer that cannot be the one to this command. */
export function asAnswer(probe: string, command: string, why: string, cause?: unknown): ProbeError {
  const details = { probe, command, why };
  return new ProbeError("probe-protocol", `${probe}'s answer to ${command} is wrong: ${why}`, { details, cause });
}
