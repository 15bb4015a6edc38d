import type { BatchMemory, MemoryOp } from "../../adi/memory.ts";
import { equalBytes } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import type { Sector } from "../../chips/sectors.ts";
import { isErased } from "../content.ts";
import { isIn } from "./guesses.ts";
import type { Proof } from "./proven-memory.ts";

const WORD = 4;

/** One write unit of a sector, and what the image has there. */
interface Sample {
  readonly sector: Sector;
  readonly address: number;
  readonly wanted: Uint8Array;
}

/**
 * Of sectors that differ for certain but might be half done, those in which one look shows that they are not: a write unit
 * that is neither erased nor as wanted. All looks are one batch; one that can't be read proves nothing of any of them.
 */
export async function differingBySample(
  memory: BatchMemory,
  sectors: readonly Sector[],
  proofs: readonly Proof[],
  io: Io,
): Promise<ReadonlySet<number>> {
  const samples = sectors.flatMap((sector) => samplesOf(sector, proofs));
  const looks = samples.flatMap(({ address, wanted }) => looksAt(address, wanted.length));
  const words = await memory.run(looks, io).catch((error: unknown) => {
    if (codeOf(error) !== "memory-fault") throw error;
    return undefined;
  });
  if (!words) return new Set();
  let at = 0;
  const differ = samples.filter(({ sector, wanted }) => {
    const found = bytesOf(words.subarray(at, at + wanted.length / WORD));
    at += wanted.length / WORD;
    return !isErased(found, sector.bank) && !equalBytes(found, wanted);
  });
  return new Set(differ.map(({ sector }) => sector.address));
}

/** A write unit in each piece of a sector that holds something else: the first without erased and zero bytes, if any. */
function samplesOf(sector: Sector, proofs: readonly Proof[]): readonly Sample[] {
  const own = proofs.filter((proof) => isIn(sector, proof));
  if (own.some(({ holds }) => holds === "unknown")) return [];
  const { unit } = sector.bank.write;
  if (unit % WORD !== 0) return [];
  return own
    .filter(({ holds }) => holds === "other")
    .flatMap(({ address, bytes }): readonly Sample[] => {
      const units: Sample[] = [];
      const first = address + ((unit - ((address - sector.address) % unit)) % unit);
      for (let from = first; from + unit <= address + bytes.length; from += unit)
        units.push({ sector, address: from, wanted: bytes.subarray(from - address, from - address + unit) });
      const isTelling = ({ wanted }: Sample) => !wanted.includes(sector.bank.erased) && !wanted.includes(0);
      const sample = units.find(isTelling) ?? units[0];
      return sample ? [sample] : [];
    });
}

const looksAt = (address: number, length: number): readonly MemoryOp[] =>
  Array.from({ length: length / WORD }, (_, i) => ({ op: "read", address: address + i * WORD, width: 32 }));

function bytesOf(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * WORD));
  for (const [i, word] of words.entries()) view.setUint32(i * WORD, word, true);
  return new Uint8Array(view.buffer);
}
