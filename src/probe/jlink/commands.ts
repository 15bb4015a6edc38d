import { ByteReader } from "../../base/bytes.ts";
import type { PinLevels } from "../probe.ts";
import type { SwdBits } from "../swd/swd-bits.ts";
import { type JLinkCommand, command, query } from "./command.ts";

/** What the probe sees on the target's connector; the supply in millivolts. */
export interface JLinkState {
  readonly targetMv: number;
  readonly pins: PinLevels;
}

/** The probe's clock: it runs the wire at `baseHz` divided by any whole number from `minDivider` on. */
export interface JLinkSpeeds {
  readonly baseHz: number;
  readonly minDivider: number;
}

/** What came back for a batch of clocks; status 0 is success, 6 means that the probe's memory was too small. */
export interface JLinkClocked {
  readonly sampled: Uint8Array;
  readonly status: number;
}

/** One interface, by its number in SELECT_IF (RM08001, 5.5.12). */
export const JLINK_INTERFACE = { jtag: 0, swd: 1 } as const;

/** GET_VERSION: the firmware's line. The text ends at its first NUL; a copyright notice may follow there. */
export const VERSION: JLinkCommand<readonly [], string> = {
  name: "VERSION",
  id: 0x01,
  encode: () => Uint8Array.of(0x01),
  decode: async (take) => {
    const length = new ByteReader(await take(2)).u16le();
    return textUpToNul(await take(length));
  },
};

/** SET_SPEED: the wire's clock in kHz; 0xFFFF would mean adaptive. */
export const SET_SPEED = command("SET_SPEED", 0x05, (kHz: number) => [kHz & 0xff, kHz >>> 8]);

/** GET_STATE: VTref and the levels of all pins. */
export const STATE = query("GET_STATE", 0x07, 8, (answer): JLinkState => {
  const targetMv = answer.u16le();
  const level = () => (answer.u8() === 0 ? 0 : 1);
  return { targetMv, pins: { tck: level(), tdi: level(), tdo: level(), tms: level(), nreset: level(), trst: level() } };
});

/** GET_SPEEDS: base frequency and smallest divider. */
export const SPEEDS = query(
  "GET_SPEEDS",
  0xc0,
  6,
  (answer): JLinkSpeeds => ({ baseHz: answer.u32le(), minDivider: answer.u16le() }),
);

/** SELECT_IF: selects an interface and answers the one before; 0xFE only asks, 0xFF asks for the mask of those there are. */
export const SELECT_INTERFACE: JLinkCommand<readonly [number], number> = {
  name: "SELECT_IF",
  id: 0xc7,
  encode: (which) => Uint8Array.of(0xc7, which),
  decode: async (take) => new ByteReader(await take(4)).u32le(),
};

/** The argument of SELECT_IF that asks for the mask of interfaces. */
export const AVAILABLE_INTERFACES = 0xff;

/** HW_JTAG3: clocks bits on the selected interface; with SWD the first array is the direction (RM08001, 5.5.13). */
export const CLOCK_BITS: JLinkCommand<readonly [SwdBits], JLinkClocked> = {
  name: "HW_JTAG3",
  id: 0xcf,
  encode: ({ direction, output, count }) => clockRequest(direction, output, count),
  decode: async (take, { count }) => {
    const answer = await take(Math.ceil(count / 8) + 1);
    return { sampled: answer.subarray(0, -1), status: answer[answer.length - 1] };
  },
};

/** Most clocks that HW_JTAG3's 16-bit count can ask for. */
export const MAX_CLOCKS = 0xffff;

/** Bytes that HW_JTAG3 needs of the probe's free memory besides its two arrays (as OpenOCD's driver reckons). */
export const CLOCK_OVERHEAD = 16;

/** GET_MAX_MEM_BLOCK: bytes free in the probe. */
export const FREE_MEMORY = query("GET_MAX_MEM_BLOCK", 0xd4, 4, (answer) => answer.u32le());

/** Each pin that can be driven, and the commands that drive it to 0 and to 1. */
export const PIN_COMMANDS = {
  nreset: [command("HW_RESET0", 0xdc), command("HW_RESET1", 0xdd)],
  trst: [command("HW_TRST0", 0xde), command("HW_TRST1", 0xdf)],
  tck: [command("HW_TCK0", 0xda), command("HW_TCK1", 0xdb)],
  tms: [command("HW_TMS0", 0xc9), command("HW_TMS1", 0xca)],
  tdi: [command("HW_DATA0", 0xcb), command("HW_DATA1", 0xcc)],
} as const;

/** GET_CAPS: the first 32 capability bits. */
export const CAPABILITIES = query("GET_CAPS", 0xe8, 4, (answer) => answer.bytes(4));

/** GET_CAPS_EX: all 256 capability bits. */
export const CAPABILITIES_EX = query("GET_CAPS_EX", 0xed, 32, (answer) => answer.bytes(32));

/** GET_HW_VERSION: decimal digits TTMMmmrr: type, major, minor, revision. */
export const HARDWARE_VERSION = query("GET_HW_VERSION", 0xf0, 4, (answer) => hardwareVersionText(answer.u32le()));

/** READ_CONFIG: the 256 bytes of the probe's own settings; 0xFF where nothing is set. */
export const READ_CONFIG = query("READ_CONFIG", 0xf2, 256, (answer) => answer.bytes(256));

/** `V9.30`, from 93000. */
export function hardwareVersionText(packed: number): string {
  const major = Math.trunc(packed / 10000) % 100;
  const minor = Math.trunc(packed / 100) % 100;
  return `V${major}.${String(minor).padStart(2, "0")}`;
}

function clockRequest(direction: Uint8Array, output: Uint8Array, count: number): Uint8Array {
  const request = new Uint8Array(4 + direction.length + output.length);
  request.set([0xcf, 0, count & 0xff, count >>> 8]);
  request.set(direction, 4);
  request.set(output, 4 + direction.length);
  return request;
}

/** Latin-1, so that no firmware's odd byte can fail. */
function textUpToNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end < 0 ? bytes.length : end)).trimEnd();
}
