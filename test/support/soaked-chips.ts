import { readFileSync } from "node:fs";
import type { Chip, FamilyName } from "../../src/chips/chip.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Image } from "../../src/image/image.ts";
import { readImage } from "../../src/image/read-image.ts";
import { twinNamed, example } from "./board.ts";
import type { Chance } from "./chance.ts";

/** What the soaks have to know of a chip beside its data. */
export interface SoakedChip {
  readonly chip: Chip;
  /** The twin's name: the chip's, or that of one of its builds. */
  readonly twin: string;
  /** Where random images go: so many sectors of one size from here on. */
  readonly area: { readonly start: number; readonly sector: number; readonly sectors: number };
  /** Firmware that is on the board before, so that every sector has to be erased. */
  before(): Image;
  /** Firmware that is flashed while the power goes. */
  small(): Image;
  /** The byte that keeps the chip open, for an address that decides about it. */
  openField(address: number): number | undefined;
}

type OfFamily = Omit<SoakedChip, "chip" | "twin">;

const blinky = (name: string): Image => readImage(readFileSync(`examples/${name}`), { name });

/** Sectors full of other bytes. */
const full = (address: number, length: number, byte: number): Image =>
  buildImage({ format: "raw", segments: [{ name: "before", address, bytes: new Uint8Array(length).fill(byte) }] });

const FAMILIES: { readonly [name in FamilyName]?: OfFamily } = {
  "kinetis-ftfe": {
    area: { start: 0, sector: 0x1000, sectors: 4 },
    before: () => example("bootloader-open.raw.bin"),
    small: () => example("small.hex"),
    openField: (address) => (address < 0x400 || address > 0x40f ? undefined : address === 0x40c ? 0xfe : 0xff),
  },
  stm32f4: {
    area: { start: 0x08000000, sector: 0x4000, sectors: 4 },
    before: () => full(0x08000000, 0x4000, 0x5a),
    small: () => blinky("stm32f407-blinky/firmware.hex"),
    openField: () => undefined,
  },
  nrf52: {
    area: { start: 0x00000000, sector: 0x1000, sectors: 4 },
    before: () => full(0x00000000, 0x4000, 0x5a),
    small: () => blinky("nrf52840-blinky/firmware.hex"),
    openField: () => undefined,
  },
  rp2040: {
    area: { start: 0x10000000, sector: 0x1000, sectors: 4 },
    before: () => full(0x10000000, 0x4000, 0x5a),
    small: () => blinky("rp2040-blinky/firmware.hex"),
    openField: () => undefined,
  },
};

/** What the soaks know of a twin's chip, the K24 where none is named; throws for one of a family that they know nothing of. */
export function soakedChip(name = "MK24FN1M0xxx12"): SoakedChip {
  const { chip, twin } = twinNamed(name);
  const known = chip.familyName && FAMILIES[chip.familyName];
  if (!known) throw new Error(`no soak knows the family of ${name}`);
  return { chip, twin, ...known };
}

/** A few hundred bytes somewhere in a chip's area; where they cover what would close the chip, they keep it open. */
export function randomImage({ area, openField }: SoakedChip, chance: Chance): Image {
  const address = area.start + chance.below(area.sectors) * area.sector + chance.below(96) * 16;
  const bytes = chance.bytes(64 + chance.below(80) * 8);
  const image = Uint8Array.from(bytes, (byte, i) => openField(address + i) ?? byte);
  return buildImage({ format: "raw", segments: [{ name: "random", address, bytes: image }] });
}
