import { checkInside } from "../image/image-bytes.ts";
import type { Chip } from "../chips/chip.ts";
import { joinImages } from "../image/build-image.ts";
import type { Image } from "../image/image.ts";
import { readImage } from "../image/read-image.ts";
import { readWhole } from "../node/files.ts";
import { parseAddress, parseFileAt } from "./options/numbers.ts";
import { type Invocation, textOption } from "./verb.ts";

/** Reads the files that a verb names (`FILE[@ADDR]`) as one image; throws what readers throw, and `image-overlap`. */
export function readImages(invocation: Invocation): Image {
  const base = textOption(invocation, "base");
  const images = invocation.args.map((text) => {
    const { path, address = base === undefined ? undefined : parseAddress(base) } = parseFileAt(text);
    return readImage(readWhole(path), { name: path, ...(address === undefined ? {} : { address }) });
  });
  return images.length === 1 ? images[0] : joinImages(images);
}

/** Throws `image-outside-chip` where the image leaves the chip's flash. */
export function checkOnChip(image: Image, chip: Chip): void {
  checkInside(image, [{ start: chip.flash.start, length: chip.flash.length }]);
}
