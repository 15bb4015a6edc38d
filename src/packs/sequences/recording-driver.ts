import type { AccessBytes, SequenceDriver, SequenceTarget } from "./driver.ts";
import type { Position } from "./sequence.ts";
import { endlessSequence } from "./sequence-error.ts";

/** Where an access goes: memory behind an access port, or a register of a port. */
export type AccessPlace =
  | { readonly kind: "memory"; readonly port: string; readonly bytes: AccessBytes }
  | { readonly kind: "dp" | "ap" | "access-ap"; readonly port: string };

/** One or more equal accesses in a row. */
export interface SequenceAccess {
  readonly kind: "read" | "write";
  readonly place: AccessPlace;
  readonly address: number;
  /** Of the last one. */
  readonly value: bigint;
  /** How many in a row. */
  readonly count: number;
}

/** What a sequence did, or would do on a target. */
export type SequenceEvent =
  | SequenceAccess
  | { readonly kind: "delay"; readonly microseconds: number }
  | { readonly kind: "pins"; readonly out: number; readonly select: number; readonly microseconds: number }
  | { readonly kind: "clock"; readonly hertz: number }
  | { readonly kind: "bits"; readonly count: number; readonly bits: bigint }
  | { readonly kind: "message"; readonly level: number; readonly text: string }
  | { readonly kind: "query"; readonly text: string; readonly answer: bigint }
  | { readonly kind: "sequence" | "predefined"; readonly name: string }
  | { readonly kind: "time-out"; readonly microseconds: number; readonly line: number };

/** How many events are kept. */
const MOST_EVENTS = 1000;

/** How many bytes and registers hold a value. */
const MOST_PLACES = 200_000;

/** Microseconds of virtual time that an access takes, and a look at the time. */
const COST = { access: 10, look: 10 } as const;

/** So many reads of one place in a row answer the same; the next as many answer it inverted. */
const SAME_READS = 1000;

/**
 * A target without anything behind its addresses, in virtual time: a place holds what was written to it, 0 before that, and is
 * inverted for every second thousand of reads, so that most waits for a status end. Nothing of a real chip is touched.
 */
export class RecordingDriver implements SequenceDriver {
  /** What happened, in its order; accesses that repeat are one. */
  readonly events: SequenceEvent[] = [];
  /** How many events more there were. */
  more = 0;
  private readonly held = new Map<string, number>();
  private readonly reads = new Map<string, number>();
  private time = 0;

