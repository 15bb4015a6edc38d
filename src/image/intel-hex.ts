import { byte8 } from "../base/u32.ts";
import { buildImage } from "./build-image.ts";
import { type Image, ImageError, type Segment } from "./image.ts";
import { hexBytes, type TextLine, textLines } from "./text-lines.ts";

/** Record types (Intel Hexadecimal Object File Format Specification, revision A, 1988). */
export const HexRecordType = {
  data: 0,
  end: 1,
  segmentAddress: 2,
  startSegment: 3,
  linearAddress: 4,
  startLinear: 5,
} as const;

/**
 * Reads Intel HEX, record types 00 to 05.
 *
 * Lets pass what tools and mailers do to such files (byte order mark, any line end, comment lines, lower case, a
 * missing end record: that one becomes a note). Throws `ImageError` `hex-checksum` or `hex-record` with `line`,
 * `image-overlap`, `image-empty`.
 */
export function readIntelHex(bytes: Uint8Array, name: string, offset = 0): Image {
  const reader = new HexReader(name);
  for (const line of textLines(bytes)) reader.take(line);
  const notes = reader.ended ? [] : ["the file ends without an end record: it may have been cut short"];
  return buildImage({ format: "hex", segments: reader.segments, ...entryOf(reader.entry), notes }, offset);
}

const entryOf = (entry: number | undefined) => (entry === undefined ? {} : { entry });

interface HexRecord {
  readonly type: number;
  readonly offset: number;
  readonly data: Uint8Array;
}

/** What the records so far have established: the address base and the bytes. */
class HexReader {
  readonly segments: Segment[] = [];
  entry: number | undefined;
  ended = false;
  private base = 0;
  /** Under a segment base, offsets wrap at 64 KB (specification, section 4). */
  private wraps = false;
  private readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  take(line: TextLine): void {
    if (this.ended) throw badRecord(line, "a record after the end record: are these two files in one?");
    const record = parseRecord(line);
    const act = this.acts[record.type];
    if (!act) throw badRecord(line, `record type ${byte8(record.type)} does not exist`);
    if (act.length !== undefined && record.data.length !== act.length) {
      throw badRecord(
        line,
        `record type ${byte8(record.type)} has ${act.length} data bytes, not ${record.data.length}`,
      );
    }
    act.run(record);
  }

  private readonly acts: { readonly [type: number]: { length?: number; run(record: HexRecord): void } } = {
    [HexRecordType.data]: { run: (record) => this.addData(record) },
    [HexRecordType.end]: { length: 0, run: () => this.end() },
    [HexRecordType.segmentAddress]: { length: 2, run: ({ data }) => this.setBase(bigEndian(data) * 16, true) },
    [HexRecordType.startSegment]: { length: 4, run: ({ data }) => this.setEntry(startSegment(data)) },
    [HexRecordType.linearAddress]: { length: 2, run: ({ data }) => this.setBase(bigEndian(data) * 0x10000, false) },
    [HexRecordType.startLinear]: { length: 4, run: ({ data }) => this.setEntry(bigEndian(data)) },
  };

  private end(): void {
    this.ended = true;
  }

  private setBase(base: number, wraps: boolean): void {
    this.base = base;
    this.wraps = wraps;
  }

  private setEntry(entry: number): void {
    this.entry = entry;
  }

  private addData({ offset, data }: HexRecord): void {
    const fits = this.wraps ? Math.min(data.length, 0x10000 - offset) : data.length;
    this.add(this.base + offset, data.subarray(0, fits));
    this.add(this.base, data.subarray(fits));
  }

  private add(address: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.segments.push({ name: this.name, address, bytes });
  }
}

/** `:LLOOOOTT` data, checksum: LL data bytes at offset OOOO, of type TT; all bytes add up to 0. */
function parseRecord(line: TextLine): HexRecord {
  if (!line.text.startsWith(":")) throw badRecord(line, "a record starts with ':'");
  const bytes = hexBytes(line.text.slice(1));
  if (!bytes) throw badRecord(line, "a record is ':' and pairs of hex digits");
  if (bytes.length < 5 || bytes.length !== bytes[0] + 5) {
    throw badRecord(line, `its length byte and its ${bytes.length} bytes disagree`);
  }
  const sum = bytes.reduce((all, byte) => all + byte, 0) & 0xff;
  if (sum !== 0) throw badChecksum(line, bytes.at(-1)!, sum);
  return { type: bytes[3], offset: bytes[1] * 256 + bytes[2], data: bytes.subarray(4, -1) };
}

const bigEndian = (bytes: Uint8Array): number => bytes.reduce((all, byte) => all * 256 + byte, 0);

const startSegment = (data: Uint8Array): number => bigEndian(data.subarray(0, 2)) * 16 + bigEndian(data.subarray(2));

const badRecord = (line: TextLine, why: string) =>
  new ImageError("hex-record", `Intel HEX line ${line.number}: ${why}`, { details: { line: line.number } });

function badChecksum(line: TextLine, stated: number, sum: number): ImageError {
  const right = (stated - sum) & 0xff;
  return new ImageError(
    "hex-checksum",
    `Intel HEX line ${line.number}: checksum ${byte8(stated)}, but the bytes give ${byte8(right)}`,
    { details: { line: line.number, stated: byte8(stated), computed: byte8(right) } },
  );
}
