import { register } from "../../registers/register.ts";

/*
 * The flash controller of the Kinetis K24 (FTFE), its cache controller (FMC) and the power mode that flash commands
 * need. The chip's reference manual, K24P144M120SF5RM, could not be read: names and bits are those of NXP's header
 * MK24F12.h, section titles those of the manual's siblings (unsure).
 */
const FTFE = "K24P144M120SF5RM, chapter Flash Memory Module (FTFE)";

/** Flash status: write 1 to CCIF to launch a command, 1 to an error bit to clear it; zeroes do nothing. */
export const FSTAT = register({
  name: "FSTAT",
  address: 0x40020000,
  width: 8,
  section: FTFE,
  fields: {
    CCIF: { bits: 7, words: { 0: "a command is running", 1: "idle" } },
    RDCOLERR: { bits: 6, words: { 1: "a read collided with a command" } },
    ACCERR: { bits: 5, words: { 1: "the command or its parameters were refused" } },
    FPVIOL: { bits: 4, words: { 1: "the command would have changed a protected region" } },
    MGSTAT0: { bits: 0, words: { 1: "the command's own check of the result failed" } },
  },
});

/** Flash configuration of the running chip. */
export const FCNFG = register({
  name: "FCNFG",
  address: 0x40020001,
  width: 8,
  section: FTFE,
  fields: {
    CCIE: 7,
    RDCOLLIE: 6,
    ERSAREQ: { bits: 5, words: { 1: "the debug port has asked for a mass erase" } },
    ERSSUSP: { bits: 4, words: { 1: "a sector erase is suspended" } },
    SWAP: { bits: 3, words: { 0: "block 0 is at address 0", 1: "block 1 is at address 0" } },
    PFLSH: 2,
    RAMRDY: { bits: 1, words: { 0: "no section program buffer", 1: "the section program buffer is ready" } },
    EEERDY: 0,
  },
});

/** Flash security, loaded from the flash configuration field at every system reset; not written by software. */
export const FSEC = register({
  name: "FSEC",
  address: 0x40020002,
  width: 8,
  section: FTFE,
  fields: {
    KEYEN: { bits: [7, 6], words: { 2: "backdoor key access enabled" }, otherwise: "backdoor key access disabled" },
    MEEN: { bits: [5, 4], words: { 2: "mass erase disabled" }, otherwise: "mass erase enabled" },
    FSLACC: {
      bits: [3, 2],
      words: { 0: "factory access granted", 3: "factory access granted" },
      otherwise: "factory access denied",
    },
    SEC: { bits: [1, 0], words: { 2: "open" }, otherwise: "secured" },
  },
});

/** Flash option, loaded from the flash configuration field; K24 has only these two bits (MK24F12.h). */
export const FOPT = register({
  name: "FOPT",
  address: 0x40020003,
  width: 8,
  section: FTFE,
  fields: {
    EZPORT_DIS: { bits: 1, words: { 0: "EzPort disabled", 1: "EzPort enabled" } },
    LPBOOT: { bits: 0, words: { 0: "low-power boot", 1: "normal boot" } },
  },
});

/** First command word: command and 24-bit address (FCCOB0 to FCCOB3, read as one little-endian word). */
export const FCCOB0123 = register({
  name: "FCCOB0-3",
  address: 0x40020004,
  width: 32,
  section: FTFE,
  fields: { command: [31, 24], address: [23, 0] },
});

/** Second command word, FCCOB4 in its highest byte. */
export const FCCOB4567 = register({
  name: "FCCOB4-7",
  address: 0x40020008,
  width: 32,
  section: FTFE,
  fields: { FCCOB4: [31, 24], FCCOB5: [23, 16], FCCOB6: [15, 8], FCCOB7: [7, 0] },
});

/** Third command word, FCCOB8 in its highest byte. */
export const FCCOB89AB = register({
  name: "FCCOB8-B",
  address: 0x4002000c,
  width: 32,
  section: FTFE,
  fields: { FCCOB8: [31, 24], FCCOB9: [23, 16], FCCOBA: [15, 8], FCCOBB: [7, 0] },
});

/** Program flash protection, FPROT3 in the lowest byte: bit n = 0 protects region n, 1/32 of the flash. */
export const FPROT = register({
  name: "FPROT",
  address: 0x40020010,
  width: 32,
  section: FTFE,
  fields: { PROT: [31, 0] },
});

/** Flash cache of bank 0: lines read before an erase stay in it until they are dropped. */
export const FMC_PFB0CR = register({
  name: "FMC_PFB0CR",
  address: 0x4001f004,
  width: 32,
  section: "K24P144M120SF5RM, chapter Flash Memory Controller (FMC)",
  fields: {
    B0RWSC: [31, 28],
    CLCK_WAY: [27, 24],
    CINV_WAY: [23, 20],
    S_B_INV: 19,
    B0MW: [18, 17],
    CRC: [7, 5],
    B0DCE: 4,
    B0ICE: 3,
    B0DPE: 2,
    B0IPE: 1,
    B0SEBE: 0,
  },
});

/** Power mode; flash commands are taken in RUN only. */
export const SMC_PMSTAT = register({
  name: "SMC_PMSTAT",
  address: 0x4007e003,
  width: 8,
  section: "K24P144M120SF5RM, chapter System Mode Controller (SMC)",
  fields: {
    PMSTAT: {
      bits: [6, 0],
      words: { 0x01: "RUN", 0x02: "STOP", 0x04: "VLPR", 0x08: "VLPW", 0x10: "VLPS", 0x20: "LLS", 0x40: "VLLS" },
      otherwise: "unknown",
    },
  },
});
