import { equalBytes } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import type { UsbDevice } from "../../usb/usb-device.ts";
import type { ProbeInfo } from "../probe.ts";
import { ProbeError } from "../probe-error.ts";
import { Capabilities } from "./capabilities.ts";
import {
  CAPABILITIES,
  CAPABILITIES_EX,
  HARDWARE_VERSION,
  type JLinkSpeeds,
  READ_CONFIG,
  SPEEDS,
  VERSION,
} from "./commands.ts";
import type { JLinkLink } from "./jlink-link.ts";

/** Where the probe's configuration keeps its licences as text, in no public document (unsure). */
const LICENSES = { offset: 0x80, length: 0x20 } as const;

/**
 * Asks for the capabilities: all 256 bits where there are so many, else the first 32. Throws `probe-protocol` where the
 * two answers contradict each other, which is how responses that belong to other commands show.
 */
export async function readCapabilities(link: JLinkLink, io: Io): Promise<Capabilities> {
  const few = await link.transact(CAPABILITIES, io);
  if (!new Capabilities(few).has("GET_CAPS_EX")) return new Capabilities(few);
  const all = await link.transact(CAPABILITIES_EX, io);
  if (!equalBytes(all.subarray(0, 4), few)) throw beside("the capabilities contradict each other");
  return new Capabilities(all);
}

/** What a J-Link's connection says of it before the first command: USB's descriptors, or what stands for them. */
export type NamedDevice = Pick<UsbDevice, "vendorId" | "productId" | "productName" | "serialNumber">;

/** What a J-Link is called, by its connection and the firmware's line. */
export const identityOf = (device: NamedDevice, firmware: string): ProbeInfo => ({
  driver: "jlink",
  vendorId: device.vendorId,
  productId: device.productId,
  product: device.productName ?? "J-Link",
  serial: serialFrom(device.serialNumber ?? ""),
  firmware,
});

/** What else a J-Link says of itself, as far as it says it can. */
export async function readDetails(
  link: JLinkLink,
  can: Capabilities,
  io: Io,
): Promise<Pick<ProbeInfo, "hardware" | "licenses">> {
  const hardware = can.has("GET_HW_VERSION") ? await link.transact(HARDWARE_VERSION, io) : undefined;
  const licenses = can.has("READ_CONFIG") ? licensesIn(await link.transact(READ_CONFIG, io)) : [];
  return { ...(hardware && { hardware }), ...(licenses.length > 0 && { licenses }) };
}

/** Asks for the firmware's line, the first command on a fresh pipe; throws `probe-protocol` where it is no text. */
export async function readFirmware(link: JLinkLink, io: Io): Promise<string> {
  const text = await link.transact(VERSION, io);
  if (!/^[\x20-\x7e]+$/.test(text)) throw beside("its version is no text");
  return text;
}

/** What a J-Link's base frequency may be, and its smallest divider at most (unsure). */
const SPEED_LIMITS = { hz: [1_000_000, 1_000_000_000], divider: 64 } as const;

/** Asks for the speeds; throws `probe-protocol` for speeds of no J-Link, by which a job would seem to hang. */
export async function readSpeeds(link: JLinkLink, io: Io): Promise<JLinkSpeeds> {
  const speeds = await link.transact(SPEEDS, io);
  const [least, most] = SPEED_LIMITS.hz;
  if (speeds.baseHz >= least && speeds.baseHz <= most && speeds.minDivider <= SPEED_LIMITS.divider) return speeds;
  throw beside(`a base frequency of ${speeds.baseHz} Hz, divided by ${speeds.minDivider} or more`);
}

/** The serial as printed on the case: the last ten characters count, and no leading zeros (RM08001). */
export const serialFrom = (text: string): string => text.slice(-10).replace(/^0+(?=.)/, "");

/** The licences in a configuration, as a list; none where the area is unset. */
export function licensesIn(config: Uint8Array): readonly string[] {
  const area = config.subarray(LICENSES.offset, LICENSES.offset + LICENSES.length);
  const end = area.findIndex((byte) => byte === 0 || byte === 0xff);
  const text = String.fromCharCode(...area.subarray(0, end < 0 ? area.length : end));
  return text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

const beside = (why: string) =>
  new ProbeError("probe-protocol", `The J-Link answers beside the point: ${why}`, { details: { why } });
