import { address32 } from "../base/u32.ts";
import { buildImage } from "./build-image.ts";
import { ByteRuns } from "./byte-runs.ts";
import { UF2_FIRST_MAGIC } from "./formats/file-format.ts";
import { type FileFinding, type Image, ImageError } from "./image.ts";

/** Magic words, sizes and flags of a UF2 block (USB Flashing Format, github.com/microsoft/uf2, "File format"). */
export const Uf2 = {
  blockSize: 512,
  dataOffset: 32,
  firstMagic: UF2_FIRST_MAGIC,
  secondMagic: 0x9e5d5157,
  lastMagic: 0x0ab16f30,
  maxPayload: 476,
  notMainFlash: 0x00000001,
  hasFamily: 0x00002000,
} as const;

/** Files for several chips have one family each; this many are none. */
const MAX_FAMILIES = 64;

/**
 * Reads UF2; blocks that their numbers say are missing become a finding. Throws `ImageError` `uf2-block` with the
 * block's index, `image-overlap`, `image-empty`, `image-outside-chip`, `image-too-large`.
 */
export function readUf2(bytes: Uint8Array, name: string, offset = 0): Image {
  if (bytes.length % Uf2.blockSize !== 0) throw badBlock(Math.floor(bytes.length / Uf2.blockSize), "it is cut short");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const runs = new ByteRuns(bytes.length);
  const series = new Map<number | undefined, BlockSeries>();
  for (let index = 0; index * Uf2.blockSize < bytes.length; index++) {
    const block = readBlock(view, index);
    const at = index * Uf2.blockSize + Uf2.dataOffset;
    if ((block.flags & Uf2.notMainFlash) === 0) runs.add(block.address, bytes, at, at + block.length);
    seriesOf(series, block).take(index, block);
    if (series.size > MAX_FAMILIES) throw badBlock(index, `it is of yet another family than ${MAX_FAMILIES} before`);
  }
  const findings = [...series].flatMap(([family, each]) => each.findings(family));
  const families = [...series.keys()].filter((family) => family !== undefined);
  return buildImage({ format: "uf2", segments: runs.segments(name), findings, families }, offset);
}

interface Uf2Block {
  readonly flags: number;
  readonly address: number;
  readonly length: number;
  readonly number: number;
  readonly total: number;
  readonly family: number | undefined;
}

function readBlock(view: DataView, index: number): Uf2Block {
  const word = (at: number) => view.getUint32(index * Uf2.blockSize + at, true);
  if (word(0) !== Uf2.firstMagic || word(4) !== Uf2.secondMagic || word(508) !== Uf2.lastMagic) {
    throw badBlock(index, "its magic words are wrong");
  }
  const [flags, address, length, number, total] = [8, 12, 16, 20, 24].map(word);
  if (length > Uf2.maxPayload) throw badBlock(index, `a payload of ${length} bytes does not fit`);
  const family = (flags & Uf2.hasFamily) === 0 ? undefined : word(28);
  return { flags, address, length, number, total, family };
}

function seriesOf(all: Map<number | undefined, BlockSeries>, { family, total }: Uf2Block): BlockSeries {
  const series = all.get(family) ?? new BlockSeries(total);
  all.set(family, series);
  return series;
}

/** The blocks of one family, which are numbered from 0 on and say how many of them there are. */
class BlockSeries {
  private readonly total: number;
  private readonly seen = new Set<number>();

  constructor(total: number) {
    this.total = total;
  }

  take(index: number, { number, total }: Uf2Block): void {
    if (total !== this.total) throw badBlock(index, `it says that there are ${total} blocks, others ${this.total}`);
    if (number >= total) throw badBlock(index, `it is number ${number}, counted from 0, of ${total}`);
    this.seen.add(number);
  }

  findings(family: number | undefined): readonly FileFinding[] {
    const missing = this.total - this.seen.size;
    if (missing === 0) return [];
    const of = family === undefined ? "" : ` of family ${address32(family)}`;
    const what = `${missing} of the ${this.total} blocks${of} are missing, the first of them number ${this.firstMissing()}`;
    return [{ id: "file-blocks-missing", what, incomplete: true }];
  }

  private firstMissing(): number {
    let number = 0;
    while (this.seen.has(number)) number++;
    return number;
  }
}

const badBlock = (index: number, why: string) =>
  new ImageError("uf2-block", `UF2 block ${index}: ${why}`, { details: { block: index } });
