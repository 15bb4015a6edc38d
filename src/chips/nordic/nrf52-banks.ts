import type { FlashBank } from "../flash-bank.ts";

const CONTROLLER = { family: "nrf52", registers: 0x4001e000 } as const;

/** What the NVMC takes for a page in milliseconds, and for a word in microseconds. */
interface Times {
  readonly pageMs: number;
  readonly writeUs: number;
}

/** A page of 4 KB, a word at a time, which may be programmed again; bursts are what the loader's buffer takes. */
const cells = ({ pageMs, writeUs }: Times) =>
  ({
    erased: 0xff,
    write: { unit: 4, once: false, burst: { size: 0x400, unit: 4 } },
    readErased: "value",
    eraseNeeded: true,
    controller: CONTROLLER,
    times: { eraseSectorMs: [pageMs], programUnitUs: writeUs, burstUnitUs: writeUs },
  }) as const;

/** Code flash of an nRF52, from address 0 on, and UICR: reset pin, access port protection, boot loader, customers' words. */
export const nrf52Banks = (length: number, times: Times): readonly FlashBank[] => [
  codeFlash(length, times),
  uicrBank(times),
];

const codeFlash = (length: number, times: Times): FlashBank => ({
  id: "main",
  name: "code flash",
  kind: "main",
  start: 0x00000000,
  length,
  sectors: [{ size: 0x1000, count: length / 0x1000 }],
  // ERASEALL, the only command for all of it (nRF52840 product specification, NVMC).
  eraseReaches: ["uicr"],
  ...cells(times),
});

const uicrBank = (times: Times): FlashBank => ({
  id: "uicr",
  name: "user information configuration registers",
  kind: "user-row",
  start: 0x10001000,
  length: 0x1000,
  sectors: [{ size: 0x1000, count: 1 }],
  ...cells(times),
});
