import type { u32 } from "../../../base/u32.ts";
import { type Saved, type Stateful, savedNumber } from "../../chip/saved.ts";
import type { AccessPort, ApResult } from "../../chip/seam.ts";

/** Register addresses (MDK; OpenOCD nrf5, pyOCD target_nRF52). */
const REG = { RESET: 0x00, ERASEALL: 0x04, ERASEALLSTATUS: 0x08, APPROTECTSTATUS: 0x0c, IDR: 0xfc } as const;
/** The control access port of the nRF52. */
const IDR = 0x02880000;

/** What the CTRL-AP sees of the chip and asks of it. */
export interface CtrlApHooks {
  /** Whether the AHB-AP is open. */
  readonly isOpen: boolean;
  /** Whether an erase of everything that this port started is under way. */
  readonly isErasing: boolean;
  eraseAll(): void;
  holdSystem(hold: boolean): void;
}

/** Nordic's control access port: works also while the AHB-AP is closed. */
export class CtrlAp implements AccessPort, Stateful {
  private resetRegister = 0;
  private eraseRegister = 0;
  private readonly hooks: CtrlApHooks;

  constructor(hooks: CtrlApHooks) {
    this.hooks = hooks;
  }

  read(address: number): ApResult {
    switch (address) {
      case REG.RESET:
        return this.resetRegister;
      case REG.ERASEALL:
        return this.eraseRegister;
      case REG.ERASEALLSTATUS:
        return this.hooks.isErasing ? 1 : 0;
      case REG.APPROTECTSTATUS:
        return this.hooks.isOpen ? 1 : 0;
      default:
        return address === REG.IDR ? IDR : 0;
    }
  }

  write(address: number, value: u32): ApResult {
    if (address === REG.RESET) this.writeReset(value & 1);
    if (address === REG.ERASEALL) this.writeErase(value & 1);
    return 0;
  }

  abort(): void {}

  /** Power-on. */
  reset(): void {
    this.resetRegister = 0;
    this.eraseRegister = 0;
  }

  save(): Saved {
    return { reset: this.resetRegister, erase: this.eraseRegister };
  }

  restore(saved: Saved): void {
    this.resetRegister = savedNumber(saved, "reset");
    this.eraseRegister = savedNumber(saved, "erase");
  }

  private writeReset(value: number): void {
    if (value === this.resetRegister) return;
    this.resetRegister = value;
    this.hooks.holdSystem(value === 1);
  }

  /** The task is taken up at each write of 1; the register keeps what was written. */
  private writeErase(value: number): void {
    this.eraseRegister = value;
    if (value === 1) this.hooks.eraseAll();
  }
}
