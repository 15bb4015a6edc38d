import type { OpenocdWords } from "../family.ts";

/** How OpenOCD does the same. */
export const openocd: OpenocdWords = {
  config: "target/rp2040.cfg",
  massErase: "flash erase_sector 0 0 last",
  // Seen with OpenOCD 0.12.0: "SWD ack not OK: 7 JUNK".
  unreached: {
    jlink: "OpenOCD's driver takes the write of TARGETSEL for a failure, which no debug port answers (multidrop SWD)",
  },
};
