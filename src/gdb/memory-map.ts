import type { Chip } from "../chips/chip.ts";

/** What is no chip's own: bit-band aliases, external RAM and devices (ARMv7-M ARM (DDI 0403E), B3.1). */
const ELSEWHERE = [
  { start: 0x22000000, length: 0x02000000 },
  { start: 0x42000000, length: 0x02000000 },
  { start: 0x60000000, length: 0x40000000 },
] as const;

/** A chip's memory map for GDB: what isn't listed can't be read, so peripherals and external memory are `ram`. */
export function memoryMapXml({ memory, flash }: Chip): string {
  const ram = (start: number, length: number) => `<memory type="ram" start="${hex(start)}" length="${hex(length)}"/>`;
  const own = memory.map(({ kind, start, length }) =>
    kind === "flash" ? flashXml(start, length, flash.sectorSize) : ram(start, length),
  );
  const head = '<?xml version="1.0"?><!DOCTYPE memory-map PUBLIC "+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd">';
  return `${head}<memory-map>${own.join("")}${ELSEWHERE.map(({ start, length }) => ram(start, length)).join("")}</memory-map>`;
}

const flashXml = (start: number, length: number, sector: number): string =>
  `<memory type="flash" start="${hex(start)}" length="${hex(length)}"><property name="blocksize">${hex(sector)}</property></memory>`;

const hex = (value: number): string => `0x${value.toString(16)}`;
