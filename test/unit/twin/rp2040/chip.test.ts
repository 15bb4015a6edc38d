import { describe, expect, it } from "vitest";
import { MICROSECOND, MILLISECOND } from "../../../../src/base/clock.ts";
import { createRp2040 } from "../../../../src/twin/families/rp2040/rp2040-chip.ts";

const DHCSR = 0xe000edf0;

function powered() {
  const chip = createRp2040({ flash: "zero", locked: false, seed: 1 });
  chip.powerOn(0);
  chip.advance(MILLISECOND);
  let now = MILLISECOND;
  const pass = (us: number) => {
    now += us * MICROSECOND;
    chip.advance(now);
  };
  const write = (core: 0 | 1, address: number, value: number) => {
    chip.aps[core].write(0x04, address);
    chip.aps[core].write(0x0c, value >>> 0);
  };
  const read = (core: 0 | 1, address: number) => {
    chip.aps[core].write(0x04, address);
    return chip.aps[core].read(0x0c);
  };
  return { chip, pass, write, read };
}

describe("the RP2040's debug ports", () => {
  it("are core 0, core 1 and the rescue port, which has no access port", () => {
    const { chip } = powered();
    expect(chip.debugPorts.map(({ identity }) => identity.instance)).toEqual([0, 1, 0xf]);
    expect(chip.debugPorts.map((port) => port.accessPort(0)?.read(0xfc))).toEqual([0x04770031, 0x04770031, undefined]);
  });

  it("show each core its own number, and both the same memory", () => {
    const { write, read } = powered();
    expect([read(0, 0xd0000000), read(1, 0xd0000000)]).toEqual([0, 1]);
    write(0, 0x20001000, 0x12345678);
    expect(read(1, 0x20001000)).toBe(0x12345678);
  });

  it("halt one core and leave the other alone", () => {
    const { chip, write } = powered();
    write(0, DHCSR, 0xa05f0003);
    expect(chip.cores.map(({ cpu }) => cpu.state === "halted")).toEqual([true, false]);
  });

  it("restart the chip by the rescue port's power request, with a flag that the boot ROM clears before it stops", () => {
    const { chip, pass, read } = powered();
    const [, , rescue] = chip.debugPorts;
    rescue.debugPowerRequested?.(true);
    expect(chip.inReset).toBe(true);
    rescue.debugPowerRequested?.(false);
    expect(read(0, 0x40064008)).toBe(0x01100000);
    pass(1000);
    expect([chip.inReset, read(0, 0x40064008)]).toEqual([false, 0x00100000]);
    // Stopped before the flash is looked at: its pins are in reset still.
    expect(Number(read(0, 0x4000c000)) & 0x240).toBe(0x240);
  });
});

describe("the RP2040's atomic register aliases", () => {
  it("flip, set and clear bits, and a narrow write reaches every byte lane", () => {
    const { chip, write, read } = powered();
    const scratch = 0x40058020;
    write(0, scratch, 0x0f0f0f0f);
    write(0, scratch + 0x1000, 0xff);
    expect(read(0, scratch)).toBe(0x0f0f0ff0);
    write(0, scratch + 0x2000, 0x0f);
    expect(read(0, scratch)).toBe(0x0f0f0fff);
    write(0, scratch + 0x3000, 0x0f0f0000);
    expect(read(0, scratch)).toBe(0x0fff);
    chip.aps[0].write(0x00, 0x22000000);
    write(0, scratch, 0x5a);
    chip.aps[0].write(0x00, 0x22000002);
    expect(read(0, scratch)).toBe(0x5a5a5a5a);
  });
});

describe("the RP2040's divider, locks and FIFO", () => {
  it("divide with the results of the data sheet for zero, and signed", () => {
    const { write, read } = powered();
    write(0, 0xd0000068, -7);
    write(0, 0xd000006c, 2);
    expect([Number(read(0, 0xd0000070)) | 0, Number(read(0, 0xd0000074)) | 0]).toEqual([-3, -1]);
    write(0, 0xd0000060, 9);
    write(0, 0xd0000064, 0);
    expect([read(0, 0xd0000070), read(0, 0xd0000074)]).toEqual([0xffffffff, 9]);
  });

  it("give a spinlock to one claimer until it is released", () => {
    const { write, read } = powered();
    expect([read(0, 0xd0000104), read(1, 0xd0000104)]).toEqual([2, 0]);
    write(0, 0xd0000104, 1);
    expect(read(1, 0xd0000104)).toBe(2);
  });
});

