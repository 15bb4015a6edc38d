import { ByteWriter } from "../../base/bytes.ts";
import type { LineRun } from "../probe.ts";
import { checkStatus, type DapCommand } from "./command.ts";
import type { PacketLimits } from "./packets.ts";

/** Most clocks of one row. */
const MOST_CLOCKS = 64;
/** A row in which the probe captures. */
const CAPTURE = 0x80;
/** Bytes of a request before its rows (id, count), and of an answer before what was captured (id, status). */
const HEAD = 2;

const bytesOf = (count: number): number => Math.ceil(count / 8);

/** DAP_SWD_Sequence, CMSIS-DAP 1.2 and later: rows of 1 to 64 clocks that drive or capture; answers the captured ones. */
export const SWD_SEQUENCE: DapCommand<readonly [rows: readonly LineRun[]], readonly Uint8Array[]> = {
  name: "DAP_SWD_Sequence",
  id: 0x1d,
  encode: (rows) => {
    const request = new ByteWriter().u8(rows.length);
    for (const { count, drive } of rows) {
      request.u8((count % MOST_CLOCKS) | (drive ? 0 : CAPTURE));
      if (drive) request.bytes(drive.subarray(0, bytesOf(count)));
    }
    return request.finish();
  },
  decode: (answer, rows) => {
    checkStatus("DAP_SWD_Sequence", answer.u8());
    return rows.filter(({ drive }) => !drive).map(({ count }) => answer.bytes(bytesOf(count)).slice());
  },
};

/** Runs cut into rows, and rows into packets that the probe takes. */
export function rowPackets(runs: readonly LineRun[], { size }: PacketLimits): readonly (readonly LineRun[])[] {
  const packets: LineRun[][] = [];
  let room = 0;
  for (const row of runs.flatMap(rowsOf)) {
    // What is captured needs as much room in the answer.
    const needed = 1 + bytesOf(row.count);
    if (needed > room) {
      packets.push([]);
      room = size - HEAD;
    }
    packets[packets.length - 1].push(row);
    room -= needed;
  }
  return packets;
}

/** What was captured, one piece for each run that is not driven. */
export function joinRows(runs: readonly LineRun[], captured: readonly Uint8Array[]): readonly Uint8Array[] {
  let next = 0;
  return runs
    .filter(({ drive }) => !drive)
    .map(({ count }) => {
      const whole = new Uint8Array(bytesOf(count));
      for (let at = 0; at < whole.length; at += MOST_CLOCKS / 8) whole.set(captured[next++], at);
      return whole;
    });
}

function rowsOf({ count, drive }: LineRun): readonly LineRun[] {
  return Array.from({ length: Math.ceil(count / MOST_CLOCKS) }, (_, i) => {
    const from = i * MOST_CLOCKS;
    const clocks = Math.min(MOST_CLOCKS, count - from);
    return { count: clocks, ...(drive && { drive: drive.subarray(from / 8, from / 8 + bytesOf(clocks)) }) };
  });
}
