import { byte8 } from "../base/u32.ts";
import { buildImage } from "./build-image.ts";
import { ByteRuns } from "./byte-runs.ts";
import { type Image, ImageError, NO_END_RECORD } from "./image.ts";
import { hexPairs, sumOfPairs, TextLines } from "./text-lines.ts";

/** Record types (Intel Hexadecimal Object File Format Specification, revision A, 1988). */
export const HexRecordType = {
  data: 0,
  end: 1,
  segmentAddress: 2,
  startSegment: 3,
  linearAddress: 4,
  startLinear: 5,
} as const;

/** Data bytes that each record type has; any number in a data record. */
const LENGTHS: { readonly [type: number]: number | "any" } = { 0: "any", 1: 0, 2: 2, 3: 4, 4: 2, 5: 4 };

/** Length, two bytes of offset and the type stand before the data. */
const HEAD = 4;

const COLON = 0x3a;

/**
 * Reads Intel HEX, record types 00 to 05, in one pass over the bytes.
 *
 * Lets pass what tools and mailers do to such files (byte order mark, any line end, comment lines, lower case); a
 * missing end record becomes a finding. Throws `ImageError` `hex-checksum` or `hex-record` with `line`,
 * `image-overlap`, `image-empty`, `image-outside-chip`, `image-too-large`.
 */
export function readIntelHex(bytes: Uint8Array, name: string, offset = 0): Image {
  const reader = new HexReader(bytes);
  reader.readAll();
  const entry = reader.entry === undefined ? {} : { entry: reader.entry };
  const findings = reader.ended ? [] : [NO_END_RECORD];
  return buildImage({ format: "hex", segments: reader.runs.segments(name), ...entry, findings }, offset);
}

/** What the records so far have established: the address base and the bytes. */
class HexReader {
  readonly runs: ByteRuns;
  entry: number | undefined;
  ended = false;
  private base = 0;
  /** Under a segment base, offsets wrap at 64 KB (specification, section 4). */
  private wraps = false;
  private readonly lines: TextLines;
  /** The bytes of the current record, checksum included. */
  private readonly record = new Uint8Array(HEAD + 255 + 1);

  constructor(bytes: Uint8Array) {
    this.lines = new TextLines(bytes);
    this.runs = new ByteRuns(this.lines.text.length >>> 1);
  }

  readAll(): void {
    for (;;) {
      while (!this.ended && this.readPlainData());
      if (!this.lines.next()) return;
      if (this.ended) throw this.bad("a record after the end record: are these two files in one?");
      this.readRecord();
    }
  }

  /**
   * Reads the next line if it is nothing but a data record without any fault, decoding it right to where its bytes
   * stay: nearly every line of a file is one. Of any other line nothing is taken, and `readRecord` judges it.
   */
  private readPlainData(): boolean {
    const { lines, runs, record } = this;
    const { text, nextAt: at } = lines;
    if (text[at] !== COLON) return false;
    const head = sumOfPairs(text, at + 1, HEAD, record, 0);
    const length = record[0];
    if (head < 0 || record[3] !== HexRecordType.data) return false;
    const sum = sumOfPairs(text, at + 1 + 2 * HEAD, length, runs.pool, runs.used);
    const end = at + 1 + 2 * (HEAD + length);
    const last = sumOfPairs(text, end, 1, record, HEAD);
    if (sum < 0 || last < 0 || ((head + sum + last) & 0xff) !== 0 || !lines.pass(end + 2)) return false;
    this.takeData(record[1] * 256 + record[2], length);
    return true;
  }

  /** `:LLOOOOTT` data, checksum: LL data bytes at offset OOOO, of type TT; all bytes add up to 0. */
  private readRecord(): void {
    const { text, from, to } = this.lines;
    const { record } = this;
    if (text[from] !== COLON) throw this.bad("a record starts with ':'");
    const count = hexPairs(text, from + 1, to, record);
    if (count < 0) throw this.bad("a record is ':' and pairs of hex digits");
    if (count < HEAD + 1 || count !== record[0] + HEAD + 1) {
      throw this.bad(`its length byte and its ${count} bytes disagree`);
    }
    let sum = 0;
    for (let i = 0; i < count; i++) sum += record[i];
    if ((sum & 0xff) !== 0) throw this.badChecksum(record[count - 1], sum);
    if (record[3] === HexRecordType.data) this.addData(record[1] * 256 + record[2], record[0]);
    else this.takeControl(record[3], record.subarray(HEAD, count - 1));
  }

  private takeControl(type: number, data: Uint8Array): void {
    const length = LENGTHS[type];
    if (length === undefined) throw this.bad(`record type ${byte8(type)} does not exist`);
    if (length !== data.length) {
      throw this.bad(`record type ${byte8(type)} has ${length} data bytes, not ${data.length}`);
    }
    if (type === HexRecordType.end) this.ended = true;
    else if (type === HexRecordType.segmentAddress) this.setBase(bigEndian(data) * 16, true);
    else if (type === HexRecordType.linearAddress) this.setBase(bigEndian(data) * 0x10000, false);
    else this.entry = type === HexRecordType.startLinear ? bigEndian(data) : startSegment(data);
  }

  private setBase(base: number, wraps: boolean): void {
    this.base = base;
    this.wraps = wraps;
  }

  private addData(offset: number, length: number): void {
    this.runs.put(this.record, HEAD, HEAD + length);
    this.takeData(offset, length);
  }

  /** Takes the bytes that stand behind those of the records before. */
  private takeData(offset: number, length: number): void {
    const fits = this.wraps ? Math.min(length, 0x10000 - offset) : length;
    this.runs.take(this.base + offset, fits);
    this.runs.take(this.base, length - fits);
  }

  private bad(why: string): ImageError {
    const line = this.lines.number;
    return new ImageError("hex-record", `Intel HEX line ${line}: ${why}`, { details: { line } });
  }

  private badChecksum(stated: number, sum: number): ImageError {
    const line = this.lines.number;
    const right = (stated - sum) & 0xff;
    return new ImageError(
      "hex-checksum",
      `Intel HEX line ${line}: checksum ${byte8(stated)}, but the bytes give ${byte8(right)}`,
      { details: { line, stated: byte8(stated), computed: byte8(right) } },
    );
  }
}

const bigEndian = (bytes: Uint8Array): number => bytes.reduce((all, byte) => all * 256 + byte, 0);

const startSegment = (data: Uint8Array): number => bigEndian(data.subarray(0, 2)) * 16 + bigEndian(data.subarray(2));
