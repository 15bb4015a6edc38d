import { Adc } from "./peripherals/adc.ts";
import { Dspi } from "./peripherals/dspi.ts";
import { I2c } from "./peripherals/i2c.ts";
import type { Peripheral } from "../../chip/peripherals/peripheral.ts";
import { Uart } from "./peripherals/uart.ts";
import type { Timeline } from "../../chip/timeline.ts";

/** Interrupt lines (NXP MK24F12 header, IRQn_Type). */
const UART_IRQS = { UART1: 33, UART2: 35, UART3: 37, UART4: 66, UART5: 68 } as const;
const SPI_IRQS = { SPI0: 26, SPI1: 27, SPI2: 65 } as const;
const I2C_IRQS = { I2C0: 24, I2C1: 25, I2C2: 74 } as const;
const ADC_IRQS = { ADC0: 39, ADC1: 73 } as const;

/** What these peripherals need from the chip around them. */
export interface SerialHooks {
  coreHz(): number;
  busHz(): number;
  setInterrupt(line: number, asserted: boolean): void;
}

/** UART1 to UART5, SPI, I2C and ADC: nothing hangs on their pins, so what they send is lost. */
export function createSerial(timeline: Timeline, hooks: SerialHooks): readonly Peripheral[] {
  const { busHz } = hooks;
  const line = (irq: number) => (asserted: boolean) => hooks.setInterrupt(irq, asserted);
  const of = (irqs: { readonly [name: string]: number }, make: (name: string, irq: number) => Peripheral) =>
    Object.entries(irqs).map(([name, irq]) => make(name, irq));
  const moduleHz = (name: string) => (name === "UART1" ? hooks.coreHz : busHz);
  return [
    ...of(UART_IRQS, (name, irq) => {
      const uart = { moduleHz: moduleHz(name), send: () => {}, setInterrupt: line(irq) };
      return new Uart(name, timeline, uart);
    }),
    ...of(SPI_IRQS, (name, irq) => new Dspi(name, timeline, { busHz, setInterrupt: line(irq) })),
    ...of(I2C_IRQS, (name, irq) => new I2c(name, timeline, { busHz, setInterrupt: line(irq) })),
    ...of(ADC_IRQS, (name, irq) => new Adc(name, timeline, { setInterrupt: line(irq) })),
  ];
}
