import { address32 } from "../../../base/u32.ts";
import { isOurs } from "../families/named-device.ts";
import { lowerSpeed, underReset, unlockWords } from "../families/tool-words.ts";
import type { FactKind } from "../forms/line-form.ts";
import { hexOf, type LogFact } from "../reading/log-facts.ts";
import type { LogReading } from "../reading/log-reading.ts";
import type { LogSuspicion } from "./log-cause.ts";
import { driverHides, PROBE_CAUSES, serverHolds, WIRE_CAUSES } from "./probe-causes.ts";
import { type StatedCause, suspicionOf } from "./stated-cause.ts";

const POWERED: readonly (readonly [FactKind, string])[] = [["voltage", "The probe measures a supply at the target."]];
const LOCKS: readonly FactKind[] = ["lock-seen", "ap-disabled", "mass-erase-refused", "mass-erase-tried"];

/** Whether the chip is locked, asked without touching it; by Flashproof where it knows the family. */
const lockTest = ({ device }: LogReading): string =>
  isOurs(device)
    ? "flashproof info says whether the chip is locked, and touches nothing."
    : "Connect without resetting and read one word of RAM: a locked chip refuses it.";

/** What became of a lock, as tools state it. */
const LOCK_CAUSES: readonly StatedCause[] = [
  {
    id: "mass-erase-disabled",
    facts: ["mass-erase-disabled"],
    likelihood: "certain",
    what: "The chip is secured and its mass erase is disabled (FSEC.MEEN = 10): no debugger can open it.",
    test: "flashproof info reads the MDM-AP: bit 5 (mass erase enabled) decides.",
    remedy: ["Only firmware on the chip that offers the back door, or that erases itself, can open it."],
  },
  {
    id: "mass-erase-needs-reset-line",
    facts: ["reset-line-missing"],
    likelihood: "certain",
    what: "A secured Kinetis K ignores the debug port's reset request, and the tool had no reset line to pull.",
    test: "Measure the reset pin while the tool runs: it has to go low.",
    remedy: ["Wire the probe's nRESET and configure the tool (OpenOCD: reset_config srst_only). Then unlock again."],
  },
  {
    id: "mass-erase-not-allowed",
    facts: ["mass-erase-refused"],
    likelihood: "certain",
    what: "The chip is locked, and the tool lacked the permission to mass-erase it.",
    test: lockTest,
    remedy: unlockWords,
  },
  {
    id: "mass-erase-skipped",
    facts: ["mass-erase-skipped"],
    likelihood: "certain",
    what: "The chip is locked, and the tool was set not to mass-erase it.",
    test: lockTest,
    remedy: (reading) => [
      ...unlockWords(reading),
      ...(reading.tool?.id === "jlink" ? ["J-Link: remove the stored answer, or answer the question again."] : []),
    ],
  },
  {
    id: "mass-erase-failed",
    facts: ["mass-erase-failed"],
    likelihood: "likely",
    what: "The chip is locked, and its mass erase did not end.",
    test: "Repeat it with the reset line connected, and read the lock state again.",
    remedy: ["Connect the reset line: many chips need it to be erased.", "Check the supply: an erase needs it stable."],
  },
  {
    id: "reset-loop",
    facts: ["reset-loop"],
    likelihood: "likely",
    what: "The chip resets over and over: blank or broken vectors, or a watchdog. That looks like a lock and is none.",
    test: "Connect under reset: a chip that is only in a loop lets the debugger in then.",
    remedy: (reading) => [underReset(reading), "Then program a firmware that runs."],
  },
];

