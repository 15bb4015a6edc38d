import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { FlashCommand, FlashResources } from "./ftfe-command.ts";
import type { FlashEngine } from "./flash-engine.ts";
import { flashCommand } from "./ftfe-commands.ts";
import { ERSSCR, MASS_ERASE } from "./ftfe-write-commands.ts";
import type { Prng } from "../../../chip/prng.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { type Saved, savedBytes, savedFlag, savedNumber } from "../../../chip/saved.ts";

/** FSTAT bits (NXP MK24F12 header). */
const FSTAT = { CCIF: 0x80, RDCOLERR: 0x40, ACCERR: 0x20, FPVIOL: 0x10, MGSTAT0: 0x01 } as const;
/** FCNFG bits (NXP MK24F12 header). */
const FCNFG = { CCIE: 0x80, RDCOLLIE: 0x40, ERSAREQ: 0x20, ERSSUSP: 0x10, PFLSH: 0x04, RAMRDY: 0x02 } as const;

/** Interrupt lines (NXP MK24F12 header, IRQn_Type). */
const FTFE_IRQ = 18;
const READ_COLLISION_IRQ = 19;

const FCCOB_FIRST = 0x04;
const FCCOB_LAST = 0x0f;
const FPROT_FIRST = 0x10;
const REGISTERS_END = 0x18;

/** What the flash controller asks of the chip around it. */
export interface FtfeHooks {
  /** Whether the run mode allows commands (SMC_PMSTAT = RUN). */
  commandsAllowed(): boolean;
  setInterrupt(line: number, asserted: boolean): void;
}

/** FCCOB index of a register offset: each word holds its four bytes in falling order (+4 is FCCOB3). */
const fccobIndex = (offset: number): number => (offset & ~3) - FCCOB_FIRST + (3 - (offset & 3));

/** The flash controller's registers at 0x40020000: byte-wide, any access width is a row of bytes (K24 reference 2.1). */
export class Ftfe implements Peripheral {
  readonly name = "FTFE";
  readonly fccob = new Uint8Array(12);
  /** Called when the MDM-AP's mass erase has ended. */
  onMassErased: () => void = () => {};
  private errors = 0;
  private complete = false;
  private config = 0;
  private massEraseRequested = false;
  private readonly on: FlashResources;
  private readonly engine: FlashEngine;
  private readonly hooks: FtfeHooks;

  constructor(on: FlashResources, engine: FlashEngine, hooks: FtfeHooks) {
    this.on = on;
    this.engine = engine;
    this.hooks = hooks;
    engine.onEnd = (command, ok) => this.end(command, ok);
  }

  /** FSTAT as it reads now. */
  get FSTAT(): number {
    return this.errors | (this.complete ? FSTAT.CCIF : 0);
  }

  /** Whether the MDM-AP's mass erase is under way (FCNFG.ERSAREQ). */
  get massErasing(): boolean {
    return this.massEraseRequested;
  }

