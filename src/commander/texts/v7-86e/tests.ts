import { hex32 } from "../../../base/u32.ts";

/** The answer to `TestHaltGo` and `TestStep` (unsure: no public log). */
export const repeated = (what: string, times: number, ms: number): readonly string[] => [
  `${times} ${what} in ${ms.toFixed(1)}ms`,
];

/** The answer to `TestRSpeed` and its kin (unsure: no public log). */
export const measured = (what: string, bytes: number, address: number, ms: number): readonly string[] => [
  `${what} ${bytes} bytes @ address 0x${hex32(address)}`,
  `${(ms > 0 ? bytes / 1.024 / ms : 0).toFixed(0)} kByte/sec (${ms.toFixed(1)}ms)`,
];
