import type { AccessSize } from "../../../cpu/seam.ts";
import { type Saved, savedBytes, savedNumber } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";
import { type Word, Words, words } from "../words.ts";
import type { W25Q16 } from "./w25q16.ts";

const FIFO = 16;
const SR = { BUSY: 0x01, TFNF: 0x02, TFE: 0x04, RFNE: 0x08, RFF: 0x10 } as const;
/** CTRLR0.TMOD: both ways, out only, in only, and "EEPROM read": what is sent first is command and address. */
const TMOD = { both: 0, out: 1, in: 2, eeprom: 3 } as const;
const FORMAT = { standard: 0, dual: 1, quad: 2 } as const;
const EVENT = "ssiFrame";
const PHASES = ["own", "in", "out"] as const;
type Phase = (typeof PHASES)[number];

/** What the SSI needs of the chip around it. */
export interface SsiHooks {
  sysHz(): number;
  /** The level that is forced on chip select, if any; and whether a pin's pads are there to be driven. */
  readonly selectOverride: 0 | 1 | undefined;
  readonly isConnected: boolean;
  /** What the flash sees on its data input: the byte, or what the pads' pulls make of it. */
  seenByFlash(byte: number): number;
  /** What decides whether flash can be read as memory has changed. */
  changed(): void;
}

/** The synchronous serial interface to the flash (DW_apb_ssi; data sheet 4.10): frames out of a FIFO, into another. */
export class Ssi extends Words {
  private readonly timeline: Timeline;
  private readonly flash: W25Q16;
  private readonly hooks: SsiHooks;
  private transmit: number[] = [];
  private receive: number[] = [];
  private shifting = false;
  /** What the frame under way is: one of its own, one that comes in, or data behind an instruction and its address. */
  private phase: Phase = "own";
  /** Frames that are still to come in. */
  private toCome = 0;
  /** Where the next frame of a read by several lines stands in the flash. */
  private readAt = 0;
  private isSelected = false;

  constructor(timeline: Timeline, flash: W25Q16, hooks: SsiHooks) {
    super("SSI");
    this.timeline = timeline;
    this.flash = flash;
    this.hooks = hooks;
    timeline.on(EVENT, () => this.shifted());
    const changed = () => hooks.changed();
    this.define([
      { name: "CTRLR0", offset: 0x00, wrote: changed },
      { name: "CTRLR1", offset: 0x04, writable: 0xffff },
      { name: "SSIENR", offset: 0x08, writable: 1, wrote: (_, kept) => this.enable(kept) },
      { name: "MWCR", offset: 0x0c },
      { name: "SER", offset: 0x10, writable: 1, wrote: () => this.pump() },
      { name: "BAUDR", offset: 0x14, writable: 0xffff },
      { name: "TXFTLR", offset: 0x18, writable: 0xff },
      { name: "RXFTLR", offset: 0x1c, writable: 0xff },
      { name: "TXFLR", offset: 0x20, writable: 0, read: () => this.transmit.length },
      { name: "RXFLR", offset: 0x24, writable: 0, read: () => this.receive.length },
      { name: "SR", offset: 0x28, writable: 0, read: () => this.state },
      { name: "IMR", offset: 0x2c },
      ...words(7, 0x30, 4, (n): Omit<Word, "offset"> => ({ name: `INT${n}`, writable: 0 })),
      { name: "DMACR", offset: 0x4c, writable: 3 },
      ...words(2, 0x50, 4, (n): Omit<Word, "offset"> => ({ name: `DMA${n}` })),
      { name: "IDR", offset: 0x58, writable: 0, reset: 0x51535049 },
      { name: "VERSION", offset: 0x5c, writable: 0, reset: 0x3430312a },
      {
        name: "DR0",
        offset: 0x60,
        writable: 0,
        read: () => this.take(),
        wrote: (word) => this.put(word),
        lively: true,
      },
      { name: "RX_SAMPLE_DLY", offset: 0xf0, writable: 0xff },
      { name: "SPI_CTRLR0", offset: 0xf4, reset: 0x03000000, wrote: changed },
      { name: "TXD_DRIVE_EDGE", offset: 0xf8, writable: 0xff },
    ]);
  }

  /** The SSI has no aliases that set or clear: a slot of 4 KB, again and again. */
  override write(offset: number, size: AccessSize, value: number): number {
    return super.write(offset & 0xfff, size, value);
  }

