import { flashRanges } from "../../../chips/banks.ts";
import { address32 } from "../../../base/u32.ts";
import type { Chip } from "../../../chips/chip.ts";
import { hasField } from "../families/named-device.ts";
import { lockOf } from "../families/tool-words.ts";
import type { FactKind, LogTool } from "../forms/line-form.ts";
import { hexOf, type LogFact } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { type LogCause, type LogEvidence, type LogSuspicion, quoted, statedBy } from "./log-cause.ts";
import { overcome } from "./stated-cause.ts";

/** Causes that have to be concluded from what happened while erasing and programming. */
export const FLASH_SUSPICIONS: readonly LogSuspicion[] = [
  (reading) => outsideFlash(reading),
  (reading) => wrongRam(reading),
  (reading) => loaderFailed(reading),
  (reading) => eraseProtected(reading),
  (reading) => eraseRefused(reading),
  (reading) => eraseFailed(reading),
];

/** RAM of every Cortex-M (ARMv7-M ARM, B3.1), and of Kinetis below it, where the chip is known to be one. */
const isRam = (address: number, { device }: Pick<LogReading, "device">): boolean =>
  (address >= 0x2000_0000 && address < 0x4000_0000) ||
  (device?.family === "kinetis" && address >= 0x1fff_0000 && address < 0x2000_0000);

/** Memories of families that are no main flash and that images may have bytes for. */
const SPECIAL: readonly {
  readonly family: string;
  readonly start: number;
  readonly end: number;
  readonly what: string;
}[] = [
  { family: "stm32", start: 0x1fff_0000, end: 0x2000_0000, what: "the STM32's option bytes, OTP or system memory" },
  { family: "nrf", start: 0x1000_0000, end: 0x1000_2000, what: "the nRF's UICR or FICR" },
  { family: "nrf51", start: 0x1000_0000, end: 0x1000_2000, what: "the nRF's UICR or FICR" },
  { family: "nrf", start: 0x00ff_8000, end: 0x00ff_9000, what: "the nRF's UICR" },
  { family: "sam-d", start: 0x0080_4000, end: 0x0080_6100, what: "the SAM's NVM user row" },
];

function outsideFlash(reading: LogReading): LogCause | undefined {
  const reported = reading.all("outside-flash");
  const concluded = reading.device?.chip ? outsideOf(reading, reading.device.chip) : [];
  const facts = [...reported, ...concluded];
  if (facts.length === 0) return undefined;
  const address = hexOf((facts.find(({ values }) => values.address) ?? facts[0]).values.address);
  const ram = isRam(address, reading);
  const special = SPECIAL.find(
    ({ family, start, end }) => family === reading.device?.family && address >= start && address < end,
  );
  const nothing = reading.all("programmed").filter(({ values }) => values.bytes === "0");
  const place = Number.isNaN(address) ? "a place" : address32(address);
  const cause: LogCause = {
    id: ram ? "ram-image" : "outside-flash",
    likelihood: reported.length > 0 ? "certain" : "likely",
    what: ram
      ? `The image has bytes for RAM, at ${place}, and a flash programmer puts nothing there.`
      : `The image has bytes at ${place}, where the tool knows no flash of this chip${special ? `: ${special.what}` : ""}.`,
    for: [
      ...statedBy(facts, `${place} is not flash that the tool knows.`),
      ...nothing.map((fact) => quoted("Nothing was programmed, and the tool calls that success.", fact)),
    ],
    against: [],
    test: "flashproof explain FILE shows the addresses that the image has bytes for.",
    remedy: ram
      ? ["Link the image for flash, or load it into RAM and run it there."]
      : [
          ...(special
            ? [`Leave ${place} out of the file, or have the tool program that memory by its own command.`]
            : []),
          "Check the chip's name, and that its flash is as large as the image needs.",
          "For a raw file give its address; HEX and ELF files bring their own.",
        ],
  };
  return overcome(cause, facts, reading);
}

