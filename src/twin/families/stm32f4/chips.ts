import { SECTORS_1MB, SECTORS_512KB, type Stm32F4Chip } from "./chip-data.ts";
import { stm32f4Model } from "./chip.ts";

/** Of F405, F407, F415 and F417: revision Y, 1 MB (RM0090, 38.6.1; the revision is (unsure)). */
const F407: Stm32F4Chip = {
  name: "STM32F407xG",
  idcode: 0x10076413,
  bankSectors: SECTORS_1MB,
  banks: 1,
  sram: 0x20000,
  ccm: true,
  isF42x: false,
  lastPort: "I",
};

/** Of F427, F429, F437 and F439: revision 3, two banks of 1 MB (RM0090, 38.6.1; the revision is (unsure)). */
const F429: Stm32F4Chip = {
  name: "STM32F429xI",
  idcode: 0x20036419,
  bankSectors: SECTORS_1MB,
  banks: 2,
  sram: 0x30000,
  ccm: true,
  isF42x: true,
  lastPort: "K",
};

/** 512 KB, no core-coupled memory (RM0390). */
const F446: Stm32F4Chip = {
  name: "STM32F446xE",
  idcode: 0x10006421,
  bankSectors: SECTORS_512KB,
  banks: 1,
  sram: 0x20000,
  ccm: false,
  isF42x: false,
  lastPort: "H",
};

const named = (name: string, data: Stm32F4Chip) => [name, stm32f4Model({ ...data, name })] as const;

/** Every STM32F4 that a twin can be built around, by name. */
export const STM32F4_MODELS = Object.fromEntries([
  ...["STM32F407xG", "STM32F405xG", "STM32F415xG", "STM32F417xG"].map((name) => named(name, F407)),
  ...["STM32F429xI", "STM32F427xI"].map((name) => named(name, F429)),
  named("STM32F446xE", F446),
]);
