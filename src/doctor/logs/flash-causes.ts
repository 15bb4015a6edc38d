import { address32 } from "../../base/u32.ts";
import type { Chip } from "../../chips/chip.ts";
import { type LogCause, type LogEvidence, type LogSuspicion, quoted } from "./log-cause.ts";
import type { LogFact } from "./log-facts.ts";
import { hexOf, type LogReading } from "./log-reading.ts";

/** Causes that have to be concluded from what happened while erasing and programming. */
export const FLASH_SUSPICIONS: readonly LogSuspicion[] = [
  (reading) => outsideFlash(reading),
  (reading) => wrongRam(reading),
  (reading) => loaderFailed(reading),
  (reading) => eraseFailed(reading),
];

/** RAM of Cortex-M chips (ARMv7-M ARM, B3.1), and Kinetis' lower RAM below it. */
const isRam = (address: number): boolean => address >= 0x1fff_0000 && address < 0x4000_0000;

function outsideFlash(reading: LogReading): LogCause | undefined {
  const said = reading.all("outside-flash");
  const concluded = reading.device?.chip ? outsideOf(reading, reading.device.chip) : [];
  const facts = [...said, ...concluded];
  if (facts.length === 0) return undefined;
  const address = hexOf(facts[0].values.address);
  const nothing = reading.all("programmed").filter(({ values }) => values.bytes === "0");
  return {
    id: isRam(address) ? "ram-image" : "outside-flash",
    likelihood: "certain",
    what: isRam(address)
      ? `The image has bytes for RAM, at ${address32(address)}, and a flash programmer puts nothing there.`
      : `The image has bytes at ${address32(address)}, where this chip has no flash.`,
    for: [
      ...facts.map((fact) => quoted(`${address32(hexOf(fact.values.address))} is not flash.`, fact)),
      ...nothing.map((fact) => quoted("Nothing was programmed, and the tool calls that success.", fact)),
    ],
    against: [],
    test: "flashproof explain FILE --chip CHIP shows where the image lies.",
    remedy: isRam(address)
      ? ["Link the image for flash, or load it into RAM and run it there."]
      : ["Check the chip's name.", "For a raw file give its address; HEX and ELF files bring their own."],
  };
}

/** Places that failing lines, or the command that failed, name outside of a chip's flash. */
function outsideOf(reading: LogReading, chip: Chip): readonly LogFact[] {
  const { start, length } = chip.flash;
  const outside = ({ values }: LogFact) => {
    const address = hexOf(values.address);
    return address >= start + length && !isRam(address);
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
  const ram = reading.device?.chip?.memory.filter(({ kind }) => kind === "ram");
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
    for: facts.map((fact) => quoted("The tool says so.", fact)),
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

function eraseFailed(reading: LogReading): LogCause | undefined {
  const facts = reading.all("erase-failed", "result-code");
  if (facts.length === 0) return undefined;
  const isProtected = facts.some(({ values }) => codeOf(values.code) === PROTECTION_VIOLATION);
  return {
    id: isProtected ? "erase-protected" : "erase-failed",
    likelihood: isProtected ? "certain" : "likely",
    what: isProtected
      ? "The flash controller refused the command: the region is protected by FPROT."
      : `The chip's flash loader failed${placeOf(facts)}.`,
    for: facts.map((fact) => quoted(evidenceOf(fact), fact)),
    against: isProtected ? [] : reading.all("lock-open").map((fact) => quoted("The chip is not locked.", fact)),
    test: isProtected
      ? "Read FPROT0-3 (0x40020010 on Kinetis K): a bit that is 0 protects its region."
      : "Repeat it at the same address: a code that comes back is the chip's, one that does not is the wire's or supply's.",
    remedy: isProtected
      ? ["Only a mass erase takes the protection away: flashproof unlock --allow-mass-erase, which loses everything."]
      : [
          "Is the region protected, or the chip locked?",
          "Check supply and speed; if it comes back, the flash is worn out.",
        ],
  };
}

const codeOf = (text: string | undefined): number => Number(text);

const placeOf = (facts: readonly LogFact[]): string => {
  const address = facts.find(({ values }) => values.address !== undefined)?.values.address;
  return address === undefined ? "" : ` at ${address32(hexOf(address))}`;
};

function evidenceOf({ values }: LogFact): LogEvidence["text"] {
  if (values.code === undefined) return "The tool says so.";
  const known = codeOf(values.code) === PROTECTION_VIOLATION;
  return known ? "104 is NXP's code for a protection violation." : `Its result code is ${values.code}.`;
}