  /**
   * Whether a read of the window brings the flash's bytes: the instruction that the SSI would send, with its address and
   * wait cycles, is one that the flash answers in its present state.
   */
  get readsFlash(): boolean {
    const { hooks, flash } = this;
    if (!hooks.isConnected || hooks.selectOverride !== undefined || this.get("SSIENR") === 0) return false;
    if (this.mode !== TMOD.eeprom || this.frameBits !== 32) return false;
    const control = this.get("SPI_CTRLR0");
    const [command, addressBits] = [control >>> 24, ((control >>> 2) & 0xf) * 4];
    const [wait, instruction] = [(control >>> 11) & 0x1f, (control >>> 8) & 3];
    if (this.format === FORMAT.standard) {
      const dummies = addressBits + wait - 24;
      const fits = (command === 0x03 && dummies === 0) || (command === 0x0b && dummies === 8);
      return fits && instruction === 2 && !flash.continuous;
    }
    if (this.format === FORMAT.quad && !flash.quadEnabled) return false;
    const clocks = this.format === FORMAT.quad ? 4 : 0;
    const fits = addressBits === 32 && wait === clocks;
    if (instruction === 0) return fits && flash.continuous;
    return fits && command === (this.format === FORMAT.quad ? 0xeb : 0xbb) && !flash.continuous;
  }

  /** The override of chip select, or its pin, has changed. */
  selectChanged(): void {
    this.select();
    this.hooks.changed();
  }

  override reset(): void {
    super.reset();
    this.clear();
  }

  override save(): Saved {
    const { transmit, receive } = this;
    const flags = (this.shifting ? 1 : 0) | (this.isSelected ? 2 : 0) | (4 * PHASES.indexOf(this.phase));
    const { toCome, readAt } = this;
    return { ...super.save(), transmit, receive, flags, toCome, readAt };
  }

  override restore(saved: Saved): void {
    super.restore(saved);
    this.transmit = savedBytes(saved, "transmit");
    this.receive = savedBytes(saved, "receive");
    const flags = savedNumber(saved, "flags");
    this.shifting = (flags & 1) !== 0;
    this.isSelected = (flags & 2) !== 0;
    this.phase = PHASES[flags >> 2] ?? "own";
    // Boards that were saved before reads took time have neither.
    this.toCome = saved["toCome"] === undefined ? 0 : savedNumber(saved, "toCome");
    this.readAt = saved["readAt"] === undefined ? 0 : savedNumber(saved, "readAt");
  }

  private get mode(): number {
    return (this.get("CTRLR0") >>> 8) & 3;
  }

  private get format(): number {
    return (this.get("CTRLR0") >>> 21) & 3;
  }

  private get frameBits(): number {
    return ((this.get("CTRLR0") >>> 16) & 0x1f) + 1;
  }

  private get state(): number {
    const { transmit, receive } = this;
    return (
      (this.shifting || transmit.length > 0 ? SR.BUSY : 0) |
      (transmit.length < FIFO ? SR.TFNF : 0) |
      (transmit.length === 0 ? SR.TFE : 0) |
      (receive.length > 0 ? SR.RFNE : 0) |
      (receive.length >= FIFO ? SR.RFF : 0)
    );
  }

  private enable(on: number): void {
    if (on === 0) this.clear();
    this.pump();
    this.hooks.changed();
  }

  private clear(): void {
    this.transmit = [];
    this.receive = [];
    this.shifting = false;
    this.toCome = 0;
    this.phase = "own";
    this.timeline.clear(EVENT);
    this.select();
  }

  private take(): number {
    return this.receive.shift() ?? 0;
  }

  private put(word: number): void {
    if (this.get("SSIENR") === 0 || this.transmit.length >= FIFO) return;
    this.transmit.push(word);
    this.pump();
  }

  /** Begins what waits: a frame, or by several lines the instruction with its address, once both are there. */
  private pump(): void {
    const isOn = this.get("SSIENR") === 1 && this.get("SER") === 1;
    const isWide = this.format !== FORMAT.standard;
    const needed = isWide && this.instructionBits > 0 ? 2 : 1;
    if (!this.shifting && isOn && this.transmit.length >= needed) this.shift(isWide ? this.headClocks : this.frameBits);
    this.select();
  }

  private shift(clocks: number): void {
    this.shifting = true;
    const cycles = clocks * Math.max(2, this.get("BAUDR"));
    this.timeline.set(EVENT, this.timeline.now + Math.ceil((cycles * 1e12) / this.hooks.sysHz()));
  }

