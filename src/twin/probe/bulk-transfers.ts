import { MILLISECOND } from "../../base/clock.ts";
import type { UsbInResult, UsbOutResult } from "../../usb/usb-device.ts";
import { Prng } from "../chip/prng.ts";
import type { TwinClock } from "../clock.ts";
import type { Fault } from "../faults.ts";
import { InPackets } from "./in-packets.ts";
import type { ProbeModel } from "./probe-model.ts";
import { UsbPipeline, type UsbTiming } from "./usb-timing.ts";

/** Rounds of the microtask queue that a caller has to send the request whose response it awaits. */
const MICROTASK_ROUNDS = 64;

/** One transfer that has not ended. */
interface Pending<T> {
  readonly resolve: (result: T) => void;
  readonly reject: (error: Error) => void;
  done: boolean;
}

interface PendingOut extends Pending<UsbOutResult> {
  readonly data: Uint8Array;
  readonly fault: Fault | undefined;
}

interface PendingIn extends Pending<UsbInResult> {
  readonly length: number;
  fault: Fault | undefined;
}

/**
 * The two bulk endpoints of a probe in time: each direction moves one transfer after the other, in the order asked for.
 *
 * An answer is fetched at the moment it is complete: a caller that gives up before leaves it to the next one, as a real
 * device does.
 */
export class BulkTransfers {
  private readonly model: ProbeModel;
  private readonly timing: UsbTiming;
  private readonly clock: TwinClock;
  private readonly garble: Prng;
  private readonly packets: InPackets;
  private readonly receive: UsbPipeline;
  private readonly send: UsbPipeline;
  private outs: PendingOut[] = [];
  private ins: PendingIn[] = [];
  private activeOut: PendingOut | undefined;
  private activeIn: PendingIn | undefined;

  constructor(model: ProbeModel, timing: UsbTiming, clock: TwinClock, seed: number) {
    this.model = model;
    this.timing = timing;
    this.clock = clock;
    this.garble = new Prng(seed);
    this.packets = new InPackets(timing.packetSize);
    this.receive = new UsbPipeline(timing);
    this.send = timing.overlap ? new UsbPipeline(timing) : this.receive;
  }

  /** Sends to the probe; resolves when the last byte has arrived there, or would have: a host sees no loss. */
  out(data: Uint8Array, fault?: Fault): Promise<UsbOutResult> {
    return new Promise((resolve, reject) => {
      const pending: PendingOut = { data, fault, resolve, reject, done: false };
      this.outs.push(pending);
      this.startOut();
      this.clock.drive(() => pending.done);
    });
  }

  /** Fetches from the probe; resolves when the last byte is here. */
  in(length: number, fault?: Fault): Promise<UsbInResult> {
    return new Promise((resolve, reject) => {
      const pending: PendingIn = { length, fault, resolve, reject, done: false };
      this.ins.push(pending);
      this.startIn();
      if (this.activeIn === pending) this.clock.drive(() => pending.done);
      else void this.driveSoon(pending);
    });
  }

  /** Ends every transfer with an error. */
  abandon(error: Error): void {
    for (const pending of [...this.outs, ...this.ins]) {
      pending.done = true;
      pending.reject(error);
    }
    this.outs = [];
    this.ins = [];
    this.activeOut = undefined;
    this.activeIn = undefined;
  }

  /** Nothing is on the way yet, or only just: the caller may be about to send the request, or the next one. */
  private async driveSoon(pending: PendingIn): Promise<void> {
    for (let round = 0; round < MICROTASK_ROUNDS && !pending.done; round++) await Promise.resolve();
    this.clock.drive(() => pending.done);
  }

  private startOut(): void {
    const pending = this.outs[0];
    if (pending === undefined || this.activeOut !== undefined) return;
    this.activeOut = pending;
    const arrived = this.receive.move(pending.data.length, this.clock.now());
    this.clock.schedule(arrived, () => this.endOut(pending));
  }

  private endOut(pending: PendingOut): void {
    if (pending.done) return;
    for (const data of arriving(pending)) this.packets.push(this.model.onOut(data, this.clock.now()));
    if (!this.timing.overlap) this.receive.hold(this.model.busyUntil);
    this.outs.shift();
    this.activeOut = undefined;
    pending.done = true;
    pending.resolve({ status: "ok", bytesWritten: pending.data.length });
    this.startOut();
    this.startWaitingIn();
  }

  private startIn(): void {
    const pending = this.ins[0];
    const head = this.packets.head;
    if (pending === undefined || head === undefined || this.activeIn !== undefined) return;
    this.activeIn = pending;
    const from = Math.max(this.clock.now(), head.readyAt + this.timing.turnaroundPs);
    const late = pending.fault?.kind === "late" ? (pending.fault.argument ?? 0) * MILLISECOND : 0;
    const sent = this.send.move(this.packets.available(pending.length), from) + late;
    this.packets.delay(late);
    this.clock.schedule(sent, () => this.endIn(pending));
  }

  private endIn(pending: PendingIn): void {
    if (pending.done) return;
    const { status, bytes } = this.packets.take(pending.length);
    if (pending.fault?.kind === "drop") {
      this.waitForNext(pending);
      return;
    }
    if (pending.fault?.kind === "double") this.packets.repeat(bytes, this.clock.now());
    const { buffer, byteOffset, byteLength } = this.spoil(bytes, pending.fault);
    this.ins.shift();
    this.activeIn = undefined;
    pending.done = true;
    pending.resolve({ status, data: new DataView(buffer, byteOffset, byteLength) });
    this.startWaitingIn();
  }

  /** The response was lost: the transfer takes the one after it, if there ever is one. */
  private waitForNext(pending: PendingIn): void {
    pending.fault = undefined;
    this.activeIn = undefined;
    this.startIn();
  }

  /** A transfer that was pending before its response: time is driven for another one at present. */
  private startWaitingIn(): void {
    this.startIn();
    if (this.activeIn !== undefined) void this.driveSoon(this.activeIn);
  }

  private spoil(bytes: Uint8Array, fault: Fault | undefined): Uint8Array {
    if (fault?.kind === "short") return bytes.subarray(0, -1);
    if (fault?.kind === "flip") return flipped(bytes, fault);
    if (fault?.kind === "long") return Uint8Array.of(...bytes, 0);
    return fault?.kind === "garbage" ? bytes.map(() => this.garble.next()) : bytes;
  }
}

/** What the probe gets of a transfer: it may be lost, come twice, or with one bit wrong. */
function arriving({ data, fault }: PendingOut): readonly Uint8Array[] {
  switch (fault?.kind) {
    case "drop":
      return [];
    case "double":
      return [data, data];
    case "flip":
      return [flipped(data, fault)];
    default:
      return [data];
  }
}

/** Bit 0 is the lowest of the first byte; beyond the end it counts from the start again. */
function flipped(bytes: Uint8Array, { argument = 0 }: Fault): Uint8Array {
  const copy = bytes.slice();
  const bit = argument % Math.max(8, 8 * copy.length);
  if (copy.length > 0) copy[bit >>> 3] ^= 1 << (bit & 7);
  return copy;
}
