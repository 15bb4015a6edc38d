import { type Image, ImageError, type Segment } from "./image.ts";
import { JoinedBytes } from "./joined-bytes.ts";
import { ADDRESS_SPACE, checkImageBytes, checkSegmentCount } from "./limits.ts";

/** An image whose segments are still as the file gave them: in any order, touching, empty or overlapping. */
export type LooseImage = Omit<Image, "symbols"> & Partial<Pick<Image, "symbols">>;

/**
 * Makes an image of loose segments: moved by `offset` bytes, sorted, joined where they touch, empty ones dropped.
 *
 * Bytes given twice must be the same both times. Throws `ImageError` `image-empty`, `image-overlap`,
 * `image-too-large`, or `image-outside-chip` where an address leaves the 32-bit space.
 */
export function buildImage(loose: LooseImage, offset = 0): Image {
  const segments = joinSegments(loose.segments.map((segment) => moveSegment(segment, offset)));
  if (segments.length === 0) throw new ImageError("image-empty", "The file holds no bytes for any address");
  const symbols = (loose.symbols ?? []).map((symbol) => ({ ...symbol, address: (symbol.address + offset) >>> 0 }));
  const entry = loose.entry === undefined ? {} : { entry: (loose.entry + offset) >>> 0 };
  const findings = loose.findings?.length ? { findings: loose.findings } : {};
  const families = loose.families?.length ? { families: loose.families } : {};
  return { format: loose.format, segments, symbols, ...entry, ...findings, ...families };
}

/** Several files as one image; throws `ImageError` `image-overlap` where two want different bytes at one address. */
export function joinImages(images: readonly Image[]): Image {
  const [first, ...more] = images;
  if (first === undefined || more.length === 0) return first ?? buildImage({ format: "raw", segments: [] });
  const all = <T>(list: (image: Image) => readonly T[] | undefined) => images.flatMap((image) => list(image) ?? []);
  const entry = images.find((image) => image.entry !== undefined)?.entry;
  return buildImage({
    format: first.format,
    segments: all((image) => image.segments),
    symbols: all((image) => image.symbols),
    findings: all((image) => image.findings),
    families: [...new Set(all((image) => image.families))],
    ...(entry === undefined ? {} : { entry }),
  });
}

function moveSegment(segment: Segment, offset: number): Segment {
  const address = segment.address + offset;
  const end = address + segment.bytes.length;
  if (address < 0 || end > ADDRESS_SPACE) {
    throw new ImageError("image-outside-chip", `${segment.name} does not fit into 32-bit addresses`, {
      details: { address: `0x${address.toString(16).toUpperCase()}`, length: segment.bytes.length },
    });
  }
  return { ...segment, address };
}

/**
 * Sorted by address, touching ones joined, empty ones dropped; a segment that touches no other keeps its own bytes.
 * Takes as long as there are bytes, however they overlap. Throws `ImageError` `image-overlap`, `image-too-large`.
 */
export function joinSegments(segments: readonly Segment[]): readonly Segment[] {
  const sorted = segments.filter((s) => s.bytes.length > 0).sort((a, b) => a.address - b.address);
  checkImageBytes(sorted.reduce((sum, { bytes }) => sum + bytes.length, 0));
  const joined: Segment[] = [];
  for (let first = 0; first < sorted.length; ) {
    const next = endOfTouching(sorted, first);
    joined.push(joinTouching(sorted.slice(first, next)));
    first = next;
  }
  checkSegmentCount(joined.length);
  return joined;
}

/** The index behind the last segment that touches those from `first` on. */
function endOfTouching(sorted: readonly Segment[], first: number): number {
  let end = endOf(sorted[first]);
  let next = first + 1;
  for (; next < sorted.length && sorted[next].address <= end; next++) end = Math.max(end, endOf(sorted[next]));
  return next;
}

const endOf = ({ address, bytes }: Segment): number => address + bytes.length;

function joinTouching(parts: readonly Segment[]): Segment {
  if (parts.length === 1) return parts[0];
  const [{ address }] = parts;
  const all = new JoinedBytes(
    address,
    parts.reduce((end, part) => Math.max(end, endOf(part)), address),
  );
  for (const part of parts) all.put(part.name, part.bytes, 0, part.bytes.length, part.address);
  return { name: [...new Set(parts.map((part) => part.name))].join(", "), address, bytes: all.bytes };
}
