import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the example firmware, with a slash at its end. */
export const EXAMPLE = fileURLToPath(new URL("../../../examples/k24-bootloader/", import.meta.url));

/** One file of the example. */
export function exampleFile(name: string): Buffer {
  return readFileSync(EXAMPLE + name);
}

/** A run of bytes and where it belongs. */
export type Piece = { readonly address: number; readonly bytes: Buffer };

/** A named part of an ELF file: `address` is where the program sees it. */
export type Section = { readonly name: string; readonly address: number; readonly offset: number };

// Small readers of their own: the product's parsers are not asked whether the product's fixtures are right.

/** Data records of an Intel HEX file (Intel, Hexadecimal Object File Format, revision A), checksums verified. */
export function readHex(text: string): Piece[] {
  const pieces: Piece[] = [];
  let base = 0;
  for (const record of text.trim().split(/\r?\n/).map(hexRecord)) {
    if (record.type === 2) base = record.data.readUInt16BE() * 16;
    if (record.type === 4) base = record.data.readUInt16BE() * 65536;
    if (record.type === 0) pieces.push({ address: base + record.offset, bytes: record.data });
  }
  return pieces;
}

function hexRecord(line: string): { type: number; offset: number; data: Buffer } {
  const bytes = Buffer.from(line.slice(1), "hex");
  if (line[0] !== ":" || bytes.length !== bytes[0]! + 5 || (sum(bytes) & 0xff) !== 0)
    throw new Error(`bad record ${line}`);
  return { type: bytes[3]!, offset: bytes.readUInt16BE(1), data: bytes.subarray(4, -1) };
}

/** Data records of a Motorola S-record file, checksums verified. */
export function readSrec(text: string): Piece[] {
  return text.trim().split(/\r?\n/).flatMap(srecRecord);
}

function srecRecord(line: string): Piece[] {
  const bytes = Buffer.from(line.slice(2), "hex");
  if (line[0] !== "S" || bytes.length !== bytes[0]! + 1 || (sum(bytes) & 0xff) !== 0xff)
    throw new Error(`bad record ${line}`);
  const type = Number(line[1]);
  if (type < 1 || type > 3) return [];
  return [{ address: bytes.readUIntBE(1, type + 1), bytes: bytes.subarray(type + 2, -1) }];
}

function sum(bytes: Buffer): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

/** PT_LOAD segments of an ELF32 file by physical address (System V ABI, Program Header). */
export function readElfSegments(elf: Buffer): Piece[] {
  const headers = Array.from({ length: elf.readUInt16LE(0x2c) }, (_, index) => elf.readUInt32LE(0x1c) + 32 * index);
  return headers
    .filter((at) => elf.readUInt32LE(at) === 1 && elf.readUInt32LE(at + 16) > 0)
    .map((at) => ({
      address: elf.readUInt32LE(at + 12),
      bytes: slice(elf, elf.readUInt32LE(at + 4), elf.readUInt32LE(at + 16)),
    }));
}

function slice(bytes: Buffer, offset: number, length: number): Buffer {
  return bytes.subarray(offset, offset + length);
}

/** Sections of an ELF32 file (System V ABI, Section Header). */
export function readElfSections(elf: Buffer): Section[] {
  const headers = Array.from({ length: elf.readUInt16LE(0x30) }, (_, index) => elf.readUInt32LE(0x20) + 40 * index);
  const names = elf.readUInt32LE(headers[elf.readUInt16LE(0x32)]! + 16);
  return headers.map((at) => ({
    name: textAt(elf, names + elf.readUInt32LE(at)),
    address: elf.readUInt32LE(at + 12),
    offset: elf.readUInt32LE(at + 16),
  }));
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString("latin1", offset, bytes.indexOf(0, offset));
}

/** `length` bytes of FF with the pieces laid over them. */
export function layOut(pieces: readonly Piece[], length: number): Buffer {
  const image = Buffer.alloc(length, 0xff);
  for (const piece of pieces) piece.bytes.copy(image, piece.address);
  return image;
}

/** Runs of one byte value longer than `limit`. */
export function longRuns(bytes: Buffer, limit: number): { start: number; end: number }[] {
  const runs: { start: number; end: number }[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    while (end < bytes.length && bytes[end] === bytes[start]) end++;
    if (end - start > limit) runs.push({ start, end });
  }
  return runs;
}
