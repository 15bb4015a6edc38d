import type { Chip } from "./chip.ts";
import { nRF52832, nRF52833, nRF52840 } from "./nordic/nrf52.ts";
import { MK24FN1M0xxx12 } from "./nxp/mk24fn1m0xxx12.ts";
import { MK64FN1M0xxx12 } from "./nxp/mk64fn1m0xxx12.ts";
import { RP2040 } from "./raspberry-pi/rp2040.ts";
import { STM32F405xG, STM32F407xG, STM32F415xG, STM32F417xG } from "./st/stm32f40x.ts";
import { STM32F427xI, STM32F429xI, STM32F446xE } from "./st/stm32f42x.ts";

// All chips at once. A page has `built-in-by-family.ts` in this file's place, which answers the same.

/** Every chip that is built in; a new chip is one line here. */
export const CHIPS: readonly Chip[] = [
  MK24FN1M0xxx12,
  MK64FN1M0xxx12,
  ...[STM32F407xG, STM32F405xG, STM32F415xG, STM32F417xG, STM32F427xI, STM32F429xI, STM32F446xE],
  ...[nRF52840, nRF52832, nRF52833],
  RP2040,
];

/** What a list shows of a chip. */
export type ShownChip = Pick<Chip, "name" | "vendor" | "family">;

/** Every chip that is built in, as a list shows it. */
export const shownChips = (): readonly ShownChip[] =>
  CHIPS.map(({ name, vendor, family }) => ({ name, vendor, family }));

/** Has a chip of that name or order code in `CHIPS`, if it is one; all of them without a name. */
export const loadChips = async (_name?: string): Promise<void> => {};
