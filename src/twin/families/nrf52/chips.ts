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
  // Recalled from the product specification (unsure).
  times: { writeUs: 41, pageMs: 85, allMs: 169 },
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

/** nRF52833 QIAA of build A0, before protection was hardened (ROM part, revision words and times unsure). */
const NRF52833: Nrf52Chip = {
  ...NRF52840,
  name: "nRF52833_xxAA",
  part: 0x52833,
  variant: "AAA0",
  revision: [0xd, 0x0],
  romPart: 0x00d,
  flashSize: 0x80000,
  ramSize: 0x20000,
  times: { writeUs: 42.5, pageMs: 87.5, allMs: 173 },
};

/** nRF52832 QFAA of build E0, before protection was hardened (revision words and times unsure). Its BPROT is not modelled. */
const NRF52832: Nrf52Chip = {
  ...NRF52840,
  name: "nRF52832_xxAA",
  part: 0x52832,
  variant: "AAE0",
  package: 0x2000,
  revision: [0x6, 0x5],
  romPart: 0x006,
  flashSize: 0x80000,
  ramSize: 0x10000,
  times: { writeUs: 338, pageMs: 89.7, allMs: 295 },
  ports: 1,
  uarts: 1,
};

/** Chip models of this family by the name that boards are asked for. */
export const NRF52_MODELS = Object.fromEntries(
  [NRF52840, NRF52840_F0, NRF52833, NRF52832].map((chip) => [chip.name, nrf52Model(chip)]),
);