  async read(target: SequenceTarget, address: number, bytes: AccessBytes): Promise<bigint> {
    const place = { kind: "memory", port: portText(target), bytes } as const;
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.held.get(keyOf(place, address + i)) ?? 0);
    return this.answer(place, address, value, bytes * 8);
  }

  async write(target: SequenceTarget, address: number, bytes: AccessBytes, value: bigint): Promise<void> {
    const place = { kind: "memory", port: portText(target), bytes } as const;
    for (let i = 0; i < bytes; i++)
      this.held.set(keyOf(place, address + i), Number(BigInt.asUintN(8, value >> BigInt(8 * i))));
    this.written(place, address, value);
  }

  readDp = (dp: number, register: number): Promise<number> =>
    this.readRegister({ kind: "dp", port: dpText(dp) }, register);

  writeDp = (dp: number, register: number, value: number): Promise<void> =>
    this.writeRegister({ kind: "dp", port: dpText(dp) }, register, value);

  readAp = (target: SequenceTarget, register: number): Promise<number> =>
    this.readRegister({ kind: "ap", port: portText(target) }, register);

  writeAp = (target: SequenceTarget, register: number, value: number): Promise<void> =>
    this.writeRegister({ kind: "ap", port: portText(target) }, register, value);

  readAccessAp = (dp: number, address: number): Promise<number> =>
    this.readRegister({ kind: "access-ap", port: dpText(dp) }, address);

  writeAccessAp = (dp: number, address: number, value: number): Promise<void> =>
    this.writeRegister({ kind: "access-ap", port: dpText(dp) }, address, value);

  /** There are no pins to read. */
  async pins(out: number, select: number, microseconds: number): Promise<number> {
    this.time += microseconds;
    this.keep({ kind: "pins", out, select, microseconds });
    return 0xffff_ffff;
  }

  async clock(hertz: number): Promise<void> {
    this.keep({ kind: "clock", hertz });
  }

  async swjSequence(count: number, bits: bigint): Promise<void> {
    this.keep({ kind: "bits", count, bits });
  }

  async delay(microseconds: number): Promise<void> {
    this.time += microseconds;
    this.keep({ kind: "delay", microseconds });
  }

  /** Every look takes some time, so that a loop without accesses comes to its time-out, too. */
  now(): number {
    this.time += COST.look;
    return this.time;
  }

  async message(level: number, text: string): Promise<void> {
    this.keep({ kind: "message", level, text });
  }

  async query(text: string, standard: bigint): Promise<bigint> {
    this.keep({ kind: "query", text, answer: standard });
    return standard;
  }

  async predefined(name: string): Promise<void> {
    this.keep({ kind: "predefined", name });
  }

  entered(name: string): void {
    this.keep({ kind: "sequence", name });
  }

  timedOut(microseconds: number, { line }: Position): void {
    this.keep({ kind: "time-out", microseconds, line });
  }

  private async readRegister(place: AccessPlace, address: number): Promise<number> {
    return Number(this.answer(place, address, BigInt(this.held.get(keyOf(place, address)) ?? 0), 32));
  }

  private async writeRegister(place: AccessPlace, address: number, value: number): Promise<void> {
    // Of a debug port, ABORT is written where DPIDR is read.
    if (place.kind !== "dp" || address !== 0) this.held.set(keyOf(place, address), value);
    this.written(place, address, BigInt(value));
  }

  private written(place: AccessPlace, address: number, value: bigint): void {
    this.time += COST.access;
    this.reads.delete(keyOf(place, address));
    this.countPlaces();
    this.keepAccess({ kind: "write", place, address, value, count: 1 });
  }

  private answer(place: AccessPlace, address: number, held: bigint, bits: number): bigint {
    this.time += COST.access;
    const key = keyOf(place, address);
    const before = this.reads.get(key) ?? 0;
    this.reads.set(key, before + 1);
    this.countPlaces();
    const value = Math.floor(before / SAME_READS) % 2 === 0 ? held : BigInt.asUintN(bits, ~held);
    this.keepAccess({ kind: "read", place, address, value, count: 1 });
    return value;
  }

  private countPlaces(): void {
    if (this.held.size + this.reads.size > MOST_PLACES)
      throw endlessSequence("places", `The sequence goes to more than ${MOST_PLACES} addresses`);
  }

  private keepAccess(event: SequenceAccess): void {
    const last = this.events.at(-1);
    if (last && this.more === 0 && "place" in last && isRepeated(last, event))
      this.events[this.events.length - 1] = { ...event, count: last.count + 1 };
    else this.keep(event);
  }

  private keep(event: SequenceEvent): void {
    if (this.events.length < MOST_EVENTS) this.events.push(event);
    else this.more++;
  }
}

/** Whether an access is the one before again: a read of the same place, or the same value written there. */
const isRepeated = (last: SequenceAccess, next: SequenceAccess): boolean =>
  last.kind === next.kind &&
  last.address === next.address &&
  keyOf(last.place, 0) === keyOf(next.place, 0) &&
  bytesOf(last.place) === bytesOf(next.place) &&
  (next.kind === "read" || last.value === next.value);

const bytesOf = (place: AccessPlace): number => (place.kind === "memory" ? place.bytes : 4);

const keyOf = ({ kind, port }: AccessPlace, address: number): string => `${kind} ${port} ${address}`;

const dpText = (dp: number): string => `DP ${dp}`;

const portText = ({ dp, ap, apid }: SequenceTarget): string =>
  apid === undefined ? `${dp === 0 ? "" : `DP ${dp}, `}AP ${ap}` : `AP id ${apid}`;
