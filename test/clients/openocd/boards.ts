import { encodeState } from "../../../src/node/state-format.ts";
import { board, example, flashBoard } from "../../support/board.ts";

/** The state of a board that our own stack has flashed with a file of the example firmware, as `Bench.ask` takes it. */
export async function flashedWith(name: string): Promise<string> {
  const twin = board({ flash: "zero" });
  await flashBoard(twin, example(name));
  return Buffer.from(encodeState(twin.snapshot())).toString("base64");
}
