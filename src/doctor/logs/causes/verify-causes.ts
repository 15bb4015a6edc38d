import { address32, byte8 } from "../../../base/u32.ts";
import type { Chip } from "../../../chips/chip.ts";
import type { Difference } from "../../../flash/verify.ts";
import type { Image } from "../../../image/image.ts";
import { readAt } from "../../../image/image-bytes.ts";
import { flashGroups, lockingFields } from "../../../protection/chip-fields.ts";
import type { Spell } from "../../advice-acts.ts";
import type { Cause, CauseEvidence } from "../../cause.ts";
import type { CauseAct } from "../../cause-acts.ts";
import { explainDifferences } from "../../differences.ts";
import type { History } from "../../evidence.ts";
import type { FactKind } from "../forms/line-form.ts";
import { heldContents } from "./held-contents.ts";
import { optionWords } from "./image-causes.ts";
import { type LogCause, type LogEvidence, quoted, statedBy } from "./log-cause.ts";
import { hexOf, type Mismatch } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { chipToExplain, hasField, isOurs } from "../families/named-device.ts";
import { inToolWords } from "./tool-words.ts";

/**
 * Every explanation of the bytes that a log's verify found different, the best first. What to do is spelled by the host
 * for a chip that Flashproof itself programs, and for the tool's user otherwise.
 */
export function verifyCauses(reading: LogReading, spell: Spell<CauseAct>): readonly LogCause[] {
  const own = [fieldDenied, staleImage, vectorChecksum, fieldByte, optionWords, heldContents].flatMap(
    (suspect) => suspect(reading) ?? [],
  );
  return [
    ...own,
    ...(reading.mismatches.length > 0
      ? differenceCauses(reading, isOurs(reading.device) ? spell : inToolWords)
      : unlocated(reading)),
  ];
}

/** What the log contains of how the chip came to hold what it holds. */
export function historyOf(reading: LogReading): History {
  const device = reading.first("device")?.values.device;
  return {
    ...(reading.first("mass-erase") || reading.first("mass-erase-done") ? { massErased: true } : {}),
    ...(verifiedByTool(reading) ? { toolVerified: true } : {}),
    ...(device === undefined ? {} : { device }),
  };
}

/** J-Link's loader says "Program & Verify" among its phases, and then O.K. */
const verifiedByTool = (reading: LogReading): boolean =>
  reading.first("done") !== undefined &&
  reading.all("phase-times").some(({ values }) => /Verify/.test(values.phases ?? ""));

function differenceCauses(reading: LogReading, spell: Spell<CauseAct>): readonly LogCause[] {
  const { mismatches } = reading;
  const { causes } = explainDifferences({
    chip: chipToExplain(reading.device),
    image: reading.image ?? imageOf(mismatches),
    differences: byAddress(mismatches).map(differenceOf),
    history: historyOf(reading),
  });
  return causes.map((cause) => withLines(cause, reading, spell));
}

/** One mismatch for each address, in their order: a log may hold two verifies. */
const byAddress = (mismatches: readonly Mismatch[]): readonly Mismatch[] =>
  [...new Map(mismatches.map((mismatch) => [mismatch.address, mismatch])).values()].sort(
    (a, b) => a.address - b.address,
  );

const differenceOf = ({ address, expected, actual }: Mismatch): Difference => ({
  address,
  expected: Uint8Array.of(expected),
  actual: Uint8Array.of(actual),
});

/** The bytes that a log names, where the image itself is not at hand. */
const imageOf = (mismatches: readonly Mismatch[]): Pick<Image, "segments"> => ({
  segments: byAddress(mismatches).map(({ address, expected }) => ({
    name: "log",
    address,
    bytes: Uint8Array.of(expected),
  })),
});

/** The lines of a log that tell of one part of the chip's history; see `historyOf`. */
const REPORTED_BY: { readonly [Key in keyof History]?: FactKind } = {
  device: "device",
  toolVerified: "phase-times",
  massErased: "mass-erase",
};

