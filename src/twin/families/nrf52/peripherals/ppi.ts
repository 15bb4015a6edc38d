import type { u32 } from "../../../../base/u32.ts";
import { type BlockHooks, EventBlock } from "./event-block.ts";

const CHEN = { SELF: 0x500, SET: 0x504, CLR: 0x508 } as const;
/** CH[n].EEP and CH[n].TEP, eight bytes a channel. */
const CHANNEL = 0x510;
const PROGRAMMABLE = 20;
const GROUPS = 0x800;
const FORK = 0x910;
/** Tasks CHG[n].EN and CHG[n].DIS. */
const GROUP_COUNT = 6;

/** The PPI: an event starts the tasks of the enabled channels that name it (nRF52840 PS 6.16; the fixed channels are not modelled). */
export class Ppi extends EventBlock {
  private readonly start: (task: u32) => void;

  /** `start` starts the task at an address. */
  constructor(hooks: BlockHooks, start: (task: u32) => void) {
    super("PPI", hooks);
    this.start = start;
  }

  /** The event at an address happened. */
  event(address: u32): void {
    const enabled = this.get(CHEN.SELF);
    for (let n = 0; enabled >>> n !== 0; n++) {
      if (n >= PROGRAMMABLE || ((enabled >>> n) & 1) === 0 || this.get(CHANNEL + 8 * n) !== address) continue;
      for (const task of [this.get(CHANNEL + 8 * n + 4), this.get(FORK + 4 * n)]) if (task !== 0) this.start(task);
    }
  }

  protected override task(offset: number): void {
    const group = offset >>> 3;
    if (group >= GROUP_COUNT) return;
    const channels = this.get(GROUPS + 4 * group);
    const enabled = this.get(CHEN.SELF);
    this.set(CHEN.SELF, offset & 4 ? enabled & ~channels : enabled | channels);
  }

  protected override wrote(offset: number, value: u32): void {
    const enabled = this.get(CHEN.SELF);
    if (offset === CHEN.SET) this.set(CHEN.SELF, enabled | value);
    else if (offset === CHEN.CLR) this.set(CHEN.SELF, enabled & ~value);
    else this.set(offset, value);
  }

  protected override readRegister(offset: number): u32 {
    return this.get(offset === CHEN.SET || offset === CHEN.CLR ? CHEN.SELF : offset);
  }
}
