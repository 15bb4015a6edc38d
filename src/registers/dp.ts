import { register } from "./register.ts";

/** DPIDR: who made the debug port, and which version it speaks. Address A[3:2] = 0, read only. */
export const DPIDR = register({
  name: "DPIDR",
  address: 0x0,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), B2.2.5",
  fields: { REVISION: [31, 28], PARTNO: [27, 20], MIN: 16, VERSION: [15, 12], DESIGNER: [11, 1], RAO: 0 },
});

/** ABORT: clears sticky flags and gives up a stuck AP transaction. Write only, and never answered with WAIT or FAULT. */
export const ABORT = register({
  name: "ABORT",
  address: 0x0,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), B2.2.1",
  fields: { ORUNERRCLR: 4, WDERRCLR: 3, STKERRCLR: 2, STKCMPCLR: 1, DAPABORT: 0 },
});

/** CTRL/STAT: power-up handshakes, sticky flags, overrun detection. Only while SELECT.DPBANKSEL is 0. */
export const CTRL_STAT = register({
  name: "CTRL/STAT",
  address: 0x4,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), B2.2.2",
  fields: {
    CSYSPWRUPACK: 31,
    CSYSPWRUPREQ: 30,
    CDBGPWRUPACK: 29,
    CDBGPWRUPREQ: 28,
    CDBGRSTACK: 27,
    CDBGRSTREQ: 26,
    TRNCNT: [23, 12],
    MASKLANE: [11, 8],
    WDATAERR: 7,
    READOK: 6,
    STICKYERR: 5,
    STICKYCMP: 4,
    TRNMODE: [3, 2],
    STICKYORUN: 1,
    ORUNDETECT: 0,
  },
});

/** SELECT: which AP, which of its banks of four registers, and which DP bank the next transfers mean. Write only. */
export const SELECT = register({
  name: "SELECT",
  address: 0x8,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), B2.2.9",
  fields: { APSEL: [31, 24], APBANKSEL: [7, 4], DPBANKSEL: [3, 0] },
});

/** RDBUFF: the value of the last AP read, without starting another. Read only. */
export const RDBUFF = register({
  name: "RDBUFF",
  address: 0xc,
  width: 32,
  section: "ADIv5.2 (IHI 0031F), B2.2.7",
  fields: {},
});
