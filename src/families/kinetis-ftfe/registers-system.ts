import { register } from "../../registers/register.ts";

/*
 * System registers of the Kinetis K24 that a programmer reads: identity, reset cause, watchdog. Names and bits from
 * NXP's header MK24F12.h, reset values from the SVD file of its sibling MK22FA12 where noted.
 */
const SIM = "K24P144M120SF5RM, chapter System Integration Module (SIM)";
const RCM = "K24P144M120SF5RM, chapter Reset Control Module (RCM)";
const WDOG = "K24P144M120SF5RM, chapter Watchdog Timer (WDOG)";

/** System options; RAMSIZE 0xB is 256 KB. */
export const SIM_SOPT1 = register({
  name: "SIM_SOPT1",
  address: 0x40047000,
  width: 32,
  section: SIM,
  fields: {
    USBREGEN: 31,
    USBSSTBY: 30,
    USBVSTBY: 29,
    OSC32KSEL: [19, 18],
    RAMSIZE: { bits: [15, 12], words: { 9: "128 KB of RAM", 11: "256 KB of RAM" } },
  },
});

/** Clock gates, of which only those of what writes to RAM by itself are named. */
export const SIM_SCGC2 = register({
  name: "SIM_SCGC2",
  address: 0x4004802c,
  width: 32,
  section: SIM,
  fields: { ENET: 0 },
});

/** Clock gates, the same. */
export const SIM_SCGC3 = register({
  name: "SIM_SCGC3",
  address: 0x40048030,
  width: 32,
  section: SIM,
  fields: { SDHC: 17 },
});

/** Clock gates, the same. */
export const SIM_SCGC4 = register({
  name: "SIM_SCGC4",
  address: 0x40048034,
  width: 32,
  section: SIM,
  fields: { USBOTG: 18 },
});

/** Clock gates, the same. */
export const SIM_SCGC6 = register({
  name: "SIM_SCGC6",
  address: 0x4004803c,
  width: 32,
  section: SIM,
  fields: { DMAMUX: 1 },
});

/** Device identification. Mask set 1N83J reads SUBFAMID 2 instead of 4 (erratum e7534). */
export const SIM_SDID = register({
  name: "SIM_SDID",
  address: 0x40048024,
  width: 32,
  section: SIM,
  fields: {
    FAMILYID: [31, 28],
    SUBFAMID: [27, 24],
    SERIESID: { bits: [23, 20], words: { 0: "Kinetis K" } },
    REVID: [15, 12],
    DIEID: [11, 7],
    FAMID: [6, 4],
    PINID: { bits: [3, 0], words: { 8: "100 pins", 9: "121 pins", 10: "144 pins" } },
  },
});

/** Flash configuration 1: sizes. */
export const SIM_FCFG1 = register({
  name: "SIM_FCFG1",
  address: 0x4004804c,
  width: 32,
  section: SIM,
  fields: {
    NVMSIZE: [31, 28],
    PFSIZE: { bits: [27, 24], words: { 13: "1 MB of program flash", 15: "the largest program flash of the part" } },
    EESIZE: [19, 16],
    DEPART: [11, 8],
    FLASHDOZE: 1,
    FLASHDIS: 0,
  },
});

/** Flash configuration 2: the first address beyond each block, in units of 8 KB. */
export const SIM_FCFG2 = register({
  name: "SIM_FCFG2",
  address: 0x40048050,
  width: 32,
  section: SIM,
  fields: { MAXADDR0: [30, 24], PFLSH: 23, MAXADDR1: [22, 16] },
});

/** Reset causes, first half. */
export const RCM_SRS0 = register({
  name: "RCM_SRS0",
  address: 0x4007f000,
  width: 8,
  section: RCM,
  fields: {
    POR: { bits: 7, words: { 1: "power-on" } },
    PIN: { bits: 6, words: { 1: "reset pin" } },
    WDOG: { bits: 5, words: { 1: "watchdog" } },
    LOL: { bits: 3, words: { 1: "loss of lock" } },
    LOC: { bits: 2, words: { 1: "loss of clock" } },
    LVD: { bits: 1, words: { 1: "low voltage" } },
    WAKEUP: { bits: 0, words: { 1: "wake-up" } },
  },
});

/** Reset causes, second half. */
export const RCM_SRS1 = register({
  name: "RCM_SRS1",
  address: 0x4007f001,
  width: 8,
  section: RCM,
  fields: {
    SACKERR: { bits: 5, words: { 1: "stop mode not acknowledged" } },
    EZPT: { bits: 4, words: { 1: "EzPort" } },
    MDM_AP: { bits: 3, words: { 1: "debugger, by the MDM-AP" } },
    SW: { bits: 2, words: { 1: "software, by SYSRESETREQ" } },
    LOCKUP: { bits: 1, words: { 1: "core lockup" } },
    JTAG: { bits: 0, words: { 1: "JTAG" } },
  },
});

/** Watchdog control; reads 0x01D3 after reset, 0x01D2 once disabled. */
export const WDOG_STCTRLH = register({
  name: "WDOG_STCTRLH",
  address: 0x40052000,
  width: 16,
  section: WDOG,
  fields: {
    DISTESTWDOG: 14,
    BYTESEL: [13, 12],
    TESTSEL: 11,
    TESTWDOG: 10,
    WAITEN: 7,
    STOPEN: 6,
    DBGEN: { bits: 5, words: { 0: "stands still while the core is halted", 1: "runs while the core is halted" } },
    ALLOWUPDATE: 4,
    WINEN: 3,
    IRQRSTEN: 2,
    CLKSRC: 1,
    WDOGEN: { bits: 0, words: { 0: "watchdog off", 1: "watchdog on" } },
  },
});

/** Watchdog unlock: two keys within 20 bus clocks, so only code on the chip can do it. */
export const WDOG_UNLOCK = register({
  name: "WDOG_UNLOCK",
  address: 0x4005200e,
  width: 16,
  section: WDOG,
  fields: { WDOGUNLOCK: { bits: [15, 0], words: { 0xc520: "first key", 0xd928: "second key" } } },
});
