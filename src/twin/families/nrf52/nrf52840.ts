import type { Nrf52Chip } from "./chip-data.ts";
import { nrf52Model } from "./nrf52-chip.ts";

/** nRF52840 QIAA of build D0 (revision 2), with access port protection as it was before (MDK; revision words unsure). */
const NRF52840: Nrf52Chip = {
  name: "nRF52840_xxAA",
  part: 0x52840,
  variant: "AAD0",
  package: 0x2004,
  revision: [0x8, 0x2],
  romPart: 0x008,
  flashSize: 0x100000,
  ramSize: 0x40000,
  ports: 2,
  uarts: 2,
  hardened: false,
};

/** nRF52840 QIAA of build F0 (revision 3), the first one with hardened access port protection. */
const NRF52840_F0: Nrf52Chip = {
  ...NRF52840,
  name: "nRF52840_xxAA-F0",
  variant: "AAF0",
  revision: [0x8, 0x3],
  hardened: true,
};

/** Makes an nRF52840 of build D0 without power. */
export const createNrf52840 = nrf52Model(NRF52840);

/** Makes an nRF52840 of build F0 without power. */
export const createNrf52840F0 = nrf52Model(NRF52840_F0);
