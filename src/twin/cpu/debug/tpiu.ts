/** Bytes of one source in a frame of sixteen. */
const FRAMED = 14;

/** The TPIU's registers and what stands before its pin. */
export class TracePort {
  /** CSPSR, ACPR, SPPR, FFCR: what a state file keeps. */
  readonly registers = Int32Array.of(1, 0, 1, 0x102);
  /** The cycle at which the last byte will have left. */
  busyUntil = 0;
  hasOverflowed = false;
  /** The cycle of the last local timestamp, and of the last global one with the bits from 26 on that it had. */
  stampedAt = 0;
  globalAt = Number.NEGATIVE_INFINITY;
  globalHigh = -1;
  /** The cycle of the next PC sample or cycle counter event, and CYCCNT's taps for synchronisation as last seen. */
  nextSample = 0;
  syncTap = -1;
  /** The instruction whose data accesses are traced. */
  tracedPc = 0;
  private frame: number[] = [];
  private frames = 0;

  /**
   * Puts a byte into the formatter; a frame comes out when it is full: the source's number, fourteen bytes, and the low
   * bits of the even ones (IHI 0029E, D4). A synchronisation comes before every sixteenth (unsure how often).
   */
  formatted(byte: number, id: number): readonly number[] {
    this.frame.push(byte);
    if (this.frame.length < FRAMED) return [];
    const out = [(id << 1) | 1, ...this.frame];
    this.frame = [];
    const isData = (i: number) => i > 0 && i % 2 === 0;
    const low = out.reduce((bits, value, i) => bits | (isData(i) ? (value & 1) << (i / 2) : 0), 0);
    const frame = [...out.map((value, i) => (isData(i) ? value & 0xfe : value)), low];
    return this.frames++ % 16 === 0 ? [...FULL_SYNC, ...frame] : frame;
  }
}

const FULL_SYNC = [0xff, 0xff, 0xff, 0x7f];
