import type { u32 } from "../../../../base/u32.ts";
import { FlashCells } from "../../../chip/flash-cells.ts";
import { PAGE_SIZE, UICR, UICR_BASE, WORD_SIZE } from "../geometry.ts";

/** Cells of one kind, and the address of the first. */
export interface FlashPart {
  readonly base: u32;
  readonly cells: FlashCells;
}

/** The cells of code flash and of UICR, which one controller programs. */
export class FlashMemory {
  readonly code: FlashPart;
  readonly uicr: FlashPart;
  private readonly changed: (address: u32, length: number) => void;

  /** `changed` is called with the range whose cells may have changed. */
  constructor(size: number, changed: (address: u32, length: number) => void) {
    this.code = { base: 0, cells: cellsOf(size) };
    this.uicr = { base: UICR_BASE, cells: cellsOf(PAGE_SIZE) };
    this.changed = changed;
  }

  /** The part that holds an address. */
  partAt(address: u32): FlashPart | undefined {
    return [this.code, this.uicr].find(({ base, cells }) => address >= base && address < base + cells.bytes.length);
  }

  /** Content as silicon holds it; all ones outside of flash. */
  peek(address: u32, count: number): Uint8Array {
    const part = this.partAt(address);
    if (!part) return new Uint8Array(count).fill(0xff);
    return part.cells.bytes.slice(address - part.base, address - part.base + count);
  }

  /** The low byte of UICR.APPROTECT. */
  get approtectByte(): number {
    return this.uicr.cells.bytes[UICR.APPROTECT];
  }

  /** Whether UICR connects the reset pin: both words are equal and name a pin (bit 31 clear). */
  get hasResetPin(): boolean {
    const { bytes } = this.uicr.cells;
    const [first, second] = UICR.PSELRESET.map((at) => new DataView(bytes.buffer, at, WORD_SIZE).getUint32(0, true));
    return first === second && first >>> 31 === 0;
  }

  /** Cells of a range were changed. */
  touched(address: u32, length: number): void {
    this.changed(address, length);
  }
}

const cellsOf = (size: number): FlashCells => new FlashCells({ size, erased: 0xff, unit: WORD_SIZE, ecc: false });
