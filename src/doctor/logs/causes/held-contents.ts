import { quoted } from "./log-cause.ts";
import type { LogCause } from "./log-cause.ts";
import type { Mismatch } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";

/** Bytes that differ, below which chance explains them as well. */
const ENOUGH = 4;

/**
 * Bytes that are neither blank nor what programming over old ones gives, which only takes ones away: the flash still
 * holds what was there before. It was not erased, or nothing was programmed.
 */
export function heldContents(reading: LogReading): LogCause | undefined {
  const { mismatches } = reading;
  const old = mismatches.filter(isOld);
  if (old.length < ENOUGH || old.length * 2 < mismatches.length) return undefined;
  const protections = reading.all("flash-protected", "fprot-protected", "write-protection", "field-denied");
  if (protections.length > 0) return undefined;
  return {
    id: "not-erased",
    likelihood: "possible",
    what: `${old.length} of ${mismatches.length} bytes that differ hold other contents, not blank ones: another program is still there, because it was not erased or the new one was not programmed.`,
    for: old
      .slice(0, 3)
      .flatMap(({ facts }) => facts.map((fact) => quoted("It has ones where the file has zeros.", fact))),
    against: [],
    test: "Erase the chip, read it back: all blank? Then program and verify again.",
    remedy: [
      "Erase, then program, then verify.",
      "Where the tool only loads or compares (a debugger's load to RAM, --verify-only), have it program the flash.",
    ],
  };
}

const BLANK = 0xff;

/** Whether the byte that was read has a one where the expected one has a zero, and is not blank. */
const isOld = ({ expected, actual }: Mismatch): boolean => actual !== BLANK && (actual & ~expected) !== 0;
