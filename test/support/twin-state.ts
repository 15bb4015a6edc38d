import { readFileSync, writeFileSync } from "node:fs";
import { decodeState, encodeState } from "../../src/host/state-format.ts";
import { createTwin, type Twin } from "../../src/twin/usb.ts";

/** Writes a board's state as the program finds it by `state=`. */
export const writeState = (path: string, twin: Twin): void => writeFileSync(path, encodeState(twin.snapshot()));

/** Flash content as silicon holds it on the board of a state file. */
export function flashIn(path: string, start: number, count: number): Uint8Array {
  const state = decodeState(readFileSync(path), path);
  return createTwin({ chip: state.chip, state }).peekFlash(start, count);
}
