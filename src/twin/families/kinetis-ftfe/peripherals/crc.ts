import type { u32 } from "../../../../base/u32.ts";
import type { AccessSize } from "../../../cpu/seam.ts";
import type { Saved } from "../../../chip/saved.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, register } from "../../../chip/peripherals/register-bank.ts";

/** CTRL fields (K-series manual, CRC chapter). */
const CTRL = { TOT_SHIFT: 30, TOTR_SHIFT: 28, FXOR: 1 << 26, WAS: 1 << 25, TCRC: 1 << 24 } as const;
const DATA_END = 4;

/** Transpose types of TOT and TOTR: none, bits in bytes, bits and bytes, bytes only. */
const TRANSPOSES: readonly ((value: u32, size: AccessSize) => u32)[] = [
  (value) => value,
  (value) => reverseBitsInBytes(value),
  (value, size) => reverseBytes(reverseBitsInBytes(value), size),
  (value, size) => reverseBytes(value, size),
];

/** The CRC module: 16 or 32 bits, any polynomial, data taken most significant bit first, byte by byte. */
export class Crc implements Peripheral {
  readonly name = "CRC";
  private readonly bank = new RegisterBank("CRC", [
    register("DATA", 0x0, 4, 0xffffffff),
    register("GPOLY", 0x4, 4, 0x00001021),
    register("CTRL", 0x8, 4, 0x00000000, 0xf7000000),
  ]);

  read(offset: number, size: AccessSize): number {
    if (offset >= DATA_END) return this.bank.read(offset, size);
    const result = this.result();
    const value = result >>> (8 * offset);
    return size === 4 ? value >>> 0 : value & ((1 << (8 * size)) - 1);
  }

  write(offset: number, size: AccessSize, value: number): number {
    const isData = offset < DATA_END && !(this.bank.get("CTRL") & CTRL.WAS);
    if (!isData) return this.bank.write(offset, size, value);
    this.feed(TRANSPOSES[this.bank.get("CTRL") >>> CTRL.TOT_SHIFT](value >>> 0, size), size);
    return 0;
  }

  reset(): void {
    this.bank.reset();
  }

  save(): Saved {
    return this.bank.save();
  }

  restore(saved: Saved): void {
    this.bank.restore(saved);
  }

  private feed(value: u32, size: AccessSize): void {
    const width = this.bank.get("CTRL") & CTRL.TCRC ? 32 : 16;
    let crc = this.bank.get("DATA");
    for (let bit = size * 8 - 1; bit >= 0; bit--) crc = this.step(crc, (value >>> bit) & 1, width);
    this.bank.set("DATA", crc >>> 0);
  }

  private step(crc: u32, bit: number, width: number): u32 {
    const carry = ((crc >>> (width - 1)) & 1) ^ bit;
    const shifted = crc << 1;
    const next = carry ? shifted ^ this.bank.get("GPOLY") : shifted;
    return width === 16 ? next & 0xffff : next >>> 0;
  }

  private result(): u32 {
    const ctrl = this.bank.get("CTRL");
    const crc = this.bank.get("DATA");
    if (ctrl & CTRL.WAS) return crc;
    const inverted = ctrl & CTRL.FXOR ? ~crc >>> 0 : crc;
    const masked = ctrl & CTRL.TCRC ? inverted : inverted & 0xffff;
    return TRANSPOSES[(ctrl >>> CTRL.TOTR_SHIFT) & 3](masked, 4);
  }
}

function reverseBitsInBytes(value: u32): u32 {
  let x = value;
  x = ((x & 0x55555555) << 1) | ((x >>> 1) & 0x55555555);
  x = ((x & 0x33333333) << 2) | ((x >>> 2) & 0x33333333);
  x = ((x & 0x0f0f0f0f) << 4) | ((x >>> 4) & 0x0f0f0f0f);
  return x >>> 0;
}

function reverseBytes(value: u32, size: AccessSize): u32 {
  let out = 0;
  for (let i = 0; i < size; i++) out = (out << 8) | ((value >>> (8 * i)) & 0xff);
  return out >>> 0;
}
