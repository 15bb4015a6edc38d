import type { DebugPort } from "../../adi/debug-port.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { pollUntil } from "../../base/deadlines.ts";
import { FlashproofError } from "../../base/errors.ts";
import { CHIPS } from "../../chips/list.ts";
import type { LockTable, PortErase } from "../../chips/protection-scheme.ts";
import { holds } from "../../protection/field-value.ts";
import { IDR } from "../../registers/mem-ap.ts";
import type { Notes } from "../console/notes.ts";
import { isCalledOff, isProbeLost } from "../run/failure.ts";
import { rawEraseNotDone } from "../texts/v7-86e/flash.ts";

/** The longest mass erase; OpenOCD waits as long. */
const LONGEST_MS = 16_000;

const WAITED = "waited for the end of the mass erase: a reset would have cut it short";

/** Where a mass erase is looked for. */
interface Wires {
  readonly dp: DebugPort;
  readonly clock: Clock;
}

/** A port by which everything can be erased. */
interface ErasingPort {
  readonly port: NonNullable<LockTable["port"]>;
  readonly erase: PortErase;
}

/** The ports of all chips by which everything can be erased. */
const erasingPorts = (): readonly ErasingPort[] =>
  CHIPS.flatMap(({ protection }) => {
    const { port, portErase } = protection?.lock ?? {};
    return port && portErase ? [{ port, erase: portErase }] : [];
  });

/** A mass erase that a raw write to an access port has started: a reset in the middle of it would leave flash half erased. */
export class EraseUnderWay {
  private pending: ErasingPort | undefined;

  /** Notes a write to a register, by its address, of the access port `apsel`. */
  noteApWrite(apsel: number, register: number, value: number): void {
    const found = erasingPorts().find(({ port, erase }) => port.index === apsel && erase.register === register);
    if (found && (value & found.erase.bit) !== 0) this.pending = found;
  }

  /** Whether one was started, and its end not seen. */
  get isExpected(): boolean {
    return this.pending !== undefined;
  }

  /** Waits for the end before a reset; one that never began, and one that can't be seen, is no reason to wait. */
  async settle({ dp, clock }: Wires, notes: Notes, io: Io): Promise<void> {
    const { pending } = this;
    if (!pending) return;
    this.pending = undefined;
    const { port, erase } = pending;
    const ap = dp.accessPort(port.index);
    const limits = { ...within(clock, LONGEST_MS, io), everyUs: 1_000, what: "the mass erase to end" };
    const look = async () => {
      const isUnderWay = ((await ap.read(erase.register, io)) & erase.bit) !== 0;
      const isEnabled = holds(erase.enabled, await ap.read(erase.enabled.register, io));
      return isUnderWay && isEnabled ? undefined : true;
    };
    try {
      // Another family's port has other registers at these addresses.
      if ((await ap.read(IDR.address, io)) !== port.idr) return;
      await pollUntil(clock, limits, look);
      const isDone = holds(erase.done, await ap.read(erase.done.register, io));
      notes.answer(isDone ? WAITED : rawEraseNotDone());
    } catch (error) {
      if (!(error instanceof FlashproofError) || isCalledOff(error) || isProbeLost(error)) throw error;
      notes.error(error);
    }
  }
}
