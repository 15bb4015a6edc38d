import type { Io } from "../../base/clock.ts";
import { CHIPS } from "../../chips/list.ts";
import type { Chip } from "../../chips/chip.ts";
import { flashWrite } from "../../protection/raw-write.ts";
import { MDM_AP_INDEX, MDM_CONTROL } from "../../families/kinetis-ftfe/registers-mdm-ap.ts";
import { BD0, DRW } from "../../registers/mem-ap.ts";
import { memoryWriteOf } from "./ap-memory-write.ts";
import type { Call } from "../run/handler.ts";
import type { Notes } from "../console/notes.ts";
import type { RawPort } from "./raw-port.ts";

type Warned = Pick<Call, "notes" | "settings" | "connection">;

/**
 * Warns before bytes go to memory that start a flash command: they are the user's own hand, and no policy looks at them.
 * That the command's parameters are written is said once.
 */
export function warnOfMemoryWrite(call: Warned, address: number, bytes: Uint8Array): void {
  const does = flashWrite(address, bytes, chipsOf(call));
  if (does === "starts") call.notes.warn(STARTS_COMMAND);
  else if (does === "touches") call.notes.add(TOUCHES_CONTROLLER);
}

const STARTS_COMMAND =
  "this write starts a flash command that nothing here checks: it can erase the chip, and lock it for ever";

const TOUCHES_CONTROLLER =
  "raw writes to FSTAT and FCCOB start flash commands that nothing here checks: they can erase the chip, and lock it for ever";

/** A write to an access port's register, before it is done: the register by its index in the bank that SELECT names. */
export interface ApWrite {
  readonly index: number;
  readonly value: number;
}

/** Warns before a write to an access port that starts a mass erase, or that reaches the flash controller's registers. */
export async function warnOfApWrite(call: Warned, port: RawPort, write: ApWrite, io: Io): Promise<void> {
  const register = port.bank * 16 + write.index * 4;
  if (port.apsel === MDM_AP_INDEX) return warnOfMdmWrite(call.notes, register, write.value);
  if (register !== DRW.address && (register & ~0xf) !== BD0.address) return;
  const access = await memoryWriteOf(port, register, write.value, io);
  if (access) warnOfMemoryWrite(call, access.address, access.bytes);
  else call.notes.warn("this write may start a flash command: where it goes can't be read from the access port");
}

function warnOfMdmWrite(notes: Notes, register: number, value: number): void {
  if (register !== MDM_CONTROL.address) return;
  if (MDM_CONTROL.field(value, "MASS_ERASE"))
    notes.warn("this write to the MDM-AP starts a mass erase, and nothing here checks it: everything in flash is lost");
  else notes.add("raw writes to the MDM-AP's control register can erase the whole chip, and nothing here checks them");
}

/** The chip that is there or named; where none is named, any may be meant. */
function chipsOf({ settings, connection }: Warned): readonly Chip[] {
  const chip = (connection.isLive ? connection.target.found.chip : undefined) ?? settings.device?.chip;
  return chip ? [chip] : CHIPS;
}
