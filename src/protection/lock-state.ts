import { MDM_STATUS } from "../families/kinetis-ftfe/registers-mdm-ap.ts";
import type { DecodedField } from "../registers/register.ts";
import type { FsecJudgement } from "./fsec.ts";

/** Whether a chip is locked, as its MDM-AP reports without any access to memory. */
export interface LockState {
  /** The status word as read. */
  readonly status: number;
  /** False while the flash is not ready: the security bit reads 1 then whatever the chip is. */
  readonly certain: boolean;
  readonly locked: boolean;
  readonly massEraseEnabled: boolean;
  readonly backdoor: boolean;
  readonly inReset: boolean;
  readonly flashReady: boolean;
  readonly coreHalted: boolean;
  readonly judgement: FsecJudgement;
  /** Every bit with its words, from the highest down. */
  readonly bits: readonly DecodedField[];
}

/** Reads the MDM-AP's status word (K24: AP 1, register 0). */
export function lockStateFromMdm(status: number): LockState {
  const is = (name: Parameters<typeof MDM_STATUS.field>[1]) => MDM_STATUS.field(status, name) === 1;
  const locked = is("SYSTEM_SECURITY");
  const massEraseEnabled = is("MASS_ERASE_ENABLED");
  const backdoor = is("BACKDOOR_KEY_ENABLED");
  return {
    status,
    certain: is("FLASH_READY"),
    locked,
    massEraseEnabled,
    backdoor,
    inReset: !is("SYSTEM_RESET"),
    flashReady: is("FLASH_READY"),
    coreHalted: is("CORE_HALTED"),
    judgement: judge(locked, massEraseEnabled, backdoor),
    bits: MDM_STATUS.decode(status),
  };
}

function judge(locked: boolean, massEraseEnabled: boolean, backdoor: boolean): FsecJudgement {
  if (!locked) return "open";
  if (massEraseEnabled) return "locked";
  return backdoor ? "locked-backdoor-only" : "locked-for-ever";
}
