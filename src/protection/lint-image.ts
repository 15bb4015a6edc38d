import { address32 } from "../base/u32.ts";
import { bankAt, firmwareBanks, vectorsAt } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import { holds, sectorAt } from "../chips/sectors.ts";
import type { FieldGroup } from "../chips/protection-scheme.ts";
import type { FileFindingId, Image } from "../image/image.ts";
import { covers, imageBytes, readAt, touches } from "../image/image-bytes.ts";
import { type Finding, SEVERITIES } from "./finding.ts";
import { todo } from "./finding-acts.ts";
import { foreignFamilies } from "./image-family.ts";
import { lintFields } from "./lint-fields.ts";

/** Everything about an image that its maker may not have meant, the worst first. Pure. */
export function lintImage(image: Image, chip: Chip): readonly Finding[] {
  const findings = [
    ...lintProtection(image, chip),
    ...lintVectors(image, chip),
    ...lintBootSum(image, chip),
    ...lintFile(image, chip),
  ];
  return findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

/** What the image's security fields would do; nothing is known where the chip's locks are not. */
export function lintProtection(image: Image, chip: Chip): readonly Finding[] {
  const { protection } = chip;
  if (!protection) return [];
  const sectorOf = ({ start, length }: FieldGroup) => {
    const bank = bankAt(chip, start);
    const { address, size } = (bank && sectorAt(bank, start)) ?? { address: start, size: length };
    return { start: address, isUsed: touches(image, address, size) };
  };
  return lintFields({ scheme: protection, read: (address) => readAt(image, address), sectorOf });
}

/** Stack pointer and reset vector at the start of the flash, where the core looks after reset (ARMv7-M ARM, B1.5.5). */
function lintVectors(image: Image, chip: Chip): readonly Finding[] {
  const at = vectorsAt(chip);
  if (!covers(image, at, 8)) return [];
  const words = new DataView(imageBytes(image, at, 8).buffer);
  const [stack, reset] = [words.getUint32(0, true), words.getUint32(4, true)];
  if (stack === 0xffffffff && reset === 0xffffffff) return [blankVectors(at)];
  return [...lintStack(stack, at, chip), ...lintReset(reset, at + 4, image, chip)];
}

const blankVectors = (address: number): Finding => ({
  id: "vectors-blank",
  severity: "warn",
  address,
  what: "The first two vectors are blank.",
  why: "The core locks up right after reset, and the chip resets over and over.",
  remedy: todo("check-vector-table"),
});

/** The initial stack pointer may be one past the end of RAM, because pushes count down first. */
function lintStack(stack: number, address: number, chip: Chip): readonly Finding[] {
  if (stack % 4 === 0 && chip.memories.some((m) => m.kind === "ram" && stack > m.start && stack <= m.start + m.length))
    return [];
  const what = `The initial stack pointer ${address32(stack)} does not point into this chip's RAM.`;
  const why =
    "The first push or interrupt faults. Images of another chip and images at a wrong address look like this.";
  return [
    {
      id: "vectors-stack",
      severity: "warn",
      address,
      what,
      why,
      remedy: todo("check-chip-and-place"),
    },
  ];
}

function lintReset(reset: number, address: number, image: Image, chip: Chip): readonly Finding[] {
  const target = (reset & ~1) >>> 0;
  const inFlash = firmwareBanks(chip).some((bank) => holds(bank, target));
  const id = reset % 2 === 0 ? "vectors-not-thumb" : !inFlash ? "vectors-outside-flash" : "vectors-no-code";
  if (id === "vectors-no-code" && readAt(image, target) !== undefined) return [];
  const { severity, what, why, remedy } = RESET_VECTORS[id];
  return [{ id, severity, address, what: `The reset vector ${address32(reset)} ${what}`, why, remedy }];
}

const RESET_VECTORS = {
  "vectors-not-thumb": {
    severity: "warn",
    what: "is even.",
    why: "A Cortex-M runs Thumb code only: an even vector faults at once.",
    remedy: todo("check-chip-and-place"),
  },
  "vectors-outside-flash": {
    severity: "warn",
    what: "points outside of this chip's flash.",
    why: "The first instruction faults.",
    remedy: todo("check-chip-and-place"),
  },
  "vectors-no-code": {
    severity: "info",
    what: "points to flash that the image leaves out.",
    why: "Unless other code stands there already, the first instruction is blank flash.",
    remedy: todo("give-all-files"),
  },
} as const;

/** The sum that a boot ROM looks at; an image that leaves its bytes out says nothing of it. */
function lintBootSum(image: Image, { bootSum }: Chip): readonly Finding[] {
  if (!bootSum || !covers(image, bootSum.start, bootSum.length + 4)) return [];
  const bytes = imageBytes(image, bootSum.start, bootSum.length + 4);
  const stands = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bootSum.length, true);
  const wanted = bootSumOf(bytes.subarray(0, bootSum.length));
  if (stands === wanted) return [];
  return [
    {
      id: "boot-sum",
      severity: "warn",
      address: bootSum.start + bootSum.length,
      what: `The sum behind the boot stage is ${address32(stands)}, but its bytes make ${address32(wanted)}.`,
      why: "The boot ROM does not start what stands in the flash.",
      remedy: todo("make-file-again"),
    },
  ];
}

/** CRC-32 by 0x04C11DB7, most significant bit first, from all ones, not inverted. */
function bootSumOf(bytes: Uint8Array): number {
  let sum = 0xffffffff | 0;
  for (const byte of bytes) {
    sum ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) sum = (sum << 1) ^ (sum < 0 ? 0x04c11db7 : 0);
  }
  return sum >>> 0;
}

/** What the file's reader let pass, and the chips that it says it is for. */
function lintFile(image: Image, chip: Chip): readonly Finding[] {
  const address = image.segments[0]?.address ?? 0;
  const found = (image.findings ?? []).map(({ id, what }): Finding => {
    const { why, remedy } = FILE_FINDINGS[id];
    return { id, severity: "warn", address, what: `About the file: ${what}.`, why, remedy };
  });
  return [...found, ...foreignFamilies(image, chip).map((family) => foreignFamily(family, address, chip))];
}

const FILE_FINDINGS: { readonly [Id in FileFindingId]: Pick<Finding, "why" | "remedy"> } = {
  "file-cut-short": {
    why: "What is missing from a file is not programmed, and nothing else would report it.",
    remedy: todo("make-file-again"),
  },
  "file-blocks-missing": {
    why: "What is missing from a file is not programmed, and nothing else would report it.",
    remedy: todo("make-file-again"),
  },
  "file-format": {
    why: "Other tools go by the name, and program something else.",
    remedy: todo("name-file-by-format"),
  },
};

const foreignFamily = (family: number, address: number, chip: Chip): Finding => ({
  id: "uf2-family",
  severity: "warn",
  address,
  what: `The UF2 file says that it is for chips of family ${address32(family)}.`,
  why: `No family is known to be that of the ${chip.name}, and a file for another chip does not run on it.`,
  remedy: todo("check-file-for-chip"),
});
