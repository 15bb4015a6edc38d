import { ByteReader } from "../../base/bytes.ts";
import type { Io } from "../../base/clock.ts";
import type { ProbeInfo } from "../probe.ts";
import { wrongResponse } from "./wrong-answer.ts";
import type { DapLink, PendingCommand } from "./dap-link.ts";
import { INFO, INFO_ID, infoNumber, infoText } from "./info.ts";
import type { PacketLimits } from "./packets.ts";

/** What a host's device says of itself before it is asked. */
export interface DeviceNames {
  readonly vendorId: number;
  readonly productId: number;
  readonly productName?: string | undefined;
  readonly serialNumber?: string | undefined;
}

/** What is asked once, when the probe is opened. */
export interface DapFacts {
  readonly info: ProbeInfo;
  readonly canSwd: boolean;
  /** The probe receives SWO as a UART. */
  readonly hasSwo: boolean;
  /** The probe takes several commands in one packet. */
  readonly isAtomic: boolean;
}

/** Bits of DAP_Info's capabilities (CMSIS-DAP, DAP_Info). */
const CAN_SWD = 0x01;
const SWO_UART = 0x04;
const ATOMIC = 0x10;

/** Smallest packet that any probe has: a full-speed report. */
const LEAST_PACKET = 64;

/** Most answers that an earlier user can have left in the probe: the count of packets is a byte. */
const MAX_STALE = 256;

/**
 * Asks for the packets' size and number, skipping stale responses of an earlier session.
 *
 * Both answers say by their length what they are, and nothing is asked ahead: the last size before the number is the
 * true one. Throws `probe-protocol`.
 */
export async function readLimits(link: DapLink, io: Io): Promise<PacketLimits> {
  let [size] = await numberOfLength(link, await link.request(INFO, io, INFO_ID.packetSize), 2);
  const [count, sizes] = await numberOfLength(link, await link.request(INFO, io, INFO_ID.packetCount), 1);
  size = sizes.at(-1) ?? size;
  if (size < LEAST_PACKET || count === 0)
    throw wrongResponse(link.probe, INFO.name, `packets of ${size} bytes, ${count} of them`);
  return { size, count };
}

/** Asks for everything that the probe says of itself; what it does not say is left out. */
export async function readFacts(link: DapLink, device: DeviceNames, io: Io): Promise<DapFacts> {
  const ids: number[] = [INFO_ID.capabilities, INFO_ID.protocol, INFO_ID.firmware];
  if (!device.serialNumber) ids.push(INFO_ID.serial);
  const answers = await link.inARow(ids.map((id) => () => link.request(INFO, io, id)));
  const [able, ...texts] = answers.map((answer) => fulfilled(answer));
  const capabilities = infoNumber(able);
  const [protocol, firmware, serial = device.serialNumber ?? ""] = texts.map(infoText);
  const info: ProbeInfo = {
    driver: "cmsis-dap",
    vendorId: device.vendorId,
    productId: device.productId,
    product: device.productName ?? "CMSIS-DAP",
    serial: serial.replace(/^0+(?=.)/, ""),
    firmware: firmwareLine(protocol, firmware),
  };
  // Firmware from before there were capabilities speaks SWD as far as we know.
  const canSwd = capabilities === undefined || (capabilities & CAN_SWD) !== 0;
  const has = (bit: number) => ((capabilities ?? 0) & bit) !== 0;
  return { info, canSwd, hasSwo: has(SWO_UART), isAtomic: has(ATOMIC) };
}

function fulfilled<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === "rejected") throw settled.reason;
  return settled.value;
}

/** `CMSIS-DAP 2.1.1, firmware 0257`; before version 2.1 the first field was the firmware's own version. */
const firmwareLine = (protocol: string, firmware: string): string =>
  `CMSIS-DAP ${protocol || "of unknown version"}${firmware === "" ? "" : `, firmware ${firmware}`}`;

/** Reads answers up to the DAP_Info one of so many bytes; answers its number, and the two-byte numbers before it. */
async function numberOfLength(
  link: DapLink,
  flight: PendingCommand<unknown>,
  length: number,
): Promise<readonly [number: number, before: readonly number[]]> {
  const before: number[] = [];
  for (let read = 0; read <= MAX_STALE; read++) {
    const packet = await link.packet(flight);
    const number = infoIn(packet, length);
    if (number !== undefined) return [number, before];
    const other = infoIn(packet, 2);
    if (other !== undefined) before.push(other);
  }
  throw wrongResponse(link.probe, INFO.name, "it does not say what its packets are");
}

function infoIn(packet: Uint8Array, length: number): number | undefined {
  const isInfo = packet.length >= 2 + length && packet[0] === INFO.id && packet[1] === length;
  return isInfo ? infoNumber(new ByteReader(packet).skip(2).bytes(length)) : undefined;
}
