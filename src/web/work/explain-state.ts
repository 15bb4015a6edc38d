import { MILLISECOND } from "../../base/clock.ts";
import { bootBank } from "../../chips/banks.ts";
import { decodeState } from "../../host/state-format.ts";
import type { Image, Segment } from "../../image/image.ts";
import type { Explained, GivenFile } from "../protocol.ts";
import { explained } from "./explain-image.ts";
import { givenChip } from "./given-chip.ts";

/** Parts of a state that are the flash that a chip begins from, by the families' names of it. */
const FLASH_PARTS = ["pflash", "flash"] as const;

/** Bytes that are shown or left out together; erased ones are left out. */
const PIECE = 0x400;

/**
 * Explains a simulated board's state: whose it is, its parts, and its flash as an image for its chip. Throws
 * `twin-state-corrupt`, `twin-state-version`, `chip-unknown` and `ImageError`.
 */
export async function explainState({ name, bytes }: GivenFile): Promise<Explained> {
  const { chip: of, uid, clockPs, parts } = decodeState(bytes, name);
  const chip = await givenChip(of);
  const flash = FLASH_PARTS.map((part) => parts.get(part)).find((part) => part !== undefined) ?? new Uint8Array();
  const { start } = bootBank(chip);
  const image: Image = { format: "raw", segments: segmentsOf(flash, start), symbols: [] };
  const shown = explained(image, chip, []);
  const sizes = [...parts].map(([part, { length }]) => ({ name: part, length }));
  const board = { chip: of, uid, clockMs: clockPs / MILLISECOND, parts: sizes };
  const words = sizes.map((part) => `${part.name} ${part.length} bytes`).join(", ");
  return {
    ...shown,
    lines: [
      `state of a simulated ${of}, unique id ${uid}, at ${board.clockMs} ms of its time`,
      `parts: ${words}`,
      ...(image.segments.length === 0 ? ["its flash is erased"] : ["its flash:"]),
      ...shown.lines,
    ],
    json: { board, flash: shown.json },
  };
}

/** The pieces of flash that are not erased, neighbours as one. */
function segmentsOf(flash: Uint8Array, start: number): readonly Segment[] {
  const segments: Segment[] = [];
  let from: number | undefined;
  for (let at = 0; at <= flash.length; at += PIECE) {
    const isErased = flash.subarray(at, at + PIECE).every((byte) => byte === 0xff);
    if (!isErased) from ??= at;
    if (!isErased || from === undefined) continue;
    segments.push({ name: "flash", address: start + from, bytes: flash.slice(from, at) });
    from = undefined;
  }
  return segments;
}
