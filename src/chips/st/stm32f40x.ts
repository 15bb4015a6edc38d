import type { Chip } from "../chip.ts";
import { SECTORS_1MB, type Stm32F4Data, stm32f4Chip } from "./stm32f4.ts";

/** F405, F407, F415 and F417 have one die and one DEV_ID: nothing on the wire tells them apart. */
const DATA: Omit<Stm32F4Data, "name" | "variants" | "family"> = {
  device: { id: 0x413, why: "0x413, STM32F405, F407, F415 or F417" },
  sectors: SECTORS_1MB,
  banks: 1,
  sram: 0x20000,
  ccm: true,
  sources: [],
};

/** Order codes by pins, as J-Link and CMSIS packs spell them. */
const variants = (name: string, pins: string): readonly string[] =>
  [...pins].flatMap((pin) => [`${name}${pin}G`, `${name}${pin}GTx`, `${name}${pin}GT6`]);

const one = (name: string, pins: string): Chip =>
  stm32f4Chip({ ...DATA, name: `${name}xG`, variants: variants(name, pins), family: name });

/** STM32F407, 1 MB: Cortex-M4F, Ethernet. */
export const STM32F407xG: Chip = one("STM32F407", "VZI");
/** STM32F405, 1 MB. */
export const STM32F405xG: Chip = one("STM32F405", "RVZO");
/** STM32F415, 1 MB, with cryptography. */
export const STM32F415xG: Chip = one("STM32F415", "RVZO");
/** STM32F417, 1 MB, with cryptography and Ethernet. */
export const STM32F417xG: Chip = one("STM32F417", "VZI");
