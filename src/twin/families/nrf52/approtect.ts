import { type Saved, type Stateful, savedFlag } from "../../chip/saved.ts";
import type { ResetCause } from "./reset.ts";

/** What UICR.APPROTECT and the firmware write to keep the access port open on hardened builds (MDK, HwDisabled, SwDisable). */
const DISABLED = 0x5a;
/** What closes it on builds before that. */
const ENABLED_EARLY = 0x00;

/** Resets after which the protection is looked at again; a soft reset and the CTRL-AP's are not among them (unsure). */
const JUDGED: readonly ResetCause[] = ["POR", "PIN", "DOG"];

/** Where the protection finds its facts. */
export interface ApprotectHooks {
  readonly hardened: boolean;
  /** The low byte of UICR.APPROTECT. */
  uicrByte(): number;
}

/**
 * Access port protection. Early builds: closed where UICR says 00. Hardened ones: closed unless UICR says 5A and the
 * firmware does, too. An erase of everything opens it until the next reset that looks at UICR again.
 */
export class Approtect implements Stateful {
  private readonly hooks: ApprotectHooks;
  private byUicr = false;
  private byFirmware = false;
  private byEraseAll = false;

  constructor(hooks: ApprotectHooks) {
    this.hooks = hooks;
  }

  /** Whether the debugger reaches the AHB-AP. */
  get isOpen(): boolean {
    return this.byEraseAll || (this.byUicr && (this.byFirmware || !this.hooks.hardened));
  }

  /** A reset: the protection is as UICR says from now on, and the firmware has not spoken yet. */
  reset(cause: ResetCause): void {
    if (!JUDGED.includes(cause)) return;
    const byte = this.hooks.uicrByte();
    this.byUicr = this.hooks.hardened ? byte === DISABLED : byte !== ENABLED_EARLY;
    this.byFirmware = false;
    this.byEraseAll = false;
  }

  /** Flash, UICR and RAM were erased by the CTRL-AP. */
  erasedAll(): void {
    this.byEraseAll = true;
  }

  /** The firmware wrote APPROTECT.DISABLE (0x40000558). */
  softwareWrote(value: number): void {
    if ((value & 0xff) === DISABLED) this.byFirmware = true;
  }

  /** The firmware wrote APPROTECT.FORCEPROTECT (0x40000550): closed until the next reset that looks again. */
  forced(value: number): void {
    if ((value & 0xff) !== 0) return;
    this.byUicr = false;
    this.byEraseAll = false;
  }

  save(): Saved {
    const { byUicr, byFirmware, byEraseAll } = this;
    return { byUicr, byFirmware, byEraseAll };
  }

  restore(saved: Saved): void {
    this.byUicr = savedFlag(saved, "byUicr");
    this.byFirmware = savedFlag(saved, "byFirmware");
    this.byEraseAll = savedFlag(saved, "byEraseAll");
  }
}
