import { FlashproofError } from "../../base/errors.ts";
import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { placeQuery } from "../../chips/place-query.ts";
import { atOwnAddresses } from "../../flash/plan/named-banks.ts";
import type { Image } from "../../image/image.ts";
import { rawPlaces } from "../../image/raw-place.ts";
import { readImage } from "../../image/read-image.ts";
import { print } from "../console/context.ts";
import type { Call } from "../run/handler.ts";
import { movedText } from "../words/file-words.ts";
import { downloading, fileNotOpened } from "../texts/v7-86e/flash.ts";

/**
 * The file of a download: a `.bin` is raw, as with J-Link; what any other file is says its content, then its name; what
 * can't be told is raw. An address is a raw file's place (0 without one), and what is added to the addresses of any
 * other. Warns of what may not have been meant. Undefined, and J-Link's words, where it can't be read.
 */
export function openImage(call: Call, path: string, address: number | undefined): Image | undefined {
  return orNotOpened(call, downloading(path), () => {
    const image = readAsJLink(call.host.readFile(path), path, address);
    call.notes.answer(...(image.findings ?? []).map(({ what }) => `warning: about ${path}: ${what}`));
    const chip = call.settings.device?.chip;
    const misplaced = address === undefined && chip ? misplacedText(image, path, chip) : undefined;
    if (misplaced) call.notes.answer(`warning: ${misplaced}`);
    const moved = movedText(image, path, address);
    if (moved) call.notes.answer(`warning: ${moved}`);
    return image;
  });
}

/** A file's bytes as an image by J-Link's rules; throws what readers throw. */
export const readAsJLink = (bytes: Uint8Array, name: string, address: number | undefined): Image =>
  readImage(bytes, { name, nameDecides: true, ...(address === undefined ? {} : { address }) });

/** Where a raw file that was given without an address does not seem to belong at 0, where J-Link puts it. */
export function misplacedText(image: Image, path: string, chip: Chip): string | undefined {
  if (image.format !== "raw") return undefined;
  const places = rawPlaces(image.segments[0].bytes, placeQuery(chip));
  const [first] = atOwnAddresses(image, chip).segments;
  if (places.includes(0) || places.includes(first.address)) return undefined;
  const where = places.length > 0 ? `its vectors fit ${places.map(address32).join(", ")}` : "it has no vectors";
  return `${path} has no address, so it goes to 0x00000000 as with J-Link; ${where}`;
}

/** A file's bytes as they are, at an address. */
export function openRaw(call: Call, path: string, address: number): Image | undefined {
  return orNotOpened(call, [], () => readImage(call.host.readFile(path), { name: path, format: "raw", address }));
}

function orNotOpened<T>(call: Call, before: readonly string[], open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof FlashproofError)) throw error;
    print(call, [...before, ...fileNotOpened()]);
    call.notes.error(error);
    return undefined;
  }
}
