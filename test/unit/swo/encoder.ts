import type { SwoPacket } from "../../../src/swo/packet.ts";
import type { Chance } from "../../support/chance.ts";

/** The bytes of a packet, written down from ARMv7-M ARM (DDI 0403E), D4, apart from the decoder. */
export function encode(packet: SwoPacket): readonly number[] {
  switch (packet.kind) {
    case "sync":
      return [0, 0, 0, 0, 0, 0x80];
    case "overflow":
      return [0x70];
    case "itm":
      return [(packet.port << 3) | sizeCode(packet.bytes.length), ...packet.bytes];
    case "counters":
      return [
        0x05,
        ["CPI", "exception", "sleep", "LSU", "fold", "cycle"].reduce(
          (bits, name, i) => bits | (packet.wrapped.includes(name as "CPI") ? 1 << i : 0),
          0,
        ),
      ];
    case "exception":
      return [
        0x0e,
        packet.number & 0xff,
        (packet.number >> 8) | ({ enter: 1, exit: 2, return: 3 }[packet.action] << 4),
      ];
    case "pc":
      return packet.pc === undefined ? [0x15, 0] : [0x17, ...le(packet.pc, 4)];
    case "data-pc":
      return [0x47 | (packet.comparator << 4), ...le(packet.pc, 4)];
    case "data-address":
      return [0x4e | (packet.comparator << 4), ...le(packet.offset, 2)];
    case "data-value":
      return [
        0x84 | (packet.comparator << 4) | (packet.access === "write" ? 8 : 0) | sizeCode(packet.bytes.length),
        ...packet.bytes,
      ];
    case "local-time":
      if (packet.delayed === "none" && packet.ticks >= 1 && packet.ticks <= 6) return [packet.ticks << 4];
      return [
        0xc0 | (["none", "timestamp", "packet", "both"].indexOf(packet.delayed) << 4),
        ...sevens(BigInt(packet.ticks)),
      ];
    case "global-time-low": {
      const groups = [0, 7, 14, 21].map((shift) => (packet.value >>> shift) & 0x7f);
      groups[3] |= (packet.clockChanged ? 0x20 : 0) | (packet.wrapped ? 0x40 : 0);
      return [0x94, groups[0] | 0x80, groups[1] | 0x80, groups[2] | 0x80, groups[3]];
    }
    case "global-time-high":
      return [0xb4, ...sevens(packet.value)];
    case "page":
      return [0x08 | (packet.page << 4)];
    case "unknown":
      return [...packet.bytes];
  }
}

const sizeCode = (length: number): number => (length === 4 ? 3 : length);
const le = (value: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => (value >>> (8 * i)) & 0xff);

function sevens(value: bigint): readonly number[] {
  const low = Number(value & 0x7fn);
  return value < 128n ? [low] : [low | 0x80, ...sevens(value >> 7n)];
}

/** Any packet but `unknown`; the page is that of the last extension. */
export function anyPacket(chance: Chance, page: number): SwoPacket {
  const bytes = () => chance.bytes([1, 2, 4][chance.below(3)]);
  const word = () => chance.below(0x10000) * 0x10000 + chance.below(0x10000);
  const makers: readonly (() => SwoPacket)[] = [
    () => ({ kind: "sync" }),
    () => ({ kind: "overflow" }),
    () => ({ kind: "itm", port: chance.below(32), page, bytes: bytes() }),
    () => ({
      kind: "counters",
      wrapped: (["CPI", "exception", "sleep", "LSU", "fold", "cycle"] as const).filter(() => chance.below(2) === 1),
    }),
    () => ({
      kind: "exception",
      number: chance.below(512),
      action: (["enter", "exit", "return"] as const)[chance.below(3)],
    }),
    () => ({ kind: "pc", pc: chance.below(4) === 0 ? undefined : word() }),
    () => ({ kind: "data-pc", comparator: chance.below(4), pc: word() }),
    () => ({ kind: "data-address", comparator: chance.below(4), offset: chance.below(0x10000) }),
    () => ({
      kind: "data-value",
      comparator: chance.below(4),
      access: chance.below(2) === 0 ? "read" : "write",
      bytes: bytes(),
    }),
    () => ({
      kind: "local-time",
      ticks: chance.below(2) === 0 ? chance.below(8) : chance.below(1 << 28),
      delayed: "none",
    }),
    () => ({
      kind: "local-time",
      ticks: chance.below(1 << 28),
      delayed: (["timestamp", "packet", "both"] as const)[chance.below(3)],
    }),
    () => ({
      kind: "global-time-low",
      value: chance.below(1 << 26),
      bits: 26,
      wrapped: chance.below(2) === 1,
      clockChanged: chance.below(2) === 1,
    }),
    () => ({ kind: "global-time-high", value: 0x3fffffn, bits: 28 }),
    () => ({ kind: "page", page: chance.below(8) }),
  ];
  return makers[chance.below(makers.length)]();
}