/** Causes between the probe and the core. */
const CORE_CAUSES: readonly StatedCause[] = [
  {
    id: "core-not-found",
    facts: ["core-missing", "examine-failed"],
    likelihood: "likely",
    what: "The tool found no core behind the debug port: it is locked, held in reset, asleep, or not the chip expected.",
    against: [["connected", "A core was found, too."]],
    not: ["lock-seen", "mass-erase-tried"],
    test: "Connect under reset, or with the chip held in its boot loader (ISP): a core that appears then was turned off by firmware.",
    remedy: (reading) => [underReset(reading), ...ispWords(reading), "If that fails, too, the chip may be locked."],
  },
  {
    id: "core-not-halted",
    facts: ["halt-failed"],
    likelihood: "likely",
    what: "The core did not stop at the halt request.",
    not: ["lock-seen"],
    test: "Connect under reset: if the core stops then, its firmware sleeps, resets or remaps the debug pins.",
    remedy: (reading) => [underReset(reading), lowerSpeed(reading)],
  },
  {
    id: "core-sleeping",
    facts: ["low-power"],
    likelihood: "likely",
    what: "The core is in a low-power mode in which it can't be debugged.",
    test: "Connect under reset, before firmware goes to sleep.",
    remedy: (reading) => [underReset(reading), "Keep debugging on in sleep modes while developing (STM32: DBGMCU_CR)."],
  },
  {
    id: "target-silent",
    facts: ["id-garbled"],
    likelihood: "likely",
    what: "The chip's identification came back as no chip's: SWDIO and SWCLK are swapped or loose, or its firmware sleeps or uses the debug pins.",
    test: "Repeat it while the reset button is held and released: a chip that answers then was turned off by its firmware; one that never does has a bad wire.",
    remedy: (reading) => [
      "Check SWDIO, SWCLK and ground, and that the board has power.",
      underReset(reading),
      "STM32: with BOOT0 high the firmware does not start; then erase it.",
    ],
  },
  {
    id: "target-silent",
    facts: ["target-silent"],
    likelihood: "likely",
    what: (_, [fact]) =>
      fact.values.target
        ? `Nothing answered on the debug wires as ${fact.values.target}.`
        : "Nothing answered on the debug wires.",
    against: [
      ["dp-id", "The debug port did answer."],
      ["wire-fault", "The debug port did answer."],
    ],
    not: LOCKS,
    test: "Measure supply and ground at the target, then repeat at 400 kHz and under reset.",
    remedy: (reading) => ["Check power, SWDIO, SWCLK and above all ground.", lowerSpeed(reading), underReset(reading)],
  },
  {
    id: "core-sleeping",
    facts: ["id-garbled"],
    likelihood: "possible",
    what: "The core is in stop or standby, or its firmware gave the debug pins another function.",
    test: "Connect under reset, before firmware runs.",
    remedy: (reading) => [underReset(reading)],
  },
  {
    id: "target-silent",
    facts: ["server-gone"],
    likelihood: "possible",
    what: "The debug server ended while GDB was connecting to it; mostly because it could not reach the chip.",
    not: [
      ...LOCKS,
      "target-silent",
      "core-missing",
      "examine-failed",
      "probe-missing",
      "probe-access",
      "config-missing",
      "script-error",
    ],
    test: "Start the server by itself and read what it prints before it ends.",
    remedy: (reading) => ["Check power, SWDIO, SWCLK and ground.", underReset(reading)],
  },
  {
    id: "timed-out",
    facts: ["timed-out"],
    likelihood: "possible",
    what: "The tool waited for the chip in vain.",
    not: [
      ...LOCKS,
      "target-silent",
      "core-missing",
      "halt-failed",
      "loader-failed",
      "erase-failed",
      "verify-failed",
      "connect-failed",
    ],
    test: "Repeat it under reset and at a lower speed: what goes away then was firmware, or the wires.",
    remedy: (reading) => [underReset(reading), lowerSpeed(reading)],
  },
  {
    id: "connect-failed",
    facts: ["connect-failed"],
    likelihood: "possible",
    what: "Connecting to the chip failed, and the log does not say why.",
    not: [
      ...LOCKS,
      "target-silent",
      "core-missing",
      "examine-failed",
      "voltage-low",
      "probe-access",
      "probe-missing",
      "wire-broken",
    ],
    test: "Repeat it under reset and at a lower speed, and measure the supply at the target.",
    remedy: (reading) => ["Check power, SWDIO, SWCLK and ground.", underReset(reading), lowerSpeed(reading)],
  },
  {
    id: "wrong-chip",
    facts: ["wrong-family"],
    likelihood: "certain",
    what: "The chip on the wire is of another family than the one that was named.",
    test: "Read the name that is printed on the chip.",
    remedy: ["Name the chip's own family."],
  },
  {
    id: "wrong-chip",
    facts: ["driver-mismatch"],
    likelihood: "likely",
    what: (_, [fact]) =>
      `The chip does not identify itself as ${fact.values.name ?? "the one that was named"}: the configuration is for another family, or the tool is older than the chip.`,
    test: "Read the name that is printed on the chip, and compare it with the configuration's name.",
    remedy: [
      "Use the configuration of the chip's own family (OpenOCD: -f target/...).",
      "Use a newer version of the tool: the chip may have come after it.",
    ],
  },
  {
    id: "device-unknown",
    facts: ["device-unknown"],
    likelihood: "certain",
    what: (_, [fact]) => `The tool does not know the device${fact.values.name ? ` ${fact.values.name}` : ""}.`,
    test: "Look the name up in the tool's own list of devices, and read the ID that it prints.",
    remedy: [
      "Correct the name, or use a newer version of the tool.",
      "An ID of 0 or all ones is no unknown chip but a bad connection.",
    ],
  },
];

