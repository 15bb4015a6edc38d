import type { Procedure, Procedures, ProcedureStep, RegisterTest } from "../../chips/procedure.ts";
import type { Register } from "../../registers/register.ts";
import {
  clearAlias,
  IO_QSPI_SS_CTRL,
  PADS_QSPI_SD0,
  PSM_FRCE_OFF,
  RESETS_DONE,
  RESETS_RESET,
  SSI_BAUDR,
  SSI_CTRLR0,
  SSI_CTRLR1,
  SSI_DR0,
  SSI_SER,
  SSI_SPI_CTRLR0,
  SSI_SR,
  SSI_SSIENR,
  setAlias,
  XIP_FLUSH,
} from "./registers.ts";

const QSPI = RESETS_RESET.of({ IO_QSPI: 1, PADS_QSPI: 1 });
/** BUSY in the flash's status register 1 (W25Q16JV data sheet, 7.1.1). */
const FLASH_BUSY = 0x01;
/** CTRLR0.TMOD "EEPROM read", the way in which flash is read as memory. */
const EEPROM_READ = 3;
const SELECT = { ssi: 0, low: 2, high: 3 } as const;
/** Six pins of IO_QSPI, STATUS and CTRL of each. */
const PIN_CTRLS = [0, 1, 2, 3, 4, 5].map((pin) => 0x40018004 + 8 * pin);
const DATA_PADS = [0, 1, 2, 3].map((pin) => PADS_QSPI_SD0.address + 4 * pin);
/** The pads as a reset leaves them, and with their outputs off and a pull. */
const PAD = PADS_QSPI_SD0.of({ IE: 1, DRIVE: 1, SCHMITT: 1 });
const PULLED = {
  down: PADS_QSPI_SD0.of({ OD: 1, IE: 1, DRIVE: 1, SCHMITT: 1, PDE: 1 }),
  up: PADS_QSPI_SD0.of({ OD: 1, IE: 1, DRIVE: 1, SCHMITT: 1, PUE: 1 }),
} as const;

const word = (address: number) => ({ in: "memory", address, width: 32 }) as const;

const write = (name: string, address: number, value: number): ProcedureStep => ({
  step: "write",
  name,
  at: word(address),
  value,
});

const test = ({ address }: Register, name: string, mask: number, value: number, otherwise: string) => ({
  name,
  at: word(address),
  mask,
  value,
  otherwise,
});

const released = test(
  RESETS_DONE,
  "the pins of the flash are out of reset",
  QSPI,
  QSPI,
  "the pins of the flash stay in reset",
);

const sent = test(
  SSI_SR,
  "all clocks have gone to the flash",
  SSI_SR.of({ TFE: 1, BUSY: 1 }),
  SSI_SR.of({ TFE: 1 }),
  "the serial interface to the flash does not end its frames",
);

const received = test(
  SSI_SR,
  "the flash's answer has come",
  SSI_SR.of({ RFNE: 1, BUSY: 1 }),
  SSI_SR.of({ RFNE: 1 }),
  "the serial interface to the flash receives nothing",
);

const until = (what: RegisterTest): ProcedureStep => ({ step: "until", ...what, deadlineMs: 1_000 });

const select = (how: keyof typeof SELECT): ProcedureStep =>
  write(`chip select of the flash: ${how}`, IO_QSPI_SS_CTRL.address, IO_QSPI_SS_CTRL.of({ OUTOVER: SELECT[how] }));

const pads = (value: number): readonly ProcedureStep[] =>
  DATA_PADS.map((pad) => write("pads of the flash's data pins", pad, value));

const clocks = (byte: number, count: number): readonly ProcedureStep[] => [
  ...Array.from({ length: count }, () => write("eight clocks to the flash", SSI_DR0.address, byte)),
  until(sent),
];

const enable = (on: 0 | 1): ProcedureStep =>
  write(on ? "serial interface on" : "serial interface off", SSI_SSIENR.address, on);

/** Frames of 8 bits, both ways, at a sixth of the system clock. */
const plainSpi: readonly ProcedureStep[] = [
  enable(0),
  write("serial clock", SSI_BAUDR.address, 6),
  write("frames of 8 bits", SSI_CTRLR0.address, SSI_CTRLR0.of({ DFS_32: 7 })),
  write("the flash is the slave", SSI_SER.address, 1),
  enable(1),
];

/** Ends continuous read modes of the flash: clocks with its inputs low and high, then sixteen ones (data sheet 2.8.3.1.3). */
const endContinuousRead: readonly ProcedureStep[] = [
  select("high"),
  ...pads(PULLED.down),
  ...clocks(0x00, 4),
  select("low"),
  ...pads(PULLED.up),
  ...clocks(0x00, 4),
  ...pads(PAD),
  select("high"),
  select("low"),
  ...clocks(0xff, 2),
  select("high"),
];

