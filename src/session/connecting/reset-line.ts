import type { Io } from "../../base/clock.ts";
import type { Draft } from "./draft.ts";

/** Time for a chip to come out of reset once its line is released, in microseconds. */
const COMES_OUT_US = 10_000;

/**
 * Releases a reset line that an earlier user of the probe has left low, once a connection; answers whether that may have
 * helped. A connection under reset holds the line itself.
 */
export async function releaseResetLine(draft: Draft, io: Io): Promise<boolean> {
  if (draft.lineReleased || draft.how === "under-reset") return false;
  draft.lineReleased = true;
  await draft.probe.setPins({ nreset: 1 }, io);
  await draft.clock.sleep(COMES_OUT_US, io.signal);
  return true;
}