  private shifted(): void {
    this.shifting = false;
    const isWide = this.format !== FORMAT.standard;
    if (this.phase === "in") this.comeIn();
    else if (this.phase === "out") this.send(this.transmit.shift() ?? 0, this.frameBits, this.lines);
    else if (isWide) this.beginWide();
    else {
      this.exchange(this.transmit.shift() ?? 0);
      if (this.mode === TMOD.eeprom && this.transmit.length === 0) this.comeInNext();
    }
    const hasMore = this.phase === "in" ? this.toCome > 0 : this.phase === "out" && this.transmit.length > 0;
    if (hasMore) this.shift(this.frameBits / this.lines);
    else this.phase = "own";
    this.pump();
  }

  /** One frame, most significant byte first. */
  private exchange(word: number): void {
    const seen = this.send(word, this.frameBits, 1);
    if (this.mode === TMOD.both || this.mode === TMOD.in) this.keep(seen);
  }

  /** Bits to the flash, most significant byte first; answers what it drives meanwhile. */
  private send(word: number, bits: number, lines: number): number {
    let seen = 0;
    for (let n = Math.max(1, Math.ceil(bits / 8)) - 1; n >= 0; n--) {
      const out = this.hooks.seenByFlash((word >>> (8 * n)) & 0xff);
      seen = (seen << 8) | (this.isSelected ? this.flash.exchange(out, lines) : 0xff);
    }
    return seen >>> 0;
  }

  /** Behind what was sent come the frames that CTRLR1 counts. */
  private comeInNext(): void {
    this.phase = "in";
    this.toCome = this.get("CTRLR1") + 1;
  }

  private comeIn(): void {
    const bytes = Math.ceil(this.frameBits / 8);
    let word = 0;
    for (let n = 0; n < bytes; n++) {
      const byte = this.lines === 1 ? this.flash.exchange(0xff) : this.flash.read(this.readAt++);
      word = (word << 8) | byte;
    }
    this.keep(word >>> 0);
    this.toCome--;
  }

  /** Instruction and address of a transfer by two lines or four are there: its data go out, or come in. */
  private beginWide(): void {
    const instruction = this.instructionBits > 0 ? this.transmit.shift() : undefined;
    const address = this.transmit.shift() ?? 0;
    if (this.mode === TMOD.out) {
      if (instruction !== undefined) this.send(instruction, this.instructionBits, 1);
      this.send(address, this.addressBits, 1);
      this.phase = "out";
    } else this.wideRead(instruction, address);
  }

  /** A read by two lines or four: its mode bits decide whether the next one goes without instruction. */
  private wideRead(instruction: number | undefined, address: number): void {
    const { flash } = this;
    const known = instruction === 0xeb || instruction === 0xbb || (instruction === undefined && flash.continuous);
    if (!known || (this.format === FORMAT.quad && !flash.quadEnabled)) return;
    flash.continuous = (address & 0x30) === 0x20;
    this.readAt = address >>> 8;
    this.comeInNext();
    this.hooks.changed();
  }

  private get lines(): number {
    return [1, 2, 4][this.format] ?? 1;
  }

  private get instructionBits(): number {
    return [0, 4, 8, 16][(this.get("SPI_CTRLR0") >>> 8) & 3];
  }

  private get addressBits(): number {
    return ((this.get("SPI_CTRLR0") >>> 2) & 0xf) * 4;
  }

  /** Clocks of an instruction, its address, and of waiting; TRANS_TYPE says which of them goes by one line. */
  private get headClocks(): number {
    const control = this.get("SPI_CTRLR0");
    const [type, wait] = [control & 3, this.mode === TMOD.out ? 0 : (control >>> 11) & 0x1f];
    const instruction = this.instructionBits / (type === 2 ? this.lines : 1);
    return instruction + this.addressBits / (type === 0 ? 1 : this.lines) + wait;
  }

  private keep(word: number): void {
    if (this.receive.length < FIFO) this.receive.push(word);
  }

  /** Chip select is low while frames wait or go, unless it is forced; the flash acts where it rises. */
  private select(): void {
    const forced = this.hooks.selectOverride;
    const wanted = forced === undefined ? this.shifting || this.transmit.length > 0 : forced === 0;
    const isSelected = wanted && this.hooks.isConnected;
    if (this.isSelected && !isSelected) this.flash.deselect();
    this.isSelected = isSelected;
  }
}
