import type { CommandSpec } from "../command.ts";

/** The commands of flash and files. */
export const FLASH_COMMANDS = [
  {
    names: ["LoadFile"],
    args: [
      { name: "filename", kind: "file" },
      { name: "addr", kind: "address", optional: true },
      { name: "reset", kind: "choice", choices: ["noreset", "reset"], optional: true },
    ],
    help: "programs a file: .bin .hex .srec .elf",
    needs: "target",
    prints: "the reset, what was programmed and how fast, `O.K.`",
    source: "log",
    example: "LoadFile app.bin 0x0",
    syntax: "LoadFile <filename> [<addr>] [, <noreset | reset>]",
  },
  {
    names: ["LoadBin"],
    args: [
      { name: "filename", kind: "file" },
      { name: "addr", kind: "address", optional: true },
      { name: "reset", kind: "choice", choices: ["noreset", "reset"], optional: true },
    ],
    help: "the same",
    needs: "target",
    prints: "as LoadFile",
    source: "log",
    example: "LoadBin app.bin, 0x0",
    syntax: "LoadBin <filename> [<addr>] [, <noreset | reset>]",
  },
  {
    names: ["SaveBin"],
    args: [
      { name: "filename", kind: "file" },
      { name: "addr", kind: "address" },
      { name: "NumBytes", kind: "hex" },
    ],
    help: "saves memory to a file",
    needs: "target",
    prints: "`Reading 1024 bytes from addr 0x00000000 into file...O.K.`",
    source: "log",
    example: "SaveBin saved.bin, 0, 400",
  },
  {
    names: ["VerifyBin"],
    args: [
      { name: "filename", kind: "file" },
      { name: "addr", kind: "address" },
    ],
    help: "compares a file with memory",
    needs: "target",
    prints: "`Verify successful.`, or the first byte that differs",
    source: "log",
    example: "VerifyBin app.bin, 0x0",
  },
  {
    names: ["erase"],
    args: [
      { name: "SAddr", kind: "hex", optional: true },
      { name: "EAddr", kind: "hex", optional: "with-previous" },
      { name: "reset", kind: "choice", choices: ["noreset", "reset"], optional: true },
    ],
    help: "erases a range, or the chip",
    needs: "target",
    prints: "the reset, times, `Erasing done.`",
    source: "log",
    example: "erase 5000, 7000",
    syntax: "erase [<SAddr>, <EAddr>] [, <noreset | reset>]",
  },
  {
    names: ["unlock"],
    args: [{ name: "DeviceName", kind: "text", optional: true }],
    help: "opens a locked chip by a mass erase",
    needs: "probe",
    prints: "`Unlocking device...O.K.`",
    source: "log",
    example: "unlock Kinetis",
  },
] as const satisfies readonly CommandSpec[];
