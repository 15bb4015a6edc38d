// Kinetis only: moves to the family's folder when there is more than one (docs/architecture.md, "Chip-specific code").
import type { DebugPort } from "../../adi/debug-port.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { pollUntil } from "../../base/deadlines.ts";
import { FlashproofError } from "../../base/errors.ts";
import { MDM_AP_INDEX, MDM_CONTROL, MDM_STATUS } from "../../families/kinetis-ftfe/registers-mdm-ap.ts";
import type { Notes } from "../console/notes.ts";
import { isCalledOff, isProbeLost } from "../run/failure.ts";

/** The longest mass erase; OpenOCD waits as long (kinetis.c). */
const LONGEST_MS = 16_000;

const WAITED = "waited for the end of the mass erase: a reset would have cut it short";

/** The acknowledge bit outlives the erase, and not a reset (unsure). */
const NOT_DONE =
  "warning: the mass erase that SWDWriteAP asked for isn't acknowledged: it didn't begin, or the chip was reset in the middle of it and is erased in part. Hold the chip in reset (r0) while it erases, or use unlock Kinetis";

/** Where a mass erase is looked for. */
interface Wires {
  readonly dp: DebugPort;
  readonly clock: Clock;
}

/** A mass erase that a raw write to the MDM-AP has started: a reset in the middle of it would leave flash half erased. */
export class EraseUnderWay {
  private isPending = false;

  /** Notes a write to a register, by its address, of the access port `apsel`. */
  noteApWrite(apsel: number, register: number, value: number): void {
    if (apsel !== MDM_AP_INDEX || register !== MDM_CONTROL.address) return;
    if (MDM_CONTROL.field(value, "MASS_ERASE") === 1) this.isPending = true;
  }

  /** Whether one was started, and its end not seen. */
  get isExpected(): boolean {
    return this.isPending;
  }

  /** Waits for the end before a reset; one that never began, and one that can't be seen, is no reason to wait. */
  async settle({ dp, clock }: Wires, notes: Notes, io: Io): Promise<void> {
    if (!this.isPending) return;
    this.isPending = false;
    const mdm = dp.accessPort(MDM_AP_INDEX);
    const limits = { ...within(clock, LONGEST_MS, io), everyUs: 1_000, what: "the mass erase to end" };
    const look = async () => {
      const control = await mdm.read(MDM_CONTROL.address, io);
      const status = await mdm.read(MDM_STATUS.address, io);
      const isUnderWay = MDM_CONTROL.field(control, "MASS_ERASE") === 1;
      return isUnderWay && MDM_STATUS.field(status, "MASS_ERASE_ENABLED") === 1 ? undefined : true;
    };
    try {
      await pollUntil(clock, limits, look);
      const isDone = MDM_STATUS.field(await mdm.read(MDM_STATUS.address, io), "MASS_ERASE_ACK") === 1;
      notes.answer(isDone ? WAITED : NOT_DONE);
    } catch (error) {
      if (!(error instanceof FlashproofError) || isCalledOff(error) || isProbeLost(error)) throw error;
      notes.error(error);
    }
  }
}
