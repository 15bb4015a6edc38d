import { ByteReader, ByteWriter, concatBytes } from "../../base/bytes.ts";
import { ProbeError } from "../probe-error.ts";
import type { JLinkCommand, Take } from "./command.ts";

/** Command byte and sub-commands of REGISTER (RM08001, 5.6). */
const REGISTER_ID = 0x09;
const SUB = { register: 0x64, unregister: 0x65 } as const;

/** Bytes of an answer that always come; a longer table follows in a second read. */
const SHORTEST_ANSWER = 76;

/** Bytes of the answer's head and of each entry of its table. */
const HEAD = 8;
const ENTRY = 16;

/** Asks the probe for a connection of our own; some probes do not drive the wire without one. Answers its handle. */
export const REGISTER = registration("REGISTER", SUB.register, takeListedHandle);

/** Gives the connection with this handle back. */
export const UNREGISTER = registration("UNREGISTER", SUB.unregister, async (take) => (await takeTable(take)).handle);

function registration(
  name: string,
  sub: number,
  decode: (take: Take) => Promise<number>,
): JLinkCommand<readonly [handle: number], number> {
  return { name, id: REGISTER_ID, encode: (handle) => request(sub, handle), decode };
}

/** Process, host address (0 on USB), instance and connection are the host's to choose: all zero, as OpenOCD has it. */
const request = (sub: number, handle: number): Uint8Array =>
  new ByteWriter().u8(REGISTER_ID).u8(sub).u32le(0).u32le(0).u8(0).u8(0).u16le(handle).finish();

/** A handle that the table does not list means that the probe has no connection left. */
async function takeListedHandle(take: Take): Promise<number> {
  const { handle, table, count } = await takeTable(take);
  if (!handlesOf(table, count).includes(handle)) throw broken("handle", handle);
  return handle;
}

async function takeTable(take: Take): Promise<{ handle: number; count: number; table: Uint8Array }> {
  const start = await take(SHORTEST_ANSWER);
  const head = new ByteReader(start);
  const [handle, count, entrySize, infoSize] = [head.u16le(), head.u16le(), head.u16le(), head.u16le()];
  if (count > 0 && entrySize !== ENTRY) throw broken("entry size", entrySize);
  const missing = HEAD + count * ENTRY + infoSize - SHORTEST_ANSWER;
  return { handle, count, table: missing > 0 ? concatBytes([start, await take(missing)]) : start };
}

/** The handle lies 10 bytes into each entry. */
function handlesOf(table: Uint8Array, count: number): readonly number[] {
  const handleAt = (entry: number) => new ByteReader(table).skip(HEAD + entry * ENTRY + 10).u16le();
  return Array.from({ length: count }, (_, entry) => handleAt(entry));
}

const broken = (what: string, value: number) =>
  new ProbeError("probe-protocol", `The J-Link's table of connections has ${what} ${value}`, {
    details: { [what]: value },
  });
