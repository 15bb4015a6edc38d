import type { Chip } from "../../../chips/chip.ts";
import type { OpenocdWords } from "../../../families/family.ts";
import { openocdWords } from "../../../families/openocd.ts";
import { imageSize } from "../../../image/image-bytes.ts";
import { effectiveImage } from "../../../protection/effective-image.ts";
import { bankOf, type Content, imageOf } from "../content.ts";

/** A job of the table as OpenOCD does it. */
export interface OpenocdJob {
  readonly config: string;
  /** Tcl commands, without `shutdown`. */
  readonly commands: readonly string[];
  /** The file that they name as FILE, and its bytes; absent where a command writes it. */
  readonly image?: Uint8Array;
}

/** Where the commands have the image's file. */
export const FILE = "image.bin";

const HALTED = ["init", "poll off", "reset init"] as const;

/** What OpenOCD does for the table's job; undefined for one that it has nothing for, or a chip that it doesn't know. */
export function openocdJob(id: string, chip: Chip): OpenocdJob | undefined {
  const target = openocdWords(chip);
  const commands = target && commandsOf(id, chip, target);
  if (!commands) return undefined;
  const content = CONTENTS[id];
  return { config: target.config, commands, ...(content && { image: bytesOf(content, chip) }) };
}

/** Why OpenOCD does not reach a chip by a driver of its own; undefined where it does, as far as is known. */
export const unreachedBy = (driver: string, chip: Chip): string | undefined => openocdWords(chip)?.unreached?.[driver];

const CONTENTS: { readonly [job: string]: Content } = {
  b: "firmware",
  c: "firmware",
  d: "firmware",
  e: "one-sector",
  f: "full",
  fc: "full",
  g: "firmware",
};

function commandsOf(
  id: string,
  chip: Chip,
  { whereBlank = [], massErase }: OpenocdWords,
): readonly string[] | undefined {
  const at = `0x${bankOf(chip).start.toString(16)}`;
  const [erasing, writing] = [`flash write_image erase ${FILE} ${at}`, `flash write_image ${FILE} ${at}`];
  const compared = `verify_image ${FILE} ${at}`;
  switch (id) {
    case "a":
      return HALTED;
    case "b":
    case "e":
    case "f":
      return [...HALTED, erasing, compared, "reset run"];
    case "c":
      return ["init", "poll off", ...whereBlank, "reset init", erasing, compared, "reset run"];
    case "fc":
      return massErase === undefined ? undefined : [...HALTED, massErase, "reset init", writing, compared, "reset run"];
    case "d":
      return [...HALTED, compared, "reset run"];
    case "g":
      return ["init", "poll off", "halt", compared];
    case "h":
      return ["init", "poll off", "halt", `dump_image ${FILE} ${at} ${lengthOf("full", chip)}`];
    default:
      return undefined;
  }
}

function bytesOf(content: Content, chip: Chip): Uint8Array {
  const image = imageOf(content, chip);
  if (!image) throw new RangeError("a blank chip is no image");
  return effectiveImage(image, chip, "keep-open").image.segments[0].bytes;
}

function lengthOf(content: Content, chip: Chip): number {
  const image = imageOf(content, chip);
  return image ? imageSize(image) : 0;
}
