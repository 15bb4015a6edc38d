import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCortexM } from "../../../src/twin/cpu/cortex-m.ts";
import { BUS_FAULT, type CpuMemory } from "../../../src/twin/cpu/seam.ts";
import type { JudgeBoard } from "./boards.ts";
import { gcc } from "./run-qemu.ts";

/** The programs under `programs/` that print the same on the twin and in QEMU. */
export const PROGRAMS = ["library", "switching", "interrupts", "faults"] as const;

/** Which other cores run which of them: the machines with the M4F's memories and UART. `switching` needs an FPU. */
export const ON_OTHERS = [
  ...(["library", "interrupts", "faults"] as const).map((program) => ({ core: "M3", program }) as const),
  ...PROGRAMS.map((program) => ({ core: "M7", program }) as const),
];

const UART = 0x40004000;
const SLICE = 100_000;

/** Builds a program and hands its path on; the files are gone afterwards. */
export function withProgram<T>(board: JudgeBoard, name: string, use: (board: JudgeBoard, elf: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-program-"));
  try {
    const elf = join(folder, `${name}.elf`);
    const sources = ["programs/board.c", `programs/${name}.c`, "-lm"];
    gcc(board, [
      "-O2",
      "-std=gnu11",
      "-nostartfiles",
      "-Wl,--build-id=none,-T,programs/board.ld",
      ...sources,
      "-o",
      elf,
    ]);
    return use(board, elf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a program prints on QEMU's UART. */
export function printedByQemu({ machine }: JudgeBoard, elf: string): string {
  const quiet = ["-display", "none", "-monitor", "none", "-serial", "stdio", "-semihosting"];
  const run = ["-M", machine, ...quiet, "-kernel", elf];
  return execFileSync("qemu-system-arm", run, { encoding: "utf8", timeout: 60_000, input: "" });
}

/** The loadable segments of an ELF file: where, and what. */
function segments(elf: string): { address: number; bytes: Uint8Array }[] {
  const file = readFileSync(elf);
  const [table, count] = [file.readUInt32LE(28), file.readUInt16LE(44)];
  const headers = Array.from({ length: count }, (_, n) => file.subarray(table + 32 * n, table + 32 * n + 32));
  const loadable = headers.filter((header) => header.readUInt32LE(0) === 1);
  return loadable.map((header) => {
    const [offset, , address, size] = [4, 8, 12, 16].map((at) => header.readUInt32LE(at)) as [
      number,
      number,
      number,
      number,
    ];
    return { address, bytes: file.subarray(offset, offset + size) };
  });
}

/** The machine's memories as far as the programs use them, filled from an ELF file. */
function memoriesFrom(elf: string): CpuMemory[] {
  const memories = [
    { base: 0, bytes: new Uint8Array(0x100000), writable: true, direct: true },
    { base: 0x20000000, bytes: new Uint8Array(0x100000), writable: true, direct: true },
  ];
  for (const { address, bytes } of segments(elf)) {
    const home = memories.find(({ base, bytes: { length } }) => address >= base && address < base + length);
    home?.bytes.set(bytes, address - home.base);
  }
  return memories;
}

/** What a program prints on the twin's core, until it stops at a BKPT; throws when it takes over `limit` cycles. */
export function printedByTwin({ profile }: JudgeBoard, elf: string, limit = 200_000_000): string {
  const text: number[] = [];
  const uart = (address: number) => address >= UART && address < UART + 0x1000;
  const bus = {
    memories: memoriesFrom(elf),
    read: (address: number) => (uart(address) ? 0 : BUS_FAULT),
    write: (address: number, _size: number, value: number) => {
      if (address === UART) text.push(value & 0xff);
      return uart(address) ? 0 : BUS_FAULT;
    },
    stableUntil: () => 0,
  };
  const refuse = (what: string) => {
    throw new Error(`the program made the core ask for ${what}`);
  };
  const cpu = createCortexM(profile, bus, { resetRequested: refuse, unimplemented: (op) => refuse(op.toString(16)) });
  cpu.powerOn();
  cpu.ppbWrite(0xe000edf0, 4, 0xa05f0001, "debug");
  cpu.leaveReset();
  while (cpu.state !== "halted") {
    if (cpu.cycles > limit)
      throw new Error(`no end after ${limit} cycles: ${String.fromCharCode(...text.slice(-200))}`);
    cpu.run(SLICE);
  }
  return String.fromCharCode(...text);
}
