import type { Likelihood } from "../cause.ts";
import type { FactKind } from "./line-form.ts";
import { type LogCause, type LogCauseId, type LogSuspicion, quoted } from "./log-cause.ts";
import type { LogReading } from "./log-reading.ts";

/** A cause that a tool states in so many words. */
interface StatedCause {
  readonly id: LogCauseId;
  /** Any of these lines makes it a cause. */
  readonly facts: readonly FactKind[];
  readonly likelihood: Likelihood;
  readonly what: string;
  /** Lines that speak against it, and what they say. */
  readonly against?: readonly (readonly [fact: FactKind, text: string])[];
  readonly test: string;
  readonly remedy: readonly string[];
}

const MASS_ERASE = "To open the chip and lose everything on it: flashproof unlock --allow-mass-erase.";
const POWERED: readonly (readonly [FactKind, string])[] = [["voltage", "The probe measures a supply at the target."]];

/** Causes in the order in which a job meets them: the first failure explains the later ones. */
const STATED: readonly StatedCause[] = [
  {
    id: "probe-access",
    facts: ["probe-access"],
    likelihood: "certain",
    what: "The system does not let this user open the probe.",
    test: "Run the same command as root once, or look at the device file's permissions.",
    remedy: ["On Linux install the udev rule: flashproof doctor --udev. Then plug the probe in again."],
  },
  {
    id: "probe-driver",
    facts: ["probe-driver"],
    likelihood: "likely",
    what: "The probe is there, but the system has another driver on it than the tool can use.",
    test: "Look at the probe in the device manager: which driver does it have?",
    remedy: ["On Windows give the probe the WinUSB driver; SEGGER's own tools may need theirs back."],
  },
  {
    id: "probe-not-found",
    facts: ["probe-missing"],
    likelihood: "certain",
    what: "The tool saw no probe.",
    test: "flashproof list shows the probes that can be seen, those without permission too.",
    remedy: [
      "Check cable, port and driver; close other programs that hold the probe.",
      "Check the serial number given.",
    ],
  },
  {
    id: "probe-silent",
    facts: ["probe-silent"],
    likelihood: "certain",
    what: "The probe is there and does not answer.",
    test: "Unplug the probe, plug it in again and repeat the command.",
    remedy: ["Use another cable and a port without a hub.", "Over the network: is the probe's server running?"],
  },
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
    remedy: ["Wire the probe's nRESET and tell the tool (OpenOCD: reset_config srst_only). Then unlock again."],
  },
  {
    id: "mass-erase-not-allowed",
    facts: ["mass-erase-refused"],
    likelihood: "certain",
    what: "The chip is locked, and the tool lacked the permission to mass-erase it.",
    test: "flashproof info says whether the chip is locked, and touches nothing.",
    remedy: ["probe-rs: --allow-erase-all, which loses everything on the chip.", MASS_ERASE],
  },
  {
    id: "mass-erase-skipped",
    facts: ["mass-erase-skipped"],
    likelihood: "certain",
    what: "The chip is locked, and the tool was told not to mass-erase it.",
    test: "flashproof info says whether the chip is locked, and touches nothing.",
    remedy: [MASS_ERASE, "J-Link: remove the stored answer, or answer the question again."],
  },
  {
    id: "mass-erase-failed",
    facts: ["mass-erase-failed"],
    likelihood: "likely",
    what: "The chip is locked, and its mass erase did not end.",
    test: "Repeat it with the reset line connected; flashproof info then tells the lock state.",
    remedy: ["Connect the reset line: a secured Kinetis needs it.", "Check the supply: an erase needs it stable."],
  },
  {
    id: "reset-loop",
    facts: ["reset-loop"],
    likelihood: "likely",
    what: "The chip resets over and over: blank or broken vectors, or a watchdog. That looks like a lock and is none.",
    test: "Connect under reset: flashproof info --connect under-reset.",
    remedy: ["Connect under reset and program a firmware that runs."],
  },
  {
    id: "core-not-found",
    facts: ["core-missing"],
    likelihood: "likely",
    what: "The debug port answers, and no core behind it.",
    test: "flashproof info lists the access ports and says whether the chip is locked.",
    remedy: ["Is the chip locked? flashproof info tells.", "Connect under reset: --connect under-reset."],
  },
  {
    id: "core-not-halted",
    facts: ["halt-failed"],
    likelihood: "likely",
    what: "The core did not stop when it was told to.",
    test: "Connect under reset: if the core stops then, its firmware sleeps, resets or remaps the debug pins.",
    remedy: ["Connect under reset: --connect under-reset."],
  },
  {
    id: "target-silent",
    facts: ["target-silent"],
    likelihood: "likely",
    what: "Nobody answered on the debug wires.",
    against: [["dp-id", "The debug port did answer."]],
    test: "Measure supply and ground at the target, then repeat at 400 kHz and under reset.",
    remedy: [
      "Check SWDIO, SWCLK and above all ground; lower the speed.",
      "Connect under reset: --connect under-reset.",
    ],
  },
  {
    id: "script-error",
    facts: ["script-error"],
    likelihood: "certain",
    what: "A line of the script is no command, or its parameters are wrong.",
    test: "flashproof commander --lint SCRIPT checks a script before a probe is touched.",
    remedy: ["Correct that line. Without ExitOnError 1 the tool goes on and ends with exit code 0."],
  },
  {
    id: "file-not-opened",
    facts: ["file-missing"],
    likelihood: "certain",
    what: "The tool could not open the file to program.",
    test: "Does the file exist, as seen from the folder that the tool was started in?",
    remedy: ["Give the whole path, in double quotes where it has blanks."],
  },
  {
    id: "erase-protected",
    facts: ["flash-protected"],
    likelihood: "certain",
    what: "The flash controller refused the command: the region is protected by FPROT.",
    test: "Read FPROT0-3 (0x40020010 on Kinetis K): a bit that is 0 protects its region.",
    remedy: [
      "Only a mass erase takes the protection away: flashproof unlock --allow-mass-erase, which loses everything.",
    ],
  },
  {
    id: "flash-command-refused",
    facts: ["flash-refused"],
    likelihood: "likely",
    what: "The flash controller refused the command as such: wrong chip, wrong address, or a bad power mode.",
    test: "flashproof info says which chip it is and in which mode.",
    remedy: ["Check the chip's name and the address.", "Connect under reset: the chip may be in a low-power mode."],
  },
  {
    id: "write-failed",
    facts: ["write-failed"],
    likelihood: "possible",
    what: "Programming failed, and the tool does not say why.",
    against: POWERED,
    test: "Program the file with flashproof flash, which names the failing address and the controller's reason.",
    remedy: ["Check supply, speed and the chip's name.", "Is the region protected (FPROT), or the address wrong?"],
  },
];

/** One suspicion for every cause that a tool states. */
export const STATED_SUSPICIONS: readonly LogSuspicion[] = STATED.map((stated) => (reading) => look(stated, reading));

function look(stated: StatedCause, reading: LogReading): LogCause | undefined {
  const facts = reading.all(...stated.facts);
  if (facts.length === 0) return undefined;
  const { id, likelihood, what, test, remedy, against = [] } = stated;
  return {
    id,
    likelihood,
    what,
    for: facts.map((fact) => quoted("The tool says so.", fact)),
    against: against.flatMap(([kind, text]) =>
      reading
        .all(kind)
        .slice(0, 1)
        .map((fact) => quoted(text, fact)),
    ),
    test,
    remedy,
  };
}
