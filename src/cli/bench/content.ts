import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Chip } from "../../chips/chip.ts";
import { firmwareBanks } from "../../chips/banks.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import { sectorsIn } from "../../chips/sectors.ts";
import { buildImage } from "../../image/build-image.ts";
import { imageBytes } from "../../image/image-bytes.ts";
import type { Image } from "../../image/image.ts";
import { readIntelHex } from "../../image/intel-hex.ts";
import { flashGroups } from "../../protection/chip-fields.ts";
import { packageRoot } from "../../node/package-root.ts";

/** What a board of a job holds, or an image: as shipped, a firmware, one that differs from it everywhere, a full bank. */
export type Content = "blank" | "firmware" | "otherwise" | "one-sector" | "full" | "full-otherwise" | "full-firmware";

/** Bytes of the firmware of jobs: as many as the example of the K24 has. */
const FIRMWARE_LENGTH = 77_252;

/** The most that a job programs. */
const MOST = 0x100000;

/** The bank that firmware stands in. */
export const bankOf = (chip: Chip): FlashBank => firmwareBanks(chip)[0];

/** The bytes of a content as an image at the start of the chip's flash; undefined for a blank chip. */
export function imageOf(content: Content, chip: Chip): Image | undefined {
  const bank = bankOf(chip);
  if (content === "blank") return undefined;
  const bytes = bytesOf(content, chip);
  return buildImage({ format: "raw", segments: [{ name: content, address: bank.start, bytes }] });
}

function bytesOf(content: Exclude<Content, "blank">, chip: Chip): Uint8Array {
  const { length, start } = bankOf(chip);
  switch (content) {
    case "firmware":
      return firmware(chip);
    case "otherwise":
      return runnable(
        firmware(chip).map((byte) => byte ^ 0xff),
        chip,
      );
    case "one-sector": {
      const bytes = firmware(chip);
      const sectors = sectorsIn(bankOf(chip), { start, length: bytes.length });
      const at = sectors[Math.min(sectors.length - 1, CHANGED_SECTOR)].address - start;
      bytes[at] ^= 0xff;
      return bytes;
    }
    case "full":
      return runnable(noise(Math.min(length, MOST), 1), chip);
    case "full-firmware":
      return withFirmware(noise(Math.min(length, MOST), 1), chip);
    case "full-otherwise":
      return runnable(noise(Math.min(length, MOST), 2), chip);
  }
}

/** The sector that an image of `one-sector` has changed; one without blank bytes. */
const CHANGED_SECTOR = 8;

/** The example's firmware on the chip it is for; elsewhere as many bytes of noise with the same gap. */
function firmware(chip: Chip): Uint8Array {
  if (chip.name === EXAMPLE.chip) return readExample(EXAMPLE.path);
  return runnable(noise(FIRMWARE_LENGTH, 3).fill(0xff, GAP.start, GAP.end), chip);
}

const EXAMPLE = {
  chip: "MK24FN1M0xxx12",
  path: ["k24-bootloader", "bootloader-open.raw.bin"],
} as const;

/** An example with the stage that a chip's boot ROM starts, which shows the flash as memory. */
const BOOT_EXAMPLE = ["rp2040-blinky", "firmware.hex"] as const;

const readExample = (path: readonly string[]): Uint8Array =>
  new Uint8Array(readFileSync(join(packageRoot(), "examples", ...path)));

/** Blank bytes between a firmware's vectors and its code. */
const GAP = { start: 0x1000, end: 0x5000 } as const;

/** The bytes with the firmware in front of them, which switches its chip's watchdog off, and their own in its gap. */
function withFirmware(bytes: Uint8Array, chip: Chip): Uint8Array {
  const front = firmware(chip);
  bytes.set(front.subarray(0, GAP.start));
  bytes.set(front.subarray(GAP.end), GAP.end);
  return bytes;
}

/** Where the branch of a runnable image stands, behind vectors and configuration fields. */
const LOOP = 0x800;
/** `b .` */
const BRANCH_TO_ITSELF = [0xfe, 0xe7];

/**
 * The bytes with vectors that lead to a branch to itself, so that the core of a board does not reset over and over, and
 * with blank configuration fields, of which the policy of the jobs opens those that lock.
 */
function runnable(bytes: Uint8Array, chip: Chip): Uint8Array {
  const { start, erased } = bankOf(chip);
  for (const group of flashGroups(chip).filter((each) => each.start >= start && each.start < start + bytes.length))
    bytes.fill(erased, group.start - start, group.start - start + group.length);
  const ram = chip.memories.find(({ kind }) => kind === "ram");
  const stack = ram ? ram.start + ram.length : 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const vectors = (chip.vectors ?? start) - start;
  view.setUint32(vectors, stack, true);
  view.setUint32(vectors + 4, start + LOOP + 1, true);
  bytes.set(BRANCH_TO_ITSELF, LOOP);
  bytes.set(bootStage(chip), chip.bootSum ? chip.bootSum.start - start : 0);
  return bytes;
}

/** What stands before the vectors on a chip whose boot ROM starts only what its sum is right for; else nothing. */
function bootStage({ bootSum }: Chip): Uint8Array {
  if (!bootSum) return new Uint8Array();
  const example = readIntelHex(readExample(BOOT_EXAMPLE), BOOT_EXAMPLE[1]);
  return imageBytes(example, bootSum.start, bootSum.length + SUM_BYTES);
}

const SUM_BYTES = 4;

/** Bytes without a pattern (xorshift32), the same on every machine. */
function noise(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed * 0x9e3779b9;
  for (let i = 0; i < length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[i] = state;
  }
  return bytes;
}
