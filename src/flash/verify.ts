import { unsteadyMemory } from "../adi/read-twice.ts";
import { equalBytes } from "../base/bytes.ts";
import type { Image, Segment } from "../image/image.ts";
import type { DeclaredChange } from "../protection/effective-image.ts";
import type { Readable } from "./content.ts";
import { type Declared, isKept, type KeptBytes } from "./declared.ts";
import type { KeepRange } from "./keep.ts";
import type { OnProgress } from "./progress.ts";
import { type ReadLimits, readTolerant } from "./read-flash.ts";

/** A run of bytes that differ; `actual` is undefined where they could not even be read. */
export interface Difference {
  /** The address of the first byte. */
  readonly address: number;
  /** The bytes that the image has. */
  readonly expected: Uint8Array;
  /** The bytes that the chip has; undefined where they could not be read. */
  readonly actual: Uint8Array | undefined;
}

/** What a comparison found. */
export interface VerifyResult {
  /** `equal-but-declared`: the chip differs from the file only where the plan declared it. */
  readonly verdict: "equal" | "equal-but-declared" | "different" | "not-compared";
  /** Bytes compared. */
  readonly compared: number;
  /** Declared differences from the file that the chip indeed has. */
  readonly declared: readonly Declared[];
  /** Differences that were not declared, ascending, runs joined. */
  readonly differences: readonly Difference[];
}

/**
 * Compares an image with memory, byte by byte over the debug port.
 *
 * `changes` are what the policy declared: where the chip holds the declared byte, that is not a difference. What differs
 * is read again before it is reported. Throws `unsteady-read` where that brings something else, and what `memory` throws, but
 * for faults: those make a difference that could not be read, up to `mostUnreadable` write units of the `banks`.
 */
export async function verifyImage(
  memory: Readable,
  image: Image,
  changes: readonly DeclaredChange[],
  onProgress: OnProgress = () => {},
  io: ReadLimits = {},
): Promise<VerifyResult> {
  const total = image.segments.reduce((sum, s) => sum + s.bytes.length, 0);
  const found: Difference[] = [];
  let done = 0;
  onProgress({ phase: "verify", done, total });
  for (const segment of image.segments) {
    found.push(...(await provenDifferences(memory, segment, io)));
    done += segment.bytes.length;
    onProgress({ phase: "verify", done, total });
  }
  return judge(found, changes, total);
}

async function compare(memory: Readable, { address, bytes }: Block, io: ReadLimits): Promise<readonly Difference[]> {
  const actual = await readTolerant(memory, address, bytes.length, io);
  return runs(address, bytes, actual.bytes, actual.unreadable);
}

/** A comparison with what was to be programmed, as one with the file: what was declared stands between the two. */
export function againstFile(verify: VerifyResult, declared: readonly Declared[]): VerifyResult {
  const { verdict, differences } = verify;
  const holds = declared.filter((each) => isKept(each) || !differences.some((d) => isInside(each.address, d)));
  return {
    ...verify,
    verdict: verdict === "equal" && holds.length > 0 ? "equal-but-declared" : verdict,
    declared: holds,
  };
}

const isInside = (at: number, { address, expected }: Difference): boolean =>
  at >= address && at < address + expected.length;

/** A comparison with the file in which differences inside the ranges are declared: the chip's own bytes were kept there. */
export function withoutKept(verify: VerifyResult, ranges: readonly KeepRange[]): VerifyResult {
  const counts = ranges.map(() => 0);
  const rangeAt = (at: number) => ranges.findIndex(({ start, length }) => at >= start && at < start + length);
  const rest = verify.differences.flatMap((difference) => {
    const { address, expected, actual } = difference;
    if (!actual) return [difference];
    const wanted = expected.slice();
    for (let i = 0; i < expected.length; i++) {
      const range = rangeAt(address + i);
      if (range < 0) continue;
      wanted[i] = actual[i];
      counts[range]++;
    }
    return runs(address, wanted, actual, []).map((d) => ({ ...d, expected: original(difference, d) }));
  });
  const kept = ranges.flatMap(({ start, length }, i): readonly KeptBytes[] =>
    counts[i] > 0 ? [{ address: start, length, differing: counts[i] }] : [],
  );
  const declared = [...verify.declared, ...kept];
  const verdict = rest.length > 0 ? "different" : declared.length > 0 ? "equal-but-declared" : "equal";
  return { ...verify, verdict, declared, differences: rest };
}

/** Differences that came out the same when the range from the first to the last of them was read again. */
async function provenDifferences(memory: Readable, segment: Segment, io: ReadLimits): Promise<readonly Difference[]> {
  const found = await compare(memory, segment, io);
  const [first, last] = [found.at(0), found.at(-1)];
  if (!first || !last) return [];
  const from = first.address - segment.address;
  const to = last.address + last.expected.length - segment.address;
  const again = await compare(memory, { address: first.address, bytes: segment.bytes.subarray(from, to) }, io);
  const odd = found.findIndex((difference, i) => !isSame(difference, again[i]));
  // One more in between makes another one odd: nothing is read again behind the last.
  if (odd >= 0) throw unsteadyMemory(found[odd].address);
  return found;
}

const isSame = (a: Difference, b: Difference | undefined): boolean =>
  a.address === b?.address &&
  a.expected.length === b.expected.length &&
  equalBytes(a.actual ?? NOTHING, b.actual ?? NOTHING);

const NOTHING = new Uint8Array();

type Block = Pick<Segment, "address" | "bytes">;

function judge(found: readonly Difference[], changes: readonly DeclaredChange[], compared: number): VerifyResult {
  const declared = changes.filter((c) => found.some((d) => byteOf(d, c.address) === c.to));
  const rest = found.flatMap((d) => without(d, declared));
  const verdict = rest.length > 0 ? "different" : declared.length > 0 ? "equal-but-declared" : "equal";
  return { verdict, compared, declared, differences: rest };
}

const byteOf = (d: Difference, address: number): number | undefined =>
  address >= d.address && address < d.address + d.expected.length ? d.actual?.[address - d.address] : undefined;

/** A difference with declared bytes taken out: none, one or more runs. */
function without(difference: Difference, declared: readonly DeclaredChange[]): readonly Difference[] {
  if (!declared.some((c) => byteOf(difference, c.address) === c.to)) return [difference];
  const wanted = difference.expected.slice();
  for (const c of declared) if (byteOf(difference, c.address) === c.to) wanted[c.address - difference.address] = c.to;
  const actual = difference.actual ?? new Uint8Array();
  return runs(difference.address, wanted, actual, []).map((d) => ({ ...d, expected: original(difference, d) }));
}

const original = (whole: Difference, part: Difference): Uint8Array =>
  whole.expected.slice(part.address - whole.address, part.address - whole.address + part.expected.length);

/** Joins neighbouring bytes that differ into runs; bytes that could not be read form runs of their own. */
function runs(address: number, expected: Uint8Array, actual: Uint8Array, unreadable: readonly number[]): Difference[] {
  const unreadableSet = new Set(unreadable);
  const kind = (i: number) => (unreadableSet.has(i) ? "unreadable" : expected[i] === actual[i] ? "same" : "other");
  const list: Difference[] = [];
  for (let i = 0; i < expected.length; ) {
    const first = i;
    const what = kind(i);
    while (i < expected.length && kind(i) === what) i++;
    if (what === "same") continue;
    const seen = what === "unreadable" ? undefined : actual.slice(first, i);
    list.push({ address: address + first, expected: expected.slice(first, i), actual: seen });
  }
  return list;
}
