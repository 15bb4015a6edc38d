import { register } from "../../registers/register.ts";

/** Resets of the peripherals; a bit that is 1 holds one. */
export const RESETS_RESET = register({
  name: "RESETS_RESET",
  address: 0x4000c000,
  width: 32,
  section: "RP2040 data sheet, 2.14.3",
  fields: { PADS_QSPI: 9, IO_QSPI: 6 },
});

/** Peripherals that are out of reset and can be used. */
export const RESETS_DONE = register({
  name: "RESETS_RESET_DONE",
  address: 0x4000c008,
  width: 32,
  section: "RP2040 data sheet, 2.14.3",
  fields: { PADS_QSPI: 9, IO_QSPI: 6 },
});

/** Chip select of the flash: function, and what its output is made to be. */
export const IO_QSPI_SS_CTRL = register({
  name: "IO_QSPI_GPIO_QSPI_SS_CTRL",
  address: 0x4001800c,
  width: 32,
  section: "RP2040 data sheet, 2.19.6.2",
  fields: { OUTOVER: [9, 8], FUNCSEL: [4, 0] },
});

/** A data pin's pad towards the flash, SD0; SD1 to SD3 follow. */
export const PADS_QSPI_SD0 = register({
  name: "PADS_QSPI_GPIO_QSPI_SD0",
  address: 0x40020008,
  width: 32,
  section: "RP2040 data sheet, 2.19.6.4",
  fields: { OD: 7, IE: 6, DRIVE: [5, 4], PUE: 3, PDE: 2, SCHMITT: 1, SLEWFAST: 0 },
});

/** How the serial interface to the flash frames and which way data go. */
export const SSI_CTRLR0 = register({
  name: "SSI_CTRLR0",
  address: 0x18000000,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { SPI_FRF: [22, 21], DFS_32: [20, 16], TMOD: [9, 8] },
});

/** How many frames are received behind what was sent, less one. */
export const SSI_CTRLR1 = register({
  name: "SSI_CTRLR1",
  address: 0x18000004,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { NDF: [15, 0] },
});

/** Switches the interface on; its FIFOs are emptied while it is off. */
export const SSI_SSIENR = register({
  name: "SSI_SSIENR",
  address: 0x18000008,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { SSI_EN: 0 },
});

/** The slave that is selected. */
export const SSI_SER = register({
  name: "SSI_SER",
  address: 0x18000010,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { SER: 0 },
});

/** Divider of the serial clock. */
export const SSI_BAUDR = register({
  name: "SSI_BAUDR",
  address: 0x18000014,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { SCKDV: [15, 0] },
});

/** What the interface is at. */
export const SSI_SR = register({
  name: "SSI_SR",
  address: 0x18000028,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { RFF: 4, RFNE: 3, TFE: 2, TFNF: 1, BUSY: 0 },
});

/** Both FIFOs. */
export const SSI_DR0 = register({
  name: "SSI_DR0",
  address: 0x18000060,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { DR: [31, 0] },
});

/** The instruction by which the flash is read as memory. */
export const SSI_SPI_CTRLR0 = register({
  name: "SSI_SPI_CTRLR0",
  address: 0x180000f4,
  width: 32,
  section: "RP2040 data sheet, 4.10.13",
  fields: { XIP_CMD: [31, 24], WAIT_CYCLES: [15, 11], INST_L: [9, 8], ADDR_L: [5, 2], TRANS_TYPE: [1, 0] },
});

/** Empties the cache before the flash. */
export const XIP_FLUSH = register({
  name: "XIP_FLUSH",
  address: 0x14000004,
  width: 32,
  section: "RP2040 data sheet, 2.6.3.6",
  fields: { FLUSH: 0 },
});

/** Parts that are held off, the cores among them. */
export const PSM_FRCE_OFF = register({
  name: "PSM_FRCE_OFF",
  address: 0x40010004,
  width: 32,
  section: "RP2040 data sheet, 2.13.5",
  fields: { PROC1: 16, PROC0: 15 },
});

/** Why the chip was reset last. */
export const CHIP_RESET = register({
  name: "VREG_AND_CHIP_RESET_CHIP_RESET",
  address: 0x40064008,
  width: 32,
  section: "RP2040 data sheet, 2.12.8",
  fields: { PSM_RESTART_FLAG: 24, HAD_PSM_RESTART: 20, HAD_RUN: 16, HAD_POR: 8 },
});

/** Whether the watchdog reset the chip. */
export const WATCHDOG_REASON = register({
  name: "WATCHDOG_REASON",
  address: 0x40058008,
  width: 32,
  section: "RP2040 data sheet, 4.7.6",
  fields: { FORCE: 1, TIMER: 0 },
});

/** A write to this alias of a register sets bits (data sheet 2.1.2). */
export const setAlias = (address: number): number => address + 0x2000;
/** A write to this alias of a register clears bits. */
export const clearAlias = (address: number): number => address + 0x3000;
