import { ByteWriter } from "../../../base/bytes.ts";
import { JLINK_V9 } from "./jlink-identity.ts";
import { parametersEnd } from "./jlink-parameters.ts";

/** Subcommands of SWO. */
const START = 0x64;
const STOP = 0x65;
const READ = 0x66;
const GET_SPEEDS = 0x6e;

/** Largest divider and prescaler of the SWO receiver (unsure). */
const MAX_DIVIDER = 0xffff;

/**
 * SWO capture: starts, stops, and never has anything to read, because nothing drives the pin yet.
 * Source: public drivers; the command is not in RM08001's readable revisions.
 */
export const SWO_COMMANDS = {
  length: (seen: Uint8Array) => parametersEnd(seen, 1),
  run: (_: unknown, [subcommand]: Uint8Array): Uint8Array | undefined => reply(subcommand)?.finish(),
} as const;

function reply(subcommand: number): ByteWriter | undefined {
  const writer = new ByteWriter();
  if (subcommand === START || subcommand === STOP) return writer.u32le(0);
  if (subcommand === READ) return writer.u32le(0).u32le(0);
  if (subcommand !== GET_SPEEDS) return undefined;
  return writer.u32le(28).u32le(0).u32le(JLINK_V9.baseHz).u32le(1).u32le(MAX_DIVIDER).u32le(1).u32le(1);
}
