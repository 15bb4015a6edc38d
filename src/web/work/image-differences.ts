import type { Difference } from "../../flash/verify.ts";
import type { Image, Segment } from "../../image/image.ts";

/** Equal bytes between two differences that are shown as one. */
const GAP = 4;

/** What stands where an image has no byte: unprogrammed flash. */
const ERASED = 0xff;

/** Reads an image from low addresses to high ones: each segment is looked up once, however many reads there are. */
class Ascending {
  private readonly segments: readonly Segment[];
  private next = 0;

  constructor({ segments }: Pick<Image, "segments">) {
    this.segments = [...segments].sort((a, b) => a.address - b.address);
  }

  /** The bytes from an address on that is not below the one of the read before. */
  read(address: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count).fill(ERASED);
    while (this.next < this.segments.length && endOf(this.segments[this.next]) <= address) this.next++;
    for (let i = this.next; i < this.segments.length && this.segments[i].address < address + count; i++) {
      const { address: start, bytes: own } = this.segments[i];
      const from = Math.max(address, start);
      bytes.set(own.subarray(from - start, address + count - start), from - address);
    }
    return bytes;
  }
}

const endOf = ({ address, bytes }: Segment): number => address + bytes.length;

interface Run {
  readonly start: number;
  end: number;
}

/** Ranges in which two images differ, those near to each other as one; in time linear in bytes and segments. */
export function differencesOf(a: Pick<Image, "segments">, b: Pick<Image, "segments">): readonly Difference[] {
  const [expected, actual] = [new Ascending(a), new Ascending(b)];
  return runsOf(a, b).map(({ start, end }) => ({
    address: start,
    expected: expected.read(start, end - start),
    actual: actual.read(start, end - start),
  }));
}

function runsOf(a: Pick<Image, "segments">, b: Pick<Image, "segments">): readonly Run[] {
  const [ours, theirs] = [new Ascending(a), new Ascending(b)];
  const runs: Run[] = [];
  for (const { start, end } of covered([...a.segments, ...b.segments])) {
    const [left, right] = [ours.read(start, end - start), theirs.read(start, end - start)];
    for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) addTo(runs, start + i);
  }
  return runs;
}

/** The ranges that segments cover, in order and apart from each other. */
function covered(segments: readonly Segment[]): readonly Run[] {
  const ranges: Run[] = [];
  for (const segment of [...segments].sort((x, y) => x.address - y.address)) {
    const last = ranges.at(-1);
    if (last && segment.address <= last.end) last.end = Math.max(last.end, endOf(segment));
    else ranges.push({ start: segment.address, end: endOf(segment) });
  }
  return ranges;
}

function addTo(runs: Run[], address: number): void {
  const last = runs.at(-1);
  if (last && address <= last.end + GAP) last.end = address + 1;
  else runs.push({ start: address, end: address + 1 });
}
