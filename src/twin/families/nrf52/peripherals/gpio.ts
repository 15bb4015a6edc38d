import { type AccessSize, BUS_FAULT } from "../../../cpu/seam.ts";
import type { Peripheral } from "../../../chip/peripherals/peripheral.ts";
import {
  RegisterBank,
  type RegisterSpec,
  readOnly,
  register,
  registers,
} from "../../../chip/peripherals/register-bank.ts";
import { type Saved, savedPart } from "../../../chip/saved.ts";

/** Bytes between the two ports, which share a page (MDK). */
const PORT_STRIDE = 0x300;
const PINS = [32, 16] as const;

const portRegisters = (port: number): RegisterSpec[] => {
  const base = port * PORT_STRIDE;
  const all = port === 0 ? 0xffffffff : 0x0000ffff;
  return [
    register(`P${port}_OUT`, base + 0x504, 4, 0, all),
    register(`P${port}_OUTSET`, base + 0x508, 4, 0, all),
    register(`P${port}_OUTCLR`, base + 0x50c, 4, 0, all),
    readOnly(`P${port}_IN`, base + 0x510, 4, 0),
    register(`P${port}_DIR`, base + 0x514, 4, 0, all),
    register(`P${port}_DIRSET`, base + 0x518, 4, 0, all),
    register(`P${port}_DIRCLR`, base + 0x51c, 4, 0, all),
    register(`P${port}_LATCH`, base + 0x520, 4, 0, 0),
    register(`P${port}_DETECTMODE`, base + 0x524, 4, 0, 1),
    ...registers(`P${port}_PIN_CNF`, base + 0x700, 4, PINS[port], 4, 2, 0x3070f),
  ];
};

/** The GPIO ports: outputs read back on IN where their input buffer is on; inputs read their pull, 0 without one. */
export class Gpio implements Peripheral {
  readonly name = "GPIO";
  private readonly bank: RegisterBank;
  private readonly ports: number;

  constructor(ports: 1 | 2) {
    this.ports = ports;
    this.bank = new RegisterBank("GPIO", Array.from({ length: ports }, (_, port) => portRegisters(port)).flat());
  }

  read(offset: number, size: AccessSize): number {
    return this.bank.read(offset, size);
  }

  isStable(): boolean {
    return true;
  }

  write(offset: number, size: AccessSize, value: number): number {
    if (this.bank.write(offset, size, value) === BUS_FAULT) return BUS_FAULT;
    for (let port = 0; port < this.ports; port++) this.settle(port, offset - port * PORT_STRIDE);
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

  /** Set and clear registers act once and read back OUT or DIR; PIN_CNF's bit 0 is DIR's. */
  private settle(port: number, offset: number): void {
    const get = (name: string) => this.bank.get(`P${port}_${name}`);
    const set = (name: string, value: number) => this.bank.set(`P${port}_${name}`, value >>> 0);
    if (offset === 0x508) set("OUT", get("OUT") | get("OUTSET"));
    if (offset === 0x50c) set("OUT", get("OUT") & ~get("OUTCLR"));
    if (offset === 0x518) set("DIR", get("DIR") | get("DIRSET"));
    if (offset === 0x51c) set("DIR", get("DIR") & ~get("DIRCLR"));
    const pin = (offset - 0x700) >> 2;
    const isPin = pin >= 0 && pin < PINS[port];
    if (isPin) set("DIR", get("PIN_CNF" + pin) & 1 ? get("DIR") | (1 << pin) : get("DIR") & ~(1 << pin));
    for (let n = 0; n < PINS[port]; n++) set(`PIN_CNF${n}`, (get(`PIN_CNF${n}`) & ~1) | ((get("DIR") >>> n) & 1));
    for (const name of ["OUTSET", "OUTCLR"]) set(name, get("OUT"));
    for (const name of ["DIRSET", "DIRCLR"]) set(name, get("DIR"));
    set("IN", this.levels(port));
  }

  /** Levels of pins whose input buffer is connected. */
  private levels(port: number): number {
    const out = this.bank.get(`P${port}_OUT`);
    let levels = 0;
    for (let pin = 0; pin < PINS[port]; pin++) {
      const config = this.bank.get(`P${port}_PIN_CNF${pin}`);
      const level = config & 1 ? (out >>> pin) & 1 : ((config >>> 2) & 3) === 3 ? 1 : 0;
      if ((config & 2) === 0) levels |= level << pin;
    }
    return levels >>> 0;
  }
}
