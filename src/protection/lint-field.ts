import { address32, byte8 } from "../base/u32.ts";
import { bootBank } from "../chips/banks.ts";
import type { Chip } from "../chips/chip.ts";
import { sectorAt } from "../chips/sectors.ts";
import type { Image } from "../image/image.ts";
import { covers, imageBytes, readAt, touches } from "../image/image-bytes.ts";
import { FIELD, FIELD_LENGTH, fsecAddress, protectedRanges, rangesText } from "./field.ts";
import type { Finding } from "./finding.ts";
import { todo, todoWithFsec } from "./finding-acts.ts";
import {
  type FsecJudgement,
  fsecText,
  hasDangerousNeighbour,
  isIrreversible,
  judgeFsec,
  keptOpen,
  OPEN_FSEC,
} from "./fsec.ts";

/** What the flash configuration field of an image would do to the chip. */
export function lintField(image: Image, chip: Chip): readonly Finding[] {
  return [lintFsec, lintNeighbour, lintFilling, lintCoverage, lintFopt, lintFprot].flatMap((lint) => lint(image, chip));
}

type Lint = (image: Image, chip: Chip) => readonly Finding[];

const lintFsec: Lint = (image, chip) => {
  const address = fsecAddress(chip);
  const byte = readAt(image, address);
  const locks = byte === undefined ? undefined : LOCKS[judgeFsec(byte)];
  if (byte === undefined || !locks) return [];
  const remedy = todoWithFsec(locks.act, byte8(keptOpen(byte)));
  return [{ ...locks.finding, address, what: `FSEC at ${address32(address)} is ${fsecText(byte)}.`, remedy }];
};

const LOCKS: {
  readonly [Judgement in FsecJudgement]?: {
    finding: Pick<Finding, "id" | "severity" | "why">;
    act: "open-or-secure" | "open-or-secure-for-ever";
  };
} = {
  locked: {
    finding: {
      id: "fsec-locks",
      severity: "lock",
      why: "After the next reset no debugger reads or programs the chip; only a mass erase, which loses everything, opens it.",
    },
    act: "open-or-secure",
  },
  "locked-backdoor-only": {
    finding: {
      id: "fsec-locks-backdoor-only",
      severity: "brick",
      why: "After the next reset no debugger can open the chip: mass erase is disabled, and only its own firmware could take the back door key.",
    },
    act: "open-or-secure-for-ever",
  },
  "locked-for-ever": {
    finding: {
      id: "fsec-locks-for-ever",
      severity: "brick",
      why: "After the next reset nothing can open the chip: it is secured, mass erase is disabled, and there is no back door.",
    },
    act: "open-or-secure-for-ever",
  },
};

const lintNeighbour: Lint = (image, chip) => {
  const address = fsecAddress(chip);
  const byte = readAt(image, address);
  if (byte === undefined || !hasDangerousNeighbour(byte)) return [];
  const what = `FSEC at ${address32(address)} is ${fsecText(byte)}, with bit 4 cleared.`;
  const why =
    "Its bits fall one by one while it is programmed: a power cut in between can leave MEEN = 10 with SEC = 11, locked for ever.";
  const remedy = todoWithFsec("avoid-locking-neighbour", byte8(keptOpen(byte)));
  return [{ id: "fsec-neighbour", severity: "lock", address, what, why, remedy }];
};

const lintFilling: Lint = (image, chip) => {
  const address = chip.protection.field;
  if (!covers(image, address, FIELD_LENGTH)) return [];
  const field = imageBytes(image, address, FIELD_LENGTH);
  const filled = FILLINGS.find(({ value }) => field.every((byte) => byte === value));
  if (!filled) return [];
  const remedy = todoWithFsec("leave-gaps-alone", byte8(OPEN_FSEC));
  return [{ id: filled.id, severity: "warn", address, what: filled.what, why: filled.why, remedy }];
};

const FILLINGS = [
  {
    value: 0x00,
    id: "field-zero-filled",
    what: "The flash configuration field is all zeroes.",
    why: "That looks like a gap that a tool filled with 00 rather than a field that was written; FSEC 00 secures the chip and FPROT 00 protects all of it.",
  },
  {
    value: 0xff,
    id: "field-erased",
    what: "The flash configuration field is all ones, as erased flash is.",
    why: "That looks like a gap that was filled with FF; FSEC FF secures the chip, unlike the FE of a shipped one.",
  },
] as const;

const lintCoverage: Lint = (image, chip) => {
  const { field } = chip.protection;
  const sector = sectorAt(bootBank(chip), field);
  if (!sector || !touches(image, sector.address, sector.size) || covers(image, field, FIELD_LENGTH)) return [];
  if (touches(image, field, FIELD_LENGTH)) return [partialField(field)];
  const what = `The image uses the sector at ${address32(sector.address)} but says nothing about the flash configuration field.`;
  const why = `Erased, the field would lock the chip, so Flashproof programs FSEC ${byte8(OPEN_FSEC)} (open) there; some other tools leave it blank.`;
  return [
    {
      id: "field-gap",
      severity: "info",
      address: field,
      what,
      why,
      remedy: todo("link-field"),
    },
  ];
};

const partialField = (address: number): Finding => ({
  id: "field-partial",
  severity: "warn",
  address,
  what: "The image gives only some of the 16 bytes of the flash configuration field.",
  why: "The others will be as on a shipped chip, which may not fit the ones that are given.",
  remedy: todo("link-whole-field"),
});

const lintFopt: Lint = (image, chip) => {
  const address = chip.protection.field + FIELD.FOPT;
  if (readAt(image, address) !== 0) return [];
  const what = `FOPT at ${address32(address)} is 0x00.`;
  const why = "NXP restricts this value (unsure for K24); it means low-power boot with EzPort disabled.";
  return [{ id: "fopt-zero", severity: "warn", address, what, why, remedy: todo("set-erased-byte") }];
};

const lintFprot: Lint = (image, chip) => {
  const address = chip.protection.field + FIELD.FPROT;
  const ranges = protectedRanges(imageBytes(image, address, 4, 0xff), chip);
  if (ranges.length === 0) return [];
  if (isWhole(ranges, chip)) return [wholeProtected(image, address, chip)];
  const what = `FPROT at ${address32(address)} protects ${rangesText(ranges)}.`;
  const why = "After the next reset these ranges can be erased and programmed only after a mass erase.";
  return [{ id: "fprot-protects", severity: "warn", address, what, why, remedy: todo("set-unprotected") }];
};

function isWhole([first, ...more]: ReturnType<typeof protectedRanges>, chip: Chip): boolean {
  const { start, length } = bootBank(chip);
  return more.length === 0 && first.start === start && first.end === start + length - 1;
}

/** Nothing but a mass erase loosens FPROT; where FSEC forbids that one, nothing does. */
function wholeProtected(image: Image, address: number, chip: Chip): Finding {
  const isForEver = isIrreversible(readAt(image, fsecAddress(chip)) ?? OPEN_FSEC);
  return {
    id: "fprot-protects-all",
    severity: isForEver ? "lock" : "warn",
    address,
    what: `FPROT at ${address32(address)} protects the whole flash.`,
    why: isForEver
      ? "After the next reset no sector can be erased or programmed, and FSEC forbids the mass erase that could undo it."
      : "After the next reset no sector can be erased or programmed before a mass erase, which loses everything.",
    remedy: todo("set-unprotected"),
  };
}