/** Places that failing lines, or the command that failed, name outside of a chip's flash. */
function outsideOf(reading: LogReading, chip: Chip): readonly LogFact[] {
  const end = Math.max(...flashRanges(chip).map(({ start, length }) => start + length));
  const outside = ({ values }: LogFact) => {
    const address = hexOf(values.address);
    return address >= end && !isRam(address, reading);
  };
  const command = reading.all("write-failed").flatMap((failed) => loadCommand(reading, failed) ?? []);
  return [...reading.all("erase-failed"), ...command].filter(outside);
}

/** The load command before a failing line, with its address among its values. */
function loadCommand(reading: LogReading, failed: LogFact): LogFact | undefined {
  const before = reading.all("command").filter(({ line }) => line.number < failed.line.number);
  const address = /(?:0x)?([0-9a-f]+)$/i.exec(before.at(-1)?.values.command ?? "")?.[1];
  const last = before.at(-1);
  return last && address ? { ...last, values: { ...last.values, address } } : undefined;
}

/** A loader that was put where the named chip has no RAM. */
function wrongRam(reading: LogReading): LogCause | undefined {
  const ram = reading.device?.chip?.memories.filter(({ kind }) => kind === "ram");
  const facts = reading.all("loader-failed").filter(({ values }) => {
    const address = hexOf(values.address);
    return ram?.every(({ start, length }) => address < start || address >= start + length) && !Number.isNaN(address);
  });
  if (facts.length === 0) return undefined;
  return {
    id: "wrong-chip",
    likelihood: "likely",
    what: `The loader was put where a ${reading.device?.name} has no RAM.`,
    for: facts.map((fact) => quoted(`${address32(hexOf(fact.values.address))} is not RAM of that chip.`, fact)),
    against: [],
    test: "Read the name that is printed on the chip; flashproof info shows what the debug port says.",
    remedy: ["Name the chip that is on the board.", "Check the tool's setting for its work RAM."],
  };
}

function loaderFailed(reading: LogReading): LogCause | undefined {
  const facts = reading.all("loader-failed");
  if (facts.length === 0) return undefined;
  return {
    id: "ram-loader-failed",
    likelihood: "likely",
    what: "The flash loader did not arrive whole in the chip's RAM, or did not run there: nothing was programmed by it.",
    for: statedBy(facts),
    against: [],
    test: "Write a pattern into that RAM and read it back, at full speed and at 400 kHz.",
    remedy: [
      "Lower the speed, shorten the wires.",
      "Connect under reset: firmware, a watchdog or a DMA may use that RAM.",
    ],
  };
}

/** kStatus_FLASH_ProtectionViolation of NXP's flash driver, which Kinetis loaders answer (pyOCD issue 246). */
const PROTECTION_VIOLATION = 104;

/** Result codes have their meaning from the loader's maker: 104 is a protection only where the chip is a Kinetis. */
function eraseFailed(reading: LogReading): LogCause | undefined {
  const facts = reading.all("erase-failed", "result-code");
  if (facts.length === 0 || reading.all("flash-protected", "fprot-protected", "write-protection").length > 0)
    return undefined;
  const kinetis = hasField(reading.device);
  if (kinetis && facts.some(isViolation)) return violation(facts);
  const cause: LogCause = {
    id: "erase-failed",
    likelihood: "possible",
    what: `${facts.some(({ kind }) => kind === "erase-failed") ? "Erasing" : "The chip's flash loader"} failed${placeOf(facts)}, and the tool does not say why.`,
    for: facts.slice(0, 6).map((fact) => quoted(evidenceOf(fact, kinetis), fact)),
    against: reading.all("lock-open").map((fact) => quoted("The chip is not locked.", fact)),
    test: "Repeat it at the same address: what comes back is the chip's, what does not is the wire's or supply's.",
    remedy: [
      `Is the region protected, or the chip locked? ${lockOf(reading).writeProtection?.test ?? lockOf(reading).test}`,
      "Check supply and speed; if it comes back, the flash is worn out.",
    ],
  };
  return overcome(cause, facts, reading);
}

