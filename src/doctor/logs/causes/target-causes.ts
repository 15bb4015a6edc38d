import { address32 } from "../../../base/u32.ts";
import type { Likelihood } from "../../cause.ts";
import { isOurs } from "../families/named-device.ts";
import { lockOf, underReset, unlockWords } from "../families/tool-words.ts";
import { hexOf, type LogFact } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";
import { type LogCause, type LogEvidence, type LogSuspicion, quoted, statedBy } from "./log-cause.ts";
import { successOf } from "../verdict.ts";
import { overcome } from "./stated-cause.ts";

/** Causes that have to be concluded from what the probe and the debug port reported. */
export const TARGET_SUSPICIONS: readonly LogSuspicion[] = [
  (reading) => noPower(reading),
  (reading) => wrongChip(reading),
  (reading) => readProtected(reading),
  (reading) => lockedChip(reading),
  (reading) => portClosed(reading),
  (reading) => memoryRefused(reading),
  (reading) => scriptOfAnother(reading),
  (reading) => coreHidden(reading),
  (reading) => faultAnswered(reading),
  (reading) => sizeZero(reading),
];

/** Below this no Cortex-M runs; a wire that floats reads a few tenths of a volt. */
const LOWEST_VOLTS = 1.2;

/** Lines that say that a job came to nothing. */
const FAILED = ["target-silent", "core-missing", "halt-failed", "memory-refused", "connect-failed"] as const;

function noPower(reading: LogReading): LogCause | undefined {
  const reported = reading.all("voltage-low");
  const low = reading.all("voltage").filter(({ values }) => Number(values.volts) < LOWEST_VOLTS);
  if (reported.length === 0 && (low.length === 0 || reading.all(...FAILED).length === 0)) return undefined;
  const fine = reading.all("voltage").filter((fact) => !low.includes(fact));
  const cause: LogCause = {
    id: "target-no-power",
    likelihood: reported.length > 0 && fine.length === 0 ? "certain" : "likely",
    what: "The target has no supply, or the probe's VTref pin is not connected to it.",
    for: [...statedBy(reported), ...low.map((fact) => quoted(`${fact.values.volts} V is no supply.`, fact))],
    against: fine.map((fact) => quoted(`The probe measured ${fact.values.volts} V.`, fact)),
    test: "Measure the supply at the target's debug connector, at VTref.",
    remedy: ["Switch the board on, and connect VTref to its supply."],
  };
  return overcome(cause, [...reported, ...low], reading);
}

