import type { OpenocdWords } from "../family.ts";

/** How OpenOCD does the same. */
export const openocd: OpenocdWords = { config: "target/stm32f4x.cfg", massErase: "stm32f4x mass_erase 0" };
