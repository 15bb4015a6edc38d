import { hex32 } from "../../../base/u32.ts";

/** Which half of the debug port a raw access goes to. */
export type PortName = "DP" | "AP";

/** The answer to `SWDReadDP` and `SWDReadAP`: what the wire gave; AP reads are posted [L V7]. */
export const swdRead = (port: PortName, index: number, value: number): readonly string[] => [
  `Read ${port} register ${index} = 0x${hex32(value)}`,
];

/** The answer to `SWDWriteDP` and `SWDWriteAP` [L V7]. */
export const swdWritten = (port: PortName, index: number, value: number): readonly string[] => [
  `Write ${port} register ${index} = 0x${hex32(value)}`,
];

/** The answer to `ReadDP`, and by analogy `ReadAP` (unsure) [L V6.82c]. */
export const portRead = (port: PortName, index: number, value: number, repetitions: number): readonly string[] => [
  `Reading ${port} register ${index} = 0x${hex32(value)} (${repetitions} read repetitions needed)`,
];

/** The answer to `WriteDP`, and by analogy `WriteAP` (unsure) [L V6.82c]. */
export const portWritten = (port: PortName, index: number, value: number, repetitions: number): readonly string[] => [
  `Writing ${port} register ${index} = 0x${hex32(value)} (${repetitions} write repetitions needed)`,
];

/** The first line of `SWDSelect`'s answer; the line of the debug port found follows (unsure). */
export const swdSelected = (): readonly string[] => ["Select SWD by sending SWD switching sequence."];
