import type { Chip } from "../chip.ts";
import { SECTORS_1MB, SECTORS_512KB, type Stm32F4Data, stm32f4Chip } from "./stm32f4.ts";

/** F427, F429, F437 and F439 have one DEV_ID. */
const DATA: Omit<Stm32F4Data, "name" | "variants" | "family"> = {
  device: { id: 0x419, why: "0x419, STM32F427, F429, F437 or F439" },
  sectors: SECTORS_1MB,
  banks: 2,
  sram: 0x30000,
  ccm: true,
  sources: [],
};

/** Order codes by pins, as J-Link and CMSIS packs spell them. */
const variants = (name: string, pins: string, size: string): readonly string[] =>
  [...pins].flatMap((pin) => [`${name}${pin}${size}`, `${name}${pin}${size}Tx`, `${name}${pin}${size}T6`]);

const two = (name: string, pins: string): Chip =>
  stm32f4Chip({ ...DATA, name: `${name}xI`, variants: variants(name, pins, "I"), family: name });

/** STM32F427, 2 MB in two banks. */
export const STM32F427xI: Chip = two("STM32F427", "VZIA");
/** STM32F429, 2 MB in two banks, with a display controller. */
export const STM32F429xI: Chip = two("STM32F429", "VZIBN");

/** STM32F446, 512 KB, no core-coupled memory. */
export const STM32F446xE: Chip = stm32f4Chip({
  name: "STM32F446xE",
  variants: variants("STM32F446", "RVMZ", "E"),
  family: "STM32F446",
  device: { id: 0x421, why: "0x421, STM32F446" },
  sectors: SECTORS_512KB,
  banks: 1,
  sram: 0x20000,
  ccm: false,
  sources: [{ fact: "sectors and RAM", from: "ST RM0390; OpenOCD 0.12 stm32f2x.c", sure: true }],
});