describe("the RP2040's state", () => {
  it("is the same after it was saved and restored", () => {
    const { chip, pass, read } = powered();
    pass(20_000);
    const again = createRp2040({ flash: "zero", locked: false, seed: 1 });
    again.restore(chip.save(), 0);
    expect(again.cores.map(({ cpu }) => cpu.state)).toEqual(chip.cores.map(({ cpu }) => cpu.state));
    again.aps[0].write(0x04, 0x40000000);
    expect(again.aps[0].read(0x0c)).toBe(read(0, 0x40000000));
  });

  it("keeps what the SIO drives", () => {
    const { chip, write } = powered();
    write(0, 0xd0000010, 0x02000000);
    write(0, 0xd0000020, 0x02000001);
    const again = createRp2040({ flash: "zero", locked: false, seed: 1 });
    again.restore(chip.save(), 0);
    const read = (address: number) => {
      again.aps[0].write(0x04, address);
      return again.aps[0].read(0x0c);
    };
    expect([read(0xd0000010), read(0xd0000020)]).toEqual([0x02000000, 0x02000001]);
  });
});

describe("an RP2040's state of the first version", () => {
  it("is restored; USB and the pins, which it lacks, come as after a reset", () => {
    const { chip, write } = powered();
    write(0, 0xd0000010, 0x02000000);
    const parts = new Map(chip.save());
    const older = (text: string) =>
      JSON.stringify(JSON.parse(text), (name, value) =>
        /^USB(CTRL|_DPRAM)$/.test(name) || name === "out" || name === "enabled" ? undefined : value,
      );
    for (const [name, bytes] of parts) {
      const text = new TextDecoder().decode(bytes);
      if (text.startsWith("{")) parts.set(name, new TextEncoder().encode(older(text)));
    }
    const again = createRp2040({ flash: "zero", locked: false, seed: 1 });
    again.restore(parts, 0);
    again.aps[0].write(0x04, 0xd0000010);
    expect(again.aps[0].read(0x0c)).toBe(0);
  });
});

describe("the RP2040's USB controller", () => {
  const SIE_CTRL = 0x5011004c;
  const RESET_CLEAR = 0x4000f000;

  it("reads 0 and ignores writes while RESETS holds it", () => {
    const { read, write } = powered();
    write(0, SIE_CTRL, 0x40000);
    write(0, 0x50100000, 0x1234);
    expect([read(0, SIE_CTRL), read(0, 0x50100000)]).toEqual([0, 0]);
    write(0, RESET_CLEAR, 1 << 24);
    expect([read(0, SIE_CTRL), read(0, 0x50100000)]).toEqual([0, 0]);
  });

  it("keeps registers and memory once it is released, and no event ever comes", () => {
    const { read, write } = powered();
    write(0, RESET_CLEAR, 1 << 24);
    write(0, SIE_CTRL + 0x2000, 0x40000);
    write(0, 0x50100ffc, 0x89abcdef);
    write(0, 0x50110090, 0x1f);
    expect([SIE_CTRL, 0x50100ffc, 0x50110050, 0x50110098].map((at) => read(0, at))).toEqual([
      0x40000, 0x89abcdef, 0, 0,
    ]);
  });

  it("shows a forced interrupt that is enabled", () => {
    const { read, write } = powered();
    write(0, RESET_CLEAR, 1 << 24);
    write(0, 0x50110094, 0x10);
    expect(read(0, 0x50110098)).toBe(0);
    write(0, 0x50110090, 0x30);
    expect(read(0, 0x50110098)).toBe(0x10);
  });
});

describe("the RP2040's boot ROM", () => {
  /** The address in a row of the table of data, as programs look it up (data sheet 2.8.3). */
  function found(read: (address: number) => number, tag: string): number | undefined {
    const half = (at: number) => (read(at & ~3) >>> (8 * (at & 2))) & 0xffff;
    const wanted = tag.charCodeAt(0) | (tag.charCodeAt(1) << 8);
    for (let at = half(0x16); half(at) !== 0; at += 4) if (half(at) === wanted) return half(at + 2);
    return undefined;
  }

  it.each(["SF", "SD"])("has a table %s of 32 words whose every entry stops at an undefined instruction", (tag) => {
    const { read } = powered();
    const word = (address: number) => Number(read(0, address));
    const table = found(word, tag) ?? 0;
    expect((word(table - 4) >>> 16) & 0xff).toBe(32);
    const entries = Array.from({ length: 32 }, (_, n) => word(table + 4 * n));
    expect(new Set(entries).size).toBe(1);
    const code = entries[0] & ~1;
    expect((word(code & ~3) >>> (8 * (code & 2))) & 0xffff).toBe(0xde00);
  });
});
