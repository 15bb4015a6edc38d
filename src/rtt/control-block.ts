import { wordsOf } from "../base/bytes.ts";
import { address32, type u32 } from "../base/u32.ts";
import { RttError } from "./rtt-error.ts";

/** A range of the target's address space, in bytes. */
export interface AddressRange {
  readonly start: u32;
  readonly length: number;
}

/** One ring buffer in the target's RAM, as its descriptor stood when it was read. */
export interface Ring {
  /** Where the descriptor lies. */
  readonly address: u32;
  /** Address of the channel's name, a C string; 0 where it has none. */
  readonly name: u32;
  readonly buffer: u32;
  /** In bytes; 0 where the firmware hasn't set up the channel. */
  readonly size: number;
  /** Where the writer continues: the target in an up buffer, the host in a down buffer. */
  readonly writeOffset: number;
  /** Where the reader continues; the buffer is empty where both are equal. */
  readonly readOffset: number;
}

/** The RTT control block: one ring for each channel and direction, `up` to the host and `down` to the target. */
export interface ControlBlock {
  readonly address: u32;
  readonly up: readonly Ring[];
  readonly down: readonly Ring[];
}

/** What the block begins with, filled up with zeros (UM08001 V6.22, 13.2; wiki.segger.com/RTT, internal structures). */
export const ID = Uint8Array.from({ length: 16 }, (_, i) => "SEGGER RTT".charCodeAt(i) || 0);

/** Bytes before the first descriptor: the ID, the number of up buffers, the number of down buffers. */
export const HEADER_LENGTH = 24;

/** A descriptor is six words: name, buffer, size, write offset, read offset, flags. */
const DESCRIPTOR_LENGTH = 24;

/** Where a descriptor keeps the offset that its writer, and the one that its reader sets. */
export const OFFSETS = { write: 12, read: 16 } as const;

/** More of one kind, or larger ones, no firmware has: such a block is something else's memory (unsure). */
const MOST = { channels: 32, bytes: 0x100000 } as const;

/** Whether the 16 bytes at an offset are the block's ID. */
export const isId = (bytes: Uint8Array, at = 0): boolean => ID.every((byte, i) => bytes[at + i] === byte);

/** How long the block is whose header is given; throws `rtt-block-broken` for a header that is none. */
export function blockLength(address: u32, header: Uint8Array): number {
  if (!isId(header)) throw broken(address, "its ID is gone");
  const [up, down] = wordsOf(header.subarray(16, HEADER_LENGTH));
  if (up > MOST.channels || down > MOST.channels) throw broken(address, `it claims ${up} up and ${down} down buffers`);
  return HEADER_LENGTH + DESCRIPTOR_LENGTH * (up + down);
}

/** Reads a whole block; throws `rtt-block-broken` where anything in it can't be: all of it is the target's word. */
export function parseBlock(address: u32, bytes: Uint8Array): ControlBlock {
  const length = blockLength(address, bytes.subarray(0, HEADER_LENGTH));
  if (length !== bytes.length) throw broken(address, "its number of buffers has changed");
  const [up] = wordsOf(bytes.subarray(16, 20));
  const count = (length - HEADER_LENGTH) / DESCRIPTOR_LENGTH;
  const rings = Array.from({ length: count }, (_, i) => ringAt(address, HEADER_LENGTH + DESCRIPTOR_LENGTH * i, bytes));
  return { address, up: rings.slice(0, up), down: rings.slice(up) };
}

function ringAt(block: u32, at: number, bytes: Uint8Array): Ring {
  const [name, buffer, size, writeOffset, readOffset] = wordsOf(bytes.subarray(at, at + DESCRIPTOR_LENGTH));
  const ring = { address: block + at, name, buffer, size, writeOffset, readOffset };
  // A channel that isn't set up may hold anything else.
  if (size === 0) return { ...ring, writeOffset: 0, readOffset: 0 };
  const isPlace = buffer !== 0 && size <= MOST.bytes && isMemory(buffer, size);
  if (!isPlace) throw broken(block, `it has a buffer of ${size} bytes at ${address32(buffer)}`);
  if (writeOffset < size && readOffset < size) return ring;
  throw broken(block, `the offsets ${writeOffset} and ${readOffset} lie outside a buffer of ${size} bytes`);
}

/** No peripheral and no register of the core (ARMv7-M ARM (DDI 0403E), B3.1): what is put there would do something. */
export const isMemory = (start: u32, length: number): boolean =>
  MEMORY.some(([from, to]) => start >= from && start + length <= to);

/** Code and SRAM, and the region of external RAM. */
const MEMORY = [
  [0x00000000, 0x40000000],
  [0x60000000, 0xa0000000],
] as const;

const broken = (address: u32, why: string) =>
  new RttError("rtt-block-broken", `The RTT control block at ${address32(address)} can't be used: ${why}`, {
    details: { address: address32(address) },
  });
