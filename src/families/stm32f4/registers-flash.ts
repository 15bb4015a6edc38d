import { register } from "../../registers/register.ts";

/*
 * The flash interface of STM32F4 and what decides about flash commands. Names and bits as RM0090 and OpenOCD 0.12
 * (stm32f2x.c) have them.
 */
const FLASH = "RM0090, 3.9 Flash interface registers";

/** Access control: wait states and caches. */
export const FLASH_ACR = register({
  name: "FLASH_ACR",
  address: 0x40023c00,
  width: 32,
  section: FLASH,
  fields: { DCRST: 12, ICRST: 11, DCEN: 10, ICEN: 9, PRFTEN: 8, LATENCY: [3, 0] },
});

/** Two keys in a row open CR; a wrong one is a bus error and locks it until the next reset. */
export const FLASH_KEYR = register({
  name: "FLASH_KEYR",
  address: 0x40023c04,
  width: 32,
  section: FLASH,
  fields: { KEY: [31, 0] },
});

/** The same for OPTCR. */
export const FLASH_OPTKEYR = register({
  name: "FLASH_OPTKEYR",
  address: 0x40023c08,
  width: 32,
  section: FLASH,
  fields: { OPTKEY: [31, 0] },
});

/** Status; errors are cleared by writing ones. */
export const FLASH_SR = register({
  name: "FLASH_SR",
  address: 0x40023c0c,
  width: 32,
  section: FLASH,
  fields: {
    BSY: { bits: 16, words: { 1: "an operation is under way" } },
    RDERR: { bits: 8, words: { 1: "a read-protected sector was read" } },
    PGSERR: { bits: 7, words: { 1: "the sequence was wrong" } },
    PGPERR: { bits: 6, words: { 1: "the width was not the one set" } },
    PGAERR: { bits: 5, words: { 1: "the write left its row" } },
    WRPERR: { bits: 4, words: { 1: "the sector is write-protected" } },
    OPERR: { bits: 1, words: { 1: "the operation failed" } },
    EOP: 0,
  },
});

/** Control. Sectors of a second bank have bit 7 set in SNB. */
export const FLASH_CR = register({
  name: "FLASH_CR",
  address: 0x40023c10,
  width: 32,
  section: FLASH,
  fields: {
    LOCK: 31,
    ERRIE: 25,
    EOPIE: 24,
    STRT: 16,
    MER1: 15,
    PSIZE: { bits: [9, 8], words: { 0: "8 bits", 1: "16 bits", 2: "32 bits", 3: "64 bits" } },
    SNB: [7, 3],
    MER: 2,
    SER: 1,
    PG: 0,
  },
});

/** Option control: the option bytes that are in force. */
export const FLASH_OPTCR = register({
  name: "FLASH_OPTCR",
  address: 0x40023c14,
  width: 32,
  section: FLASH,
  fields: {
    SPRMOD: 31,
    DB1M: 30,
    nWRP: [27, 16],
    RDP: { bits: [15, 8], words: { 0xaa: "level 0", 0xcc: "level 2, for ever" }, otherwise: "level 1" },
    nRST_STDBY: 7,
    nRST_STOP: 6,
    WDG_SW: { bits: 5, words: { 0: "the watchdog starts by hardware", 1: "the watchdog starts by software" } },
    BOR_LEV: { bits: [3, 2], words: { 0: "level 3", 1: "level 2", 2: "level 1", 3: "off" } },
    OPTSTRT: 1,
    OPTLOCK: 0,
  },
});

/** nWRP of the second bank, on F42x and F43x. */
export const FLASH_OPTCR1 = register({
  name: "FLASH_OPTCR1",
  address: 0x40023c18,
  width: 32,
  section: FLASH,
  fields: { nWRP: [27, 16] },
});

/** What KEYR takes. */
export const KEYS = [0x45670123, 0xcdef89ab] as const;

/** What OPTKEYR takes. */
export const OPTION_KEYS = [0x08192a3b, 0x4c5d6e7f] as const;