function withLines(cause: Cause, reading: LogReading, spell: Spell<CauseAct>): LogCause {
  const cite = ({ text, from }: CauseEvidence): LogEvidence => {
    const kind = from && REPORTED_BY[from];
    const fact = kind && reading.first(kind);
    return fact ? quoted(text, fact) : { text };
  };
  return {
    ...cause,
    test: spell(cause.test),
    remedy: cause.remedy.map(spell),
    for: [...seenDifferences(reading), ...cause.for.map(cite), ...speaksFor(cause, reading)],
    against: [...cause.against.map(cite), ...speaksAgainst(cause, reading)],
  };
}

const MOST_SHOWN = 4;

const seenDifferences = ({ mismatches }: LogReading): readonly LogEvidence[] =>
  mismatches
    .slice(0, MOST_SHOWN)
    .map(({ address, expected, actual, facts }) =>
      quoted(
        `At ${address32(address)} the file has ${byte8(expected)}, the chip ${byte8(actual)}.`,
        facts[facts.length - 1],
      ),
    );

function speaksFor({ id }: Cause, reading: LogReading): readonly LogEvidence[] {
  if (id === "loader-kept-open") return [...sectorErased(reading), ...plainName(reading)];
  if (id !== "programmed-over-FE") return [];
  return reading
    .all("registers")
    .flatMap((fact) =>
      /^f{7}e$/i.test(fact.values.pc ?? "")
        ? [quoted("The vectors read FF: the mass erase had taken place.", fact)]
        : [],
    );
}

/** Evidence against programming over 0xFE is the same observation that speaks for the loader. */
const speaksAgainst = ({ id }: Cause, reading: LogReading): readonly LogEvidence[] =>
  id === "programmed-over-FE" ? [...sectorErased(reading), ...ownCheck(reading)] : [];

const ownCheck = (reading: LogReading): readonly LogEvidence[] =>
  verifiedByTool(reading)
    ? reading
        .all("phase-times")
        .map((fact) =>
          quoted("The tool's own check passed, which compares with the byte that it meant to write.", fact),
        )
    : [];

/** After a mass erase only the sector with 0xFE is not blank, so time spent erasing was spent on that one. */
function sectorErased(reading: LogReading): readonly LogEvidence[] {
  if (!reading.first("mass-erase")) return [];
  return reading.all("phase-times").flatMap((fact) => {
    const seconds = Number(/Erase: ([\d.]+)s/.exec(fact.values.phases ?? "")?.[1] ?? 0);
    if (seconds === 0) return [];
    const text = `Erasing took ${seconds} s, about one sector, and after the mass erase only the sector with 0xFE was not blank.`;
    return [quoted(text, fact)];
  });
}

const plainName = (reading: LogReading): readonly LogEvidence[] =>
  reading.tool?.id !== "jlink"
    ? []
    : reading
        .all("device")
        .slice(0, 1)
        .flatMap((fact) =>
          /allow/i.test(fact.values.device ?? "")
            ? []
            : [quoted("J-Link was given the plain device name, under which it keeps a Kinetis open.", fact)],
        );

/** OpenOCD says that it refused the image's field; that explains differences in the field, and no others. */
function fieldDenied(reading: LogReading): LogCause | undefined {
  const facts = reading.all("field-denied");
  if (facts.length === 0) return undefined;
  const { mismatches, device } = reading;
  const inside = mismatches.length === 0 || mismatches.some((mismatch) => inField(mismatch, chipToExplain(device)));
  return {
    id: "fcf-write-denied",
    likelihood: inside ? "certain" : "unlikely",
    what: "OpenOCD refused the image's flash configuration field, which would secure the chip, and wrote one of its own.",
    for: [...facts.map((fact) => quoted("The tool says so.", fact)), ...(inside ? seenDifferences(reading) : [])],
    against: inside ? [] : [{ text: "The differences lie outside of the field." }],
    test: "Read 0x40C: 0xFE is OpenOCD's own FSEC.",
    remedy: [
      "To have the chip secured: OpenOCD kinetis fcf_source write, or Flashproof with --security as-image.",
      "To have it open: put SEC = 10 into the image, or verify with --security keep-open.",
    ],
  };
}

const inField = ({ address }: Mismatch, chip: Chip): boolean =>
  flashGroups(chip).some(({ start, length }) => address >= start && address < start + length);

