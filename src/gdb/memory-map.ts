import { addressRanges, firmwareBanks, isForFirmware } from "../chips/banks.ts";
import { WINDOW } from "./semihosting/file-io.ts";
import type { Chip } from "../chips/chip.ts";
import type { FlashBank, Range } from "../chips/flash-bank.ts";

/** What is no chip's own: bit-band aliases, external RAM and devices (ARMv7-M ARM (DDI 0403E), B3.1). */
const ELSEWHERE = [
  { start: 0x22000000, length: 0x02000000 },
  { start: 0x42000000, length: 0x02000000 },
  { start: 0x60000000, length: 0x40000000 },
] as const;

/**
 * A chip's memory map for GDB. What isn't listed can't be read, so peripherals and external memory are `ram`; what `load`
 * can't program (option bytes, one-time cells) is `rom`.
 */
export function memoryMapXml(chip: Chip): string {
  const others = chip.banks.filter((bank) => !isForFirmware(bank));
  const own = [
    ...firmwareBanks(chip).flatMap(flashXml),
    ...others.map((bank) => regionXml("rom", bank)),
    ...chip.memories.map((memory) => regionXml(memory.kind === "rom" ? "rom" : "ram", memory)),
    ...[...ELSEWHERE, WINDOW].filter((range) => !isTaken(chip, range)).map((range) => regionXml("ram", range)),
  ];
  const dtd = '"+//IDN gnu.org//DTD GDB Memory Map V1.0//EN" "http://sourceware.org/gdb/gdb-memory-map.dtd"';
  return `<?xml version="1.0"?><!DOCTYPE memory-map PUBLIC ${dtd}><memory-map>${own.join("")}</memory-map>`;
}

/** GDB refuses regions that overlap. */
const isTaken = (chip: Chip, { start, length }: Range): boolean =>
  addressRanges(chip).some((one) => one.start < start + length && start < one.start + one.length);

const regionXml = (type: "ram" | "rom", { start, length }: Range): string =>
  `<memory type="${type}" start="${hex(start)}" length="${hex(length)}"/>`;

/** Sectors of one size make one region. */
function flashXml({ start, sectors }: FlashBank): readonly string[] {
  let at = start;
  return sectors.map(({ size, count }) => {
    const region = `<memory type="flash" start="${hex(at)}" length="${hex(size * count)}"><property name="blocksize">${hex(size)}</property></memory>`;
    at += size * count;
    return region;
  });
}

const hex = (value: number): string => `0x${value.toString(16)}`;
