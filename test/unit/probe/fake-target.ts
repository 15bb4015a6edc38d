import { MILLISECOND } from "../../../src/base/clock.ts";
import type { SwdBits } from "../../../src/probe/swd/swd-bits.ts";
import type { SwdWire } from "../../../src/probe/swd/swd-wire.ts";
import type { FakeClock } from "./fake-clock.ts";

/** A request as the target understands it. */
export interface Request {
  readonly ap: boolean;
  readonly read: boolean;
  readonly a: number;
}

/** What a test injects into the nth request, counted from 1. */
export type Script = (n: number, request: Request) => "wait" | "fault" | "none" | "parity" | undefined;

/** Memory behind the fake MEM-AP; undefined is a bus fault. */
export interface FakeBus {
  read(address: number, size: number): number | undefined;
  write(address: number, size: number, value: number): true | undefined;
}

/** RAM everywhere but in the holes. */
export class FakeRam implements FakeBus {
  readonly bytes = new Map<number, number>();
  readonly accesses: string[] = [];
  private readonly hole: (address: number) => boolean;

  constructor(hole: (address: number) => boolean = () => false) {
    this.hole = hole;
  }

  read(address: number, size: number): number | undefined {
    this.accesses.push(`r${size * 8} ${address.toString(16)}`);
    if (this.hole(address)) return undefined;
    let value = 0;
    for (let i = 0; i < size; i++) value += (this.bytes.get(address + i) ?? 0) * 2 ** (8 * i);
    return value;
  }

  write(address: number, size: number, value: number): true | undefined {
    this.accesses.push(`w${size * 8} ${address.toString(16)}`);
    if (this.hole(address)) return undefined;
    for (let i = 0; i < size; i++) this.bytes.set(address + i, (value >>> (8 * i)) & 0xff);
    return true;
  }
}

const STICKY = 0xb2;
const parity = (word: number) => [...(word >>> 0).toString(2)].filter((digit) => digit === "1").length & 1;

/**
 * A SW-DP with one MEM-AP at the level of transfers: it finds 46-clock slots in the bits, posts AP reads, and keeps the
 * rules of overrun detection. Written from ADIv5.2, apart from the driver.
 */
export class FakeTarget implements SwdWire {
  maxClocks = 65535;
  readonly roundTrips: SwdBits[] = [];
  readonly requests: Request[] = [];
  /** Each access to an access port that was acknowledged: `1 r fc`. */
  readonly apAccesses: string[] = [];
  /** Writes of DP registers, with the bank that SELECT named at the time. */
  readonly dpWrites: { readonly a: number; readonly bank: number; readonly word: number }[] = [];
  dpidr = 0x2ba01477;
  ctrl = 0;
  powersUp = true;
  alive = true;
  tar = 0;
  csw = 0x23000042;
  base = 0xe00ff003;
  readonly idrs: { [apsel: number]: number } = { 0: 0x24770011, 1: 0x001c0000 };
  /** Registers of ports that are no MEM-AP; those of others read 0. */
  readonly ports: { [apsel: number]: { read(address: number): number; write(address: number, word: number): void } } =
    {};
  private select = 0;
  private readBuffer = 0;
  private fresh = true;
  private deaf = true;
  private away = 0;
  private readonly clock: FakeClock;
  private readonly bus: FakeBus;
  private readonly script: Script;

  constructor(clock: FakeClock, bus: FakeBus = new FakeRam(), script: Script = () => undefined) {
    this.clock = clock;
    this.bus = bus;
    this.script = script;
  }

  /** The chip drops the link and its power requests, as one does that starts anew; it answers again after that time. */
  dropLink(ms: number): void {
    this.away = this.clock.now() + ms * MILLISECOND;
    this.deaf = true;
    this.ctrl = 0;
    this.select = 0;
  }

  async exchange(bits: SwdBits): Promise<Uint8Array> {
    this.roundTrips.push({ ...bits, direction: bits.direction.slice(), output: bits.output.slice() });
    this.clock.pass(MILLISECOND);
    const sampled = new Uint8Array(Math.ceil(bits.count / 8)).fill(0xff);
    const out = (i: number) => (bits.output[i >> 3] >> (i & 7)) & 1;
    if (this.startsWithReset(out)) {
      this.fresh = true;
      this.deaf = false;
      return sampled;
    }
    for (let at = 0; at + 46 <= bits.count; ) at += out(at) === 0 ? 1 : this.slot(out, at, sampled);
    return sampled;
  }

  private startsWithReset(out: (i: number) => number): boolean {
    return Array.from({ length: 50 }, (_, i) => out(i)).every((bit) => bit === 1);
  }

  private slot(out: (i: number) => number, at: number, sampled: Uint8Array): number {
    const request: Request = { ap: out(at + 1) === 1, read: out(at + 2) === 1, a: out(at + 3) * 4 + out(at + 4) * 8 };
    this.requests.push(request);
    const ack = this.acknowledge(request, this.script(this.requests.length, request));
    if (ack === undefined) return 46;
    this.put(sampled, at + 8, 3, ack.bits);
    if (ack.bits !== 1) return this.afterRefusal();
    if (request.read) this.answer(sampled, at, request, ack.wrongParity);
    else this.take(out, at, request, ack.wrongParity);
    return 46;
  }

