import type { u32 } from "../../../../base/u32.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { checkBits, judge, UNCORRECTABLE } from "./ecc.ts";
import { FLASH_SIZE, IFR_SIZE, ONCE_SIZE, PHRASE_SIZE } from "../geometry.ts";
import type { Prng } from "../../../chip/prng.ts";

/**
 * Mark of a phrase whose erase was interrupted after the last bit turned: it reads all ones at the normal level and
 * fails the user and factory margins. As a syndrome the value would be uncorrectable and is stored as 0x03 instead.
 */
const WEAK = 0xff;

/** Read level of the "read 1s" commands: 0 normal, 1 user margin, 2 factory margin. */
export type Margin = 0 | 1 | 2;

/**
 * The flash cells: 1 MB of program flash with their check bits, the program flash IFR and the program-once field.
 *
 * Knows what programming and erasing do to bits, whole or interrupted, and nothing about commands or time.
 */
export class FlashArray {
  readonly bytes = new Uint8Array(FLASH_SIZE).fill(0xff);
  /** One byte a phrase: stored check bits XOR the right ones; 0 when all is well, `WEAK` after an interrupted erase. */
  readonly syndromes = new Uint8Array(FLASH_SIZE / PHRASE_SIZE);
  readonly ifr = new Uint8Array(IFR_SIZE).fill(0xff);
  readonly once = new Uint8Array(ONCE_SIZE).fill(0xff);
  private readonly view = new DataView(this.bytes.buffer);
  private readonly changed: (address: u32, length: number) => void;
  private notPlain = 0;

  /** `changed` is called for every range whose bytes or readability may have changed. */
  constructor(changed: (address: u32, length: number) => void = () => {}) {
    this.changed = changed;
  }

  /** Whether every phrase reads exactly as its cells are, so that no ECC check is needed. */
  get plain(): boolean {
    return this.notPlain === 0;
  }

  /** What the bus gets from an aligned address: the corrected value, or `BUS_FAULT` where the ECC gives up. */
  read(address: u32, size: AccessSize): number {
    const syndrome = this.syndromes[address >>> 3];
    const verdict = syndrome === WEAK ? judge(0) : judge(syndrome);
    if (verdict.kind === "bad") return BUS_FAULT;
    const raw = this.raw(address, size);
    return verdict.kind === "good" ? raw : flip(raw, verdict.bit - (address & 7) * 8, size);
  }

  /** The cells of a range, whatever the ECC thinks of them. */
  peek(address: u32, count: number): Uint8Array {
    return this.bytes.slice(address, address + count);
  }

  /**
   * Programs one phrase (address a multiple of 8) as the FTFE does: cells can only go from 1 to 0, data and check bits
   * alike. Answers whether the phrase reads back as what was wanted (K24 reference 2.5, NXP KB "impacts all Kinetis
   * with FTFE"). A phrase none of whose data cells change is left alone.
   */
  program(address: u32, data: Uint8Array): boolean {
    const stored = this.storedCheck(address);
    if (this.changes(address, data)) {
      const wanted = checkOf(data);
      for (let i = 0; i < PHRASE_SIZE; i++) this.bytes[address + i] &= data[i];
      this.storeCheck(address, stored & wanted);
      this.changed(address, PHRASE_SIZE);
    }
    return this.matches(address, data);
  }

  /** Sets every cell of a range to 1 (start and length multiples of 8). */
  erase(start: u32, length: number): void {
    this.bytes.fill(0xff, start, start + length);
    for (let at = start; at < start + length; at += PHRASE_SIZE) this.mark(at, 0);
    this.changed(start, length);
  }

  /** Whether a range reads back as `data`. */
  matches(start: u32, data: Uint8Array): boolean {
    return data.every((byte, i) => this.read(start + i, 1) === byte);
  }

  /** Whether a range (multiples of 8) is blank at a margin level. */
  isErased(start: u32, length: number, margin: Margin): boolean {
    for (let at = start; at < start + length; at += PHRASE_SIZE) {
      if (this.view.getUint32(at, true) !== 0xffffffff || this.view.getUint32(at + 4, true) !== 0xffffffff)
        return false;
      const syndrome = this.syndromes[at >>> 3];
      if (syndrome !== 0 && !(syndrome === WEAK && margin === 0)) return false;
    }
    return true;
  }

