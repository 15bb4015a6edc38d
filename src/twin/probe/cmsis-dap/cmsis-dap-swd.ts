import type { Picoseconds } from "../../../base/clock.ts";
import type { TargetWire } from "../probe-model.ts";

/** What came of one transfer on the wire: the acknowledge as DAP_Transfer reports it, and the word of a read. */
export interface SwdOutcome {
  readonly ack: number;
  readonly word: number;
}

/** Acknowledges in an answer of DAP_Transfer: the three bits of the wire, 0x08 for wrong parity, 0x10 for no match. */
export const DAP_ACK = { OK: 0x01, WAIT: 0x02, FAULT: 0x04, NONE: 0x07, ERROR: 0x08, MISMATCH: 0x10 } as const;

/** A request as DAP_Transfer has it: APnDP, RnW, A2, A3 from bit 0 on. */
export const DAP_REQUEST = { AP: 0x01, READ: 0x02, MATCH_VALUE: 0x10, MATCH_MASK: 0x20, TIMESTAMP: 0x80 } as const;

/** Reads RDBUFF. */
export const READ_RDBUFF = 0x0e;

const REQUEST_CLOCKS = 8;
const DATA_CLOCKS = 33;

/**
 * The probe's two pins towards the target, moved clock by clock.
 *
 * The firmware samples SWDIO before each rising edge, so what it reads in a clock is the level that the edge before left
 * there; the wire answers levels after the edge. That is the whole difference from a J-Link.
 */
export class CmsisDapSwd {
  /** The probe's present. */
  at: Picoseconds = 0;
  clockHz: number;
  /** Clocks of one turnaround, 1 to 4 (DAP_SWD_Configure). */
  turnaround = 1;
  /** Whether WAIT and FAULT are followed by a data phase (DAP_SWD_Configure). */
  dataPhase = false;
  /** Idle clocks after a transfer (DAP_TransferConfigure). */
  idle = 0;
  private readonly wire: TargetWire;
  /** Level of SWDIO after the last edge, as long as it is not driven: the pull-up. */
  private level = 1;

  constructor(wire: TargetWire, clockHz: number) {
    this.wire = wire;
    this.clockHz = clockHz;
  }

  /** One transfer with the four request bits of DAP_Transfer. */
  transfer(request: number, word: number): SwdOutcome {
    const read = (request & DAP_REQUEST.READ) !== 0;
    const ack = this.request(request & 0xf);
    if (ack === DAP_ACK.OK) return this.settle(read ? this.readData() : this.writeData(word));
    if (ack === DAP_ACK.WAIT || ack === DAP_ACK.FAULT) this.skipRefused(read);
    else this.listen(this.turnaround + DATA_CLOCKS);
    return { ack: ack === 0 ? DAP_ACK.NONE : ack, word: 0 };
  }

  /** Drives so many bits, least significant of byte 0 first. */
  drive(bits: Uint8Array, count: number): void {
    this.shift(bits, count, 0xff);
    this.level = 1;
  }

  /** Releases the line for so many clocks; returns the level before each edge. */
  capture(count: number): Uint8Array {
    const seen = new Uint8Array(Math.ceil(count / 8));
    let before = this.level;
    const after = this.listen(count);
    for (let i = 0; i < count; i++) {
      seen[i >>> 3] |= before << (i & 7);
      before = bitOf(after, i);
    }
    return seen;
  }

  /** Request, turnaround and acknowledge up to the sample of its last bit, whose edge comes with the data phase. */
  private request(request: number): number {
    const parity = oddOnes(request);
    this.drive(Uint8Array.of(0x81 | (request << 1) | (parity << 5)), REQUEST_CLOCKS);
    const after = this.listen(this.turnaround + 2);
    const first = this.turnaround - 1;
    return bitOf(after, first) | (bitOf(after, first + 1) << 1) | (bitOf(after, first + 2) << 2);
  }

  private readData(): SwdOutcome {
    const after = this.listen(1 + DATA_CLOCKS + this.turnaround);
    const word = wordAt(after);
    const right = bitOf(after, 32) === oddOnes(word);
    return { ack: right ? DAP_ACK.OK : DAP_ACK.ERROR, word };
  }

  private writeData(word: number): SwdOutcome {
    this.listen(1 + this.turnaround);
    const bytes = Uint8Array.of(word, word >>> 8, word >>> 16, word >>> 24, oddOnes(word));
    this.drive(bytes, DATA_CLOCKS);
    return { ack: DAP_ACK.OK, word: 0 };
  }

  private skipRefused(read: boolean): void {
    if (!this.dataPhase) this.listen(1 + this.turnaround);
    else if (read) this.listen(1 + DATA_CLOCKS + this.turnaround);
    else {
      this.listen(1 + this.turnaround);
      this.drive(new Uint8Array(5), DATA_CLOCKS);
    }
  }

  private settle(outcome: SwdOutcome): SwdOutcome {
    if (outcome.ack === DAP_ACK.OK && this.idle > 0) this.drive(new Uint8Array(Math.ceil(this.idle / 8)), this.idle);
    return outcome;
  }

  private listen(count: number): Uint8Array {
    const after = this.shift(new Uint8Array(Math.ceil(count / 8)), count, 0);
    if (count > 0) this.level = bitOf(after, count - 1);
    return after;
  }

  private shift(out: Uint8Array, bits: number, driven: number): Uint8Array {
    const direction = new Uint8Array(out.length);
    if (driven !== 0) direction.fill(driven);
    const into = new Uint8Array(out.length);
    this.wire.shift({ direction, out, into, bits, at: this.at, clockHz: this.clockHz });
    this.at += Math.round((bits * 1e12) / this.clockHz);
    return into;
  }
}

const bitOf = (bytes: Uint8Array, at: number): number => (bytes[at >>> 3] >>> (at & 7)) & 1;

/** The data word of a read: the edge of the last acknowledge clock already puts bit 0 on the line. */
const wordAt = (after: Uint8Array): number => (after[0] | (after[1] << 8) | (after[2] << 16) | (after[3] << 24)) >>> 0;

function oddOnes(word: number): number {
  let folded = word ^ (word >>> 16);
  folded ^= folded >>> 8;
  folded ^= folded >>> 4;
  return (0x6996 >>> (folded & 0xf)) & 1;
}
