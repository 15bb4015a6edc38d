// @ts-check
// Image files of any size, written chunk by chunk so that making them needs no memory of its own.
import { closeSync, openSync, writeSync } from "node:fs";

/** One way to write `mib` megabytes of data into a file. @typedef {(path: string, mib: number) => void} WriteFile */

const RECORD = 16;
const MIB = 0x100000;

/** Each case of the benchmark, by its name. @type {{ readonly [name: string]: WriteFile }} */
export const files = {
  "Intel HEX": (path, mib) => writeHex(path, mib * MIB, { times: 1, step: RECORD }),
  "S-record": (path, mib) => writeSrec(path, mib * MIB),
  ELF: (path, mib) => writeElf(path, mib * MIB, 1),
  UF2: (path, mib) => writeUf2(path, mib * MIB),
  raw: (path, mib) => inChunks(path, (write) => repeat(mib * MIB, 512, (at) => write(data(at, 512)))),
  "Intel HEX, each record twice": (path, mib) => writeHex(path, mib * MIB, { times: 2, step: RECORD }),
  // A gap behind each record, so that 1 MB of data is 65,536 segments: no file may have more.
  "Intel HEX, 65,536 records 64 KB apart": (path) => writeHex(path, MIB, { times: 1, step: 0x10000 }),
  "ELF, 2,000 equal segments": (path, mib) => writeElf(path, mib * MIB, 2000),
};

/** @param {string} path @param {number} length @param {{ times: number, step: number }} how */
function writeHex(path, length, { times, step }) {
  inChunks(path, (write) => {
    let base = -1;
    repeat(length, RECORD, (at) => {
      const address = (at / RECORD) * step;
      const high = Math.floor(address / 0x10000);
      if (high !== base) write(hexRecord(4, 0, Buffer.from([high >>> 8, high & 0xff])));
      base = high;
      const record = hexRecord(0, address % 0x10000, data(at, RECORD));
      for (let i = 0; i < times; i++) write(record);
    });
    write(hexRecord(1, 0, Buffer.alloc(0)));
  });
}

/** @param {number} type @param {number} offset @param {Buffer} bytes */
function hexRecord(type, offset, bytes) {
  const body = Buffer.from([bytes.length, offset >>> 8, offset & 0xff, type, ...bytes]);
  return Buffer.from(`:${body.toString("hex").toUpperCase()}${checksum(body, 0)}\r\n`);
}

/** @param {string} path @param {number} length */
function writeSrec(path, length) {
  inChunks(path, (write) => {
    repeat(length, RECORD, (at) => write(sRecord("3", at, data(at, RECORD))));
    write(sRecord("7", 0, Buffer.alloc(0)));
  });
}

/** @param {string} type @param {number} address @param {Buffer} bytes */
function sRecord(type, address, bytes) {
  const head = Buffer.alloc(5);
  head[0] = bytes.length + 5;
  head.writeUInt32BE(address, 1);
  const body = Buffer.concat([head, bytes]);
  return Buffer.from(`S${type}${body.toString("hex").toUpperCase()}${checksum(body, 0xff)}\r\n`);
}

/** @param {Buffer} body @param {number} target */
const checksum = (body, target) =>
  Buffer.from([target - (body.reduce((sum, byte) => sum + byte, 0) & 0xff)])
    .toString("hex")
    .toUpperCase();

/** A file without sections whose segments all load the same bytes. @param {string} path @param {number} length @param {number} segments */
function writeElf(path, length, segments) {
  const headers = 52 + 32 * segments;
  const header = Buffer.alloc(headers);
  header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  header.writeUInt16LE(40, 18);
  header.writeUInt32LE(52, 28);
  header.writeUInt16LE(32, 42);
  header.writeUInt16LE(segments, 44);
  for (let i = 0; i < segments; i++) {
    const words = [1, headers, 0, 0, length, length];
    for (const [n, word] of words.entries()) header.writeUInt32LE(word, 52 + 32 * i + 4 * n);
  }
  inChunks(path, (write) => {
    write(header);
    repeat(length, 512, (at) => write(data(at, 512)));
  });
}

/** @param {string} path @param {number} length */
function writeUf2(path, length) {
  inChunks(path, (write) => {
    repeat(length, 256, (at) => {
      const block = Buffer.alloc(512);
      const words = [0x0a324655, 0x9e5d5157, 0, at, 256, at / 256, length / 256, 0];
      for (const [n, word] of words.entries()) block.writeUInt32LE(word, n * 4);
      block.set(data(at, 256), 32);
      block.writeUInt32LE(0x0ab16f30, 508);
      write(block);
    });
  });
}

/** Bytes that differ from place to place. @param {number} at @param {number} length */
const data = (at, length) => Buffer.from(Array.from({ length }, (_, i) => ((at + i) * 31 + (at >>> 8)) & 0xff));

/** @param {number} length @param {number} step @param {(at: number) => void} act */
function repeat(length, step, act) {
  for (let at = 0; at < length; at += step) act(at);
}

/** @param {string} path @param {(write: (bytes: Uint8Array) => void) => void} fill */
function inChunks(path, fill) {
  const file = openSync(path, "w");
  /** @type {Uint8Array[]} */
  let waiting = [];
  const flush = () => {
    const all = Buffer.concat(waiting);
    waiting = [];
    for (let at = 0; at < all.length; ) at += writeSync(file, all, at);
  };
  fill((bytes) => {
    waiting.push(bytes);
    if (waiting.length >= 4096) flush();
  });
  flush();
  closeSync(file);
}
