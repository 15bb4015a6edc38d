import type { Chip } from "../../../src/chips/chip.ts";
import type { FlashBank } from "../../../src/chips/flash-bank.ts";
import type { ProtectionScheme } from "../../../src/chips/protection-scheme.ts";

/** A bank with what tests seldom care about filled in. */
export function bank(given: Partial<FlashBank> & Pick<FlashBank, "start" | "length">): FlashBank {
  const { length } = given;
  return {
    id: "main",
    name: "flash",
    kind: "main",
    sectors: [{ size: length, count: 1 }],
    erased: 0xff,
    write: { unit: 4, once: false, burst: { size: 0x100, unit: 4 } },
    readErased: "value",
    eraseNeeded: true,
    controller: { family: "kinetis-ftfe", registers: 0x40000000 },
    times: { eraseSectorMs: [10], programUnitUs: 20, burstUnitUs: 10 },
    ...given,
  };
}

/** A chip of these banks, whose locks are unknown unless a scheme is given. */
export const chipOf = (name: string, banks: readonly FlashBank[], protection?: ProtectionScheme): Chip => ({
  name,
  vendor: "nobody",
  family: "made up",
  origin: "user",
  cores: [{ name: "core0", type: "M4", ap: { v: 1, index: 0 } }],
  memories: [{ name: "RAM", kind: "ram", start: 0x20000000, length: 0x10000 }],
  banks,
  detection: { reads: [] },
  debug: { dpidr: 0, aps: [] },
  protection,
  guarded: [],
  workRam: [{ start: 0x20000000, length: 0x10000 }],
  sources: [],
});

/** As on an STM32F407: sectors of three sizes, words, no ECC. */
export const UNEVEN = chipOf("UNEVEN", [
  bank({
    start: 0x08000000,
    length: 0x100000,
    aliases: [0x00000000],
    sectors: [
      { size: 0x4000, count: 4 },
      { size: 0x10000, count: 1 },
      { size: 0x20000, count: 7 },
    ],
    times: { eraseSectorMs: [300, 700, 1_000], programUnitUs: 16, burstUnitUs: 16 },
  }),
]);

/** As on an STM32L0: erased cells read 0x00. */
export const ZERO = chipOf("ZERO", [
  bank({ start: 0x08000000, length: 0x2000, sectors: [{ size: 0x80, count: 0x40 }], erased: 0x00 }),
]);

/** As on an nRF52: 4 KB pages, words, a user row. */
export const PAGES = chipOf("PAGES", [
  bank({ start: 0, length: 0x10000, sectors: [{ size: 0x1000, count: 0x10 }] }),
  bank({ id: "uicr", name: "user information", kind: "user-row", start: 0x10001000, length: 0x1000 }),
]);

/** As on an STM32H7: flash words of 32 bytes with an ECC, programmed one at a time; two banks of two controllers. */
export const WORDS = chipOf("WORDS", [
  ...[0, 1].map((i) =>
    bank({
      id: `bank${i + 1}`,
      start: 0x08000000 + i * 0x40000,
      length: 0x40000,
      sectors: [{ size: 0x20000, count: 2 }],
      write: { unit: 0x20, once: true, burst: { size: 0x20, unit: 0x20 } },
      controller: { family: "kinetis-ftfe", registers: 0x52002000 + i * 0x100 },
    }),
  ),
]);

/** One-time cells beside the flash, and EEPROM that needs no erase; erased flash answers a fault. */
export const OTP = chipOf("OTP", [
  bank({ start: 0, length: 0x8000, sectors: [{ size: 0x2000, count: 4 }], readErased: "faults" }),
  bank({ id: "otp", name: "one-time cells", kind: "otp", start: 0x1fff7800, length: 0x40, sectors: [] }),
  bank({
    id: "eeprom",
    name: "EEPROM",
    kind: "option",
    start: 0x08080000,
    length: 0x80,
    sectors: [{ size: 0x80, count: 1 }],
    eraseNeeded: false,
  }),
]);

/** A byte of this chip's second bank locks it while it is blank, as FSEC does, with other numbers. */
export const LOCKING = chipOf(
  "LOCKING",
  [
    bank({ id: "bank1", start: 0, length: 0x2000, sectors: [{ size: 0x800, count: 4 }] }),
    bank({
      id: "bank2",
      start: 0x2000,
      length: 0x2000,
      sectors: [{ size: 0x800, count: 4 }],
      write: { unit: 16, once: true, burst: { size: 0x40, unit: 16 } },
    }),
  ],
  {
    family: "made up",
    combinations: [],
    exits: [],
    groups: [
      {
        name: "options",
        place: "flash",
        start: 0x2820,
        length: 0x10,
        erased: 0xff,
        fillings: [],
        fields: [
          {
            name: "LOCK",
            what: "lock byte",
            address: 0x2824,
            width: 1,
            open: 0xa5,
            opening: [{ mask: 0xff, value: 0xa5 }],
            effective: "reset",
            sequence: { last: true, withErase: true },
            states: [
              { state: "open", when: { mask: 0xff, value: 0xa5 }, words: "open", debug: "open", act: "ok" },
              {
                state: "locked",
                words: "locked",
                debug: "closed",
                act: "refuse",
                need: "it is locked",
                finding: { id: "lock", severity: "lock", why: "it is locked", remedy: "open-or-secure" },
              },
            ],
          },
        ],
      },
    ],
  },
);