  read(offset: number, size: AccessSize): number {
    if (offset + size > REGISTERS_END) return BUS_FAULT;
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.readByte(offset + i);
    return value;
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (offset + size > REGISTERS_END) return BUS_FAULT;
    for (let i = 0; i < size; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
    this.updateInterrupts();
    return 0;
  }

  /** A reset: the command under way stays half done, CCIF waits for the end of flash initialisation. */
  reset(): void {
    this.engine.cut();
    this.clear();
  }

  /** Power gone: like a reset, the half-done bits drawn from the cut's own generator. */
  powerOff(prng: Prng): void {
    this.engine.cut(prng);
    this.clear();
  }

  private clear(): void {
    this.fccob.fill(0);
    this.errors = 0;
    this.config = 0;
    this.complete = false;
    this.massEraseRequested = false;
    this.updateInterrupts();
  }

  /** Flash initialisation is over. */
  ready(): void {
    this.complete = true;
  }

  /** The MDM-AP's request; answers whether the erase began: not while another command runs. */
  massErase(): boolean {
    if (!this.complete) return false;
    this.massEraseRequested = true;
    this.start(MASS_ERASE, new Uint8Array(12));
    return true;
  }

  /** A bus access to flash: answers whether it hit the block that a command works on, and remembers the collision. */
  collides(address: number): boolean {
    const range = this.engine.busyRange;
    if (!range || address < range.start || address >= range.start + range.length) return false;
    this.errors |= FSTAT.RDCOLERR;
    this.updateInterrupts();
    return true;
  }

  save(): Saved {
    const { errors, complete, config, massEraseRequested } = this;
    return { errors, complete, config, massEraseRequested, fccob: [...this.fccob], engine: this.engine.save() };
  }

  restore(saved: Saved): void {
    this.errors = savedNumber(saved, "errors");
    this.complete = savedFlag(saved, "complete");
    this.config = savedNumber(saved, "config");
    this.massEraseRequested = savedFlag(saved, "massEraseRequested");
    this.fccob.set(savedBytes(saved, "fccob"));
    this.engine.restore(saved["engine"] as Saved);
    if (!this.massEraseRequested) this.engine.adoptResults(this.fccob);
  }

  private readByte(offset: number): number {
    const { fcf } = this.on;
    if (offset >= FCCOB_FIRST && offset <= FCCOB_LAST) return this.fccob[fccobIndex(offset)];
    if (offset >= FPROT_FIRST && offset < FPROT_FIRST + 4) return (fcf.FPROT >>> (8 * (offset & 3))) & 0xff;
    // Offsets 14 and 15 are reserved; 16 and 17 aren't in the K24 header and read as loaded (unsure).
    return [this.FSTAT, this.FCNFG, fcf.FSEC, fcf.FOPT][offset] ?? [0, 0, fcf.FEPROT, fcf.FDPROT][offset - 0x14];
  }

  private get FCNFG(): number {
    return this.config | FCNFG.PFLSH | FCNFG.RAMRDY | (this.massEraseRequested ? FCNFG.ERSAREQ : 0);
  }

  private writeByte(offset: number, value: number): void {
    if (offset === 0) this.writeFSTAT(value);
    else if (offset === 1) this.writeFCNFG(value);
    else if (!this.complete) return;
    else if (offset >= FCCOB_FIRST && offset <= FCCOB_LAST) this.fccob[fccobIndex(offset)] = value;
    else if (offset >= FPROT_FIRST && offset < FPROT_FIRST + 4) this.writeFPROT(offset & 3, value);
  }

  private writeFPROT(byte: number, value: number): void {
    const others = ~(0xff << (8 * byte));
    this.on.fcf.protect(others | (value << (8 * byte)));
  }

  private writeFSTAT(value: number): void {
    if (!this.complete) return;
    // A launch needs a second write after the one that clears the errors.
    const blocked = (this.errors & (FSTAT.ACCERR | FSTAT.FPVIOL)) !== 0;
    this.errors &= ~(value & (FSTAT.RDCOLERR | FSTAT.ACCERR | FSTAT.FPVIOL));
    if (value & FSTAT.CCIF && !blocked) this.launch();
  }

  private writeFCNFG(value: number): void {
    this.config = value & (FCNFG.CCIE | FCNFG.RDCOLLIE | FCNFG.ERSSUSP);
    if (!(value & FCNFG.ERSSUSP) || this.complete) return;
    if (this.engine.suspend()) this.complete = true;
  }

  private launch(): void {
    if (!this.hooks.commandsAllowed()) return;
    this.errors &= ~FSTAT.MGSTAT0;
    if (this.resumes()) return;
    const command = flashCommand(this.fccob[0]);
    const refusal = command ? command.refuse?.({ fccob: this.fccob }, this.on) : "ACCERR";
    if (refusal || !command) this.errors |= FSTAT[refusal ?? "ACCERR"];
    else this.start(command, this.fccob);
  }

  /** ERSSCR launched again with ERSSUSP still set resumes the suspended erase (details unsure). */
  private resumes(): boolean {
    const resumes = this.engine.isSuspended && this.fccob[0] === ERSSCR.code && (this.config & FCNFG.ERSSUSP) !== 0;
    if (!resumes) return false;
    this.config &= ~FCNFG.ERSSUSP;
    this.complete = false;
    this.engine.resume();
    return true;
  }

  private start(command: FlashCommand, fccob: Uint8Array): void {
    this.complete = false;
    this.engine.start(command, fccob);
  }

  private end(command: FlashCommand, ok: boolean): void {
    this.complete = true;
    if (command === MASS_ERASE) this.massEraseEnded();
    if (command === ERSSCR) this.config &= ~FCNFG.ERSSUSP;
    if (!ok) this.errors |= FSTAT.MGSTAT0;
    this.updateInterrupts();
  }

  private massEraseEnded(): void {
    this.massEraseRequested = false;
    this.onMassErased();
  }

  private updateInterrupts(): void {
    this.hooks.setInterrupt(FTFE_IRQ, this.complete && (this.config & FCNFG.CCIE) !== 0);
    const collided = (this.errors & FSTAT.RDCOLERR) !== 0;
    this.hooks.setInterrupt(READ_COLLISION_IRQ, collided && (this.config & FCNFG.RDCOLLIE) !== 0);
  }
}
