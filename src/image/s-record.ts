import { byte8 } from "../base/u32.ts";
import { buildImage } from "./build-image.ts";
import { ByteRuns } from "./byte-runs.ts";
import { type Image, ImageError, NO_END_RECORD } from "./image.ts";
import { hexPairs, sumOfPairs, TextLines } from "./text-lines.ts";

/** What each record type is, and how many address bytes it has (Motorola S-record, as in srec(5); S4 is reserved). */
const SRecordTypes = {
  "0": { kind: "header", addressBytes: 2 },
  "1": { kind: "data", addressBytes: 2 },
  "2": { kind: "data", addressBytes: 3 },
  "3": { kind: "data", addressBytes: 4 },
  "5": { kind: "count", addressBytes: 2 },
  "6": { kind: "count", addressBytes: 3 },
  "7": { kind: "end", addressBytes: 4 },
  "8": { kind: "end", addressBytes: 3 },
  "9": { kind: "end", addressBytes: 2 },
} as const satisfies { readonly [digit: string]: { kind: string; addressBytes: number } };

type SRecordType = (typeof SRecordTypes)[keyof typeof SRecordTypes];

/** The types by their digit, for quick access. */
const TYPES: readonly (SRecordType | undefined)[] = Array.from(
  { length: 10 },
  (_, digit) => (SRecordTypes as { readonly [digit: string]: SRecordType })[digit],
);

const [UPPER_S, LOWER_S, ZERO] = [0x53, 0x73, 0x30];

/**
 * Reads Motorola S-records in one pass over the bytes.
 *
 * As lenient as the HEX reader; a missing end record becomes a finding, a wrong record count is an error. Throws
 * `ImageError` `srec-checksum` or `srec-record` with `line`, `image-overlap`, `image-empty`, `image-outside-chip`,
 * `image-too-large`.
 */
export function readSRecord(bytes: Uint8Array, name: string, offset = 0): Image {
  const reader = new SRecordReader(bytes);
  reader.readAll();
  const entry = reader.entry === undefined ? {} : { entry: reader.entry };
  const findings = reader.ended ? [] : [NO_END_RECORD];
  return buildImage({ format: "srec", segments: reader.runs.segments(name), ...entry, findings }, offset);
}

/** The bytes so far, and how many data records they came in. */
class SRecordReader {
  readonly runs: ByteRuns;
  entry: number | undefined;
  ended = false;
  private records = 0;
  private readonly lines: TextLines;
  /** The bytes of the current record: count, address, data, checksum. */
  private readonly record = new Uint8Array(1 + 255);

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

  /** As the HEX reader's: a data record without any fault is decoded right to where its bytes stay. */
  private readPlainData(): boolean {
    const { lines, runs, record } = this;
    const { text, nextAt: at } = lines;
    const type = text[at] === UPPER_S ? TYPES[text[at + 1] - ZERO] : undefined;
    if (type?.kind !== "data") return false;
    const headLength = 1 + type.addressBytes;
    const head = sumOfPairs(text, at + 2, headLength, record, 0);
    const length = record[0] - headLength;
    if (head < 0 || length < 0) return false;
    const sum = sumOfPairs(text, at + 2 + 2 * headLength, length, runs.pool, runs.used);
    const end = at + 2 + 2 * (headLength + length);
    const last = sumOfPairs(text, end, 1, record, headLength);
    if (sum < 0 || last < 0 || ((head + sum + last) & 0xff) !== 0xff || !lines.pass(end + 2)) return false;
    runs.take(this.addressOf(type), length);
    this.records++;
    return true;
  }

  /** `S`, type, count of the bytes that follow, address, data, checksum: the bytes after the type add up to 0xFF. */
  private readRecord(): void {
    const { text, from, to } = this.lines;
    const { record } = this;
    const type = text[from] === UPPER_S || text[from] === LOWER_S ? TYPES[text[from + 1] - ZERO] : undefined;
    if (!type || to < from + 2) throw this.bad("a record starts with S0 to S3 or S5 to S9");
    const count = hexPairs(text, from + 2, to, record);
    if (count < 0) throw this.bad("a record is its type and pairs of hex digits");
    if (count < type.addressBytes + 2 || count !== record[0] + 1) {
      throw this.bad(`its length byte and its ${count} bytes disagree`);
    }
    this.checkSum(count);
    this.take(type, count);
  }

  private addressOf({ addressBytes }: SRecordType): number {
    let address = 0;
    for (let i = 1; i <= addressBytes; i++) address = address * 256 + this.record[i];
    return address;
  }

  private take(type: SRecordType, count: number): void {
    const { kind, addressBytes } = type;
    const address = this.addressOf(type);
    if (kind === "data") {
      this.runs.add(address, this.record, 1 + addressBytes, count - 1);
      this.records++;
    } else if (kind === "count") this.checkCount(address, addressBytes);
    else if (kind === "end") {
      this.ended = true;
      // The record has to be there, so a file without a start address has 0 in it.
      this.entry = address === 0 ? undefined : address;
    }
  }

  private checkCount(stated: number, addressBytes: number): void {
    if (stated === this.records % 256 ** addressBytes) return;
    throw this.bad(`it counts ${stated} data records, but there are ${this.records}: some are missing`);
  }

  private checkSum(count: number): void {
    const stated = this.record[count - 1];
    let sum = 0;
    for (let i = 0; i < count - 1; i++) sum += this.record[i];
    const right = ~sum & 0xff;
    if (stated === right) return;
    const line = this.lines.number;
    throw new ImageError(
      "srec-checksum",
      `S-record line ${line}: checksum ${byte8(stated)}, but the bytes give ${byte8(right)}`,
      { details: { line, stated: byte8(stated), computed: byte8(right) } },
    );
  }

  private bad(why: string): ImageError {
    const line = this.lines.number;
    return new ImageError("srec-record", `S-record line ${line}: ${why}`, { details: { line } });
  }
}