const ispWords = ({ device, tool }: LogReading): readonly string[] =>
  device?.family?.startsWith("lpc") || tool?.id === "linkserver" || tool?.id === "mcuxpresso"
    ? ["NXP LPC: hold the ISP pin low at reset, so that the boot loader runs and not the firmware; then connect."]
    : [];

/** Causes in the tool's script, in the file, and in the flash. */
const JOB_CAUSES: readonly StatedCause[] = [
  {
    id: "script-error",
    facts: ["script-error"],
    likelihood: "certain",
    what: "A line of the script is no command, or its parameters are wrong.",
    test: "flashproof commander --lint SCRIPT checks a script before a probe is touched.",
    remedy: ["Correct that line. Without ExitOnError 1 the tool continues and ends with exit code 0."],
  },
  {
    id: "file-not-opened",
    facts: ["file-missing"],
    likelihood: "certain",
    what: "The tool could not open the file to program.",
    test: "Does the file exist, as seen from the folder that the tool was started in?",
    remedy: ["Give the whole path, in double quotes where it has blanks.", "Did the build before it succeed?"],
  },
  {
    id: "file-invalid",
    facts: ["file-invalid"],
    likelihood: "certain",
    what: "The file is not of a kind or content that the tool can program.",
    test: "flashproof explain FILE says what the file holds.",
    remedy: ["Give the format that the tool wants: ELF, HEX, or BIN with its address."],
  },
  {
    id: "image-too-large",
    facts: ["too-large"],
    likelihood: "certain",
    what: "The program is larger than the memory that the tool or linker knows of.",
    test: "Compare the program's size with the chip's flash and the linker script's regions.",
    remedy: ["Make it smaller, or name the right chip: flash sizes differ by one letter of its name."],
  },
  {
    id: "vector-checksum",
    facts: ["checksum-inserted"],
    likelihood: "likely",
    what: "The tool wrote the checksum that an LPC's boot ROM wants at 0x1C; the file does not hold it.",
    test: "Add the first eight words that the chip holds: with the checksum their sum is zero.",
    remedy: ["Put the checksum into the file after the build, or leave 0x1C-0x1F out when verifying."],
  },
  {
    id: "loader-missing",
    facts: ["loader-missing"],
    likelihood: "certain",
    what: (_, facts) => `The tool has no flash algorithm for ${placeOf(facts) || "that address"}.`,
    test: "flashproof explain FILE shows the addresses that the image has bytes for.",
    remedy: [
      "Add the algorithm for that memory in the tool's flash settings.",
      "Is the image linked for another chip, or for another base?",
    ],
  },
  {
    id: "not-erased",
    facts: ["not-blank"],
    likelihood: "certain",
    what: "The flash was not blank where it was to be programmed.",
    test: "Read the place: anything but the erased value was there before.",
    remedy: [
      "Erase first (nrfjprog --sectorerase, OpenOCD flash write_image erase).",
      "An erase that says it worked and leaves bytes was refused by a protection.",
    ],
  },
  {
    id: "flash-command-refused",
    facts: ["flash-refused"],
    likelihood: "likely",
    what: "The flash controller refused the command as such: wrong chip, wrong address, or a bad power mode.",
    test: "Read the chip's identification and compare it with the name given.",
    remedy: (reading) => ["Check the chip's name and the address.", underReset(reading)],
  },
  {
    id: "write-failed",
    facts: ["write-failed"],
    likelihood: "possible",
    what: (_, facts) => {
      const place = placeOf(facts);
      return `Programming failed${place ? ` at ${place}` : ""}, and the tool does not say why.`;
    },
    against: POWERED,
    not: [
      "flash-protected",
      "fprot-protected",
      "outside-flash",
      "read-protection",
      "write-protection",
      "loader-missing",
      "verify-failed",
    ],
    test: "Program it again after a full erase, at a low speed: what fails at the same address again is protected, worn out, or not flash.",
    remedy: (reading) => [
      lowerSpeed(reading),
      "Check the supply and the chip's name.",
      "Is the region protected, or the address wrong?",
    ],
  },
];

const placeOf = (facts: readonly LogFact[]): string => {
  const address = facts.find(({ values }) => values.address !== undefined)?.values.address;
  return address === undefined ? "" : address32(hexOf(address));
};

/** One suspicion for every cause that a tool states; the first failure of a job explains the later ones. */
export const STATED_SUSPICIONS: readonly LogSuspicion[] = [
  ...[...PROBE_CAUSES, ...LOCK_CAUSES, ...WIRE_CAUSES, ...CORE_CAUSES, ...JOB_CAUSES].map(suspicionOf),
  driverHides,
  serverHolds,
];
