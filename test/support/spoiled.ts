import type { Clock } from "../../src/base/clock.ts";
import { isHidDevice, type ProbeDevice } from "../../src/probe/drivers.ts";
import type { UsbInResult } from "../../src/usb/usb-device.ts";
import type { Chance } from "./chance.ts";

/** What can become of one answer on its way: of its length, of its time and place, of its bytes. */
export const SPOILS = ["cut", "oversized", "late", "lost", "doubled", "reordered", "one-wrong", "many-wrong"] as const;

/** One of them. */
export type Spoil = (typeof SPOILS)[number];

/** Which answer is spoiled, and how; `answers` counts them, so that what was never reached shows. */
export interface SpoilPlan {
  readonly spoil: Spoil;
  readonly nth: number;
  readonly chance: Chance;
  readonly clock: Clock;
  answers: number;
}

/** Later than every deadline of a round trip, in microseconds. */
const TOO_LATE = 6_000_000;

/** Iterations of the event loop in which a reader comes to an answer that it has asked for before it sent the command. */
const ITERATIONS = 50;

/**
 * Spoils the nth answer of a device. A late one never comes to the reader that asks for it, but to the next; a
 * reordered one changes places with the one behind it.
 */
export function spoiled(device: ProbeDevice, plan: SpoilPlan): ProbeDevice {
  const held: Uint8Array[] = [];
  return proxy(device, async (next) => held.shift() ?? spoilNth(await next(), next, held, plan));
}

async function spoilNth(
  bytes: Uint8Array,
  next: () => Promise<Uint8Array>,
  held: Uint8Array[],
  plan: SpoilPlan,
): Promise<Uint8Array> {
  if (++plan.answers !== plan.nth) return bytes;
  const { spoil, clock } = plan;
  if (["late", "doubled", "reordered"].includes(spoil)) held.push(bytes);
  if (spoil === "late" || spoil === "lost") {
    // A reader may have asked for it ahead: its deadline counts from when it waits for it.
    for (let i = 0; i < ITERATIONS; i++) await new Promise((resolve) => setImmediate(resolve));
    await clock.sleep(TOO_LATE);
    return new Promise<Uint8Array>(() => {});
  }
  return spoil === "reordered" ? next() : spoiledBytes(bytes, plan);
}

function spoiledBytes(bytes: Uint8Array, { spoil, chance }: SpoilPlan): Uint8Array {
  if (spoil === "cut") return bytes.subarray(0, chance.below(bytes.length));
  if (spoil === "oversized") return Uint8Array.of(...bytes, ...chance.bytes(1 + chance.below(70)));
  if (spoil === "many-wrong") return bytes.map((byte) => (chance.below(3) === 0 ? chance.below(256) : byte));
  const wrong = spoil === "one-wrong" ? chance.below(bytes.length) : -1;
  return bytes.map((byte, i) => (i === wrong ? byte ^ (1 + chance.below(255)) : byte));
}

/** The same device with its answers read through `read`. */
function proxy(device: ProbeDevice, read: (next: () => Promise<Uint8Array>) => Promise<Uint8Array>): ProbeDevice {
  const bound = (target: object, key: PropertyKey) => {
    const value: unknown = Reflect.get(target, key);
    return typeof value === "function" ? value.bind(target) : value;
  };
  if (isHidDevice(device)) {
    const receive = () => read(() => device.receive());
    return new Proxy(device, { get: (target, key) => (key === "receive" ? receive : bound(target, key)) });
  }
  const transferIn = async (endpoint: number, length: number): Promise<UsbInResult> => {
    const bytes = await read(async () => bytesOf(await device.transferIn(endpoint, length)));
    const copy = Uint8Array.from(bytes);
    return { status: "ok", data: new DataView(copy.buffer) };
  };
  return new Proxy(device, { get: (target, key) => (key === "transferIn" ? transferIn : bound(target, key)) });
}

const bytesOf = ({ data }: UsbInResult) =>
  data ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array();
