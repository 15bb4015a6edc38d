import { guardedAt, flashWrite } from "../../protection/raw-write.ts";
import { MDM_AP_INDEX, MDM_CONTROL } from "../../families/kinetis-ftfe/registers-mdm-ap.ts";
import { SELECT } from "../../registers/dp.ts";
import type { ScriptCall } from "./script-call.ts";
import type { ScriptFinding } from "./script-finding.ts";

/** Bytes that a write command writes. */
const WRITES: Readonly<Record<string, number>> = { w1: 1, w2: 2, w4: 4, w8: 8 };

const REMEDY = "Use loadfile, erase or unlock, which check what they do.";

/** Writes by hand that no policy looks at, and that erase or lock a chip. */
export class LintRawWrites {
  /** What the script has written to SELECT. */
  private selected = 0;

  /** What one call does. */
  lint(call: ScriptCall): readonly ScriptFinding[] {
    const [name] = call.command.names;
    if (WRITES[name] !== undefined) return memoryWrite(call, WRITES[name]);
    if (/^(SWD)?WriteDP$/.test(name) && call.args.number("RegIndex") === 2) this.selected = call.args.number("Data");
    return /^(SWD)?WriteAP$/.test(name) ? this.portWrite(call) : [];
  }

  private portWrite({ line, args, chip }: ScriptCall): readonly ScriptFinding[] {
    const register = SELECT.field(this.selected, "APBANKSEL") * 16 + args.number("RegIndex") * 4;
    const isMdm = SELECT.field(this.selected, "APSEL") === MDM_AP_INDEX && register === MDM_CONTROL.address;
    if (!isMdm || MDM_CONTROL.field(args.number("Data"), "MASS_ERASE") === 0) return [];
    const on = chip ? "" : "On a Kinetis (MDM-AP) and an nRF52 (CTRL-AP) ";
    const what = `${on}${on === "" ? "This" : "this"} write starts a mass erase: everything in flash is lost.`;
    return [{ line, severity: "warn", what, remedy: REMEDY }];
  }
}

function memoryWrite({ line, args, chip }: ScriptCall, length: number): readonly ScriptFinding[] {
  // Another chip has other things at the same address, so an unknown one is no reason for a guess.
  if (!chip) return [];
  const { address } = args.address("Addr");
  const value = length === 8 ? args.bigint("Data") : BigInt(args.number("Data"));
  const bytes = Uint8Array.from({ length }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
  if (flashWrite(address, bytes, [chip]) === "starts") {
    const what = "This write starts a flash command that nothing checks: it can erase the chip, and lock it for ever.";
    return [{ line, severity: "lock", what, remedy: REMEDY }];
  }
  const range = guardedAt(address, length, [chip]);
  if (range?.kind !== "options") return [];
  return [{ line, severity: "lock", what: `This write goes to ${range.name}: ${range.can}.`, remedy: REMEDY }];
}
