import { buildImage } from "../../src/image/build-image.ts";
import { findLeftovers } from "../../src/session/patches/leftovers.ts";
import type { Session } from "../../src/session/session.ts";
import type { Twin } from "../../src/twin/usb.ts";
import { onTarget, programmedBoard } from "./board.ts";
import { Chance } from "./chance.ts";
import type { MemoryJournal } from "./patch-journal.ts";

const BKPT = [0x00, 0xbe];

/** Chips with a sector that has no security bytes. */
export const CHIPS = [
  { chip: "MK24FN1M0xxx12", sector: 0x5000, size: 0x1000 },
  { chip: "STM32F407xG", sector: 0x08004000, size: 0x4000 },
  { chip: "nRF52840_xxAA", sector: 0x8000, size: 0x1000 },
  { chip: "RP2040", sector: 0x10002000, size: 0x1000 },
] as const;

/** A chip and a sector of it. */
export type Place = (typeof CHIPS)[number];

/** A sector's firmware: random bytes, none of which is a BKPT's. */
export function firmware(place: Place, seed = 1): Uint8Array {
  return new Chance(seed).bytes(place.size).map((byte) => (byte === 0xbe ? 0xbd : byte));
}

/** Bytes as an image. */
export const imageOf = (address: number, bytes: Uint8Array) =>
  buildImage({ format: "raw", segments: [{ name: "firmware", address, bytes }] });

/** Each place's firmware as an image, one object each. */
const IMAGES = new Map(CHIPS.map((place) => [place.chip, imageOf(place.sector, firmware(place))]));

/** A board whose sector has firmware. */
export async function programmed(
  place: Place,
  more: { readonly seed?: number } = {},
): Promise<{ readonly twin: Twin; readonly own: Uint8Array }> {
  const image = IMAGES.get(place.chip);
  if (!image) throw new Error(`${place.chip} is none of CHIPS`);
  const twin = await programmedBoard(image, { chip: place.chip, flash: "zero", ...more });
  return { twin, own: firmware(place) };
}

/** The firmware with breakpoints at these offsets. */
export function withBreakpoints(own: Uint8Array, offsets: readonly number[]): Uint8Array {
  const bytes = own.slice();
  for (const at of offsets) bytes.set(BKPT, at);
  return bytes;
}

/** What the sector's cells have. */
export const flashOf = (twin: Twin, { sector, size }: Place) => twin.peekFlash(sector, size);

/** A debugger's session with a journal of its own. */
export function debugging<T>(twin: Twin, journal: MemoryJournal, work: (session: Session) => Promise<T>): Promise<T> {
  return onTarget(twin, async (session) => {
    await findLeftovers(session, journal);
    session.patched.hide();
    return work(session);
  });
}
