import { createSocket } from "node:dgram";
import { ByteWriter } from "../../base/bytes.ts";

/** What a beacon says of a probe: where to connect, and which one it is. */
export interface Advertised {
  /** IPv4 address of the server; clients always take port 19020. */
  readonly host: string;
  readonly serial: string;
  readonly product: string;
  /** As GET_HW_VERSION gives it: decimal TTMMmmrr. */
  readonly hardwareVersion: number;
}

/** Something that advertises until it is stopped. */
export interface Beacon {
  readonly stop: () => void;
}

/** UDP port on which libjaylink listens for 20 ms after it has asked who is there. */
const DISCOVERY_PORT = 19020;
const DISCOVERY_HOST = "127.0.0.1";

/**
 * Advertises probes to clients on this machine again and again until it is stopped, for clients in a network of their
 * own with nothing but a loopback interface. Nothing is sent to other machines.
 */
export function startBeacon(probes: readonly Advertised[], everyMs: number): Beacon {
  const socket = createSocket("udp4");
  // Without a listener the kernel reports that to the sender.
  socket.on("error", () => {});
  const datagrams = probes.map(advertisement);
  const timer = setInterval(() => {
    for (const datagram of datagrams) socket.send(datagram, DISCOVERY_PORT, DISCOVERY_HOST, () => {});
  }, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      socket.close();
    },
  };
}

/** The 128 bytes that a J-Link with Ethernet answers to `Discover` (layout as libjaylink 0.3.1 reads it). */
export function advertisement({ host, serial, product, hardwareVersion }: Advertised): Uint8Array {
  const address = host.split(".").map(Number);
  const numbers = new ByteWriter().u32le(Number(serial)).u32le(hardwareVersion).finish();
  const fields = [ascii("Found"), address, [LOCAL_MAC, 0, ...address], numbers, ascii(product.slice(0, 31)), []];
  const lengths = [16, 16, 16, 16, 32, 32];
  return Uint8Array.from(fields.flatMap((field, i) => padded(field, lengths[i])));
}

/** First byte of a MAC address that no maker was given ("locally administered"). */
const LOCAL_MAC = 0x02;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

const padded = (bytes: ArrayLike<number>, length: number): readonly number[] =>
  Array.from({ length }, (_, i) => bytes[i] ?? 0);
