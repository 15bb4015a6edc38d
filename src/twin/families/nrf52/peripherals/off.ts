import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import type { Saved } from "../../../chip/saved.ts";
import { BUS_FAULT } from "../../../cpu/seam.ts";

/** ENABLE of every peripheral that has to be switched on, and the RADIO's STATE (nRF52840 PS, 6; MDK). */
const ENABLE = 0x500;
const STATE = 0x550;

/** A peripheral that the chip has and the twin hasn't, as far as a look whether it is on: it is off. All else of it faults. */
export class Off implements Peripheral {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  read(offset: number): number {
    return offset === ENABLE || offset === STATE ? 0 : BUS_FAULT;
  }

  isStable(): boolean {
    return true;
  }

  write(): number {
    return BUS_FAULT;
  }

  reset(): void {}

  save(): Saved {
    return {};
  }

  restore(): void {}
}