  /** Whether a phrase's cells hold full charge, as the margin levels of PGMCHK ask. */
  isStrong(address: u32): boolean {
    return this.syndromes[address >>> 3] !== WEAK;
  }

  /** An erase cut short at `progress` (0 to 1): every cell is old or 1. Phrases that stay in between are unreadable. */
  cutErase(start: u32, length: number, progress: number, prng: Prng): void {
    for (let at = start; at < start + length; at += PHRASE_SIZE) this.cutErasePhrase(at, progress, prng);
    this.changed(start, length);
  }

  /** A phrase's programming cut short at `progress` (0 to 1): every cell that was to change is old or new. */
  cutProgram(address: u32, data: Uint8Array, progress: number, prng: Prng): void {
    if (!this.changes(address, data)) return;
    const old = this.peek(address, PHRASE_SIZE);
    const done = data.map((byte, i) => old[i] & (byte | ~(prng.mask(progress) & 0xff)));
    this.bytes.set(done, address);
    const isOld = done.every((byte, i) => byte === old[i]);
    if (!isOld) this.mark(address, UNCORRECTABLE);
    this.changed(address, PHRASE_SIZE);
  }

  /** Makes a phrase unreadable (fault `ecc`). */
  spoil(address: u32): void {
    this.mark(address, UNCORRECTABLE);
    this.changed(address & ~7, PHRASE_SIZE);
  }

  /** Inverts bit 0 of a byte and makes its check bits agree (fault `badprog`: wrong, without an error). */
  disturb(address: u32): void {
    this.bytes[address] ^= 1;
    this.mark(address, 0);
    this.changed(address & ~7, PHRASE_SIZE);
  }

  /** Takes note that `bytes` and `syndromes` were replaced, by a state file. */
  recount(): void {
    let notPlain = 0;
    for (const syndrome of this.syndromes) if (!isPlain(syndrome)) notPlain += 1;
    this.notPlain = notPlain;
    this.changed(0, FLASH_SIZE);
  }

  private changes(address: u32, data: Uint8Array): boolean {
    return data.some((byte, i) => (this.bytes[address + i] & ~byte) !== 0);
  }

  private cutErasePhrase(address: u32, progress: number, prng: Prng): void {
    const low = this.view.getUint32(address, true);
    const high = this.view.getUint32(address + 4, true);
    if ((low & high) === -1) return;
    const newLow = (low | prng.mask(progress)) >>> 0;
    const newHigh = (high | prng.mask(progress)) >>> 0;
    if (newLow === low && newHigh === high) return;
    this.view.setUint32(address, newLow, true);
    this.view.setUint32(address + 4, newHigh, true);
    this.mark(address, (newLow & newHigh) === -1 ? WEAK : UNCORRECTABLE);
  }

  private storedCheck(address: u32): number {
    const syndrome = this.syndromes[address >>> 3];
    return this.rightCheck(address) ^ (syndrome === WEAK ? 0 : syndrome);
  }

  private storeCheck(address: u32, check: number): void {
    const syndrome = check ^ this.rightCheck(address);
    this.mark(address, syndrome === WEAK ? UNCORRECTABLE : syndrome);
  }

  private rightCheck(address: u32): number {
    return checkBits(this.view.getUint32(address & ~7, true), this.view.getUint32((address & ~7) + 4, true));
  }

  private mark(address: u32, syndrome: number): void {
    const phrase = address >>> 3;
    this.notPlain += (isPlain(syndrome) ? 0 : 1) - (isPlain(this.syndromes[phrase]) ? 0 : 1);
    this.syndromes[phrase] = syndrome;
  }

  private raw(address: u32, size: AccessSize): number {
    if (size === 1) return this.bytes[address];
    return size === 2 ? this.view.getUint16(address, true) : this.view.getUint32(address, true);
  }
}

const isPlain = (syndrome: number): boolean => syndrome === 0 || syndrome === WEAK || judge(syndrome).kind === "good";

function checkOf(phrase: Uint8Array): number {
  const view = new DataView(phrase.buffer, phrase.byteOffset, PHRASE_SIZE);
  return checkBits(view.getUint32(0, true), view.getUint32(4, true));
}

const flip = (value: number, bit: number, size: AccessSize): number =>
  bit >= 0 && bit < size * 8 ? (value ^ (1 << bit)) >>> 0 : value;
