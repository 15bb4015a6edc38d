import type { Memory } from "../../adi/memory.ts";
import { equalBytes } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import { address32 } from "../../base/u32.ts";
import type { FlashAlgorithm } from "../../chips/flash-algorithm.ts";
import { FlashError } from "../flash-error.ts";
import { codeBytes } from "../ram-mailbox.ts";
import { CALL_WORDS, SET_WORDS_LENGTH, SLOT_LENGTH, SLOT_WORDS } from "./call-words.ts";
import { type Placement, STUB_LENGTH } from "./placement.ts";
import { ALGORITHM_STUB } from "./stub-code.ts";

/** What stands in a guard, and in a stack before it is used. */
const [GUARD_BYTE, STACK_BYTE] = [0xc5, 0x56];

/** Everything as it stands in RAM before the first call: code, data, words of calls, guards, a painted stack. */
export function ramImage(algorithm: FlashAlgorithm, placement: Placement): Uint8Array {
  const { all, blob, stub, words, slots, stack, guards } = placement;
  const bytes = new Uint8Array(all.length);
  const fill = (start: number, length: number, byte: number) =>
    bytes.fill(byte, start - all.start, start - all.start + length);
  for (const { start, length } of guards) fill(start, length, GUARD_BYTE);
  fill(stack.start, stack.length, STACK_BYTE);
  bytes.set(codeBytes(ALGORITHM_STUB), stub - all.start);
  bytes.set(algorithm.blob, blob - all.start);
  const view = new DataView(bytes.buffer, words - all.start);
  const staticBase = staticBaseOf(algorithm, placement);
  view.setUint32(CALL_WORDS.staticBase, staticBase, true);
  view.setUint32(CALL_WORDS.stack, stack.start + stack.length, true);
  view.setUint32(CALL_WORDS.mask, slots * SLOT_LENGTH - 1, true);
  for (let i = 0; i < slots; i++)
    view.setUint32(CALL_WORDS.slots + i * SLOT_LENGTH + SLOT_WORDS.staticBaseAfter, staticBase, true);
  return bytes;
}

/** What R9 holds in every call. */
export const staticBaseOf = ({ staticBase }: FlashAlgorithm, { blob }: Placement): number => (blob + staticBase) >>> 0;

/** Puts an algorithm into RAM; throws `loader-failed` where it does not stand there afterwards. */
export async function loadAlgorithm(
  memory: Memory,
  algorithm: FlashAlgorithm,
  placement: Placement,
  io: Io,
): Promise<void> {
  const { start, length } = placement.all;
  const bytes = ramImage(algorithm, placement);
  await memory.write(start, bytes, 32, io);
  if (equalBytes(await memory.read(start, length, 32, io), bytes)) return;
  throw new FlashError(
    "loader-failed",
    `The RAM from ${address32(start)} on does not hold the flash algorithm ${algorithm.name}`,
  );
}

/**
 * Looks at what no algorithm has reason to change: the guards, its own code, and the stub's. Throws
 * `algorithm-stray-write`, which names the first of them that has other bytes.
 */
export async function checkGuards(
  memory: Memory,
  algorithm: FlashAlgorithm,
  placement: Placement,
  io: Io,
): Promise<void> {
  const wanted = ramImage(algorithm, placement);
  const { all } = placement;
  const stray = strayWrite(algorithm, placement, await memory.read(all.start, all.length, 32, io), wanted);
  if (!stray) return;
  const { what } = stray;
  const address = address32(stray.address);
  throw new FlashError(
    "algorithm-stray-write",
    `The flash algorithm ${algorithm.name} wrote to RAM that is not its own: ${what}, at ${address}`,
    { details: { algorithm: algorithm.name, what, address } },
  );
}

/** The first byte that no algorithm has reason to change and that has changed, of RAM as it is found and as it was. */
export function strayWrite(
  algorithm: FlashAlgorithm,
  { all, blob, stub, words, guards }: Placement,
  found: Uint8Array,
  wanted: Uint8Array,
): { readonly what: string; readonly address: number } | undefined {
  const parts = [
    ...guards.map(({ start, length, by }) => ({ start, length, what: `memory behind ${by}` })),
    { start: blob, length: algorithm.codeLength, what: "its own code" },
    { start: stub, length: STUB_LENGTH, what: "the code that calls it" },
    { start: words, length: SET_WORDS_LENGTH, what: "the words of its calls" },
  ];
  for (const { start, length, what } of parts) {
    const offset = start - all.start;
    const first = firstOther(found, wanted, offset, offset + length);
    if (first !== undefined) return { what, address: all.start + first };
  }
  return undefined;
}

/** Bytes of a painted stack that were used, of all RAM as it is found. */
export function usedStack({ all, stack }: Placement, found: Uint8Array): number {
  const painted = found.subarray(stack.start - all.start, stack.start - all.start + stack.length);
  const first = painted.findIndex((byte) => byte !== STACK_BYTE);
  return first < 0 ? 0 : stack.length - first;
}

function firstOther(found: Uint8Array, wanted: Uint8Array, from: number, to: number): number | undefined {
  for (let at = from; at < to; at++) if (found[at] !== wanted[at]) return at;
  return undefined;
}
