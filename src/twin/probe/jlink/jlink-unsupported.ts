import { ByteWriter } from "../../../base/bytes.ts";
import { parameterNumber, parametersEnd, readParameters } from "./jlink-parameters.ts";

/** Error words: FILE_IO's bit 31, and EMUCOM's "this channel is not supported". */
const FILE_ERROR = 0x80000000;
const CHANNEL_UNSUPPORTED = 0x80000001;

/** FILE_IO's subcommands that move data, the parameter that says how much, and the most that one may move. */
const FILE_READ = 0x64;
const FILE_WRITE = 0x65;
const FILE_LENGTH = 3;
const FILE_MOST = 0x100000;

/** FILE_IO: the list, and for a write its data (this probe has no files, but must not take the data for commands). */
export function fileIoLength(seen: Uint8Array): number {
  const end = parametersEnd(seen, 1);
  return seen[0] === FILE_WRITE && end <= seen.length ? end + fileLength(seen) : end;
}

/** An error as each subcommand words it: a read sends the bytes it was asked for first. */
export function refuseFileIo(request: Uint8Array): Uint8Array {
  const length = request[0] === FILE_READ ? fileLength(request) : 0;
  return new ByteWriter().bytes(new Uint8Array(length)).u32le(FILE_ERROR).finish();
}

const fileLength = (request: Uint8Array) =>
  Math.min(parameterNumber(readParameters(request, 1), FILE_LENGTH), FILE_MOST);

/** EMUCOM: direction, channel, length, and for a write the data. */
export function emucomLength(seen: Uint8Array): number {
  const HEADER = 9;
  if (seen.length < HEADER || seen[0] !== 1) return HEADER;
  return HEADER + Math.min(new DataView(seen.buffer, seen.byteOffset).getUint32(5, true), FILE_MOST);
}

/** No channel is supported, not even the one for the probe's uptime. */
export function refuseEmucom(): Uint8Array {
  return new ByteWriter().u32le(CHANNEL_UNSUPPORTED).finish();
}
