import { TracePort } from "./debug/tpiu.ts";
import type { CpuProfile } from "./profiles/profile.ts";
import { type State, stateFields } from "./state.ts";

/** "1CM" and the profile's mark, so that no core takes another one's state. */
const magicOf = (profile: CpuProfile): number => 0x4d4331 | (profile.mark.charCodeAt(0) << 24);

/** Fixed layout: the magic, then each field in `State`'s order, numbers as float64 and arrays as their bytes. */
const bytesOf = (value: number | Int32Array | Uint8Array): number => (typeof value === "number" ? 8 : value.byteLength);

const sizeOf = (state: State, profile: CpuProfile): number =>
  stateFields(profile).reduce((sum, field) => sum + bytesOf(state[field]), 4);

const asBytes = (array: Int32Array | Uint8Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** What of a core is saved: its state, and the registers of its trace port. */
interface Saved {
  readonly state: State;
  readonly profile: CpuProfile;
  trace: TracePort;
}

const isFresh = ({ registers }: TracePort): boolean =>
  new TracePort().registers.every((value, i) => value === registers[i]);

/** A state as bytes, for a state file. */
export function saveState({ state, profile, trace }: Saved): Uint8Array {
  const port = asBytes(trace.registers);
  const size = sizeOf(state, profile);
  // A port that was never touched is left out, as in states from before there was one.
  const bytes = new Uint8Array(size + (isFresh(trace) ? 0 : port.length));
  if (!isFresh(trace)) bytes.set(port, size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, magicOf(profile), true);
  let at = 4;
  for (const field of stateFields(profile)) {
    const value = state[field];
    if (typeof value === "number") view.setFloat64(at, value, true);
    else bytes.set(asBytes(value), at);
    at += bytesOf(value);
  }
  return bytes;
}

/** Fills a state from what `saveState` made; throws `RangeError` on other bytes and leaves the state untouched. */
export function restoreState(core: Saved, bytes: Uint8Array): void {
  const { state, profile } = core;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = sizeOf(state, profile);
  const port = new TracePort();
  const fits = bytes.length === size || bytes.length === size + port.registers.byteLength;
  if (!fits || view.getUint32(0, true) !== magicOf(profile)) {
    throw new RangeError(`not a saved Cortex-${profile.type}: ${bytes.length} bytes`);
  }
  if (bytes.length > size) asBytes(port.registers).set(bytes.subarray(size));
  core.trace = port;
  let at = 4;
  for (const field of stateFields(profile)) {
    const value = state[field];
    if (typeof value === "number") (state as unknown as Record<string, number>)[field] = view.getFloat64(at, true);
    else asBytes(value).set(bytes.subarray(at, at + value.byteLength));
    at += bytesOf(value);
  }
}
