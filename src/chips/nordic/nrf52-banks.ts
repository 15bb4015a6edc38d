import type { FlashBank } from "../flash-bank.ts";

const CONTROLLER = { family: "nrf52", registers: 0x4001e000 } as const;
/** A page of 4 KB, a word at a time, which may be programmed again; bursts are what the loader's buffer takes. */
const CELLS = {
  erased: 0xff,
  write: { unit: 4, once: false, burst: { size: 0x400, unit: 4 } },
  readErased: "value",
  eraseNeeded: true,
  controller: CONTROLLER,
  times: { eraseSectorMs: [85], programUnitUs: 41, burstUnitUs: 41 },
} as const;

/** Code flash of an nRF52, from address 0 on. */
export const codeFlash = (length: number): FlashBank => ({
  id: "main",
  name: "code flash",
  kind: "main",
  start: 0x00000000,
  length,
  sectors: [{ size: 0x1000, count: length / 0x1000 }],
  ...CELLS,
});

/** UICR: reset pin, access port protection, boot loader's address and customers' words. */
export const uicrBank: FlashBank = {
  id: "uicr",
  name: "user information configuration registers",
  kind: "user-row",
  start: 0x10001000,
  length: 0x1000,
  sectors: [{ size: 0x1000, count: 1 }],
  ...CELLS,
};
