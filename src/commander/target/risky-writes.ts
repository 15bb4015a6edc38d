import { MDM_AP_INDEX, MDM_CONTROL } from "../../registers/mdm-ap.ts";
import { FCCOB89AB, FSTAT } from "../../registers/ftfe.ts";
import type { Notes } from "../console/notes.ts";
import type { RawPort } from "./raw-port.ts";

/** One past the last register by which a flash command is given: FSTAT to FCCOB8-B. */
const FTFE_END = FCCOB89AB.address + 4;

/** Warns once of writes into the flash controller: they are the user's own hand, and no policy looks at them. */
export function warnOfFlashWrite(notes: Notes, address: number, length: number): void {
  if (address + length <= FSTAT.address || address >= FTFE_END) return;
  notes.say(
    "raw writes to FSTAT and FCCOB start flash commands that nothing here checks: they can erase the chip, and lock it for ever",
  );
}

/** Warns once of writes into the MDM-AP's control register, which can erase the whole chip. */
export function warnOfApWrite(notes: Notes, port: RawPort, index: number): void {
  const isControl = port.apsel === MDM_AP_INDEX && port.bank * 16 + index * 4 === MDM_CONTROL.address;
  if (isControl)
    notes.say("raw writes to the MDM-AP's control register can erase the whole chip, and nothing here checks them");
}
