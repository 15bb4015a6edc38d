import { MILLISECOND } from "../base/clock.ts";
import type { Json } from "../base/errors.ts";
import type { TraceRecord } from "../base/trace.ts";

/** A trace record as a line of JSON has it: times in milliseconds, the fields as they were written. */
export const traceJson = ({ at, layer, level, event, fields, took, error }: TraceRecord): { [key: string]: Json } => ({
  atMs: milliseconds(at),
  layer,
  level,
  event,
  fields,
  ...(took === undefined ? {} : { tookMs: milliseconds(took) }),
  ...(error === undefined ? {} : { error }),
});

/** A trace record as one line for people: `12.345 flash eraseSector address=0x00001000 took 0.412 ms`. */
export function traceLine({ at, layer, event, fields, took, error }: TraceRecord): string {
  return [
    milliseconds(at).toFixed(3).padStart(10),
    layer.padEnd(7),
    event,
    ...Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`),
    ...(took === undefined ? [] : [`took ${milliseconds(took).toFixed(3)} ms`]),
    ...(error === undefined ? [] : [`error ${error}`]),
  ].join(" ");
}

/** Text as it is where it is one word, else as JSON. */
const valueText = (value: Json): string =>
  typeof value === "string" && /^\S+$/.test(value) ? value : JSON.stringify(value);

/** Whole microseconds: a record is no place for picoseconds. */
const milliseconds = (picoseconds: number): number => Math.round((picoseconds / MILLISECOND) * 1_000) / 1_000;
