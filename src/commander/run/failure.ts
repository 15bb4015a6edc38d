import { codeOf, FlashproofError } from "../../base/errors.ts";

/** Whether the user called the run off, so that no later command may run. */
export const isCalledOff = (error: unknown): boolean => codeOf(error) === "aborted";

/** Whether the probe itself is gone, or its connection can't be trusted any more. */
export const isProbeLost = (error: unknown): boolean => /^(usb|pipe)-|^probe-protocol$/.test(codeOf(error) ?? "");

/** Whether the target refused an access to its memory, which J-Link's memory commands answer in words of their own. */
export const isRefusedAccess = (error: unknown): boolean =>
  ["memory-fault", "memory-alignment"].includes(codeOf(error) ?? "");

/** The debug registers of the core (ARMv7-M ARM (DDI 0403E), B3.1): what they refuse, a core in reset refuses. */
const DEBUG_REGISTERS = 0xe000ed00;

/** Whether the core itself has gone from the wire, as one that resets over and over does: connecting anew catches it. */
export const isCoreLost = (error: unknown): boolean =>
  isRefusedAccess(error) &&
  error instanceof FlashproofError &&
  Number(error.details["address"]) >>> 8 === DEBUG_REGISTERS >>> 8;

/** Whether the core wasn't stopped; for J-Link a warning and no failed command. */
export const isNotStopped = (error: unknown): boolean =>
  ["core-halt-failed", "core-reset-failed"].includes(codeOf(error) ?? "");
