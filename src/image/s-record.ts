import { byte8 } from "../base/u32.ts";
import { buildImage } from "./build-image.ts";
import { type Image, ImageError, type Segment } from "./image.ts";
import { hexBytes, type TextLine, textLines } from "./text-lines.ts";

/** What each record type is, and how many address bytes it has (Motorola S-record, as in srec(5); S4 is reserved). */
export const SRecordTypes = {
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

/**
 * Reads Motorola S-records.
 *
 * As lenient as the HEX reader; a missing end record becomes a note, a wrong record count is an error. Throws
 * `ImageError` `srec-checksum` or `srec-record` with `line`, `image-overlap`, `image-empty`.
 */
export function readSRecord(bytes: Uint8Array, name: string, offset = 0): Image {
  const state: SRecordState = { segments: [], records: 0, ended: false };
  for (const line of textLines(bytes)) takeRecord(state, line, name);
  const notes = state.ended ? [] : ["the file ends without an end record: it may have been cut short"];
  const entry = state.entry === undefined ? {} : { entry: state.entry };
  return buildImage({ format: "srec", segments: state.segments, ...entry, notes }, offset);
}

interface SRecordState {
  readonly segments: Segment[];
  records: number;
  entry?: number;
  ended: boolean;
}

interface SRecord {
  readonly kind: "header" | "data" | "count" | "end";
  readonly addressBytes: number;
  readonly address: number;
  readonly data: Uint8Array;
}

function takeRecord(state: SRecordState, line: TextLine, name: string): void {
  if (state.ended) throw badRecord(line, "a record after the end record: are these two files in one?");
  const record = parseRecord(line);
  if (record.kind === "data") {
    state.segments.push({ name, address: record.address, bytes: record.data });
    state.records++;
  }
  if (record.kind === "count") checkCount(line, record, state.records);
  if (record.kind === "end") Object.assign(state, { ended: true, entry: record.address });
}

/** `S`, type, count of the bytes that follow, address, data, checksum: the bytes after the type add up to 0xFF. */
function parseRecord(line: TextLine): SRecord {
  const type = Object.entries(SRecordTypes).find(([digit]) => line.text.slice(0, 2).toUpperCase() === `S${digit}`)?.[1];
  if (!type) throw badRecord(line, "a record starts with S0 to S3 or S5 to S9");
  const bytes = hexBytes(line.text.slice(2));
  if (!bytes) throw badRecord(line, "a record is its type and pairs of hex digits");
  if (bytes.length < type.addressBytes + 2 || bytes.length !== bytes[0] + 1) {
    throw badRecord(line, `its length byte and its ${bytes.length} bytes disagree`);
  }
  checkSum(line, bytes);
  const address = bytes.subarray(1, 1 + type.addressBytes).reduce((all, byte) => all * 256 + byte, 0);
  return { ...type, address, data: bytes.subarray(1 + type.addressBytes, -1) };
}

function checkCount(line: TextLine, record: SRecord, seen: number): void {
  const counted = seen % 256 ** record.addressBytes;
  if (record.address === counted) return;
  throw badRecord(line, `it counts ${record.address} data records, but there are ${seen}: some are missing`);
}

function checkSum(line: TextLine, bytes: Uint8Array): void {
  const stated = bytes.at(-1)!;
  const right = ~bytes.subarray(0, -1).reduce((all, byte) => all + byte, 0) & 0xff;
  if (stated === right) return;
  throw new ImageError(
    "srec-checksum",
    `S-record line ${line.number}: checksum ${byte8(stated)}, but the bytes give ${byte8(right)}`,
    { details: { line: line.number, stated: byte8(stated), computed: byte8(right) } },
  );
}

const badRecord = (line: TextLine, why: string) =>
  new ImageError("srec-record", `S-record line ${line.number}: ${why}`, { details: { line: line.number } });