/** What a command byte starts goes on in the flash; the interface sends it alone, with its own chip select. */
const command = (byte: number): readonly ProcedureStep[] => [
  write("a command to the flash", SSI_DR0.address, byte),
  until(sent),
];

/**
 * Longest command of a W25Q16JV, an erase of all of it, in milliseconds (data sheet, 9.6, recalled (unsure)). A larger flash
 * may take longer for that one, which is cut short then: what it erases was to be lost.
 */
const LONGEST_MS = 30_000;

const idle: RegisterTest = {
  name: "the flash does nothing",
  at: word(SSI_DR0.address),
  mask: FLASH_BUSY,
  value: 0,
  otherwise: "the flash chip does not end its command, or none answers",
};

/** Frames of a command byte and one that is received, as the status register is read. */
const statusReads: readonly ProcedureStep[] = [
  enable(0),
  write("a command byte, then one to receive", SSI_CTRLR0.address, SSI_CTRLR0.of({ DFS_32: 7, TMOD: EEPROM_READ })),
  write("one byte", SSI_CTRLR1.address, 0),
  enable(1),
  select("ssi"),
];

/**
 * Waits for a command that was begun before, during which the flash can't be read (it would be taken for erased), and
 * ends one that never ends: 66h, 99h reset the flash chip (W25Q16JV data sheet, 8.2.41). One that is busy then, too, fails.
 */
const awaitFlash: readonly ProcedureStep[] = [
  ...statusReads,
  {
    ...{ step: "until", ...idle, deadlineMs: LONGEST_MS },
    each: [write("read the flash's status", SSI_DR0.address, 0x05), until(received)],
    orElse: [
      ...plainSpi,
      ...command(0x66),
      ...command(0x99),
      { step: "delay", name: "the flash resets", ms: 1 },
      ...statusReads,
    ],
  },
];

/** Reads as memory by the instruction 03h with 24 bits of address, which every serial flash has. */
const readAsMemory: readonly ProcedureStep[] = [
  enable(0),
  write("frames of 32 bits, address first", SSI_CTRLR0.address, SSI_CTRLR0.of({ DFS_32: 31, TMOD: EEPROM_READ })),
  write("instruction 03h", SSI_SPI_CTRLR0.address, SSI_SPI_CTRLR0.of({ XIP_CMD: 0x03, INST_L: 2, ADDR_L: 6 })),
  enable(1),
  select("ssi"),
  write("flush the cache", XIP_FLUSH.address, 1),
];

/** What holds while the flash is read as memory; the ROM leaves it otherwise where it starts no program. */
export const FLASH_SHOWN = [
  test(RESETS_RESET, "the pins are out of reset", QSPI, 0, "the pins to the flash are in reset"),
  test(
    IO_QSPI_SS_CTRL,
    "chip select is the interface's",
    IO_QSPI_SS_CTRL.of({ OUTOVER: 3, FUNCSEL: 0x1f }),
    0,
    "the chip select of the flash is not left to the serial interface",
  ),
  test(SSI_SSIENR, "the interface is on", 1, 1, "the serial interface to the flash is off"),
  test(
    SSI_CTRLR0,
    "it reads as memory",
    SSI_CTRLR0.mask("TMOD"),
    SSI_CTRLR0.of({ TMOD: EEPROM_READ }),
    "the serial interface to the flash is set for commands",
  ),
] as const;

/** Makes the flash readable where neither the boot ROM nor a program has done that yet, or where its commands are under way. */
const showFlash: Procedure = {
  name: "show the flash as memory",
  what: "Sets the serial interface to the flash so that the flash can be read at its addresses.",
  unless: FLASH_SHOWN,
  steps: [
    // It waits in the boot ROM then, as after a reset of the chip.
    write(
      "core 1, which code that was broken off may hold",
      clearAlias(PSM_FRCE_OFF.address),
      PSM_FRCE_OFF.mask("PROC1"),
    ),
    write("pins of the flash into reset", setAlias(RESETS_RESET.address), QSPI),
    write("pins of the flash out of reset", clearAlias(RESETS_RESET.address), QSPI),
    until(released),
    ...PIN_CTRLS.map((ctrl) => write("a pin to the flash", ctrl, 0)),
    ...plainSpi,
    ...endContinuousRead,
    ...awaitFlash,
    ...readAsMemory,
  ],
  cleanup: [],
  source: "RP2040 data sheet, 2.8.3.1.3 and 4.10",
};

/** What an RP2040 does of its own: a chip that was halted at its reset has no flash to be seen. */
export const rp2040Procedures: Procedures = { "after-halt": showFlash };
