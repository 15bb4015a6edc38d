import { address32 } from "../../base/u32.ts";
import { type LogCause, type LogEvidence, type LogSuspicion, quoted } from "./log-cause.ts";
import type { LogFact } from "./log-facts.ts";
import { hexOf, type LogReading } from "./log-reading.ts";

/** Causes that have to be concluded from what the probe and the debug port said. */
export const TARGET_SUSPICIONS: readonly LogSuspicion[] = [
  (reading) => noPower(reading),
  (reading) => wrongChip(reading),
  (reading) => readProtected(reading),
  (reading) => lockedChip(reading),
  (reading) => memoryRefused(reading),
];

/** Below this no Cortex-M runs; a wire that floats reads a few tenths of a volt. */
const LOWEST_VOLTS = 1.2;

/** Lines that say that a job came to nothing. */
const FAILED = ["target-silent", "core-missing", "halt-failed", "memory-refused"] as const;

function noPower(reading: LogReading): LogCause | undefined {
  const said = reading.all("voltage-low");
  const low = reading.all("voltage").filter(({ values }) => Number(values.volts) < LOWEST_VOLTS);
  if (said.length === 0 && (low.length === 0 || reading.all(...FAILED).length === 0)) return undefined;
  const fine = reading.all("voltage").filter((fact) => !low.includes(fact));
  return {
    id: "target-no-power",
    likelihood: "certain",
    what: "The target has no supply, or the probe's VTref pin is not connected to it.",
    for: [
      ...said.map((fact) => quoted("The tool says so.", fact)),
      ...low.map((fact) => quoted(`${fact.values.volts} V is no supply.`, fact)),
    ],
    against: fine.map((fact) => quoted(`The probe measured ${fact.values.volts} V.`, fact)),
    test: "Measure the supply at the target's debug connector, at VTref.",
    remedy: ["Switch the board on, and connect VTref to its supply."],
  };
}

function wrongChip(reading: LogReading): LogCause | undefined {
  const signs = [...reading.all("unexpected-id").map(unexpected), ...wrongIds(reading), ...wrongCores(reading)];
  if (signs.length === 0) return undefined;
  const device = reading.first("device");
  return {
    id: "wrong-chip",
    likelihood: "certain",
    what: `The chip on the wire is not ${reading.device ? `a ${reading.device.name}` : "the one that was named"}.`,
    for: [...signs, ...(device ? [quoted(`The tool was told ${reading.device?.name}.`, device)] : [])],
    against: [],
    test: "Read the name that is printed on the chip; flashproof info shows what the debug port says.",
    remedy: ["Name the chip that is on the board, or plug the probe into the board that you mean."],
  };
}

const unexpected = (fact: LogFact): LogEvidence => quoted("The tool expected another identification.", fact);

function wrongIds({ device, all }: LogReading): readonly LogEvidence[] {
  const expected = device?.dpIds;
  if (!expected) return [];
  const wrong = all("dp-id").filter(({ values }) => !expected.includes(hexOf(values.id)));
  return wrong.slice(0, 1).map((fact) => quoted(`A ${device.name} has ${address32(expected[0])}.`, fact));
}

function wrongCores({ device, all }: LogReading): readonly LogEvidence[] {
  const expected = device?.core;
  if (!expected) return [];
  const wrong = all("core").filter(({ values }) => !expected.test(values.core ?? ""));
  return wrong.slice(0, 1).map((fact) => quoted(`A ${device.name} has another core.`, fact));
}

function readProtected(reading: LogReading): LogCause | undefined {
  const facts = reading.all("read-protection", "write-protection");
  if (facts.length === 0) return undefined;
  const isRead = facts.some(({ kind }) => kind === "read-protection");
  return {
    id: isRead ? "read-protected" : "protected-region",
    likelihood: "certain",
    what: isRead
      ? "The chip's option bytes protect it from being read (RDP); taking that away erases it."
      : "The chip's option bytes protect sectors from being written (WRP).",
    for: [
      ...facts.map((fact) => quoted("The tool says so.", fact)),
      ...reading.all("memory-refused").map((fact) => quoted("Reads were refused.", fact)),
    ],
    against: [],
    test: "Read the option bytes: RDP AA is open, CC locked for ever, all else protected.",
    remedy: ["Change the option bytes with the vendor's tool: from RDP level 1 that erases everything."],
  };
}

/** Lines that say what became of a lock. */
const OUTCOMES = [
  "mass-erase",
  "mass-erase-skipped",
  "mass-erase-refused",
  "mass-erase-disabled",
  "mass-erase-failed",
  "reset-line-missing",
] as const;

function lockedChip(reading: LogReading): LogCause | undefined {
  const seen = reading.all("lock-seen");
  if (seen.length === 0 || reading.all(...OUTCOMES).length > 0) return undefined;
  return {
    id: "locked-chip",
    likelihood: "certain",
    what: "The chip is secured: its debug port lets nobody in.",
    for: seen.map((fact) => quoted("The tool says so.", fact)),
    against: reading.all("lock-open").map((fact) => quoted("It was called unsecured, too.", fact)),
    test: "flashproof info says whether the chip is locked; a blank chip that resets over and over can look like it.",
    remedy: ["To open the chip and lose everything on it: flashproof unlock --allow-mass-erase."],
  };
}

/** First address of the peripherals on every Cortex-M (ARMv7-M ARM, B3.1). */
const PERIPHERALS = 0x4000_0000;

function memoryRefused(reading: LogReading): LogCause | undefined {
  const facts = reading.all("memory-refused");
  if (facts.length === 0 || reading.all("read-protection").length > 0) return undefined;
  const address = hexOf(facts[0].values.address);
  const flash = Number.isNaN(address) || address < 0x1000_0000;
  return {
    id: flash ? "locked-chip" : "memory-refused",
    likelihood: flash ? "likely" : "possible",
    what: flash
      ? "The chip refuses reads of its flash: read protection, or a security byte, is set."
      : `The bus refused an access at ${address32(address)}: nothing there, or no clock for it.`,
    for: facts.slice(0, 3).map((fact) => quoted("The access was refused.", fact)),
    against: [
      ...reading.all("lock-open").map((fact) => quoted("The chip was called unsecured.", fact)),
      ...(address >= PERIPHERALS ? [{ text: "A locked chip refuses every address, not only a peripheral's." }] : []),
    ],
    test: flash
      ? "Read a word of RAM: if that works, only the flash is protected; if not, the chip is locked."
      : "Read a word of flash and one of RAM: if both work, the chip is open and the address is bad.",
    remedy: flash
      ? [
          "STM32: the vendor's tool takes RDP away; Kinetis: flashproof unlock --allow-mass-erase. Both erase everything.",
        ]
      : ["Check the address; clock the peripheral first, or connect under reset."],
  };
}
