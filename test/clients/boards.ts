import { encodeState } from "../../src/host/state-format.ts";
import type { TwinState } from "../../src/twin/usb.ts";
import { board, example, flashBoard } from "../support/board.ts";

/** The state of a board that our own stack has flashed with a file of the example firmware. */
export async function flashedWith(name: string): Promise<TwinState> {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example(name));
  return twin.snapshot();
}

/** A state as `Bench.ask` takes it. */
export const asText = (state: TwinState): string => Buffer.from(encodeState(state)).toString("base64");
