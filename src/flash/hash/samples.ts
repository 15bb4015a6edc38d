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
 * Of sectors that differ for certain but might be half done, those in which one look shows that they are not: two write
 * units that are neither erased nor as wanted, apart from each other, because a cut command leaves bits as they come where
 * it was. All looks are one batch; one that can't be read proves nothing of any of them.
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
  const differ = new Set(samples.map(({ sector }) => sector.address));
  let at = 0;
  for (const { sector, wanted } of samples) {
    const found = bytesOf(words.subarray(at, at + wanted.length / WORD));
    at += wanted.length / WORD;
    if (isErased(found, sector.bank) || equalBytes(found, wanted)) differ.delete(sector.address);
  }
  return differ;
}

/** Two write units of what a sector holds otherwise, which no one command programs; none where there are no two. */
function samplesOf(sector: Sector, proofs: readonly Proof[]): readonly Sample[] {
  const own = proofs.filter((proof) => isIn(sector, proof));
  const { unit, burst } = sector.bank.write;
  if (unit % WORD !== 0 || own.some(({ holds }) => holds === "unknown")) return [];
  const units = own.filter(({ holds }) => holds === "other").flatMap((proof) => unitsOf(sector, proof));
  const clear = units.filter(({ wanted }) => !wanted.includes(sector.bank.erased) && !wanted.includes(0));
  const [first] = clear.length > 1 ? clear : units;
  const last = (clear.length > 1 ? clear : units).at(-1);
  const apart = burst.size < sector.size ? burst.size : unit;
  const commandOf = ({ address }: Sample) => Math.floor((address - sector.address) / apart);
  return first && last && commandOf(first) !== commandOf(last) ? [first, last] : [];
}

/** The whole write units of a piece of a sector. */
function unitsOf(sector: Sector, { address, bytes }: Proof): readonly Sample[] {
  const { unit } = sector.bank.write;
  const first = (unit - ((address - sector.address) % unit)) % unit;
  return Array.from({ length: Math.max(0, Math.floor((bytes.length - first) / unit)) }, (_, i) => {
    const offset = first + i * unit;
    return { sector, address: address + offset, wanted: bytes.subarray(offset, offset + unit) };
  });
}

const looksAt = (address: number, length: number): readonly MemoryOp[] =>
  Array.from({ length: length / WORD }, (_, i) => ({ op: "read", address: address + i * WORD, width: 32 }));

function bytesOf(words: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * WORD));
  for (const [i, word] of words.entries()) view.setUint32(i * WORD, word, true);
  return new Uint8Array(view.buffer);
}
