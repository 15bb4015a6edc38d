import { EventBlock } from "./event-block.ts";

/** Triggers 0 to 15. */
const TRIGGERS = 16;

/** An event generator unit: each task fires the event of the same number (software interrupts). */
export class Egu extends EventBlock {
  protected override task(offset: number): void {
    if (offset < 4 * TRIGGERS) this.fire(0x100 + offset);
  }
}
