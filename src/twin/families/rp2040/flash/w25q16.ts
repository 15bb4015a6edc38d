import { MICROSECOND, MILLISECOND, type Picoseconds } from "../../../../base/clock.ts";
import { FlashCells } from "../../../chip/flash-cells.ts";
import type { FlashFault, FlashSpeed, LaunchObserver } from "../../../chip/flash-model.ts";
import type { Prng } from "../../../chip/prng.ts";
import { type Saved, type Stateful, savedBytes, savedNumber } from "../../../chip/saved.ts";
import type { Timeline } from "../../../chip/timeline.ts";

/** Bytes of a W25Q16. */
export const FLASH_SIZE = 0x200000;
const PAGE = 0x100;
/** Manufacturer, memory type, capacity; and the one-byte device id (W25Q16JV data sheet, 8.1). */
const JEDEC_ID = [0xef, 0x40, 0x15];
const DEVICE_ID = 0x14;

/** Status register 1 and 2 (7.1). */
const SR1 = { BUSY: 0x01, WEL: 0x02, BP: 0x1c, TB: 0x20, SEC: 0x40, SRP: 0x80 } as const;
const SR2 = { SRL: 0x01, QE: 0x02, LB: 0x38, CMP: 0x40 } as const;
const SR1_WRITABLE = 0xfc;
const SR2_WRITABLE = 0x7b;

/** Times: typical and maximum, in milliseconds; the data sheet's figures recalled (unsure). */
const TIMES: { readonly [operation: string]: readonly [typ: number, max: number] } = {
  page: [0.4, 3],
  sector: [45, 400],
  block32: [120, 1_600],
  block64: [150, 2_000],
  chip: [5_000, 25_000],
  status: [10, 15],
};

interface Erase {
  readonly name: string;
  readonly length: number;
  readonly time: string;
}

/** Erase commands. */
const ERASES: { readonly [command: number]: Erase } = {
  0x20: { name: "sector erase", length: 0x1000, time: "sector" },
  0x52: { name: "block erase 32 KB", length: 0x8000, time: "block32" },
  0xd8: { name: "block erase 64 KB", length: 0x10000, time: "block64" },
  0xc7: { name: "chip erase", length: FLASH_SIZE, time: "chip" },
  0x60: { name: "chip erase", length: FLASH_SIZE, time: "chip" },
};

const DONE = "flashDone";
const CUT = "flashCut";

/** What is under way. */
type Operation =
  | { readonly kind: "erase"; readonly address: number; readonly length: number }
  | { readonly kind: "program"; readonly address: number; readonly data: readonly number[] }
  | { readonly kind: "status"; readonly data: readonly number[] };

/** What the flash chip asks of the board around it. */
export interface FlashHooks {
  launched: LaunchObserver;
  /** A power cut that was asked for during an operation. */
  powerCut(at: Picoseconds): void;
  /** Bytes changed, or the chip became busy or ready. */
  changed(address: number, length: number): void;
}

/**
 * A serial flash like the W25Q16JV: commands byte by byte while it is selected, cells, status and its protection bits,
 * continuous read mode. Suspend, the security registers and sector locks are not modelled.
 */
export class W25Q16 implements Stateful {
  readonly cells = new FlashCells({ size: FLASH_SIZE, erased: 0xff, unit: PAGE, ecc: false });
  /** Operations begun since the model was made. */
  launches = 0;
  /** A read with mode bits 10 left it waiting for an address instead of a command. */
  continuous = false;
  private readonly timeline: Timeline;
  private readonly speed: FlashSpeed;
  private readonly hooks: FlashHooks;
  private readonly uid: readonly number[];
  private readonly prng: Prng;
  private status: [number, number, number] = [0, SR2.QE, 0x60];
  private input: number[] = [];
  /** How many of those came by four lines. */
  private quadBytes = 0;
  private poweredDown = false;
  private mayReset = false;
  private operation: Operation | undefined;
  private began: Picoseconds = 0;
  private duration: Picoseconds = 0;
  private fault: FlashFault | undefined;

