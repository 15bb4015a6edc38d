import { COUNTER_NAMES, type SwoPacket } from "./packet.ts";

/** Whether a source packet is of the DWT (bit 2) and not of a stimulus port. */
export const isHardware = (header: number): boolean => (header & 4) !== 0;

/** Identifiers of the DWT's packets (ARMv7-M ARM (DDI 0403E), D4.3). */
const ID = { counters: 0, exception: 1, pc: 2, firstData: 8, endData: 24 } as const;

const ACTIONS = [undefined, "enter", "exit", "return"] as const;

/** A packet of the DWT by its identifier and payload of 1, 2 or 4 bytes; undefined for what the manual has not. */
export function hardwarePacket(id: number, payload: Uint8Array): SwoPacket | undefined {
  const value = numberOf(payload);
  if (id === ID.counters) return payload.length === 1 ? { kind: "counters", wrapped: countersIn(value) } : undefined;
  if (id === ID.exception) return exceptionOf(payload, value);
  if (id === ID.pc) return pcOf(payload, value);
  return id >= ID.firstData && id < ID.endData ? dataPacket(id, payload, value) : undefined;
}

const numberOf = (payload: Uint8Array): number => payload.reduceRight((value, byte) => value * 256 + byte, 0);

const countersIn = (bits: number) => COUNTER_NAMES.filter((_, bit) => (bits >>> bit) & 1);

/** The exception's number in bits 8:0, what it did in bits 13:12. */
function exceptionOf(payload: Uint8Array, value: number): SwoPacket | undefined {
  const action = ACTIONS[(value >>> 12) & 3];
  return payload.length === 2 && action ? { kind: "exception", number: value & 0x1ff, action } : undefined;
}

/** Four bytes of PC, or one byte of 0 while the core sleeps. */
function pcOf(payload: Uint8Array, value: number): SwoPacket | undefined {
  if (payload.length === 4) return { kind: "pc", pc: value };
  return payload.length === 1 && value === 0 ? { kind: "pc", pc: undefined } : undefined;
}

/** Bits 4:3 of the identifier say what, 2:1 which comparator, bit 0 which half of it. */
function dataPacket(id: number, payload: Uint8Array, value: number): SwoPacket | undefined {
  const comparator = (id >>> 1) & 3;
  if (id >= 16) return { kind: "data-value", comparator, access: id & 1 ? "write" : "read", bytes: payload };
  if (id & 1) return payload.length === 2 ? { kind: "data-address", comparator, offset: value } : undefined;
  return payload.length === 4 ? { kind: "data-pc", comparator, pc: value } : undefined;
}
