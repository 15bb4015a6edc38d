import { MILLISECOND, type Picoseconds } from "../../../base/clock.ts";
import type { u32 } from "../../../base/u32.ts";
import { defaultConfig, JLINK_V9 } from "./jlink-identity.ts";
import type { TargetWire } from "../probe-model.ts";
import { SwoReceiver } from "../swo-receiver.ts";

/** Target interfaces by their number in SELECT_IF. */
export const INTERFACE = { JTAG: 0, SWD: 1 } as const;

/** Status bytes of HW_JTAG3: done, and too many bits for the probe's memory. */
export const STATUS = { OK: 0, NOT_ENOUGH_MEMORY: 6 } as const;

/** Output pins that single commands set. */
export interface JlinkPins {
  tck: 0 | 1;
  tms: 0 | 1;
  tdi: 0 | 1;
  trst: 0 | 1;
}

/** One client in the probe's table of connections (REGISTER). */
export interface JlinkConnection {
  readonly handle: number;
  /** Process id, host id, instance and connection as the client sent them: ten bytes. */
  readonly identity: Uint8Array;
  readonly sinceMs: number;
}

/** Length of the pulses that RESET_TRST and RESET_TARGET give. */
const PULSE: Picoseconds = 2 * MILLISECOND;

/** The J-Link behind its commands: what it remembers, its pins, and its own time. */
export class JlinkProbe {
  /** The probe's present; commands that take time move it on. */
  at: Picoseconds = 0;
  selected: number = INTERFACE.JTAG;
  readonly pins: JlinkPins = { tck: 0, tms: 1, tdi: 0, trst: 1 };
  /** The configuration area; what is written counts from the next power-up of a real probe. */
  readonly config: Uint8Array = defaultConfig();
  connections: readonly JlinkConnection[] = [];
  /** The worst of the HW_JTAG_WRITE commands since it was last asked for. */
  writeStatus: number = STATUS.OK;
  readonly freeMemory: number;
  readonly wire: TargetWire;
  readonly swo: SwoReceiver;
  private targetPower: 0 | 1 = 0;
  private hz: number = JLINK_V9.defaultKHz * 1_000;

  constructor(wire: TargetWire, freeMemory: number) {
    this.wire = wire;
    this.swo = new SwoReceiver(wire);
    this.freeMemory = freeMemory;
  }

  /** Speed of the wire in clocks a second: the base clock by the next whole divider. */
  get clockHz(): number {
    return this.hz;
  }

  /** SET_SPEED: 0xFFFF asks for adaptive clocking, which SWD does not have: full speed (unsure). 0 changes nothing. */
  setSpeed(kHz: number): void {
    if (kHz === 0) return;
    const wanted = kHz === 0xffff ? Number.POSITIVE_INFINITY : kHz * 1_000;
    this.hz = JLINK_V9.baseHz / Math.max(JLINK_V9.minDivider, Math.ceil(JLINK_V9.baseHz / wanted));
  }

  /** SELECT_IF: another interface starts at its default speed; unknown ones are not taken (unsure). */
  select(number: number): void {
    if (number === this.selected || (number !== INTERFACE.JTAG && number !== INTERFACE.SWD)) return;
    this.selected = number;
    this.setSpeed(JLINK_V9.defaultKHz);
  }

  /** Whether a run of so many bits fits: two bytes out, of which one is reused for what comes in. */
  fits(bits: number): boolean {
    return 2 * Math.ceil(bits / 8) <= this.freeMemory;
  }

  /** HW_JTAG: clocks both streams out, answers what came in (least significant bit of byte 0 first). */
  clock(first: Uint8Array, second: Uint8Array, bits: number): Uint8Array {
    const into = new Uint8Array(Math.ceil(bits / 8));
    const swd = this.selected === INTERFACE.SWD;
    // As JTAG the first stream is TMS, which is the same wire as SWDIO and always driven.
    const direction = swd ? first : into.map(() => 0xff);
    const shift = { direction, out: swd ? second : first, into, bits, at: this.at, clockHz: this.clockHz };
    this.wire.shift(shift);
    this.at += Math.round((bits * 1e12) / this.clockHz);
    // No JTAG TAP behind this connector yet: TDO is left to its pull-up.
    return swd ? into : into.fill(0xff);
  }

  /** One pin at a time; a rising TCK is a clock with the other pins as they stand. */
  setPin(name: keyof JlinkPins, level: 0 | 1): void {
    const rising = name === "tck" && level === 1 && this.pins.tck === 0;
    this.pins[name] = level;
    if (rising) this.clockOnce();
  }

  /** HW_CLOCK: one clock with the pins as they stand; answers the level read. */
  clockOnce(): 0 | 1 {
    const swd = this.selected === INTERFACE.SWD;
    const driven = Uint8Array.of(1);
    const tms = Uint8Array.of(this.pins.tms);
    const seen = this.clock(swd ? driven : tms, swd ? tms : Uint8Array.of(this.pins.tdi), 1);
    return (seen[0] & 1) as 0 | 1;
  }

  /** SET_KS_POWER: 5 V on pin 19, which this board does not use. */
  setTargetPower(on: 0 | 1): void {
    this.targetPower = on;
  }

  writeConfig(config: Uint8Array): void {
    this.config.set(config);
  }

  setReset(level: 0 | 1): void {
    this.wire.setReset(level, this.at);
  }

  /** Pulls a line for 2 ms and releases it. */
  pulse(line: "reset" | "trst"): void {
    const set = (level: 0 | 1) => (line === "reset" ? this.setReset(level) : this.setPin("trst", level));
    set(0);
    this.at += PULSE;
    set(1);
  }

  /** Enters a client in the table of connections; handle 0 asks for the next free one. */
  register(identity: Uint8Array, handle: number): number {
    const taken = this.connections.map((one) => one.handle);
    const given = handle === 0 ? Math.max(0, ...taken) + 1 : handle;
    const entry = { handle: given, identity: identity.slice(), sinceMs: Math.floor(this.at / MILLISECOND) };
    this.connections = [...this.connections.filter((one) => one.handle !== given), entry].slice(-MAX_CONNECTIONS);
    return given;
  }

  unregister(handle: number): void {
    this.connections = this.connections.filter((one) => one.handle !== handle);
  }

  /** GET_HW_INFO, one value a bit: 0 is target power on pin 19, the currents are not drawn, 23 is the USB supply. */
  hardwareInfo(bit: number): u32 {
    if (bit === 0) return this.targetPower;
    return bit === 23 ? 5_000 : 0;
  }

  /** GET_COUNTERS: milliseconds connected to a target, and connects. */
  counter(bit: number): u32 {
    return bit === 0 ? Math.floor(this.at / MILLISECOND) >>> 0 : bit === 1 ? this.connections.length : 0;
  }
}

/** As many as one answer to REGISTER has room for without a second read. */
const MAX_CONNECTIONS = 4;