  constructor(timeline: Timeline, speed: FlashSpeed, uid: readonly number[], prng: Prng, hooks: FlashHooks) {
    this.timeline = timeline;
    this.speed = speed;
    this.uid = uid;
    this.prng = prng;
    this.hooks = hooks;
    timeline.on(DONE, () => this.finish());
    timeline.on(CUT, (at) => hooks.powerCut(at));
  }

  /** Sets the protection bits of the whole flash, which outlive the power. */
  protectAll(): void {
    this.status[0] = SR1.BP;
  }

  get busy(): boolean {
    return this.operation !== undefined;
  }

  /** Quad commands need it. */
  get quadEnabled(): boolean {
    return (this.status[1] & SR2.QE) !== 0;
  }

  /** One byte while selected, by one line or more: what the chip drives meanwhile. */
  exchange(byte: number, lines = 1): number {
    const answer = this.answer();
    this.input.push(byte);
    if (lines === 4) this.quadBytes++;
    return answer;
  }

  /** A byte of a read by several lines. */
  read(address: number): number {
    return this.busy || this.poweredDown ? 0xff : this.byteAt(address);
  }

  /** Chip select goes high: what writes begins now, if it is whole. */
  deselect(): void {
    const { input, quadBytes } = this;
    this.input = [];
    this.quadBytes = 0;
    if (input.length === 0) return;
    // Data of 32h come by four lines, of all others by one.
    if (quadBytes !== (input[0] === 0x32 ? input.length - 4 : 0)) return;
    if (this.continuous) {
      if (input.length >= 2 && input.every((byte) => byte === 0xff)) this.continuous = false;
      return;
    }
    this.execute(input);
  }

  /** Power gone: what is under way leaves bits half done; volatile state is lost. */
  powerOff(prng: Prng): void {
    const { operation } = this;
    if (operation) this.cut(operation, this.progress, prng);
    this.operation = undefined;
    this.fault = undefined;
    this.input = [];
    this.quadBytes = 0;
    this.continuous = false;
    this.poweredDown = false;
    this.status[0] &= ~SR1.WEL;
  }

  save(): Saved {
    const { status, input, launches: _, operation } = this;
    const left = operation ? this.timeline.now - this.began : 0;
    return {
      status: [...status],
      input: [...input],
      quadBytes: this.quadBytes,
      continuous: this.continuous ? 1 : 0,
      poweredDown: this.poweredDown ? 1 : 0,
      operation: operation ? JSON.stringify(operation) : "",
      age: left,
      duration: this.duration,
      fault: this.fault ?? "",
    };
  }

  restore(saved: Saved): void {
    const [sr1, sr2, sr3] = savedBytes(saved, "status");
    this.status = [sr1, sr2, sr3];
    this.input = savedBytes(saved, "input");
    this.quadBytes = saved["quadBytes"] === undefined ? 0 : savedNumber(saved, "quadBytes");
    this.continuous = savedNumber(saved, "continuous") === 1;
    this.poweredDown = savedNumber(saved, "poweredDown") === 1;
    const { operation } = saved;
    if (typeof operation !== "string") throw new RangeError("the flash's operation is not a text");
    this.operation = operation === "" ? undefined : (JSON.parse(operation) as Operation);
    this.began = this.timeline.now - savedNumber(saved, "age");
    this.duration = savedNumber(saved, "duration");
    this.fault = (saved["fault"] || undefined) as FlashFault | undefined;
  }

  /** What byte follows those that came: 0xFF while nothing is driven. */
  private answer(): number {
    const { input } = this;
    if (input.length === 0 || this.continuous) return 0xff;
    const [command] = input;
    if (command === 0x05) return this.statusOne();
    if (this.poweredDown && command !== 0xab) return 0xff;
    if (this.busy && command !== 0x35 && command !== 0x15) return 0xff;
    const after = input.length - 1;
    switch (command) {
      case 0x35:
        return this.status[1];
      case 0x15:
        return this.status[2];
      case 0x9f:
        return JEDEC_ID[after % 3];
      case 0x90:
        return after < 3 ? 0xff : [JEDEC_ID[0], DEVICE_ID][(after - 3) % 2];
      case 0xab:
        return after < 3 ? 0xff : DEVICE_ID;
      case 0x4b:
        return after < 4 ? 0xff : this.uid[(after - 4) % 8];
      case 0x5a:
        return after < 4 ? 0xff : (SFDP[addressIn(input) + after - 4] ?? 0xff);
      case 0x03:
        return after < 3 ? 0xff : this.byteAt(addressIn(input) + after - 3);
      case 0x0b:
        return after < 4 ? 0xff : this.byteAt(addressIn(input) + after - 4);
      default:
        return 0xff;
    }
  }

