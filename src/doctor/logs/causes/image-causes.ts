import { address32 } from "../../../base/u32.ts";
import { valueText } from "../../../protection/field-value.ts";
import { beyondChip, foreignFamily, imageFields } from "../families/image-fit.ts";
import { hasField } from "../families/named-device.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { type LogCause, type LogCauseId, type LogEvidence, quoted } from "./log-cause.ts";

/** Causes that the security bytes of a file explain: what it was programmed with closed the chip. */
const BY_LOCK: readonly LogCauseId[] = [
  "locked-chip",
  "read-protected",
  "mass-erase-not-allowed",
  "mass-erase-skipped",
  "mass-erase-disabled",
  "mass-erase-failed",
  "core-not-found",
];

/**
 * The causes of a log with what the image beside it adds: evidence for those that the log suggests, and those that the
 * image alone shows. A log in which nothing failed stays without causes.
 */
export function withImage(causes: readonly LogCause[], reading: LogReading): readonly LogCause[] {
  if (causes.length === 0 || !reading.image) return causes;
  const added = [wrongImage(reading), beyondFlash(reading)].flatMap((cause) => cause ?? []);
  const evidence = (cause: LogCause): readonly LogEvidence[] => [
    ...added.filter(({ id }) => id === cause.id).flatMap((same) => same.for),
    ...(BY_LOCK.includes(cause.id) ? lockEvidence(reading) : []),
  ];
  return [
    ...causes.map((cause) => ({ ...cause, for: [...cause.for, ...evidence(cause)] })),
    ...added.filter(({ id }) => !causes.some((cause) => cause.id === id)),
  ];
}

/** The file is for a chip of another family than the one that the log names. */
function wrongImage(reading: LogReading): LogCause | undefined {
  const family = foreignFamily(reading);
  if (!family) return undefined;
  return {
    id: "wrong-image",
    likelihood: "likely",
    what: `The image is for ${family.name}, and the log is about a ${reading.device?.name}.`,
    for: family.for.map((text) => ({ text: `The image: ${text}.` })),
    against: family.likelihood === "stated" ? [] : [{ text: "The image's family is a guess from its bytes." }],
    test: "flashproof explain FILE shows what the image is for; read the name that is printed on the chip.",
    remedy: [
      "Program the image that was built for this chip.",
      "If the image is right, name the chip that is on the board.",
    ],
  };
}

function beyondFlash(reading: LogReading): LogCause | undefined {
  const where = beyondChip(reading);
  if (where === undefined) return undefined;
  return {
    id: "outside-flash",
    likelihood: "likely",
    what: `The image does not fit into the log's chip: ${where}.`,
    for: [{ text: `The image: ${where}.` }],
    against: [],
    test: "flashproof explain FILE shows the addresses that the image has bytes for.",
    remedy: ["Link the image for this chip's flash.", "Check the chip's name: sizes differ by one letter of it."],
  };
}

const lockEvidence = (reading: LogReading): readonly LogEvidence[] =>
  imageFields(reading)
    .filter(({ state }) => state.debug !== "open")
    .map(({ field, value }) => ({
      text: `The image's ${field.name} at ${address32(field.address)} is ${valueText(field, value)}: a chip that holds it is closed to debuggers.`,
    }));

/** Differences in option bytes or the like, which tools program by commands of their own. */
export function optionWords(reading: LogReading): LogCause | undefined {
  const { device, mismatches } = reading;
  const groups = hasField(device) ? [] : (device?.chip?.protection?.groups ?? []);
  const group = groups.find(({ start, length }) =>
    mismatches.every(({ address }) => address >= start && address < start + length),
  );
  const [hit] = mismatches;
  if (!group || !hit) return undefined;
  const values = imageFields(reading).filter(({ group: { name } }) => name === group.name);
  return {
    id: "field-byte-changed",
    likelihood: "likely",
    what: `All bytes that differ lie in the chip's ${group.name}, which tools program by commands of their own, or leave alone.`,
    for: [
      quoted(`${address32(hit.address)} lies in the ${group.name}.`, hit.facts[0]),
      ...values.map(({ field, value }) => ({ text: `The image's ${field.name} is ${valueText(field, value)}.` })),
    ],
    against: [],
    test: `Read the ${group.name} back by the tool's own command, and compare it with the file.`,
    remedy: [
      `Leave the ${group.name} out of the file, or have the tool program it by its own command.`,
      "Some of its values close the chip for ever: look at each before it is programmed.",
    ],
  };
}
