import type { FlashproofError } from "../../base/errors.ts";
import { CHIPS } from "../../chips/list.ts";
import type { CommandSpec } from "../language/command.ts";
import type { DeviceName } from "../language/device-name.ts";
import { report } from "../../doctor/report.ts";
import { inCommanderWords } from "../words/advice-words.ts";
import { deviceError, whatWouldTeach } from "../words/device-words.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** Commands that program or erase flash, which a core without its chip has none of. */
const FLASH_COMMANDS: readonly string[] = ["LoadFile", "LoadBin", "erase"];

/** What of a script its device, or the lack of one, makes impossible; each is one finding, at the first line. */
export class LintDevice {
  private isMissing = false;
  private isBare = false;
  private readonly unknown = new Set<string>();

  /** At a line that names a device, or at the start for the command line's. */
  named(device: DeviceName | undefined, line: number): readonly ScriptFinding[] {
    if (device?.kind !== "unknown" || this.unknown.has(device.text)) return [];
    this.unknown.add(device.text);
    if (device.refused) return [refusedDevice(device.refused, line)];
    const pack = device.near.length === 0 ? ` Of this one: ${whatWouldTeach(device.text)}.` : "";
    const remedy = `Name a device that is known: flashproof chips lists them. Nothing is connected under this name.${pack}`;
    return [{ line, severity: "warn", what: `${deviceError(device).message}.`, remedy, lacks: "device" }];
  }

  /** At a command that works on the chip. */
  used(call: ScriptCall): readonly ScriptFinding[] {
    const { command, line, settings } = call;
    const { device } = settings;
    if (command.names[0] === "unlock") return unlocked(call);
    if (!needsTarget(command)) return [];
    if (!device) return this.missing(line);
    if (device.kind !== "core" || this.isBare || !FLASH_COMMANDS.includes(command.names[0])) return [];
    this.isBare = true;
    const what = `${device.text} is a core without a chip around it: flash is neither erased nor programmed.`;
    return [{ line, severity: "warn", what, remedy: "Name the chip, not its core.", lacks: "device" }];
  }

  private missing(line: number): readonly ScriptFinding[] {
    if (this.isMissing) return [];
    this.isMissing = true;
    const what =
      "No device is named before this line: nothing is erased or programmed, and a blank chip isn't reached.";
    const remedy = "Give -Device NAME to this lint as to the run, or put device NAME before the line.";
    return [{ line, severity: "warn", what, remedy, lacks: "device" }];
  }
}

/** A device that the host found and can't use. */
function refusedDevice(error: FlashproofError, line: number): ScriptFinding {
  const [advice] = report(error).advice;
  const remedy = `Nothing is connected under this name.${advice ? ` ${inCommanderWords(advice)}` : ""}`;
  return { line, severity: "warn", what: `${error.message}.`, remedy, lacks: "device" };
}

/** `unlock` takes the name of a family that has a way to be opened here. */
function unlocked({ args, line }: ScriptCall): readonly ScriptFinding[] {
  const family = args.has("DeviceName") ? args.text("DeviceName").toLowerCase() : undefined;
  if (family !== undefined && CHIPS.some((chip) => chip.family.toLowerCase().startsWith(family))) return [];
  const what = family === undefined ? "unlock needs a name." : `unlock has no way to open ${args.text("DeviceName")}.`;
  const families = [...new Set(CHIPS.map((chip) => chip.family.split(" ")[0]))].join(", ");
  return [{ line, severity: "warn", what, remedy: `Flashproof opens ${families}.` }];
}

const needsTarget = ({ needs, names }: CommandSpec): boolean => needs === "target" && names[0] !== "connect";