/** Signs that are concluded from a table: likely. Tools that compare say so in `wrong-family`. */
function wrongChip(reading: LogReading): LogCause | undefined {
  const signs = [...reading.all("unexpected-id").map(unexpected), ...wrongIds(reading), ...wrongCores(reading)];
  // A job that succeeded was on the right chip, or on one that is as good.
  if (signs.length === 0 || successOf(reading)) return undefined;
  const { device } = reading;
  const named = reading.facts.find(({ values }) => values.device !== undefined && values.device === device?.name);
  return {
    id: "wrong-chip",
    likelihood: "likely",
    what: `The chip on the wire is not ${device ? `a ${device.name}` : "the one that was named"}.`,
    for: [...signs, ...(named ? [quoted(`The tool was given ${device?.name}.`, named)] : [])],
    against: [],
    test: "Read the name that is printed on the chip, and compare the debug port's ID.",
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
  const wrong = all("core").filter(({ values }) => values.core !== undefined && !expected.test(values.core));
  return wrong.slice(0, 1).map((fact) => quoted(`A ${device.name} has another core.`, fact));
}

/** Read or write protection that a tool states by its name. */
function readProtected(reading: LogReading): LogCause | undefined {
  const facts = reading.all("read-protection", "write-protection");
  if (facts.length === 0) return undefined;
  const isRead = facts.some(({ kind }) => kind === "read-protection");
  const { writeProtection } = lockOf(reading);
  const isSt = isStm32(reading);
  const cause: LogCause = {
    id: isRead ? "read-protected" : "protected-region",
    likelihood: "certain",
    what: isRead
      ? `The chip is protected from being read${isSt ? " (RDP)" : ""}; taking that away erases it.`
      : `The chip protects sectors from being written${isSt ? " (WRP)" : ""}.`,
    for: [...statedBy(facts), ...statedBy(reading.all("memory-refused"), "Reads were refused.")],
    against: [],
    test: isSt
      ? "Read the option bytes: RDP 0xAA is open, 0xCC locked for ever, all else protected; WRP says which sectors."
      : lockOf(reading).test,
    remedy: isRead
      ? unlockWords(reading)
      : (writeProtection?.remedy ?? ["Take the protection away with the vendor's tool."]),
  };
  return overcome(cause, facts, reading);
}

const isStm32 = ({ device, tool, all }: LogReading): boolean =>
  device?.family === "stm32" ||
  tool?.id === "cubeprogrammer" ||
  tool?.id === "stlink-cli" ||
  tool?.id === "st-flash" ||
  all("read-protection", "write-protection").some(({ line }) => /STM32|RDP/i.test(line.text));

/** Lines that say what became of a lock. */
const OUTCOMES = [
  "mass-erase",
  "mass-erase-done",
  "mass-erase-skipped",
  "mass-erase-refused",
  "mass-erase-disabled",
  "mass-erase-failed",
  "reset-line-missing",
] as const;

function lockedChip(reading: LogReading): LogCause | undefined {
  const seen = reading.all("lock-seen");
  if (seen.length === 0 || reading.all(...OUTCOMES).length > 0) return undefined;
  const doubts = [
    ...reading.all("lock-open").map((fact) => quoted("It was called unsecured, too.", fact)),
    ...reading
      .all("reset-loop")
      .map((fact) => quoted("The tool also saw signs of a chip that resets over and over.", fact)),
  ];
  return {
    id: "locked-chip",
    likelihood: doubts.length > 0 ? "likely" : "certain",
    what: `The chip is locked: ${lockOf(reading).what}.`,
    for: statedBy(seen),
    against: doubts,
    test: lockOf(reading).test,
    remedy: unlockWords(reading),
  };
}

/** An access port that is disabled or answers nothing but faults: a lock, mostly, that no line calls by its name. */
function portClosed(reading: LogReading): LogCause | undefined {
  const closed = reading.all("ap-disabled");
  const tried = reading.all("mass-erase-tried");
  const faults = reading.all("wire-fault");
  if (closed.length + tried.length === 0 || reading.all(...OUTCOMES, "lock-seen").length > 0) return undefined;
  const stillClosed = closed.some(({ sequence }) => tried.some((fact) => fact.sequence < sequence));
  return {
    id: stillClosed ? "mass-erase-failed" : "locked-chip",
    likelihood: "likely",
    what: stillClosed
      ? "The chip was found locked, the tool tried to mass-erase it, and its access port is still closed."
      : `The chip's access port is closed: ${lockOf(reading).what}.`,
    for: [
      ...statedBy(tried, "The tool found the chip locked."),
      ...statedBy(closed, "The access port is disabled."),
      ...statedBy(faults.slice(0, 2), "FAULT is an answer: the debug port is there."),
    ],
    against: [{ text: "An access port whose power domain or clock is off looks the same." }],
    test: lockOf(reading).test,
    remedy: stillClosed
      ? ["Repeat it with the reset line connected, then power the chip off and on.", ...unlockWords(reading)]
      : unlockWords(reading),
  };
}

/** A closed access port hides the core of an nRF from tools that do not know its CTRL-AP; elsewhere it is one of several. */
function coreHidden(reading: LogReading): LogCause | undefined {
  const facts = reading
    .all("core-missing", "examine-failed")
    .filter(({ values, kind }) => values.port || kind === "examine-failed");
  if (facts.length === 0 || reading.all(...OUTCOMES, "lock-seen", "ap-disabled", "memory-refused").length > 0)
    return undefined;
  const nordic = reading.device?.family === "nrf";
  return {
    id: "locked-chip",
    likelihood: nordic ? "likely" : "possible",
    what: nordic
      ? `No core can be seen behind the debug port, which answers: ${lockOf(reading).what}.`
      : `No core can be seen behind the debug port, which answers; a lock hides it like that: ${lockOf(reading).what}.`,
    for: statedBy(facts.slice(0, 3), "The debug port answered, and behind it no core did."),
    against: nordic ? [] : [{ text: "A core in reset, without power, or of another chip looks the same." }],
    test: lockOf(reading).test,
    remedy: unlockWords(reading),
  };
}

/** FAULT while connecting: the debug port answers, and lets nothing through to the memory. */
function faultAnswered(reading: LogReading): LogCause | undefined {
  const faults = reading.all("wire-fault").filter(({ line }) => /FAULT/i.test(line.text));
  const others = reading.all(...OUTCOMES, "lock-seen", "ap-disabled", "mass-erase-tried", "memory-refused", "download");
  if (faults.length === 0 || reading.all("connect-failed").length === 0 || others.length > 0) return undefined;
  return {
    id: "locked-chip",
    likelihood: "possible",
    what: `The debug port answers with FAULT, and lets nothing through to the memory: ${lockOf(reading).what}.`,
    for: statedBy(faults.slice(0, 2), "FAULT is an answer: the debug port is there."),
    against: [{ text: "A core whose power domain or clock is off answers the same." }],
    test: lockOf(reading).test,
    remedy: [...unlockWords(reading), underReset(reading)],
  };
}

/** A flash size that reads as 0: the chip refuses the read, or is held in reset. */
function sizeZero(reading: LogReading): LogCause | undefined {
  const facts = reading.all("size-zero");
  if (facts.length === 0 || reading.all("read-protection", "lock-seen", "id-garbled").length > 0) return undefined;
  return {
    id: "read-protected",
    likelihood: "possible",
    what: "The tool read 0 as the size of the flash: the chip refuses the read, as read protection (RDP) does.",
    for: statedBy(facts.slice(0, 2)),
    against: [{ text: "A chip that is held in reset, or a clone without that register, gives 0, too." }],
    test: lockOf(reading).test,
    remedy: unlockWords(reading),
  };
}

/** First address of the peripherals on every Cortex-M (ARMv7-M ARM, B3.1). */
const PERIPHERALS = 0x4000_0000;
/** The System Control Space, which every Cortex-M has and always clocks (ARMv7-M ARM, B3.2). */
const SCS = { start: 0xe000_e000, end: 0xe000_f000 };

/** First address after the peripherals (ARMv7-M ARM, B3.1). */
const PERIPHERALS_END = 0x6000_0000;

/** OpenOCD's scripts set clocks and debug registers of their own family: a chip of another one refuses those addresses. */
function scriptOfAnother(reading: LogReading): LogCause | undefined {
  const facts = reading
    .all("memory-refused")
    .filter(({ tool, values }) => tool === "openocd" && isPeripheral(hexOf(values.address)));
  if (facts.length === 0 || reading.all("read-protection", "lock-seen", "ap-disabled").length > 0) return undefined;
  return {
    id: "wrong-chip",
    likelihood: "possible",
    what: `OpenOCD's script accesses a peripheral at ${address32(hexOf(facts[0].values.address))} that this chip refuses: the configuration may be for another family.`,
    for: statedBy(facts.slice(0, 3), "The access was refused."),
    against: [{ text: "A peripheral without a clock refuses it, too." }],
    test: "Is there such a register in the chip's reference manual? Compare the chip's name with the configuration's.",
    remedy: ["Use the configuration of the chip's own family (OpenOCD: -f target/...)."],
  };
}

const isPeripheral = (address: number): boolean => address >= PERIPHERALS && address < PERIPHERALS_END;

type RefusedPlace = "flash" | "core" | "other";

function memoryRefused(reading: LogReading): LogCause | undefined {
  const facts = reading.all("memory-refused");
  if (facts.length === 0 || reading.all("read-protection", "lock-seen", "ap-disabled").length > 0) return undefined;
  const addresses = facts.map(({ values }) => hexOf(values.address));
  const place = placeOf(addresses);
  const [id, likelihood, what] = VERDICTS[place](address32(Number.isNaN(addresses[0]) ? 0 : addresses[0]), reading);
  return {
    id,
    likelihood,
    what,
    for: statedBy(facts.slice(0, 3), "The access was refused."),
    against: [
      ...reading.all("lock-open").map((fact) => quoted("The chip was called unsecured.", fact)),
      ...(place === "core"
        ? [{ text: "A core that is held in reset, or whose power domain is off, refuses it, too." }]
        : []),
      ...(place === "other" && addresses[0] >= PERIPHERALS
        ? [{ text: "A locked chip refuses every address, not only a peripheral's." }]
        : []),
    ],
    test: TESTS[place],
    remedy:
      place === "other"
        ? ["Check the address; clock the peripheral first, or connect under reset."]
        : [...unlockWords(reading), underReset(reading)],
  };
}

const VERDICTS: {
  readonly [Place in RefusedPlace]: (at: string, reading: LogReading) => readonly [LogCause["id"], Likelihood, string];
} = {
  core: (at, reading) => [
    "locked-chip",
    "likely",
    `The chip refuses even ${at}, which every Cortex-M has: ${lockOf(reading).what}.`,
  ],
  flash: (_, reading) => [
    "locked-chip",
    "likely",
    isOurs(reading.device)
      ? "The chip refuses reads of its flash: its security byte is set."
      : `The chip refuses reads of its flash: ${lockOf(reading).what}.`,
  ],
  other: (at) => [
    "memory-refused",
    "possible",
    `The bus refused an access at ${at}: nothing there, or no clock for it.`,
  ],
};

const TESTS: { readonly [Place in RefusedPlace]: string } = {
  core: "Read a word of RAM: a closed chip refuses that, too; then connect under reset and read again.",
  flash: "Read a word of RAM: if that works, only the flash is protected; if not, the chip is locked.",
  other: "Read a word of flash and one of RAM: if both work, the chip is open and the address is bad.",
};

function placeOf([address, ...more]: readonly number[]): RefusedPlace {
  if ([address, ...more].some((at) => at >= SCS.start && at < SCS.end)) return "core";
  return Number.isNaN(address) || address < 0x1000_0000 ? "flash" : "other";
}
