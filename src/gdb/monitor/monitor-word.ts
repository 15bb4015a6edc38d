import { HostError } from "../../base/errors.ts";
import type { Debuggee } from "../debuggee.ts";

/** One word behind `monitor`; it answers its output in lines. */
export interface MonitorWord {
  readonly help: string;
  readonly run: (debuggee: Debuggee, rest: string) => Promise<readonly string[]> | readonly string[];
}

/** How long a word may take that waits, in milliseconds. */
export const MOST_MS = 60_000;

/** A number of 32 bits as scripts have it: decimal, or hex after `0x`; throws `usage`. */
export function numberIn(text: string | undefined): number {
  if (text === undefined || !/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) || Number(text) > 0xffffffff)
    throw new HostError("usage", `"${text ?? ""}" is no number from 0 to 0xFFFFFFFF`);
  return Number(text);
}

/** `ADDRESS`, `ADDRESS = VALUE` and `ADDRESS VALUE`. */
export const partsOf = (rest: string): readonly string[] => rest.split(/[\s=,]+/).filter((part) => part !== "");
