import { RegisterBank, type RegisterSpec, register } from "../../../chip/peripherals/register-bank.ts";

const PINS = 32;
/** Pin control resets of PORTA: the JTAG and SWD pins come up in their function, pulled (K-series manual, PORT). */
const PORTA_RESETS: { readonly [pin: number]: number } = { 0: 0x702, 1: 0x703, 2: 0x703, 3: 0x703, 4: 0x703 };

const pinControl = (pin: number, reset: number): RegisterSpec => register(`PCR${pin}`, pin * 4, 4, reset);

/** Port control of one port, by letter: pin registers that stay as written; no pin interrupts. */
export function createPort(letter: string): RegisterBank {
  const resets = letter === "A" ? PORTA_RESETS : {};
  return new RegisterBank(`PORT${letter}`, [
    ...Array.from({ length: PINS }, (_, pin) => pinControl(pin, resets[pin] ?? 0)),
    register("GPCLR", 0x80, 4, 0, 0),
    register("GPCHR", 0x84, 4, 0, 0),
    register("ISFR", 0xa0, 4, 0, 0),
    register("DFER", 0xc0, 4, 0),
    register("DFCR", 0xc4, 4, 0),
    register("DFWR", 0xc8, 4, 0),
  ]);
}
