import { numberOfHex } from "../rsp.ts";
import { type PacketTable, REFUSED } from "./packet.ts";

/** `load` into flash. */
export const FLASH: PacketTable = {
  "vFlashErase:": ({ download }, { text }) => {
    const [address, length] = text.split(",").map(numberOfHex);
    if (address === undefined || length === undefined) return REFUSED;
    download.erase(length);
    return "OK";
  },
  "vFlashWrite:": ({ download }, { text, bytes }) => {
    const colon = text.indexOf(":");
    const address = numberOfHex(text.slice(0, Math.max(colon, 0)));
    if (address === undefined) return REFUSED;
    download.write(address, bytes.subarray(colon + 1));
    return "OK";
  },
  vFlashDone: async ({ download }) => {
    await download.finish();
    return "OK";
  },
};
