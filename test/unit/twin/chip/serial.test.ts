import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { type Lab, lab } from "./lab.ts";

const SPI0 = 0x4002c000;
const ADC0 = 0x4003b000;
const FTM0 = 0x40038000;
const I2C0 = 0x40066000;
const UART3 = 0x4006d000;
const CLOCK = SECOND / 20_971_520;
const NVIC_ISPR = 0xe000e200;

/** A chip whose SPI0, ADC0, FTM0, I2C0 and UART3 have their clocks. */
function clocked(): Lab {
  const bench = lab();
  bench.write(0x40048034, 0xf0102070);
  bench.write(0x4004803c, 0x49001001);
  return bench;
}

const isPending = (bench: Lab, line: number): boolean =>
  ((bench.read(NVIC_ISPR + 4 * (line >> 5)) >>> (line & 31)) & 1) === 1;

describe("DSPI", () => {
  /** Eight bits at bus clock / 2 / 2. */
  function started(): Lab {
    const bench = clocked();
    bench.write(SPI0 + 0x0c, 0x38000000);
    bench.write(SPI0, 0x80000000);
    return bench;
  }

  it("ends a frame after its bits, with TCF and a word of ones in the receive FIFO", () => {
    const bench = started();
    bench.write(SPI0 + 0x30, 0x80000000);
    bench.write(SPI0 + 0x34, 0x000000a5);
    bench.wait(8 * 4 * CLOCK - MICROSECOND / 100);
    expect(bench.read(SPI0 + 0x2c) >>> 31).toBe(0);
    bench.wait(MICROSECOND / 50);
    expect([bench.read(SPI0 + 0x2c) >>> 31, isPending(bench, 26)]).toEqual([1, true]);
    expect([bench.read(SPI0 + 0x38), bench.read(SPI0 + 0x2c) & 0x20000]).toEqual([0xff, 0]);
    bench.write(SPI0 + 0x2c, 0x80000000);
    expect(bench.read(SPI0 + 0x2c) >>> 31).toBe(0);
  });

  it("sends nothing while HALT is set, and loses a fifth word that is not read with RFOF", () => {
    const bench = clocked();
    bench.write(SPI0 + 0x0c, 0x38000000);
    bench.write(SPI0, 0x80000001);
    bench.write(SPI0 + 0x34, 1);
    bench.wait(MILLISECOND);
    expect(bench.read(SPI0 + 0x2c) & 0x20000).toBe(0);
    bench.write(SPI0, 0x80000000);
    for (let n = 0; n < 5; n++) {
      bench.wait(MILLISECOND);
      bench.write(SPI0 + 0x34, n);
    }
    bench.wait(MILLISECOND);
    expect(bench.read(SPI0 + 0x2c) & 0x000800f0).toBe(0x00080040);
  });
});

describe("I2C", () => {
  it("sends a byte that is not acknowledged: TCF, IICIF and RXAK after nine bits, BUSY until the stop", () => {
    const bench = clocked();
    bench.write(I2C0 + 2, 0xf0, 1);
    expect(bench.read(I2C0 + 3, 1) & 0x20).toBe(0x20);
    bench.write(I2C0 + 4, 0x3a, 1);
    bench.wait(9 * 20 * CLOCK - MICROSECOND / 100);
    expect(bench.read(I2C0 + 3, 1)).toBe(0x20);
    bench.wait(MICROSECOND / 50);
    expect([bench.read(I2C0 + 3, 1), isPending(bench, 24)]).toEqual([0xa3, true]);
    bench.write(I2C0 + 3, 0x02, 1);
    bench.write(I2C0 + 2, 0x80, 1);
    expect(bench.read(I2C0 + 3, 1) & 0x22).toBe(0);
  });
});

describe("ADC", () => {
  it("converts 0 V to 0 with COCO and its interrupt; reading the result takes COCO back", () => {
    const bench = clocked();
    bench.write(ADC0, 0x41);
    expect(bench.read(ADC0)).toBe(0x41);
    bench.wait(MILLISECOND);
    expect([bench.read(ADC0), isPending(bench, 39)]).toEqual([0xc1, true]);
    expect([bench.read(ADC0 + 0x10), bench.read(ADC0)]).toEqual([0, 0x41]);
  });

  it("ends a calibration without an error", () => {
    const bench = clocked();
    bench.write(ADC0 + 0x24, 0x80);
    expect(bench.read(ADC0 + 0x24)).toBe(0x80);
    bench.wait(2 * MILLISECOND);
    expect(bench.read(ADC0 + 0x24)).toBe(0);
  });
});

describe("FTM and UART3", () => {
  it("keeps what is written, up to C7V at 0x48 and PWMLOAD at 0x98", () => {
    const bench = clocked();
    bench.write(FTM0 + 0x48, 0x1234);
    bench.write(FTM0 + 0x98, 0x2ff);
    expect([bench.read(FTM0 + 0x48), bench.read(FTM0 + 0x98)]).toEqual([0x1234, 0x2ff]);
  });

  it("sends on UART3 in the time of the bus clock, apart from UART0", () => {
    const bench = clocked();
    bench.write(UART3 + 1, 11, 1);
    bench.write(UART3 + 3, 0x48, 1);
    bench.write(UART3 + 7, 0x41, 1);
    expect(bench.read(UART3 + 4, 1) & 0x40).toBe(0);
    bench.wait(MILLISECOND);
    expect([bench.read(UART3 + 4, 1) & 0x40, isPending(bench, 37), isPending(bench, 31)]).toEqual([0x40, true, false]);
  });
});
