import type { Io } from "../../base/clock.ts";
import { CHIPS } from "../../chips/list.ts";
import type { Chip } from "../../chips/chip.ts";
import { flashWrite } from "../../protection/raw-write.ts";
import type { PortErase } from "../../chips/protection-scheme.ts";
import { memoryWriteOf, writesMemory } from "./ap-memory-write.ts";
import type { Call } from "../run/handler.ts";
import type { Notes } from "../console/notes.ts";
import type { RawPort } from "./raw-port.ts";

type Warned = Pick<Call, "notes" | "settings" | "connection" | "checkWrite">;

/**
 * Warns before bytes go to memory that start a flash command: they are the user's own hand, and no policy looks at them.
 * That the command's parameters are written is noted once.
 */
export function warnOfMemoryWrite(call: Warned, address: number, bytes: Uint8Array): void {
  call.checkWrite?.(address, bytes);
  const write = flashWrite(address, bytes, chipsOf(call));
  if (write?.does === "starts") call.notes.warn(STARTS_COMMAND);
  else if (write) call.notes.add(touchesController(write.registers));
}

const STARTS_COMMAND =
  "this write starts a flash command that nothing here checks: it can erase the chip, and lock it for ever";

const touchesController = (registers: string): string =>
  `raw writes to ${registers} start flash commands that nothing here checks: they can erase the chip, and lock it for ever`;

/** A write to an access port's register, before it is done: the register by its index in the bank that SELECT names. */
export interface ApWrite {
  readonly index: number;
  readonly value: number;
}

/** Warns before a write to an access port that starts a mass erase, or that reaches the flash controller's registers. */
export async function warnOfApWrite(call: Warned, port: RawPort, write: ApWrite, io: Io): Promise<void> {
  const register = port.bank * 16 + write.index * 4;
  const locks = chipsOf(call).flatMap(({ protection }) => protection?.lock ?? []);
  const lock = locks.find((each) => each.port?.index === port.apsel);
  if (lock) return lock.portErase && warnOfPortWrite(call.notes, lock.portErase, register, write.value);
  if (!writesMemory(register)) return;
  const access = await memoryWriteOf(port, register, write.value, io);
  if (access) warnOfMemoryWrite(call, access.address, access.bytes);
  else call.notes.warn("this write may start a flash command: where it goes can't be read from the access port");
}

function warnOfPortWrite(notes: Notes, erase: PortErase, register: number, value: number): void {
  const { portName } = erase;
  if (register !== erase.register) return;
  if ((value & erase.bit) !== 0)
    notes.warn(
      `this write to the ${portName} starts a mass erase, and nothing here checks it: everything in flash is lost`,
    );
  else
    notes.add(
      `raw writes to the ${portName}'s control register can erase the whole chip, and nothing here checks them`,
    );
}

/** The chip that is there or named; where none is named, any may be meant. */
function chipsOf({ settings, connection }: Warned): readonly Chip[] {
  const chip = (connection.isLive ? connection.target.found.chip : undefined) ?? settings.device?.chip;
  return chip ? [chip] : CHIPS;
}
