import type { ApIdentity } from "../../adi/ap-identity.ts";
import type { BatchMemory, Memory, MemoryOp } from "../../adi/memory.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import type { Chip } from "../../chips/chip.ts";

/** Whether the chip on the wire is the one that was named; `unknown` where its identification could not be read. */
export type ChipMatch = "yes" | "no" | "unknown";

/** Whether a debug port and its access ports are those of a chip; others of its family have the same. */
export const hasPortsOf = ({ debug }: Chip, dpidr: number, aps: readonly ApIdentity[]): boolean =>
  debug.dpidr === dpidr && debug.aps.every(({ index, idr }) => aps.some((ap) => ap.index === index && ap.idr === idr));

/** The same, and no access port beside them: another family may have the same ports and one more. */
export const hasOnlyPortsOf = (chip: Chip, dpidr: number, aps: readonly ApIdentity[]): boolean =>
  chip.debug.aps.length === aps.length && hasPortsOf(chip, dpidr, aps);

/** Reads a chip's identification registers, in one batch where none is refused, and compares them with what its data says. */
export async function matchChip(memory: BatchMemory, chip: Chip, io: Io = {}): Promise<ChipMatch> {
  try {
    return await matchByWords(await memory.run(chipLooks(chip), io), chip);
  } catch (error) {
    if (!UNREADABLE.includes(codeOf(error) ?? "")) throw error;
    return matchBy((address) => readWord(memory, address, io), chip);
  }
}

/** Accesses that read a chip's identification registers, as a part of a batch; `matchByWords` takes their words. */
export const chipLooks = ({ detection }: Chip): readonly MemoryOp[] =>
  detection.reads.map(({ address }) => ({ op: "read", address, width: 32 }));

/** Whether the words of `chipLooks` are the chip's. */
export const matchByWords = (words: Uint32Array, chip: Chip): Promise<ChipMatch> =>
  matchBy(async (wanted) => words[chip.detection.reads.findIndex(({ address }) => address === wanted)], chip);

/**
 * The same by another way to read words. A refusal is an answer of `unknown`, but of a register that the chip always shows:
 * then it is another one.
 */
export async function matchBy(read: (address: number) => Promise<number>, chip: Chip): Promise<ChipMatch> {
  for (const { address, mask, value, always = false } of chip.detection.reads)
    try {
      if (((await read(address)) & mask) >>> 0 !== value) return "no";
    } catch (error) {
      const code = codeOf(error) ?? "";
      if (!UNREADABLE.includes(code)) throw error;
      return always && code === "memory-fault" ? "no" : "unknown";
    }
  // Data that name no register prove nothing.
  return chip.detection.reads.length > 0 ? "yes" : "unknown";
}

/** A register was refused, or waits for a flash command that hangs, which nothing but a reset ends. */
export const UNREADABLE = ["memory-fault", "dap-wait"];

/** One word of memory. */
export async function readWord(memory: Memory, address: number, io: Io = {}): Promise<number> {
  const [b0, b1, b2, b3] = await memory.read(address, 4, 32, io);
  return (b0 | (b1 << 8) | (b2 << 16) | (b3 << 24)) >>> 0;
}
