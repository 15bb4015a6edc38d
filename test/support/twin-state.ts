import { writeFileSync } from "node:fs";
import { encodeState } from "../../src/host/state-format.ts";
import type { Twin } from "../../src/twin/usb.ts";

/** Writes a board's state as the program finds it by `state=`. */
export const writeState = (path: string, twin: Twin): void => writeFileSync(path, encodeState(twin.snapshot()));
