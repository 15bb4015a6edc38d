import type { u32 } from "../../../../base/u32.ts";
import type { AccessSize } from "../../../cpu/seam.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import type { Nrf52Chip } from "../chip-data.ts";
import { PAGE_SIZE } from "../geometry.ts";

/** The factory's words (MDK, NRF_FICR_Type); what it did not write reads all ones. */
const wordsOf = (chip: Nrf52Chip, deviceId: readonly [u32, u32]): { readonly [offset: number]: u32 } => ({
  0x10: PAGE_SIZE,
  0x14: chip.flashSize / PAGE_SIZE,
  0x60: deviceId[0],
  0x64: deviceId[1],
  // Address type: random; the address itself is part of the device ID here (unsure).
  0xa0: 0xffffffff,
  0xa4: deviceId[1] ^ 0x5a5a5a5a,
  0xa8: deviceId[0] & 0xffff,
  0x100: chip.part,
  0x104: lettersOf(chip.variant),
  0x108: chip.package,
  0x10c: chip.ramSize / 1024,
  0x110: chip.flashSize / 1024,
  0x130: chip.revision[0],
  0x134: chip.revision[1],
});

/** Four ASCII letters as a word, the first in the highest byte. */
const lettersOf = (letters: string): u32 =>
  [...letters].reduce((word, letter) => ((word << 8) | letter.charCodeAt(0)) >>> 0, 0);

/** Factory information: read-only, and the same after every reset. */
export function createFicr(chip: Nrf52Chip, deviceId: readonly [u32, u32]): Peripheral {
  const words = wordsOf(chip, deviceId);
  return {
    name: "FICR",
    read: (offset: number, size: AccessSize) => {
      const word = (words[offset & ~3] ?? 0xffffffff) >>> (8 * (offset & 3));
      return size === 4 ? word >>> 0 : word & ((1 << (8 * size)) - 1);
    },
    isStable: () => true,
    write: () => 0,
    reset: () => {},
    save: () => ({}),
    restore: () => {},
  };
}
