import type { u32 } from "../../../base/u32.ts";
import { type AccessSize, BUS_FAULT } from "../../cpu/seam.ts";
import { type Bus, type Initiator, STALLED } from "../bus.ts";
import { type Saved, type Stateful, savedNumber } from "../saved.ts";
import type { AccessPort, ApResult } from "../seam.ts";

/** Register addresses of a MEM-AP (Arm ADIv5.2, C2.6). */
const REG = { CSW: 0x00, TAR: 0x04, DRW: 0x0c, BD0: 0x10, BD3: 0x1c, CFG: 0xf4, BASE: 0xf8, IDR: 0xfc } as const;

/** What an access port says about itself. */
export interface ApIdentity {
  readonly idr: u32;
  /** Where its ROM table is. */
  readonly base: u32;
}

/** CSW fields. MasterType and HPROT1 can be written, bit 24 reads 1 (reset value unsure). */
const CSW = {
  SIZE: 0x7,
  INC_SHIFT: 4,
  DEVICE_EN: 0x40,
  WRITABLE: 0x22000037,
  FIXED: 0x01000000,
  RESET: 0x22000002,
} as const;
const INC = { off: 0, single: 1, packed: 2 } as const;

/** The address increment stays within this many bytes. */
const INCREMENT_PAGE = 0x1000;

/**
 * The debugger's way onto the bus: 8, 16 and 32 bits by byte lanes, address increment off, single or packed, wrapping
 * at 4 KB (the Cortex-M4's AHB-AP offers packed transfers; Cortex-M4 TRM, debug access port).
 */
export class AhbAp implements AccessPort, Stateful {
  private csw: u32 = CSW.RESET;
  private tar: u32 = 0;
  private readonly bus: Bus;
  private readonly identity: ApIdentity;
  private readonly by: Initiator;
  private readonly isOpen: () => boolean;

  /**
   * `by` is the core's debugger; `isOpen` answers whether it may use the bus: not while the chip is secure or its flash
   * initialises.
   */
  constructor(bus: Bus, identity: ApIdentity, by: Initiator, isOpen: () => boolean) {
    this.bus = bus;
    this.identity = identity;
    this.by = by;
    this.isOpen = isOpen;
  }

  read(address: number): ApResult {
    switch (address) {
      case REG.CSW:
        return (this.csw | CSW.FIXED | (this.isOpen() ? CSW.DEVICE_EN : 0)) >>> 0;
      case REG.TAR:
        return this.tar;
      case REG.DRW:
        return this.transfer((at) => this.readByteLanes(at));
      case REG.CFG:
        return 0;
      case REG.BASE:
        return this.identity.base;
      case REG.IDR:
        return this.identity.idr;
      default:
        return this.isBanked(address) ? this.access(() => this.bus.read(this.bankedAddress(address), 4, this.by)) : 0;
    }
  }

  write(address: number, value: u32): ApResult {
    if (address === REG.CSW) this.csw = effectiveCsw(value);
    else if (address === REG.TAR) this.tar = value;
    else if (address === REG.DRW) return this.transfer((at) => this.writeByteLanes(at, value));
    else if (this.isBanked(address))
      return this.access(() => this.bus.write(this.bankedAddress(address), 4, value, this.by));
    return 0;
  }

  /** Nothing here takes long enough to be given up. */
  abort(): void {}

  /** Power-on. */
  reset(): void {
    this.csw = CSW.RESET;
    this.tar = 0;
  }

  save(): Saved {
    return { csw: this.csw, tar: this.tar };
  }

  restore(saved: Saved): void {
    this.csw = savedNumber(saved, "csw");
    this.tar = savedNumber(saved, "tar");
  }

  private get size(): AccessSize {
    return (1 << (this.csw & CSW.SIZE)) as AccessSize;
  }

  private get increment(): number {
    return (this.csw >>> CSW.INC_SHIFT) & 3;
  }

  /** One DRW access: one bus access, or packed as many as fill a word. `moveOne` returns bits in their byte lanes. */
  private transfer(moveOne: (address: u32) => number): ApResult {
    const count = this.increment === INC.packed ? 4 / this.size : 1;
    const { tar } = this;
    let word = 0;
    for (let i = 0; i < count; i++) {
      const part = this.access(() => moveOne(this.aligned));
      // A stalled bus: the DP answers WAIT, and the whole access is tried again.
      if (part === "wait") this.tar = tar;
      if (typeof part !== "number") return part;
      word |= part;
      if (this.increment !== INC.off) this.advance();
    }
    return word >>> 0;
  }

  /** TAR's low bits below the access size don't count (unsure: the manual calls such an address unpredictable). */
  private get aligned(): u32 {
    return this.tar - (this.tar % this.size);
  }

  private readByteLanes(address: u32): number {
    const value = this.bus.read(address, this.size, this.by);
    return value < 0 ? value : (value << (8 * (address & 3))) >>> 0;
  }

  private writeByteLanes(address: u32, word: u32): number {
    const bits = this.size * 8;
    const value = (word >>> (8 * (address & 3))) & (bits === 32 ? 0xffffffff : (1 << bits) - 1);
    return this.bus.write(address, this.size, value >>> 0, this.by);
  }

  private access(act: () => number): ApResult {
    if (!this.isOpen()) return "fault";
    const result = act();
    if (result === STALLED) return "wait";
    return result === BUS_FAULT ? "fault" : result;
  }

  private advance(): void {
    const page = this.tar - (this.tar % INCREMENT_PAGE);
    this.tar = page + ((this.tar + this.size) % INCREMENT_PAGE);
  }

  private isBanked(address: number): boolean {
    return address >= REG.BD0 && address <= REG.BD3;
  }

  private bankedAddress(address: number): u32 {
    return ((this.tar & ~0xf) | (address & 0xc)) >>> 0;
  }
}

/** CSW as it will read: sizes above a word become a word, and a word isn't packed with anything. */
function effectiveCsw(value: u32): u32 {
  const size = Math.min(value & CSW.SIZE, 2);
  const wanted = (value >>> CSW.INC_SHIFT) & 3;
  const increment = wanted === 3 ? INC.off : wanted;
  const kept = value & CSW.WRITABLE & ~(CSW.SIZE | (3 << CSW.INC_SHIFT));
  return (kept | size | (increment << CSW.INC_SHIFT)) >>> 0;
}
