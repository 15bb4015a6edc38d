import { register } from "../../registers/register.ts";

/** Why the chip was reset; bits pile up until the firmware clears them, and power-on leaves none. */
export const POWER_RESETREAS = register({
  name: "POWER.RESETREAS",
  address: 0x40000400,
  width: 32,
  section: "nRF52840 product specification, POWER; Nordic MDK nrf52840.h",
  fields: {
    VBUS: { bits: 20, words: { 1: "woken by USB power" } },
    NFC: { bits: 19, words: { 1: "woken by an NFC field" } },
    DIF: { bits: 18, words: { 1: "woken by the debugger" } },
    LPCOMP: { bits: 17, words: { 1: "woken by the comparator" } },
    OFF: { bits: 16, words: { 1: "woken by a pin" } },
    LOCKUP: { bits: 3, words: { 1: "core lockup" } },
    SREQ: { bits: 2, words: { 1: "software" } },
    DOG: { bits: 1, words: { 1: "watchdog" } },
    RESETPIN: { bits: 0, words: { 1: "reset pin" } },
  },
});

/** The watchdog's first register. */
export const WDT_BASE = 0x40010000;