  private statusOne(): number {
    return this.status[0] | (this.busy ? SR1.BUSY : 0);
  }

  private byteAt(address: number): number {
    return this.cells.bytes[address % FLASH_SIZE];
  }

  private execute(input: readonly number[]): void {
    const [command] = input;
    if (this.poweredDown) {
      if (command === 0xab) this.poweredDown = false;
      return;
    }
    const resets = command === 0x99 && this.mayReset;
    this.mayReset = command === 0x66;
    if (resets) return void this.softReset();
    if (this.busy) return;
    if (command === 0x06 || command === 0x50) this.status[0] |= SR1.WEL;
    else if (command === 0x04) this.status[0] &= ~SR1.WEL;
    else if (command === 0xb9) this.poweredDown = true;
    else if ((this.status[0] & SR1.WEL) !== 0) this.executeWrite(input);
  }

  private executeWrite(input: readonly number[]): void {
    const [command, ...rest] = input;
    if (command === 0x32 && !this.quadEnabled) return;
    if ((command === 0x02 || command === 0x32) && input.length > 4) {
      return void this.program(command, addressIn(input), input.slice(4));
    }
    if (command === 0x01 || command === 0x31 || command === 0x11) return void this.writeStatus(command, rest);
    const erase = ERASES[command];
    if (!erase) return;
    const isChip = erase.time === "chip";
    if (input.length !== (isChip ? 1 : 4)) return;
    const address = isChip ? 0 : addressIn(input) & ~(erase.length - 1) & (FLASH_SIZE - 1);
    const { length } = erase;
    if (this.isProtected(address, length)) return void this.refuse();
    this.begin(command, erase.name, erase.time, { kind: "erase", address, length });
  }

  /** A page takes its last 256 bytes, wrapping within the page. */
  private program(code: number, address: number, bytes: readonly number[]): void {
    const page = address & ~(PAGE - 1) & (FLASH_SIZE - 1);
    if (this.isProtected(page, PAGE)) return void this.refuse();
    const data = Array.from({ length: PAGE }, () => 0xff);
    bytes.forEach((byte, i) => {
      data[(address + i) % PAGE] = byte;
    });
    this.begin(code, "page program", "page", { kind: "program", address: page, data });
  }

  private writeStatus(command: number, bytes: readonly number[]): void {
    if (bytes.length === 0 || (this.status[1] & SR2.SRL) !== 0) return void this.refuse();
    const data: number[] = [...this.status];
    if (command === 0x01) data[0] = bytes[0];
    if (command === 0x01 && bytes.length > 1) data[1] = bytes[1];
    if (command === 0x31) data[1] = bytes[0];
    if (command === 0x11) data[2] = bytes[0];
    this.begin(command, "write status register", "status", { kind: "status", data });
  }

  /** A protected region: the command is ignored, and the write enable is gone (7.1.4, unsure). */
  private refuse(): void {
    this.status[0] &= ~SR1.WEL;
  }

  private begin(code: number, name: string, time: string, operation: Operation): void {
    const start = this.timeline.now;
    const [typ, max] = TIMES[time];
    const ms = this.speed === "zero" ? 0 : this.speed === "typ" ? typ : max;
    this.duration = Math.round(ms * MILLISECOND) || MICROSECOND;
    this.began = start;
    this.operation = operation;
    this.launches++;
    const address = operation.kind === "status" ? 0 : operation.address;
    const launch = { index: this.launches, code, name, address, start, duration: this.duration };
    const wanted = this.hooks.launched(launch);
    this.fault = wanted?.fault;
    if (wanted?.cutAfter !== undefined) this.timeline.set(CUT, start + wanted.cutAfter);
    // A command that never ends keeps BUSY for ever.
    if (this.fault !== "busy") this.timeline.set(DONE, start + this.duration);
    this.hooks.changed(0, 0);
  }