/** Tools whose failed erase names no protection, even where one is the reason. */
const NAMES_NO_PROTECTION: readonly LogTool[] = ["cubeprogrammer", "stlink-cli", "st-flash", "keil", "iar"];
const ST_TOOLS: readonly LogTool[] = ["cubeprogrammer", "stlink-cli", "st-flash"];
/** Lines beside which an erase that failed needs no guess. */
const EXPLAINED: readonly FactKind[] = [
  "flash-protected",
  "fprot-protected",
  "write-protection",
  "read-protection",
  "outside-flash",
  "target-silent",
  "wire-broken",
  "voltage-low",
  "result-code",
];

/** A chip that answers, and an erase that fails without a reason: of families with a write protection look there first. */
function eraseRefused(reading: LogReading): LogCause | undefined {
  const facts = reading.all("erase-failed").filter(({ tool }) => NAMES_NO_PROTECTION.includes(tool));
  const isSt = facts.some(({ tool }) => ST_TOOLS.includes(tool));
  const { device } = reading;
  if (facts.length === 0 || !(isSt || device?.family) || reading.all(...EXPLAINED).length > 0) return undefined;
  const { writeProtection } = lockOf(device?.family ? reading : { device: { name: "STM32", family: "stm32" } });
  if (!writeProtection || concludedOutside(reading)) return undefined;
  const cause: LogCause = {
    id: "erase-protected",
    likelihood: "possible",
    what: `The chip answers, and its erase failed${placeOf(facts)}: perhaps ${writeProtection.what}.`,
    for: statedBy(facts, "The erase failed, and nothing before it did."),
    against: [{ text: "The tool does not name a protection." }],
    test: writeProtection.test,
    remedy: writeProtection.remedy,
  };
  return overcome(cause, facts, reading);
}

const concludedOutside = (reading: LogReading): boolean =>
  reading.device?.chip !== undefined && outsideOf(reading, reading.device.chip).length > 0;

const isViolation = ({ values }: LogFact): boolean => Number(values.code) === PROTECTION_VIOLATION;

const violation = (facts: readonly LogFact[]): LogCause => ({
  id: "erase-protected",
  likelihood: "likely",
  what: "The flash controller refused the command: the region is protected by FPROT.",
  for: facts.slice(0, 6).map((fact) => quoted(evidenceOf(fact, true), fact)),
  against: [],
  test: "Read FPROT0-3 (0x40020010 on Kinetis K): a bit that is 0 protects its region.",
  remedy: [
    "Only a mass erase takes the protection away: flashproof unlock --allow-mass-erase, which loses everything.",
  ],
});

/** A protection that the tool states, in the words of the chip's family. */
function eraseProtected(reading: LogReading): LogCause | undefined {
  const facts = reading.all("flash-protected", "fprot-protected");
  if (facts.length === 0) return undefined;
  const fprot = hasField(reading.device) || reading.all("fprot-protected").length > 0;
  const { writeProtection } = lockOf(
    fprot && !hasField(reading.device) ? { device: { name: "", family: "kinetis" } } : reading,
  );
  const words = writeProtection ?? {
    what: "the chip's write protection covers the place",
    test: lockOf(reading).test,
    remedy: ["Take the protection away with the vendor's tool, or program another place."],
  };
  const cause: LogCause = {
    id: "erase-protected",
    likelihood: "certain",
    what: `The flash refused to be changed${placeOf(facts)}: ${words.what}.`,
    for: [...statedBy(facts), ...statedBy(reading.all("erase-failed"), "The erase failed there.")],
    against: [],
    test: words.test,
    remedy: words.remedy,
  };
  return overcome(cause, facts, reading);
}

const placeOf = (facts: readonly LogFact[]): string => {
  const address = facts.find(({ values }) => values.address !== undefined)?.values.address;
  return address === undefined ? "" : ` at ${address32(hexOf(address))}`;
};

function evidenceOf(fact: LogFact, kinetis: boolean): LogEvidence["text"] {
  const { code } = fact.values;
  if (code === undefined) return "The tool says so.";
  return kinetis && isViolation(fact) ? "104 is NXP's code for a protection violation." : `Its result code is ${code}.`;
}
