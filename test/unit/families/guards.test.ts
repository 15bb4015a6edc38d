import { describe, expect, it } from "vitest";
import { findChip } from "../../../src/chips/list.ts";

/** Where the bit of a peripheral's byte is a word of its own (ARMv7-M ARM (DDI 0403E), B3.1). */
const alias = (address: number, bit = 0): number => 0x42000000 + (address - 0x40000000) * 32 + bit * 4;

/** Kind and name of the guarded range that an address is in, and whether a write there starts something. */
function guardAt(chip: string, address: number): string {
  const guard = findChip(chip).guarded.find(({ start, length }) => address >= start && address < start + length);
  if (!guard) return "none";
  const { starts } = guard;
  const isStart = starts !== undefined && address >= starts.start && address < starts.start + starts.length;
  return `${guard.kind}${isStart ? " starts" : ""}`;
}

/** Chip, address, and what guards it. Sources stand before each chip's rows. */
const ROWS: readonly (readonly [chip: string, at: number, guard: string])[] = [
  // NXP MK24F12.h: FTFE at 0x40020000, FSTAT first, FCCOB behind it; the flash configuration field at 0x400 to 0x40F.
  ["MK24FN1M0xxx12", 0x4001ffff, "none"],
  ["MK24FN1M0xxx12", 0x40020000, "flash-controller starts"],
  ["MK24FN1M0xxx12", 0x40020001, "flash-controller"],
  ["MK24FN1M0xxx12", 0x40020fff, "flash-controller"],
  ["MK24FN1M0xxx12", 0x40021000, "none"],
  ["MK24FN1M0xxx12", alias(0x40020000, 7), "flash-controller starts"],
  ["MK24FN1M0xxx12", alias(0x40020001), "flash-controller"],
  ["MK24FN1M0xxx12", alias(0x40021000), "none"],
  ["MK24FN1M0xxx12", 0x3ff, "none"],
  ["MK24FN1M0xxx12", 0x400, "options"],
  ["MK24FN1M0xxx12", 0x40f, "options"],
  ["MK24FN1M0xxx12", 0x410, "none"],
  // RM0090: the flash interface at 0x40023C00, FLASH_CR 0x10, FLASH_OPTCR 0x14; option bytes at 0x1FFFC000.
  ["STM32F407xG", 0x40023bff, "none"],
  ["STM32F407xG", 0x40023c00, "flash-controller"],
  ["STM32F407xG", 0x40023c10, "flash-controller starts"],
  ["STM32F407xG", 0x40023c17, "flash-controller starts"],
  ["STM32F407xG", 0x40023fff, "flash-controller"],
  ["STM32F407xG", 0x40024000, "none"],
  ["STM32F407xG", alias(0x40023c00), "flash-controller"],
  ["STM32F407xG", alias(0x40023c10), "flash-controller starts"],
  ["STM32F407xG", alias(0x40023c17, 7), "flash-controller starts"],
  ["STM32F407xG", alias(0x40024000), "none"],
  ["STM32F407xG", 0x1fffc000, "options"],
  ["STM32F407xG", 0x1fffc00f, "options"],
  ["STM32F407xG", 0x1fffc010, "none"],
  // nRF52840 Product Specification: NVMC at 0x4001E000, ERASEPAGE 0x508 to ERASEPAGEPARTIAL 0x518; UICR at 0x10001000.
  ["nRF52840_xxAA", 0x4001dfff, "none"],
  ["nRF52840_xxAA", 0x4001e504, "flash-controller"],
  ["nRF52840_xxAA", 0x4001e508, "flash-controller starts"],
  ["nRF52840_xxAA", 0x4001e518, "flash-controller starts"],
  ["nRF52840_xxAA", 0x4001e51c, "flash-controller"],
  ["nRF52840_xxAA", 0x4001f000, "none"],
  ["nRF52840_xxAA", 0x10001000, "options"],
  ["nRF52840_xxAA", 0x10001208, "options"],
  ["nRF52840_xxAA", 0x40000550, "options"],
  ["nRF52840_xxAA", 0x4000055b, "options"],
  ["nRF52840_xxAA", 0x4000055c, "none"],
  // RP2040 datasheet, 4.10.13: the SSI at 0x18000000, DR0 0x60.
  ["RP2040", 0x17ffffff, "none"],
  ["RP2040", 0x18000000, "flash-controller"],
  ["RP2040", 0x18000060, "flash-controller starts"],
  ["RP2040", 0x18000063, "flash-controller starts"],
  ["RP2040", 0x18001000, "none"],
];

describe("raw writes that can erase or lock a chip", () => {
  it.each(ROWS.map(([chip, at, guard]) => ({ chip, at, guard, place: `0x${at.toString(16).toUpperCase()}` })))(
    "on $chip at $place: $guard",
    ({ chip, at, guard }) => {
      expect(guardAt(chip, at)).toBe(guard);
    },
  );
});
