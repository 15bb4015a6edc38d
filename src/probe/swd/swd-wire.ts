import type { Io } from "../../base/clock.ts";
import { SwdBitWriter, type SwdBits } from "./swd-bits.ts";
import { decodeTransfer, encodeTransfer, type SwdResponse, type SwdTransfer, TRANSFER_CLOCKS } from "./swd-transfer.ts";

/** A probe that clocks bits: what it drives goes out, what it sampled after each rising edge comes back. */
export interface SwdWire {
  /** Most clocks of one round trip. */
  readonly maxClocks: number;
  exchange(bits: SwdBits, io: Io): Promise<Uint8Array>;
  /** Throws where the probe can't drive this wire at all; asked where nothing answers. */
  checkProbe?(): Promise<void>;
}

/** Clocks after the last transfer, so that the target can finish it (ADIv5.2 (IHI 0031F), B4.1.1: at least 8). */
export const TRAILING_IDLE = 8;

/** How many transfers one round trip can carry. */
export const transfersPerRoundTrip = (wire: SwdWire): number =>
  Math.floor((wire.maxClocks - TRAILING_IDLE) / TRANSFER_CLOCKS);

/** The clocks of transfers sent back to back, with the idle ones after them. */
export function encodeTransfers(transfers: readonly SwdTransfer[]): SwdBits {
  const writer = new SwdBitWriter(transfers.length * TRANSFER_CLOCKS + TRAILING_IDLE);
  for (const transfer of transfers) encodeTransfer(writer, transfer);
  return writer.drive(0, TRAILING_IDLE).finish();
}

/** What came back for each transfer up to the first that failed, that one included. */
export function decodeTransfers(transfers: readonly SwdTransfer[], sampled: Uint8Array): readonly SwdResponse[] {
  const responses: SwdResponse[] = [];
  for (let i = 0; i < transfers.length; i++) {
    const answer = decodeTransfer(sampled, i * TRANSFER_CLOCKS, transfers[i].word === undefined);
    responses.push(answer);
    if (answer.ack !== "ok") break;
  }
  return responses;
}
