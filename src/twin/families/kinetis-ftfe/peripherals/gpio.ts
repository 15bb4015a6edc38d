import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, type RegisterSpec, readOnly, register } from "../../../chip/peripherals/register-bank.ts";

/** Bytes between two ports. */
const PORT_STRIDE = 0x40;
const PORTS = ["A", "B", "C", "D", "E"] as const;

const portRegisters = (letter: string, port: number): RegisterSpec[] => {
  const base = port * PORT_STRIDE;
  return [
    register(`P${letter}_PDOR`, base, 4, 0),
    register(`P${letter}_PSOR`, base + 0x04, 4, 0),
    register(`P${letter}_PCOR`, base + 0x08, 4, 0),
    register(`P${letter}_PTOR`, base + 0x0c, 4, 0),
    readOnly(`P${letter}_PDIR`, base + 0x10, 4, 0),
    register(`P${letter}_PDDR`, base + 0x14, 4, 0),
  ];
};

/** All five GPIO ports. Outputs read back on PDIR, inputs read 0: nothing is connected. */
export class Gpio implements Peripheral {
  readonly name = "GPIO";
  private readonly bank = new RegisterBank("GPIO", PORTS.flatMap(portRegisters));

  read(offset: number, size: AccessSize): number {
    return this.bank.read(offset, size);
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    this.settle(PORTS[Math.floor(offset / PORT_STRIDE)]);
    return 0;
  }

  reset(): void {
    this.bank.reset();
  }

  save(): Saved {
    return { bank: this.bank.save() };
  }

  restore(saved: Saved): void {
    this.bank.restore(savedPart(saved, "bank"));
  }

  /** Set, clear and toggle registers act once and read as 0. */
  private settle(letter: string): void {
    const take = (name: string) => {
      const value = this.bank.get(`P${letter}_${name}`);
      this.bank.set(`P${letter}_${name}`, 0);
      return value;
    };
    const output = ((this.bank.get(`P${letter}_PDOR`) | take("PSOR")) & ~take("PCOR")) ^ take("PTOR");
    this.bank.set(`P${letter}_PDOR`, output >>> 0);
    this.bank.set(`P${letter}_PDIR`, (output & this.bank.get(`P${letter}_PDDR`)) >>> 0);
  }
}
