import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MILLISECOND, SECOND } from "../../../../src/base/clock.ts";
import { Wdog } from "../../../../src/twin/families/kinetis-ftfe/peripherals/wdog.ts";
import { Timeline } from "../../../../src/twin/chip/timeline.ts";
import { type Lab, lab } from "./lab.ts";

const CRC = 0x40032000;
const UART0 = 0x4006a000;
const GPIOA = 0x400ff000;

/** A chip whose CRC module, ports and UART0 have their clocks. */
function clocked(uart?: (bytes: Uint8Array) => void): Lab {
  const bench = lab({ uart });
  bench.write(0x40048034, 0xf0100430);
  bench.write(0x4004803c, 0x40040001);
  return bench;
}

describe("CRC", () => {
  const text = new TextEncoder().encode("123456789");

  function crc(ctrl: number, poly: number, seed: number): number {
    const bench = clocked();
    bench.write(CRC + 8, ctrl);
    bench.write(CRC + 4, poly);
    bench.write(CRC + 8, ctrl | 0x02000000);
    bench.write(CRC, seed);
    bench.write(CRC + 8, ctrl);
    for (const byte of text) bench.write(CRC, byte, 1);
    return bench.read(CRC);
  }

  it("computes CRC-16/CCITT-FALSE of 123456789 as 0x29B1", () => {
    expect(crc(0, 0x1021, 0xffff) & 0xffff).toBe(0x29b1);
  });

  it("computes CRC-32 of 123456789 as 0xCBF43926", () => {
    expect(crc(0x65000000, 0x04c11db7, 0xffffffff)).toBe(0xcbf43926);
  });

  it("computes CRC-32/MPEG-2 of 123456789 as 0x0376E6E7", () => {
    expect(crc(0x01000000, 0x04c11db7, 0xffffffff)).toBe(0x0376e6e7);
  });

  it("processes a word as four bytes, most significant first", () => {
    const bench = clocked();
    bench.write(CRC + 8, 0x01000000);
    bench.write(CRC + 4, 0x04c11db7);
    bench.write(CRC, 0x31323334);
    const other = clocked();
    other.write(CRC + 8, 0x01000000);
    other.write(CRC + 4, 0x04c11db7);
    for (const byte of [0x31, 0x32, 0x33, 0x34]) other.write(CRC, byte, 1);
    expect(bench.read(CRC)).toBe(other.read(CRC));
  });
});

describe("UART0", () => {
  function transmitter() {
    const sent: number[] = [];
    const bench = clocked((bytes) => sent.push(...bytes));
    // 115200 baud on 20.97 MHz: SBR 11, BRFA 12.
    bench.write(UART0, 0, 1);
    bench.write(UART0 + 1, 11, 1);
    bench.write(UART0 + 0xa, 12, 1);
    bench.write(UART0 + 3, 0x0c, 1);
    return { bench, sent };
  }
  /** Ten bits of 16 x (11 + 12/32) clocks of 20,971,520 Hz. */
  const FRAME = Math.round((10 * 16 * (11 + 12 / 32) * SECOND) / 20_971_520);

  it("sends a byte in one frame time", () => {
    const { bench, sent } = transmitter();
    bench.write(UART0 + 7, 0x41, 1);
    bench.wait(FRAME - 1);
    expect(sent).toEqual([]);
    expect(bench.read(UART0 + 4, 1)).toBe(0x80);
    bench.wait(1);
    expect(sent).toEqual([0x41]);
    expect(bench.read(UART0 + 4, 1)).toBe(0xc0);
  });

  it("buffers one byte behind the shift register and sends both one after the other", () => {
    const { bench, sent } = transmitter();
    bench.write(UART0 + 7, 0x41, 1);
    bench.write(UART0 + 7, 0x42, 1);
    expect(bench.read(UART0 + 4, 1) & 0xc0).toBe(0);
    bench.wait(2 * FRAME);
    expect(sent).toEqual([0x41, 0x42]);
  });

  it("sets RDRF on reception, and OR when a second byte arrives before the first is read", () => {
    const { bench } = transmitter();
    bench.chip.receiveUart(Uint8Array.of(0x61, 0x62));
    bench.wait(FRAME);
    expect(bench.read(UART0 + 4, 1) & 0x28).toBe(0x20);
    bench.wait(FRAME);
    expect(bench.read(UART0 + 4, 1) & 0x28).toBe(0x28);
    expect(bench.read(UART0 + 7, 1)).toBe(0x61);
    expect(bench.read(UART0 + 4, 1) & 0x28).toBe(0);
  });
});

