import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

/** Why a reset happened, as RCM_SRS0 and RCM_SRS1 show it (K24 reference 4.4). */
const RESET_CAUSES = {
  /** Power-on sets LVD too. */
  POR: { SRS0: 0x82, SRS1: 0x00 },
  PIN: { SRS0: 0x40, SRS1: 0x00 },
  WDOG: { SRS0: 0x20, SRS1: 0x00 },
  LOCKUP: { SRS0: 0x00, SRS1: 0x02 },
  SW: { SRS0: 0x00, SRS1: 0x04 },
  MDM_AP: { SRS0: 0x00, SRS1: 0x08 },
} as const;

/** A cause of reset by the manual's name. */
export type ResetCause = keyof typeof RESET_CAUSES;

/** Reset control module: remembers the last cause, and survives every reset but the power-on one. */
export class Rcm extends RegisterBank {
  constructor() {
    super("RCM", [
      readOnly("SRS0", 0, 1, 0x82),
      readOnly("SRS1", 1, 1, 0x00),
      register("RPFC", 4, 1, 0x00, 0x07),
      register("RPFW", 5, 1, 0x00, 0x1f),
      readOnly("MR", 7, 1, 0x00),
    ]);
  }

  /** Takes note of a reset. */
  record(cause: ResetCause): void {
    if (cause === "POR") super.reset();
    this.set("SRS0", RESET_CAUSES[cause].SRS0);
    this.set("SRS1", RESET_CAUSES[cause].SRS1);
  }

  override reset(): void {}
}
