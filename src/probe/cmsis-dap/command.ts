import { type ByteReader, ByteWriter } from "../../base/bytes.ts";
import { hex8 } from "../../base/u32.ts";
import { ProbeError } from "../probe-error.ts";

/**
 * One CMSIS-DAP command: its id, how it is asked, how its answer is read. The reader stands behind the id that every
 * answer repeats. All numbers are little-endian (CMSIS-DAP, "CMSIS-DAP Commands").
 */
export interface DapCommand<Args extends readonly unknown[], Answer> {
  readonly name: string;
  readonly id: number;
  /** What follows the id. */
  encode(...args: Args): Uint8Array;
  /** Throws `ProbeError` or `RangeError` for an answer that cannot be. */
  decode(answer: ByteReader, ...args: Args): Answer;
}

/** Status byte of a command that was carried out (CMSIS-DAP, "Response Status"). */
const DAP_OK = 0x00;

/** A command whose answer is a status byte; anything but success is thrown as `probe-unsupported`. */
export function statusCommand<Args extends readonly unknown[]>(
  name: string,
  id: number,
  write: (request: ByteWriter, ...args: Args) => ByteWriter,
): DapCommand<Args, void> {
  return {
    name,
    id,
    encode: (...args) => write(new ByteWriter(), ...args).finish(),
    decode: (answer: ByteReader, ..._: Args) => checkStatus(name, answer.u8()),
  };
}

/** Throws `probe-unsupported` for any status but success. */
export function checkStatus(name: string, status: number): void {
  if (status === DAP_OK) return;
  const details = { command: name, status };
  throw new ProbeError("probe-unsupported", `The probe refused ${name} with status 0x${hex8(status)}`, { details });
}