describe("GPIO", () => {
  it("sets, clears and toggles outputs and shows them in PDIR", () => {
    const bench = clocked();
    bench.write(GPIOA + 0x14, 0x0f);
    bench.write(GPIOA + 0x04, 0xff);
    bench.write(GPIOA + 0x08, 0x01);
    bench.write(GPIOA + 0x0c, 0x03);
    expect([bench.read(GPIOA), bench.read(GPIOA + 0x10), bench.read(GPIOA + 0x0c)]).toEqual([0xfd, 0x0d, 0]);
  });
});

describe("register bank", () => {
  it("reads back the word that any series of byte writes makes", () => {
    const bench = lab();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(255)), { maxLength: 8 }), (writes) => {
        bench.write(0x40048034, 0);
        const bytes = [0, 0, 0, 0];
        for (const [byteLane, value] of writes) {
          bench.write(0x40048034 + byteLane, value, 1);
          bytes[byteLane] = value;
        }
        expect(bench.read(0x40048034)).toBe(bytes.reduceRight((word, byte) => word * 256 + byte, 0));
      }),
    );
  });
});

describe("WDOG", () => {
  const BUS_HZ = 20_971_520;
  const CLOCK = SECOND / BUS_HZ;

  function dog() {
    const timeline = new Timeline();
    let bites = 0;
    const wdog = new Wdog(timeline, { busHz: () => BUS_HZ, bite: () => bites++ });
    wdog.reset();
    const wait = (time: number) => timeline.catchUp(timeline.now + time);
    const unlock = (clocks: number) => {
      wdog.write(0x0e, 2, 0xc520);
      wait(clocks * CLOCK);
      wdog.write(0x0e, 2, 0xd928);
    };
    return { wdog, wait, unlock, bites: () => bites };
  }
  const TIMEOUT = (5_000_012 * 5 * SECOND) / BUS_HZ;

  it("resets the chip 5,000,012 counts of five bus clocks after reset while the core runs", () => {
    const { wdog, wait, bites } = dog();
    wdog.setCounting(true);
    wait(TIMEOUT - MILLISECOND);
    expect(bites()).toBe(0);
    wait(MILLISECOND + 1);
    expect(bites()).toBe(1);
  });

  it("does not count in debug halt", () => {
    const { wdog, wait, bites } = dog();
    wdog.setCounting(true);
    wait(TIMEOUT / 2);
    wdog.setCounting(false);
    wait(10 * SECOND);
    wdog.setCounting(true);
    wait(TIMEOUT / 2 - MILLISECOND);
    expect(bites()).toBe(0);
    wait(2 * MILLISECOND);
    expect(bites()).toBe(1);
  });

  it("is disabled by both keys within 20 bus clocks and a write within the next 256", () => {
    const { wdog, wait, unlock, bites } = dog();
    wdog.setCounting(true);
    unlock(20);
    wdog.write(0x00, 2, 0x01d2);
    wait(10 * SECOND);
    expect([bites(), wdog.read(0x00, 2)]).toEqual([0, 0x01d2]);
  });

  it.each<[string, (d: ReturnType<typeof dog>) => void]>([
    ["a wrong value", ({ wdog }) => wdog.write(0x0e, 2, 0x1111)],
    ["the second key alone", ({ wdog }) => wdog.write(0x0e, 2, 0xd928)],
    ["keys too far apart: two SWD writes are", ({ unlock }) => unlock(21)],
    [
      "a window that closes with nothing configured",
      ({ unlock, wait }) => {
        unlock(1);
        wait(257 * CLOCK);
      },
    ],
  ])("resets the chip at once for %s", (_, act) => {
    const d = dog();
    act(d);
    expect(d.bites()).toBe(1);
  });

  it("ignores register writes outside the update window", () => {
    const { wdog } = dog();
    wdog.write(0x00, 2, 0x01d2);
    expect(wdog.read(0x00, 2)).toBe(0x01d3);
  });

  it("is refreshed by 0xA602 and 0xB480 within 20 bus clocks", () => {
    const { wdog, wait, bites } = dog();
    wdog.setCounting(true);
    wait(TIMEOUT - MILLISECOND);
    wdog.write(0x0c, 2, 0xa602);
    wdog.write(0x0c, 2, 0xb480);
    wait(TIMEOUT - MILLISECOND);
    expect(bites()).toBe(0);
  });
});
