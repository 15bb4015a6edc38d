import type { OpenocdWords } from "../family.ts";

/** How OpenOCD does the same. */
export const openocd: OpenocdWords = {
  config: "target/kx.cfg",
  whereBlank: ["kinetis mdm halt"],
  massErase: "kinetis mdm mass_erase",
};
