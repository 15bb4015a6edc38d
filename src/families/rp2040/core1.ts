import type { BatchMemory } from "../../adi/memory.ts";
import { unsteadyRead } from "../../adi/read-twice.ts";
import type { Io } from "../../base/clock.ts";
import { clearAlias, PSM_FRCE_OFF, setAlias } from "./registers.ts";

/** Core 1, which may run from the flash: it is held off while the flash is out of the address space. */
export class Core1 {
  /** Whether it was held off before. */
  private wasHeld = false;

  /** Holds it off; throws `unsteady-read`. */
  async hold(memory: BatchMemory, io: Io): Promise<void> {
    const look = { op: "read", address: PSM_FRCE_OFF.address, width: 32 } as const;
    const [value, again] = await memory.run([look, look], io);
    if (value !== again) throw unsteadyRead("PSM_FRCE_OFF");
    this.wasHeld = PSM_FRCE_OFF.field(value, "PROC1") === 1;
    if (!this.wasHeld) await set(memory, setAlias(PSM_FRCE_OFF.address), io);
  }

  /** Lets it start where it was not held off before. */
  async giveBack(memory: BatchMemory, io: Io): Promise<void> {
    if (!this.wasHeld) await set(memory, clearAlias(PSM_FRCE_OFF.address), io);
  }
}

async function set(memory: BatchMemory, address: number, io: Io): Promise<void> {
  await memory.run([{ op: "write", address, width: 32, value: PSM_FRCE_OFF.mask("PROC1") }], io);
}
