import type { u32 } from "../../../base/u32.ts";
import { type AccessSize, BUS_FAULT } from "../../cpu/seam.ts";
import { type Saved, savedBytes } from "../saved.ts";
import type { Peripheral } from "./peripheral.ts";

/** One register: where it is, what a reset makes of it, and which bits a write reaches. */
export interface RegisterSpec {
  readonly name: string;
  readonly offset: number;
  readonly size: AccessSize;
  readonly reset: u32;
  /** Bits that keep what is written; all of them unless given. */
  readonly writable?: u32;
}

/** States a register that keeps what is written. */
export const register = (
  name: string,
  offset: number,
  size: AccessSize,
  reset: u32,
  writable: u32 = 0xffffffff,
): RegisterSpec => ({ name, offset, size, reset, writable });

/** States a register that ignores writes. */
export const readOnly = (name: string, offset: number, size: AccessSize, reset: u32): RegisterSpec =>
  register(name, offset, size, reset, 0);

/** `count` registers of one kind, `stride` bytes apart, named `name` + number. */
export const registers = (
  name: string,
  offset: number,
  stride: number,
  count: number,
  size: AccessSize,
  reset: u32,
  writable?: u32,
): RegisterSpec[] =>
  Array.from({ length: count }, (_, i) => register(`${name}${i}`, offset + i * stride, size, reset, writable));

/**
 * Registers that keep bytes and do nothing: the whole of a plain peripheral, or the memory behind a lively one.
 *
 * Any access width works as long as every byte belongs to a register; a byte that doesn't is a bus fault.
 */
export class RegisterBank implements Peripheral {
  readonly name: string;
  private readonly specs: ReadonlyMap<string, RegisterSpec>;
  private readonly values: Uint8Array;
  private readonly resets: Uint8Array;
  private readonly writable: Uint8Array;
  private readonly present: Uint8Array;

  constructor(name: string, specs: readonly RegisterSpec[]) {
    this.name = name;
    this.specs = new Map(specs.map((spec) => [spec.name, spec]));
    const size = Math.max(...specs.map((spec) => spec.offset + spec.size));
    this.values = new Uint8Array(size);
    this.resets = new Uint8Array(size);
    this.writable = new Uint8Array(size);
    this.present = new Uint8Array(size);
    for (const spec of specs) {
      put(this.resets, spec, spec.reset);
      put(this.writable, spec, spec.writable ?? 0xffffffff);
      put(this.present, spec, 0xffffffff);
    }
    this.reset();
  }

  /** A register's value by name. Throws `RangeError` for a name that the bank doesn't have. */
  get(name: string): u32 {
    const { offset, size } = this.spec(name);
    return join(this.values, offset, size);
  }

  /** Sets a register by name, read-only bits included: the hardware's own hand. */
  set(name: string, value: u32): void {
    put(this.values, this.spec(name), value);
  }

  read(offset: number, size: AccessSize): number {
    return this.has(offset, size) ? join(this.values, offset, size) : BUS_FAULT;
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (!this.has(offset, size)) return BUS_FAULT;
    for (let at = offset, rest = value; at < offset + size; at++, rest >>>= 8) {
      this.values[at] = (this.values[at] & ~this.writable[at]) | (rest & this.writable[at]);
    }
    return 0;
  }

  reset(): void {
    this.values.set(this.resets);
  }

  save(): Saved {
    return { bytes: [...this.values] };
  }

  restore(saved: Saved): void {
    this.values.set(savedBytes(saved, "bytes"));
  }

  private has(offset: number, size: AccessSize): boolean {
    for (let at = offset; at < offset + size; at++) if (this.present[at] !== 0xff) return false;
    return true;
  }

  private spec(name: string): RegisterSpec {
    const spec = this.specs.get(name);
    if (!spec) throw new RangeError(`${this.name} has no register ${name}`);
    return spec;
  }
}

function put(bytes: Uint8Array, { offset, size }: RegisterSpec, value: u32): void {
  for (let i = 0; i < size; i++) bytes[offset + i] = value >>> (8 * i);
}

function join(bytes: Uint8Array, offset: number, size: AccessSize): u32 {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + bytes[offset + i];
  return value;
}
