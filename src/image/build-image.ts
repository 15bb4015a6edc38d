import { concatBytes } from "../base/bytes.ts";
import { address32, byte8 } from "../base/u32.ts";
import { type Image, ImageError, type Segment } from "./image.ts";

/** One past the last address that a 32-bit bus has. */
const ADDRESS_SPACE = 0x1_0000_0000;

/** An image whose segments are still as the file gave them: in any order, touching, empty or overlapping. */
export type LooseImage = Omit<Image, "symbols"> & Partial<Pick<Image, "symbols">>;

/**
 * Makes an image of loose segments: moved by `offset` bytes, sorted, joined where they touch, empty ones dropped.
 *
 * Bytes given twice must be the same both times. Throws `ImageError` `image-empty`, `image-overlap`, or
 * `image-outside-chip` where an address leaves the 32-bit space.
 */
export function buildImage(loose: LooseImage, offset = 0): Image {
  const segments = joinSegments(loose.segments.map((segment) => moveSegment(segment, offset)));
  if (segments.length === 0) throw new ImageError("image-empty", "The file holds no bytes for any address");
  const symbols = (loose.symbols ?? []).map((symbol) => ({ ...symbol, address: (symbol.address + offset) >>> 0 }));
  const entry = loose.entry === undefined ? {} : { entry: (loose.entry + offset) >>> 0 };
  const notes = loose.notes?.length ? { notes: loose.notes } : {};
  return { format: loose.format, segments, symbols, ...entry, ...notes };
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
    notes: all((image) => image.notes),
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

/** Sorted by address, touching ones joined, empty ones dropped; throws `ImageError` `image-overlap`. */
export function joinSegments(segments: readonly Segment[]): readonly Segment[] {
  const sorted = segments.filter((s) => s.bytes.length > 0).sort((a, b) => a.address - b.address);
  const runs: Run[] = [];
  for (const segment of sorted) {
    const last = runs.at(-1);
    if (last && segment.address <= last.end) last.append(segment);
    else runs.push(new Run(segment));
  }
  return runs.map((run) => run.finish());
}

/** A growing run of touching segments; bytes are copied once, at the end. */
class Run {
  end: number;
  private parts: Uint8Array[];
  private readonly names: Set<string>;
  private readonly address: number;

  constructor(first: Segment) {
    this.address = first.address;
    this.end = first.address + first.bytes.length;
    this.parts = [first.bytes];
    this.names = new Set([first.name]);
  }

  append(segment: Segment): void {
    const doubled = Math.min(this.end - segment.address, segment.bytes.length);
    if (doubled > 0) this.checkSame(segment, doubled);
    this.parts.push(segment.bytes.subarray(doubled));
    this.end = Math.max(this.end, segment.address + segment.bytes.length);
    this.names.add(segment.name);
  }

  finish(): Segment {
    return { name: [...this.names].join(", "), address: this.address, bytes: concatBytes(this.parts) };
  }

  private checkSame(segment: Segment, doubled: number): void {
    const so = concatBytes(this.parts);
    this.parts = [so];
    const from = segment.address - this.address;
    for (let i = 0; i < doubled; i++) {
      if (so[from + i] !== segment.bytes[i]) throw overlap(segment, i, so[from + i]);
    }
  }
}

function overlap(segment: Segment, index: number, other: number): ImageError {
  const address = address32(segment.address + index);
  const both = `${byte8(other)} and ${byte8(segment.bytes[index])}`;
  return new ImageError("image-overlap", `The file gives address ${address} twice, as ${both}`, {
    details: { address, first: byte8(other), second: byte8(segment.bytes[index]), segment: segment.name },
  });
}
