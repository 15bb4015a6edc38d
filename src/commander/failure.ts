import { codeOf } from "../base/errors.ts";

/** Whether the user called the run off, so that no later command may run. */
export const isCalledOff = (error: unknown): boolean => codeOf(error) === "aborted";

/** Whether the probe itself is gone, or its connection can't be trusted any more. */
export const isProbeLost = (error: unknown): boolean => /^(usb|pipe)-|^probe-protocol$/.test(codeOf(error) ?? "");

/** Whether the target refused an access to its memory, which J-Link's memory commands answer in words of their own. */
export const isRefusedAccess = (error: unknown): boolean =>
  ["memory-fault", "memory-alignment"].includes(codeOf(error) ?? "");

/** Whether the core wasn't stopped; for J-Link a warning and no failed command. */
export const isNotStopped = (error: unknown): boolean =>
  ["core-halt-failed", "core-reset-failed"].includes(codeOf(error) ?? "");