  private acknowledge(request: Request, trouble: ReturnType<Script>) {
    if (this.fresh && !(request.read && !request.ap && request.a === 0)) this.deaf = true;
    if (trouble === "none") this.deaf = true;
    if (this.deaf || !this.alive || this.clock.now() < this.away) return undefined;
    this.fresh = false;
    const always = !request.ap && (request.a === 0 || (request.a === 4 && request.read));
    if (trouble === "wait" && !always) return this.refuse(2);
    if (trouble === "fault") this.ctrl |= 0x20;
    if (!always && this.ctrl & STICKY) return this.refuse(4);
    return { bits: 1, wrongParity: trouble === "parity" };
  }

  private refuse(bits: number) {
    if (this.ctrl & 1) this.ctrl |= 2;
    return { bits, wrongParity: false };
  }

  /** Without overrun detection the clocks of the data phase look like a broken request. */
  private afterRefusal(): number {
    if (!(this.ctrl & 1)) this.deaf = true;
    return 46;
  }

  private answer(sampled: Uint8Array, at: number, request: Request, wrongParity: boolean): void {
    const word = request.ap ? this.postApRead(request.a) : this.readDp(request.a);
    this.put(sampled, at + 11, 32, word);
    this.put(sampled, at + 43, 1, parity(word) ^ (wrongParity ? 1 : 0));
  }

  private take(out: (i: number) => number, at: number, request: Request, wrongParity: boolean): void {
    let word = 0;
    for (let i = 0; i < 32; i++) word |= out(at + 13 + i) << i;
    if ((parity(word) ^ (wrongParity ? 1 : 0)) !== out(at + 45)) this.ctrl |= 0x80;
    else if (request.ap) this.writeAp(request.a, word >>> 0);
    else this.writeDp(request.a, word >>> 0);
  }

  private readDp(a: number): number {
    if (a === 0) return this.dpidr;
    if (a === 4) return (this.select & 0xf) === 0 ? this.ctrl >>> 0 : 0x40;
    return a === 0xc ? this.readBuffer : 0;
  }

  private writeDp(a: number, word: number): void {
    this.dpWrites.push({ a, bank: this.select & 0xf, word });
    if (a === 0) this.abort(word);
    if (a === 8) this.select = word;
    if (a === 4 && (this.select & 0xf) === 0) this.ctrl = (this.ctrl & STICKY) | this.powered(word);
  }

  private powered(word: number): number {
    const acks = this.powersUp ? (word & 0x50000000) << 1 : 0;
    return (word & 0x50000f0d) | acks;
  }

  private abort(word: number): void {
    const clears = [0, 0x10, 0x20, 0x80, 0x02];
    clears.forEach((flag, i) => {
      if ((word >> i) & 1) this.ctrl &= ~flag;
    });
  }

  private postApRead(a: number): number {
    const last = this.readBuffer;
    this.readBuffer = this.readAp(a) >>> 0;
    return last;
  }

  private get address(): number {
    return (this.select & 0xf0) | 0;
  }

  private readAp(a: number): number {
    const address = this.address | a;
    this.note("r", address);
    if (address === 0xfc) return this.idrs[this.select >>> 24] ?? 0;
    const own = this.ports[this.select >>> 24];
    if (own) return own.read(address);
    if (address === 0x00) return this.csw;
    if (address === 0x04) return this.tar;
    if (address === 0x0c) return this.access((at, size) => this.bus.read(at, size));
    if ((address & 0xf0) === 0x10) return this.bus.read(this.banked(a), 4) ?? this.stick();
    return address === 0xf8 ? this.base : 0;
  }

  private note(kind: "r" | "w", address: number): void {
    this.apAccesses.push(`${this.select >>> 24} ${kind} ${address.toString(16)}`);
  }

  private banked(a: number): number {
    return ((this.tar & ~0xf) | a) >>> 0;
  }

  private stick(): number {
    this.ctrl |= 0x20;
    return 0;
  }

  private writeAp(a: number, word: number): void {
    const address = this.address | a;
    this.note("w", address);
    const own = this.ports[this.select >>> 24];
    if (own) own.write(address, word);
    else this.writeMemAp(a, address, word);
  }

  private writeMemAp(a: number, address: number, word: number): void {
    if (address === 0x00) this.csw = word;
    if (address === 0x04) this.tar = word;
    if ((address & 0xf0) === 0x10 && !this.bus.write(this.banked(a), 4, word)) this.stick();
    if (address !== 0x0c) return;
    const shift = (this.tar & 3) * 8;
    this.access((at, size) => (this.bus.write(at, size, (word >>> shift) % 2 ** (8 * size)) ? 0 : undefined));
  }

  /** One bus access at TAR; counts TAR up within its kilobyte, as the manual guarantees and no further. */
  private access(act: (at: number, size: number) => number | undefined): number {
    const size = 1 << (this.csw & 7);
    const value = act(this.tar, size);
    if (value === undefined) {
      this.ctrl |= 0x20;
      return 0;
    }
    const shift = (this.tar & 3) * 8;
    if (this.csw & 0x10) this.tar = (this.tar & ~0x3ff) | ((this.tar + size) & 0x3ff);
    this.tar >>>= 0;
    return (value << shift) >>> 0;
  }

  private put(sampled: Uint8Array, at: number, count: number, value: number): void {
    for (let i = 0; i < count; i++) {
      const mask = 1 << ((at + i) & 7);
      if ((value >>> i) & 1) sampled[(at + i) >> 3] |= mask;
      else sampled[(at + i) >> 3] &= ~mask;
    }
  }
}
