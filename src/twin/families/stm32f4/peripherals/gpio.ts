import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import { RegisterBank, readOnly, register } from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";
import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";

/** MODER, OSPEEDR and PUPDR of the ports with the debug pins (RM0090, 8.4). */
const RESETS: { readonly [port: string]: readonly [number, number, number] } = {
  A: [0xa8000000, 0x0c000000, 0x64000000],
  B: [0x00000280, 0x000000c0, 0x00000100],
};

/** One GPIO port, by letter. Outputs read back, inputs read their pull: nothing is connected. */
export class Gpio implements Peripheral {
  readonly name: string;
  private readonly bank: RegisterBank;

  constructor(letter: string) {
    const [moder, speed, pull] = RESETS[letter] ?? [0, 0, 0];
    this.name = `GPIO${letter}`;
    this.bank = new RegisterBank(this.name, [
      register("MODER", 0x00, 4, moder),
      register("OTYPER", 0x04, 4, 0, 0xffff),
      register("OSPEEDR", 0x08, 4, speed),
      register("PUPDR", 0x0c, 4, pull),
      readOnly("IDR", 0x10, 4, 0),
      register("ODR", 0x14, 4, 0, 0xffff),
      register("BSRR", 0x18, 4, 0),
      register("LCKR", 0x1c, 4, 0, 0x1ffff),
      register("AFRL", 0x20, 4, 0),
      register("AFRH", 0x24, 4, 0),
    ]);
  }

  /** Levels of the port's pins. */
  get pins(): number {
    const [moder, pull, output] = ["MODER", "PUPDR", "ODR"].map((name) => this.bank.get(name));
    let pins = 0;
    for (let pin = 0; pin < 16; pin++) {
      const isOutput = ((moder >>> (2 * pin)) & 3) === 1;
      const level = isOutput ? (output >>> pin) & 1 : ((pull >>> (2 * pin)) & 3) === 1 ? 1 : 0;
      pins |= level << pin;
    }
    return pins;
  }

  read(offset: number, size: AccessSize): number {
    this.bank.set("IDR", this.pins);
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  /** BSRR sets and resets once, and reads 0; where both are asked, the set counts. */
  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    const change = this.bank.get("BSRR");
    this.bank.set("ODR", ((this.bank.get("ODR") & ~(change >>> 16)) | (change & 0xffff)) & 0xffff);
    this.bank.set("BSRR", 0);
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
}
