import type { OpenocdWords } from "../family.ts";

/** How OpenOCD does the same. */
export const openocd: OpenocdWords = { config: "target/nrf52.cfg", massErase: "nrf5 mass_erase" };