  private finish(): void {
    const { operation, fault } = this;
    this.operation = undefined;
    this.status[0] &= ~SR1.WEL;
    if (!operation) return;
    if (operation.kind === "status") this.keepStatus(operation.data);
    else {
      this.apply(operation);
      // The chip has no flag for a failure: every fault but a hang is a wrong bit that nothing tells of.
      if (fault) this.spoil(operation);
    }
    const { address, length } = rangeOf(operation);
    this.hooks.changed(address, length);
  }

  private apply(operation: Exclude<Operation, { kind: "status" }>): void {
    if (operation.kind === "erase") this.cells.erase(operation.address, operation.length);
    else this.cells.program(operation.address, Uint8Array.from(operation.data));
  }

  private spoil(operation: Operation): void {
    const { address, length } = rangeOf(operation);
    this.cells.bytes[address + (this.prng.next() % length)] ^= 1 << (this.prng.next() % 8);
  }

  /** How much of what is under way is done, 0 to 1. */
  private get progress(): number {
    return this.duration === 0 ? 1 : Math.min(1, (this.timeline.now - this.began) / this.duration);
  }

  private cut(operation: Operation, progress: number, prng: Prng): void {
    if (operation.kind === "erase") this.cells.cutErase(operation.address, operation.length, progress, prng);
    if (operation.kind === "program")
      this.cells.cutProgram(operation.address, Uint8Array.from(operation.data), progress, prng);
    const { address, length } = rangeOf(operation);
    this.hooks.changed(address, length);
  }

  /** LB bits can be set and never cleared. */
  private keepStatus([sr1, sr2, sr3]: readonly number[]): void {
    const locked = this.status[1] & SR2.LB;
    this.status = [sr1 & SR1_WRITABLE, (sr2 & SR2_WRITABLE) | locked, sr3];
  }

  /** What was under way stays half done (8.2.41: data may be corrupted). */
  private softReset(): void {
    const { operation } = this;
    if (operation) this.cut(operation, this.progress, this.prng);
    this.operation = undefined;
    this.fault = undefined;
    this.timeline.clear(DONE);
    this.continuous = false;
    this.status[0] &= ~SR1.WEL;
    this.hooks.changed(0, 0);
  }

  private isProtected(address: number, length: number): boolean {
    const [from, to] = protectedRange(this.status[0], this.status[1]);
    return address < to && address + length > from;
  }
}

/** The protected addresses of a W25Q16 by its status registers (data sheet, 7.1.4 and the table of 7.1.16). */
function protectedRange(sr1: number, sr2: number): readonly [from: number, to: number] {
  const bp = (sr1 & SR1.BP) >> 2;
  const atBottom = (sr1 & SR1.TB) !== 0;
  const complement = (sr2 & SR2.CMP) !== 0;
  const size = protectedSize(bp, (sr1 & SR1.SEC) !== 0);
  const [from, to] = atBottom ? [0, size] : [FLASH_SIZE - size, FLASH_SIZE];
  if (!complement) return size === 0 ? [0, 0] : [from, to];
  return atBottom ? [to, FLASH_SIZE] : [0, from];
}

function protectedSize(bp: number, sectors: boolean): number {
  if (bp === 0) return 0;
  if (bp === 7) return FLASH_SIZE;
  if (sectors) return Math.min(0x1000 << (bp - 1), 0x8000);
  return Math.min(0x10000 << (bp - 1), FLASH_SIZE);
}

const addressIn = (input: readonly number[]): number => (input[1] << 16) | (input[2] << 8) | input[3];

const rangeOf = (operation: Operation): { readonly address: number; readonly length: number } => {
  if (operation.kind === "status") return { address: 0, length: 0 };
  const length = operation.kind === "erase" ? operation.length : operation.data.length;
  return { address: operation.address, length };
};

/** The discoverable parameters as far as tools look: signature, one header, 2 MB, 4 KB erase by 0x20 (JESD216). */
const SFDP: readonly number[] = [
  ...[0x53, 0x46, 0x44, 0x50, 0x05, 0x01, 0x00, 0xff],
  ...[0x00, 0x05, 0x01, 0x10, 0x80, 0x00, 0x00, 0xff],
];
