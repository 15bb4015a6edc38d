import { concatBytes } from "../base/bytes.ts";
import { crc32 } from "../base/crc32.ts";
import { HostError } from "../base/errors.ts";

/** A simulated board's state: chip, unique id, time in picoseconds, and its parts by their names (docs/twin.md). */
export interface BoardState {
  readonly chip: string;
  readonly uid: string;
  readonly clockPs: number;
  readonly parts: ReadonlyMap<string, Uint8Array>;
}

/**
 * A board's state file: magic, u32 little-endian header length, JSON header, the parts, CRC-32 of all before it.
 * See `docs/twin.md`, "State file".
 */
const MAGIC = Uint8Array.from([...new TextEncoder().encode("FPTWIN"), 0, 1]);
const SCHEMA = 1;

interface Header {
  readonly schema: number;
  readonly chip: string;
  readonly uid: string;
  readonly clockPs: number;
  readonly parts: readonly PartEntry[];
}

interface PartEntry {
  readonly name: string;
  readonly offset: number;
  readonly length: number;
}

/** A board's state as the bytes of a state file. */
export function encodeState(state: BoardState): Uint8Array {
  const bodies = [...state.parts.values()];
  let offset = 0;
  const parts = [...state.parts].map(([name, bytes]) => {
    const at = offset;
    offset += bytes.length;
    return { name, offset: at, length: bytes.length };
  });
  const header: Header = { schema: SCHEMA, chip: state.chip, uid: state.uid, clockPs: state.clockPs, parts };
  const json = new TextEncoder().encode(JSON.stringify(header));
  const before = concatBytes([MAGIC, u32le(json.length), json, ...bodies]);
  return concatBytes([before, u32le(crc32(before))]);
}

/** Whether a file is the state of a simulated board, by its first bytes. */
const isState = (bytes: Uint8Array): boolean =>
  bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);

/** The counterpart of `encodeState`; throws `twin-state-foreign`, `twin-state-corrupt` or `twin-state-version`. */
export function decodeState(bytes: Uint8Array, path: string): BoardState {
  if (!isState(bytes)) {
    throw new HostError("twin-state-foreign", `${path} is not the state of a twin`, { details: { path } });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 4;
  if (end < MAGIC.length + 4 || view.getUint32(end, true) !== crc32(bytes.subarray(0, end))) throw corrupt(path);
  const from = MAGIC.length + 4;
  const body = from + view.getUint32(MAGIC.length, true);
  const header = readHeader(bytes.subarray(from, body));
  checkVersion(header, path);
  if (!isHeader(header, end - body)) throw corrupt(path);
  const { chip, uid, clockPs, parts } = header;
  const partOf = (p: PartEntry) => bytes.slice(body + p.offset, body + p.offset + p.length);
  return { chip, uid, clockPs, parts: new Map(parts.map((p) => [p.name, partOf(p)])) };
}

function readHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** The file is whole, its CRC says so: another schema is another version's, whatever else its header holds. */
function checkVersion(header: unknown, path: string): void {
  const schema = (header as Partial<Header> | null | undefined)?.schema;
  if (!isCount(schema) || schema === SCHEMA) return;
  const version = schema < SCHEMA ? "an older" : "a newer";
  throw new HostError(
    "twin-state-version",
    `The state of the twin in ${path} was written by ${version} version of Flashproof: its schema is ${schema}, and this version reads ${SCHEMA}`,
    { details: { path, schema, reads: SCHEMA } },
  );
}

/** Whether a header is whole, and its parts lie inside the bytes that follow it. */
function isHeader(value: unknown, room: number): value is Header {
  if (typeof value !== "object" || value === null) return false;
  const { schema, chip, uid, clockPs, parts } = value as Partial<Header>;
  return (
    schema === SCHEMA &&
    typeof chip === "string" &&
    typeof uid === "string" &&
    Number.isFinite(clockPs) &&
    Array.isArray(parts) &&
    parts.every((part) => isPart(part, room))
  );
}

function isPart(value: unknown, room: number): boolean {
  const { name, offset, length } = (value ?? {}) as Partial<PartEntry>;
  return typeof name === "string" && isCount(offset) && isCount(length) && offset + length <= room;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const corrupt = (path: string) =>
  new HostError("twin-state-corrupt", `The state of the twin in ${path} is damaged`, { details: { path } });

function u32le(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
