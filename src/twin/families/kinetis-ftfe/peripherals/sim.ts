import type { u32 } from "../../../../base/u32.ts";
import type { AccessSize } from "../../../cpu/seam.ts";
import { RegisterBank, type RegisterSpec, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

/** Offset of the second half of the SIM (0x40048000) from its first (0x40047000). */
const SIM2 = 0x1000;

/** PFSIZE: F, "1 MB" as the reference manual's reset value says; D on other silicon (unsure). */
const FCFG1 = 0xff0f0f00;
/** MAXADDR0 and MAXADDR1 of 512 KB each, PFLSH set. */
const FCFG2 = 0x40c00000;

/** The four words of the unique ID, UIDH first. */
export type UniqueId = readonly [u32, u32, u32, u32];

/** What the SIM says about its chip. */
export interface SimIdentity {
  readonly uid: UniqueId;
  readonly sdid: u32;
  readonly sopt1: u32;
}

/** The registers that show them. */
export const UID_REGISTERS = ["UIDH", "UIDMH", "UIDML", "UIDL"] as const;

/** System integration module: identity, clock gates and dividers (resets: NXP SVD, K24 reference 4.6). */
export class Sim extends RegisterBank {
  private readonly changed: () => void;

  /** `changed` is called when a divider or a source of a clock has another value. */
  constructor(identity: SimIdentity, changed: () => void) {
    super("SIM", simRegisters(identity));
    this.changed = changed;
  }

  override write(offset: number, size: AccessSize, value: number): number {
    const before = this.clocking();
    const result = super.write(offset, size, value);
    if (this.clocking() !== before) this.changed();
    return result;
  }

  private clocking(): string {
    return `${this.get("CLKDIV1")} ${this.get("SOPT1")}`;
  }
}

const simRegisters = ({ uid, sdid, sopt1 }: SimIdentity): readonly RegisterSpec[] => [
  register("SOPT1", 0x000, 4, sopt1, 0xe00c0000),
  register("SOPT1CFG", 0x004, 4, 0, 0x07000000),
  register("SOPT2", SIM2 + 0x04, 4, 0x00001000),
  register("SOPT4", SIM2 + 0x0c, 4, 0),
  register("SOPT5", SIM2 + 0x10, 4, 0),
  register("SOPT7", SIM2 + 0x18, 4, 0),
  readOnly("SDID", SIM2 + 0x24, 4, sdid),
  register("SCGC1", SIM2 + 0x28, 4, 0),
  register("SCGC2", SIM2 + 0x2c, 4, 0),
  register("SCGC3", SIM2 + 0x30, 4, 0),
  register("SCGC4", SIM2 + 0x34, 4, 0xf0100030),
  register("SCGC5", SIM2 + 0x38, 4, 0x00040182),
  register("SCGC6", SIM2 + 0x3c, 4, 0x40000001),
  register("SCGC7", SIM2 + 0x40, 4, 0x00000006),
  register("CLKDIV1", SIM2 + 0x44, 4, 0x00010000, 0xffff0000),
  register("CLKDIV2", SIM2 + 0x48, 4, 0),
  register("FCFG1", SIM2 + 0x4c, 4, FCFG1, 0x00000003),
  readOnly("FCFG2", SIM2 + 0x50, 4, FCFG2),
  readOnly("UIDH", SIM2 + 0x54, 4, uid[0]),
  readOnly("UIDMH", SIM2 + 0x58, 4, uid[1]),
  readOnly("UIDML", SIM2 + 0x5c, 4, uid[2]),
  readOnly("UIDL", SIM2 + 0x60, 4, uid[3]),
];
