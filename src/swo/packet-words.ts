import { address32 } from "../base/u32.ts";
import type { SwoPacket } from "./packet.ts";

/** Exceptions of the core by their number (ARMv7-M ARM (DDI 0403E), B1.5.2). */
const EXCEPTIONS: { readonly [number: number]: string } = {
  0: "thread mode",
  1: "Reset",
  2: "NMI",
  3: "HardFault",
  4: "MemManage",
  5: "BusFault",
  6: "UsageFault",
  7: "SecureFault",
  11: "SVCall",
  12: "DebugMonitor",
  14: "PendSV",
  15: "SysTick",
};

/** An exception's name; from 16 on the number of its interrupt: `IRQ3`. */
export const exceptionName = (number: number): string =>
  EXCEPTIONS[number] ?? (number >= 16 ? `IRQ${number - 16}` : `exception ${number}`);

const hex = (bytes: Uint8Array): string =>
  `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0").toUpperCase())
    .reverse()
    .join("")}`;

/** A packet in words, in one line. */
export function packetWords(packet: SwoPacket): string {
  switch (packet.kind) {
    case "sync":
      return "sync";
    case "overflow":
      return "overflow: packets are missing";
    case "itm":
      return `port ${packet.port + 32 * packet.page}: ${hex(packet.bytes)}`;
    case "counters":
      return `counters wrapped: ${packet.wrapped.join(", ")}`;
    case "exception":
      return `${packet.action} ${exceptionName(packet.number)}`;
    case "pc":
      return packet.pc === undefined ? "PC: asleep" : `PC ${address32(packet.pc)}`;
    case "data-pc":
      return `comparator ${packet.comparator}: by the instruction at ${address32(packet.pc)}`;
    case "data-address":
      return `comparator ${packet.comparator}: at address ...${packet.offset.toString(16).toUpperCase().padStart(4, "0")}`;
    case "data-value":
      return `comparator ${packet.comparator}: ${packet.access} ${hex(packet.bytes)}`;
    case "local-time":
      return `+${packet.ticks}${packet.delayed === "none" ? "" : ` (delayed: ${packet.delayed})`}`;
    case "global-time-low":
      return `time ${packet.value} (${packet.bits} bits)${packet.wrapped ? ", wrapped" : ""}${packet.clockChanged ? ", another clock" : ""}`;
    case "global-time-high":
      return `time, bits from 26 on: ${packet.value}`;
    case "page":
      return `ports from ${32 * packet.page}`;
    case "unknown":
      return `no packet: ${hex(packet.bytes)}`;
  }
}

/** A packet as an object of JSON: bytes as hex digits in their order. */
export function packetFields(packet: SwoPacket): {
  readonly [key: string]: string | number | boolean | null | readonly string[];
} {
  const fields = Object.entries(packet).map(([key, value]) => [key, fieldOf(value as FieldValue)] as const);
  return Object.fromEntries(fields);
}

type FieldValue = string | number | boolean | bigint | undefined | Uint8Array | readonly string[];

function fieldOf(value: FieldValue): string | number | boolean | null | readonly string[] {
  if (value instanceof Uint8Array) return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (typeof value === "bigint") return Number(value);
  return value ?? null;
}
