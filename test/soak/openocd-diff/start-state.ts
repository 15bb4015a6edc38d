import type { TwinState } from "../../../src/twin/usb.ts";
import { board, flashBoard } from "../../support/board.ts";
import type { SoakedChip } from "../../support/soaked-chips.ts";

/** The state of a board that our own stack has flashed with the small firmware of its chip. */
export async function startState({ twin: chip, small }: SoakedChip): Promise<TwinState> {
  const twin = board({ chip, flash: "zero" });
  await flashBoard(twin, small());
  return twin.snapshot();
}
