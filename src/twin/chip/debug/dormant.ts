/** The selection alert, first bit as bit 0 of the first byte (ADIv5.2, B5.3.4). */
const ALERT = [
  ...[0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86],
  ...[0xe9, 0xaf, 0xdd, 0xe3, 0xa2, 0x0e, 0xbc, 0x19],
];
/** Ones before the alert. */
const LEAST_ONES = 8;
/** Zeros between the alert and the activation code. */
const PAUSE = 4;
/** Activation codes, least significant bit first. */
const ACTIVATION = { swd: 0x1a, jtag: 0x0a } as const;
const ALERT_BITS = 8 * ALERT.length;

/** From JTAG to dormant: 31 bits behind five ones or more (ADIv5.2, B5.3.2). */
const JTAG_TO_DORMANT = 0x33bbbbba;
const JTAG_RESET_ONES = 5;

/** What a port in dormant state looks for; one wrong bit, and it begins anew with the ones. */
export class WakeUpWatch {
  private ones = 0;
  /** Bits of alert, pause and code seen so far. */
  private matched = 0;
  private code = 0;

  /** Forgets what was seen. */
  restart(): void {
    this.ones = 0;
    this.matched = 0;
    this.code = 0;
  }

  /** One bit; answers the wire that the sequence which ends with it selects. */
  see(level: number): "swd" | "jtag" | undefined {
    const awaited = this.matched < ALERT_BITS ? (ALERT[this.matched >> 3] >>> (this.matched & 7)) & 1 : 0;
    const isCode = this.matched >= ALERT_BITS + PAUSE;
    if (this.matched === 0 && (level !== awaited || this.ones < LEAST_ONES)) {
      this.ones = level === 0 ? 0 : this.ones + 1;
      return undefined;
    }
    if (!isCode && level !== awaited) {
      this.restart();
      this.ones = level;
      return undefined;
    }
    if (isCode) this.code |= level << (this.matched - ALERT_BITS - PAUSE);
    return ++this.matched < ALERT_BITS + PAUSE + 8 ? undefined : this.finish();
  }

  private finish(): "swd" | "jtag" | undefined {
    const { code } = this;
    this.restart();
    return code === ACTIVATION.swd ? "swd" : code === ACTIVATION.jtag ? "jtag" : undefined;
  }
}

/** What a port in JTAG looks for: the 31 bits that send it to dormant state. */
export class DormantWatch {
  private ones = 0;
  private word = 0;
  private bits = -1;

  /** One bit; answers whether the sequence ends with it. */
  see(level: number): boolean {
    if (this.bits < 0) {
      if (level === 0 && this.ones >= JTAG_RESET_ONES) this.bits = this.word = 0;
      this.ones = level === 0 ? 0 : this.ones + 1;
    }
    if (this.bits < 0) return false;
    this.word |= level << this.bits;
    if (++this.bits < 31) return false;
    const found = this.word >>> 0 === JTAG_TO_DORMANT;
    this.bits = -1;
    this.ones = 0;
    return found;
  }
}
