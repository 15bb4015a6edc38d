import { DESCRIPTOR, type Descriptors } from "./descriptors.ts";

/** What a device says to a control transfer. */
export type ControlAnswer =
  | { readonly does: "answer"; readonly data: Uint8Array }
  | { readonly does: "stall" }
  | { readonly does: "configure"; readonly value: number }
  | { readonly does: "clear halt"; readonly direction: "in" | "out"; readonly endpoint: number }
  /** An output report that came the slow way: it goes where the interrupt endpoint's go. */
  | { readonly does: "report"; readonly interfaceNumber: number };

/** What the answers depend on. */
export interface ControlState {
  readonly descriptors: Descriptors;
  /** The configuration that was set, 0 for none. */
  readonly configurationValue: number;
  isHalted(direction: "in" | "out", endpoint: number): boolean;
}

/** The first stage of a control transfer (USB 2.0, table 9-2). */
interface Setup {
  readonly type: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  readonly length: number;
}

const OK: ControlAnswer = { does: "answer", data: new Uint8Array() };
const STALL: ControlAnswer = { does: "stall" };
const answer = (...data: number[]): ControlAnswer => ({ does: "answer", data: Uint8Array.from(data) });

type Answerer = (setup: Setup, state: ControlState) => ControlAnswer;

/**
 * Requests by type and number, as two bytes (USB 2.0, table 9-4; HID 1.11, 7.2). The address is the bus's business and
 * never comes; everything that is not here stalls, as USB wants it for what a device doesn't know.
 */
const REQUESTS: ReadonlyMap<number, Answerer> = new Map<number, Answerer>([
  [0x8006, (setup, { descriptors }) => deviceDescriptor(setup, descriptors)],
  [0x8106, (setup, { descriptors }) => interfaceDescriptor(setup, descriptors)],
  [0x8008, (_, { configurationValue }) => answer(configurationValue)],
  [0x0009, ({ value }) => ({ does: "configure", value: value & 0xff })],
  [0x810a, () => answer(0)],
  [0x010b, ({ value }) => (value === 0 ? OK : STALL)],
  [0x8000, () => answer(0, 0)],
  [0x8100, () => answer(0, 0)],
  [0x8200, ({ index }, state) => answer(state.isHalted(directionOf(index), index & 0xf) ? 1 : 0, 0)],
  [0x0201, ({ value, index }) => (value === ENDPOINT_HALT ? clearHalt(index) : STALL)],
  [0x2109, ({ index }) => ({ does: "report", interfaceNumber: index & 0xff })],
  [0x210a, (_, { descriptors }) => (descriptors.hid.size > 0 ? OK : STALL)],
]);

/** The only feature of an endpoint (USB 2.0, table 9-6). */
const ENDPOINT_HALT = 0;

/** What a device answers, from its descriptors and its state; an answer is never longer than it was asked for. */
export function answerControl(bytes: Uint8Array, state: ControlState): ControlAnswer {
  const setup = readSetup(bytes);
  const answered = REQUESTS.get((setup.type << 8) | setup.request)?.(setup, state) ?? STALL;
  return answered.does === "answer" ? { ...answered, data: answered.data.subarray(0, setup.length) } : answered;
}

function readSetup(bytes: Uint8Array): Setup {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  const [value, index, length] = [2, 4, 6].map((at) => view.getUint16(at, true));
  return { type: bytes[0], request: bytes[1], value, index, length };
}

function deviceDescriptor({ value }: Setup, descriptors: Descriptors): ControlAnswer {
  const [type, index] = [value >>> 8, value & 0xff];
  if (type === DESCRIPTOR.string) return found(descriptors.strings[index]);
  if (index !== 0) return STALL;
  if (type === DESCRIPTOR.device) return found(descriptors.device);
  if (type === DESCRIPTOR.configuration) return found(descriptors.configuration);
  return type === DESCRIPTOR.deviceQualifier ? found(descriptors.qualifier) : STALL;
}

function interfaceDescriptor({ value, index }: Setup, { hid }: Descriptors): ControlAnswer {
  const type = value >>> 8;
  if (type === DESCRIPTOR.hid) return found(hid.get(index)?.descriptor);
  return type === DESCRIPTOR.hidReport ? found(hid.get(index)?.report) : STALL;
}

const found = (data: Uint8Array | undefined): ControlAnswer => (data ? { does: "answer", data } : STALL);

const directionOf = (address: number): "in" | "out" => ((address & 0x80) === 0 ? "out" : "in");

const clearHalt = (address: number): ControlAnswer => ({
  does: "clear halt",
  direction: directionOf(address),
  endpoint: address & 0xf,
});
