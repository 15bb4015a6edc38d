import { sha256 } from "@noble/hashes/sha2.js";
import { ByteWriter, concatBytes } from "../base/bytes.ts";
import { hex8 } from "../base/u32.ts";
import type { Chip } from "../chips/chip.ts";
import type { Image } from "../image/image.ts";

/**
 * The token that stands for one act that cannot be undone, on one effective image and one chip: `irrev-`, the act,
 * and 8 hex digits of SHA-256. Another image, act or chip has another token, so a consent cannot be reused.
 */
export function irreversibleToken(act: string, image: Pick<Image, "segments">, chip: Pick<Chip, "name">): string {
  const words = new TextEncoder().encode(`${act}\0${chip.name}`);
  const digest = sha256(concatBytes([...image.segments.flatMap(segmentParts), words]));
  return `irrev-${act}-${Array.from(digest.subarray(0, 4), hex8).join("").toLowerCase()}`;
}

const segmentParts = (segment: Image["segments"][number]): readonly Uint8Array[] => [
  new ByteWriter().u32le(segment.address).u32le(segment.bytes.length).finish(),
  segment.bytes,
];
