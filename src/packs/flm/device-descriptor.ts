import { ByteReader } from "../../base/bytes.ts";
import { invalidAlgorithm } from "../pack-error.ts";
import { type CheckedFlash, checkedFlash, type SectorRow } from "../stated-flash.ts";

/** `struct FlashDevice` of the CMSIS-Pack specification: what an algorithm says of its flash. */
export interface DeviceDescriptor extends CheckedFlash {
  readonly name: string;
  /** `DevType`: 1 on the chip, 2 to 4 parallel outside, 5 serial outside. */
  readonly type: number;
}

/** Bytes of the descriptor before its rows of sectors, and of one row. */
const [HEAD, ROW] = [160, 8];
const NAME_LENGTH = 128;
/** Version 1, any minor number; every algorithm that was looked at has 0x0101. */
const VERSION = 1;
const END_OF_ROWS = 0xffffffff;
/** Reads a descriptor; throws `PackError` `algorithm-invalid` for one that is cut short or contradicts itself. */
export function readDescriptor(bytes: Uint8Array): DeviceDescriptor {
  if (bytes.length < HEAD + ROW) {
    throw invalidAlgorithm(
      "descriptor-short",
      `The description of the flash has ${bytes.length} bytes of ${HEAD + ROW}`,
    );
  }
  const reader = new ByteReader(bytes);
  const version = reader.u16le();
  if (version >>> 8 !== VERSION) {
    throw invalidAlgorithm("descriptor-version", `The description of the flash has version 0x${version.toString(16)}`);
  }
  const name = textOf(reader.bytes(NAME_LENGTH));
  const type = reader.u16le();
  const [start, length, pageSize] = [reader.u32le(), reader.u32le(), reader.u32le()];
  reader.skip(4);
  const erased = reader.bytes(4)[0];
  const [programMs, eraseMs] = [reader.u32le(), reader.u32le()];
  const rows = rowsOf(reader, Math.floor((bytes.length - HEAD) / ROW));
  const flash = { start, length };
  return { name, type, ...checkedFlash({ flash, pageSize, erased, programMs, eraseMs, rows, rowsFrom: start }) };
}

/** Its text up to the first zero. */
const textOf = (bytes: Uint8Array): string => {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
};

function rowsOf(reader: ByteReader, most: number): readonly SectorRow[] {
  const rows: SectorRow[] = [];
  while (rows.length < most) {
    const [size, address] = [reader.u32le(), reader.u32le()];
    if (size === END_OF_ROWS && address === END_OF_ROWS) break;
    rows.push({ size, address });
  }
  return rows;
}
