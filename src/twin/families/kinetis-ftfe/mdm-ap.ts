import type { u32 } from "../../../base/u32.ts";
import type { CpuState } from "../../cpu/seam.ts";
import type { Fcf } from "./flash/fcf.ts";
import { type Saved, type Stateful, savedFlag, savedNumber } from "../../chip/saved.ts";
import type { AccessPort, ApResult } from "../../chip/seam.ts";

/** Register addresses. */
const REG = { STATUS: 0x00, CONTROL: 0x04, IDR: 0xfc } as const;
/** The MDM-AP of Kinetis K (seed log). */
const IDR = 0x001c0000;

/** MDM-AP Status bits (K-series manual, "MDM-AP status register"; names as in OpenOCD and USBDM). */
const MDM_STATUS = {
  massEraseAcknowledge: 1 << 0,
  flashReady: 1 << 1,
  systemSecurity: 1 << 2,
  /** 0 while the system is in reset. */
  systemReset: 1 << 3,
  massEraseEnable: 1 << 5,
  backdoorKeyEnable: 1 << 6,
  coreHalted: 1 << 16,
  coreSleeping: 1 << 18,
} as const;

/** MDM-AP Control bits. */
const MDM_CONTROL = {
  massErase: 1 << 0,
  debugDisable: 1 << 1,
  debugRequest: 1 << 2,
  systemReset: 1 << 3,
  coreHold: 1 << 4,
} as const;
const CONTROL_MASK = 0x1ff;

/** What the MDM-AP sees of the chip and asks of it. */
export interface MdmHooks {
  readonly fcf: Fcf;
  readonly flashReady: boolean;
  readonly inReset: boolean;
  readonly coreState: CpuState;
  /** Starts the flash controller's mass erase; answers whether it could. */
  massErase(): boolean;
  /** Holds the system in reset, or releases it. */
  holdSystem(hold: boolean): void;
  /** Core hold was taken back: the core may leave reset. */
  releaseCore(): void;
  /** Halts the core as if by DHCSR. */
  haltCore(): void;
}

/** Kinetis K's miscellaneous debug module: status always, mass erase even while secure, resets only while open. */
export class MdmAp implements AccessPort, Stateful {
  private control: u32 = 0;
  private acknowledged = false;
  private readonly hooks: MdmHooks;

  constructor(hooks: MdmHooks) {
    this.hooks = hooks;
  }

  /** Whether the core stays in reset when the system leaves it. */
  get coreHold(): boolean {
    return (this.control & MDM_CONTROL.coreHold) !== 0;
  }

  /** Whether the core is to halt as soon as it runs. */
  get debugRequest(): boolean {
    return (this.control & MDM_CONTROL.debugRequest) !== 0;
  }

  read(address: number): ApResult {
    if (address === REG.STATUS) return this.status;
    if (address === REG.CONTROL) return this.control;
    return address === REG.IDR ? IDR : 0;
  }

  write(address: number, value: u32): ApResult {
    if (address === REG.CONTROL) this.writeControl(value & CONTROL_MASK);
    return 0;
  }

  abort(): void {}

  /** Power-on. */
  reset(): void {
    this.control = 0;
    this.acknowledged = false;
  }

  /** A system reset ends a mass erase under way and takes back one that was refused. */
  systemReset(): void {
    this.control &= ~MDM_CONTROL.massErase;
    this.acknowledged = false;
  }

  /** Flash initialisation is over: a request that waits for it begins. */
  flashReady(): void {
    if (this.control & MDM_CONTROL.massErase) this.requestMassErase();
  }

  /** The flash controller has finished the mass erase. */
  massEraseDone(): void {
    this.control &= ~MDM_CONTROL.massErase;
  }

  save(): Saved {
    return { control: this.control, acknowledged: this.acknowledged };
  }

  restore(saved: Saved): void {
    this.control = savedNumber(saved, "control");
    this.acknowledged = savedFlag(saved, "acknowledged");
  }

  private get secure(): boolean {
    return !this.hooks.flashReady || this.hooks.fcf.secure;
  }

  private get status(): u32 {
    const { fcf, flashReady, inReset, coreState } = this.hooks;
    const bit = (condition: boolean, mask: number) => (condition ? mask : 0);
    return (
      bit(this.acknowledged, MDM_STATUS.massEraseAcknowledge) |
      bit(flashReady, MDM_STATUS.flashReady) |
      bit(this.secure, MDM_STATUS.systemSecurity) |
      bit(!inReset, MDM_STATUS.systemReset) |
      // Not disabled until the FCF says so (unsure): OpenOCD takes a few zeros for a chip that can't be mass-erased.
      bit(!flashReady || fcf.massEraseEnabled, MDM_STATUS.massEraseEnable) |
      bit(flashReady && fcf.backdoorEnabled, MDM_STATUS.backdoorKeyEnable) |
      bit(coreState === "halted", MDM_STATUS.coreHalted) |
      bit(coreState === "sleeping", MDM_STATUS.coreSleeping)
    );
  }

  private writeControl(value: u32): void {
    const before = this.control;
    // While secure only the mass erase request gets through (Kinetis K; pyOCD and USBDM say so). What was set before
    // can be taken back, or a system held in reset would never come out of its flash initialisation.
    const wanted = this.secure ? value & (before | MDM_CONTROL.massErase) : value;
    this.control = (wanted & ~MDM_CONTROL.massErase) | (before & MDM_CONTROL.massErase);
    const changed = before ^ this.control;
    if (changed & MDM_CONTROL.systemReset) this.hooks.holdSystem((this.control & MDM_CONTROL.systemReset) !== 0);
    if (changed & before & MDM_CONTROL.coreHold) this.hooks.releaseCore();
    if (changed & this.control & MDM_CONTROL.debugRequest) this.hooks.haltCore();
    if (wanted & MDM_CONTROL.massErase) this.requestMassErase();
  }

  /** The bit stays 1 until the erase is done; when mass erase is disabled it is not acknowledged and stays for good. */
  private requestMassErase(): void {
    this.control |= MDM_CONTROL.massErase;
    if (this.acknowledged || !this.hooks.flashReady || !this.hooks.fcf.massEraseEnabled) return;
    this.acknowledged = this.hooks.massErase();
  }
}