const isLocking = ({ address }: Mismatch, chip: Chip): boolean =>
  lockingFields(chip).some(({ field }) => address >= field.address && address < field.address + field.width);

/** The image at hand holds something else than the log says the file held. */
function staleImage({ image, mismatches }: LogReading): LogCause | undefined {
  const other = mismatches.find(({ address, expected }) => image && readAt(image, address) !== expected);
  if (!image || !other) return undefined;
  const held = readAt(image, other.address);
  return {
    id: "stale-image",
    likelihood: "likely",
    what: "The image given is not the file that the log is about: another build, or another file.",
    for: [
      quoted(
        `The log expects ${byte8(other.expected)} at ${address32(other.address)}; the image ${held === undefined ? "has nothing there" : `has ${byte8(held)}`}.`,
        other.facts[other.facts.length - 1],
      ),
    ],
    against: [],
    test: "Verify the very file that the log names.",
    remedy: ["Give the file that was programmed, or program and verify this one."],
  };
}

/** Vector whose value a boot ROM of LPC chips wants to make the sum of the first eight words zero (NXP; OpenOCD). */
const LPC_CHECKSUM = 0x1c;

function vectorChecksum({ device, mismatches }: LogReading): LogCause | undefined {
  const [hit] = mismatches;
  const all = mismatches.every(({ address }) => address >= LPC_CHECKSUM && address < LPC_CHECKSUM + 4);
  const isLpc = device?.family?.startsWith("lpc");
  // Other families leave that word alone: where the chip is not known, a whole word that the file leaves empty points to an LPC.
  const isEmptyWord = !device?.family && mismatches.length === 4 && mismatches.every(({ expected }) => expected === 0);
  if (!(isLpc || isEmptyWord) || !hit || !all) return undefined;
  return {
    id: "vector-checksum",
    likelihood: isLpc ? "likely" : "possible",
    what: "The tool wrote the checksum that an LPC's boot ROM wants at 0x1C; the file does not hold it.",
    for: [quoted(`${address32(hit.address)} lies in the checksum word of the vector table.`, hit.facts[0])],
    against: [],
    test: "Add the first eight words that the chip holds: with the checksum their sum is zero.",
    remedy: ["Put the checksum into the file after the build, or leave 0x1C-0x1F out when verifying."],
  };
}

/** A byte of the flash configuration field other than FSEC: loaders guard those as well. */
function fieldByte({ device, mismatches }: LogReading): LogCause | undefined {
  const chip = chipToExplain(device);
  const [hit] = mismatches;
  const all = mismatches.every((mismatch) => inField(mismatch, chip) && !isLocking(mismatch, chip));
  if (!hit || !all || !hasField(device)) return undefined;
  return {
    id: "field-byte-changed",
    likelihood: "likely",
    what: "The tool left a byte of the flash configuration field other than the file has it, as it does with FSEC.",
    for: [quoted(`${address32(hit.address)} is one of the field's 16 bytes.`, hit.facts[0])],
    against: [{ text: "Of this byte, unlike FSEC, no tool's maker has said so in public." }],
    test: "Program the file with another tool, or under the name with (allow security), and read the byte.",
    remedy: ["Use the device name with (allow security), or Flashproof with --security as-image."],
  };
}

/** A verify that failed and does not say where. */
function unlocated(reading: LogReading): readonly LogCause[] {
  const facts = reading.all("verify-failed", "verify-address");
  if (facts.length === 0) return [];
  const place = facts.find(({ values }) => values.address)?.values.address;
  return [
    {
      id: "unlocated-difference",
      likelihood: "possible",
      what: `The chip does not hold what the file says${place ? ` at ${address32(hexOf(place))}, and the tool does not say which bytes` : ", and the tool does not say where"}.`,
      for: statedBy(facts, "The verify failed."),
      against: [{ text: "Without address and bytes the causes can't be distinguished." }],
      test: isOurs(reading.device)
        ? "flashproof verify FILE lists every difference with its likely cause."
        : "Read the chip back into a file and compare it with the image byte by byte.",
      remedy: ["Verify with a tool that names the bytes.", "Read twice: differing reads show a bad wire."],
    },
  ];
}
