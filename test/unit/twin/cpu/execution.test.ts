import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BUS_FAULT } from "../../../../src/twin/cpu/seam.ts";
import { DEMCR, DFSR, DHCSR, KEY, type TestBoard, testBoard } from "./test-board.ts";

/** Behind the 102 vectors. */
const START = 0x200;
const HANDLERS = 0x300;
const STACK = 0x20008000;

/** Vectors, code, and one handler for every exception. */
function burn(board: TestBoard, code: readonly number[], handler: readonly number[] = [0xe7fe]): TestBoard {
  const view = new DataView(board.flash.buffer);
  view.setUint32(0, STACK, true);
  for (let n = 1; n < 102; n++) view.setUint32(4 * n, (n === 1 ? START : HANDLERS) | 1, true);
  code.forEach((halfword, n) => void view.setUint16(START + 2 * n, halfword, true));
  handler.forEach((halfword, n) => void view.setUint16(HANDLERS + 2 * n, halfword, true));
  return board;
}

/** A board halted in front of its code. */
const loaded = (code: readonly number[], handler?: readonly number[]): TestBoard => {
  const board = testBoard();
  burn(board, code, handler);
  board.cpu.powerOn();
  board.write(DHCSR, KEY | 1);
  board.write(DEMCR, 0x01000001);
  board.cpu.leaveReset();
  return board;
};

const go = (board: TestBoard, cycles = 1000): TestBoard => {
  board.write(DHCSR, KEY | 1);
  board.cpu.run(cycles);
  return board;
};

const step = (board: TestBoard, maskInterrupts = false): void => {
  board.write(DHCSR, KEY | (maskInterrupts ? 0xd : 5));
  board.cpu.run(100);
};

const BKPT = 0xbe00;
const LOOP = 0xe7fe;
const NOP = 0xbf00;

/** movs r0, #5; adds r0, #1; bkpt */
const COUNTING = [0x2005, 0x3001, BKPT];

describe("core released from reset", () => {
  it("runs from its reset vector", () => {
    const board = go(loaded(COUNTING));
    expect(board.register(0)).toBe(6);
    expect(board.register(13)).toBe(STACK);
  });

  it("locks up on blank flash and notifies the chip once", () => {
    const board = testBoard();
    board.start();
    expect(board.cpu.run(10_000)).toBeLessThan(200);
    expect(board.cpu.state).toBe("lockup");
    expect(board.resets).toEqual(["lockup"]);
    expect(board.cpu.run(1000)).toBe(0);
  });

  it("restarts when an instruction resets the chip", () => {
    const onReset = (cpu: TestBoard["cpu"]) => {
      cpu.enterReset();
      cpu.leaveReset();
    };
    // movs r3, #9; ldr r1, =AIRCR; ldr r0, =05FA0004; stmia r1!, {r0}; b .; nop
    const board = burn(testBoard({ onReset }), [
      0x2309,
      0x4902,
      0x4802,
      0xc101,
      LOOP,
      NOP,
      0xed0c,
      0xe000,
      0x0004,
      0x05fa,
    ]);
    board.start();
    const used = board.cpu.run(100);
    expect(board.resets).toEqual(["system"]);
    expect(used).toBeLessThan(20);
    expect(board.cpu.cycles).toBe(used);
    board.write(DHCSR, KEY | 3);
    expect([board.register(3), board.register(15)]).toEqual([0, START]);
  });
});

describe("BKPT", () => {
  it("halts a core under halting debug at its own address", () => {
    const board = go(loaded(COUNTING));
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(START + 4);
    expect(board.read(DFSR) & 2).toBe(2);
  });

  it("halts in an IT block even where its condition fails", () => {
    // cmp r0, r0; it ne; bkpt
    const board = go(loaded([0x4280, 0xbf18, BKPT]));
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(START + 4);
  });

  it("is a HardFault without a debugger", () => {
    const board = burn(testBoard(), COUNTING);
    board.start();
    board.cpu.run(100);
    expect(board.read(0xe000ed2c)).toBe(0x80000000);
    expect(board.read(0xe000ed04) & 0x1ff).toBe(3);
  });
});

describe("FPB comparator", () => {
  it.each([
    ["0b01", "lower", START],
    ["0b10", "upper", START + 2],
    ["0b11", "lower", START],
  ] as const)("halts with REPLACE %s before the %s halfword", (replace, _, at) => {
    const board = loaded([0x2005, 0x3001, 0x3001, BKPT]);
    board.write(0xe0002000, 3);
    board.write(0xe0002008, ((Number(replace) << 30) | (at & ~3) | 1) >>> 0);
    go(board);
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(at);
  });

  it("takes effect at its new address when the code is already decoded", () => {
    const board = loaded([0x3001, 0x3001, 0xe7fc]);
    go(board, 50);
    board.write(DHCSR, KEY | 3);
    board.write(0xe0002000, 3);
    board.write(0xe0002008, (0x80000000 | START | 1) >>> 0);
    go(board, 50);
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(START + 2);
  });

  it("reports remapping as unsupported", () => {
    const board = loaded(COUNTING);
    board.write(0xe0002000, 3);
    board.write(0xe0002008, START | 1);
    go(board);
    expect(board.unknown).toEqual([0x2005]);
    expect(board.cpu.state).toBe("lockup");
  });
});

describe("stepping", () => {
  it("executes one instruction", () => {
    const board = loaded(COUNTING);
    step(board);
    expect([board.register(0), board.register(15)]).toEqual([5, START + 2]);
    expect(board.read(DFSR) & 1).toBe(1);
  });

  it("ends at the handler's first instruction when stepping over SVC", () => {
    const board = loaded([0xdf00, BKPT]);
    step(board);
    expect(board.register(15)).toBe(HANDLERS);
    expect(board.register(16) & 0x1ff).toBe(11);
  });

  it("leaves interrupts pending with C_MASKINTS", () => {
    const board = loaded(COUNTING);
    board.write(0xe000e100, 1);
    board.cpu.setInterrupt(0, true);
    step(board, true);
    expect(board.register(15)).toBe(START + 2);
    step(board);
    expect(board.register(15)).toBe(HANDLERS);
  });
});

describe("watchpoint", () => {
  it("halts after the store that it watches", () => {
    // movs r0, #7; ldr r1, [pc, #4]; str r0, [r1]; nop; b .; nop; .word 0x20000010
    const board = loaded([0x2007, 0x4901, 0x6008, NOP, 0x0010, 0x2000]);
    board.write(0xe0001020, 0x20000010);
    board.write(0xe0001028, 6);
    go(board);
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(START + 6);
    expect(board.read(DFSR) & 4).toBe(4);
    expect(board.read(0xe0001028)).toBe(0x01000006);
    expect(board.read(0xe0001028)).toBe(6);
  });
});

describe("CYCCNT", () => {
  it("counts core cycles while DWT_CTRL and TRCENA enable it", () => {
    const board = loaded([LOOP]);
    board.write(0xe0001000, 0x40000001);
    const before = board.cpu.cycles;
    go(board, 500);
    board.write(DHCSR, KEY | 3);
    expect(board.read(0xe0001004)).toBe(board.cpu.cycles - before);
  });
});

describe("DEMCR vector catch", () => {
  it("halts at the first instruction of a caught HardFault", () => {
    const board = loaded([0xde00]);
    board.write(DEMCR, 0x01000400);
    go(board);
    expect(board.cpu.state).toBe("halted");
    expect(board.register(15)).toBe(HANDLERS);
    expect(board.read(DFSR) & 8).toBe(8);
    expect(board.read(0xe000ed28)).toBe(0x10000);
  });
});

describe("core in WFI", () => {
  /** wfi; adds r0, #1; b wfi — handler: adds r4, #1; bx lr */
  const sleeper = () => loaded([0xbf30, 0x3001, 0xe7fc], [0x3401, 0x4770]);

  it("passes time in one step", () => {
    const board = go(sleeper(), 1_000_000_000);
    expect(board.cpu.state).toBe("sleeping");
    expect(board.cpu.cycles).toBe(1_000_000_000);
  });

  it("wakes for an interrupt that is pending again while its line stays high", () => {
    const board = sleeper();
    board.setRegister(4, 0);
    go(board, 100);
    board.write(0xe000e100, 1);
    board.cpu.setInterrupt(0, true);
    board.cpu.run(200);
    board.cpu.setInterrupt(0, false);
    board.cpu.run(200);
    expect(board.cpu.state).toBe("sleeping");
    board.write(DHCSR, KEY | 3);
    expect(board.register(4)).toBeGreaterThan(3);
  });

  it("wakes for SysTick once per period", () => {
    const board = sleeper();
    board.setRegister(4, 0);
    board.write(0xe000e014, 999);
    board.write(0xe000e018, 0);
    board.write(0xe000e010, 7);
    go(board, 10_500);
    board.write(DHCSR, KEY | 3);
    expect(board.register(4)).toBe(10);
    // COUNTFLAG stays where a debugger reads it.
    expect(board.read(0xe000e010) >>> 16).toBe(1);
    expect(board.read(0xe000e010) >>> 16).toBe(1);
    board.write(0xe000e018, 0);
    expect(board.read(0xe000e010) >>> 16).toBe(0);
  });
});

describe("loads and stores", () => {
  it("reach single bits through the bit-band alias", () => {
    // movs r0, #1; str r0, [r1]; ldr r2, [r1]; ldr r3, [r4]; bkpt
    const board = loaded([0x2001, 0x6008, 0x680a, 0x6823, BKPT]);
    board.ram[0x101] = 0x40;
    board.setRegister(1, 0x22000000 + 0x101 * 32 + 3 * 4);
    board.setRegister(4, 0x22000000 + 0x101 * 32 + 6 * 4);
    go(board);
    expect(board.ram[0x101]).toBe(0x48);
    expect([board.register(2), board.register(3)]).toEqual([1, 1]);
  });

  it("go to the bus by size and cycle for everything that is not memory", () => {
    const seen: string[] = [];
    const bus = {
      read: (address: number, size: number) => {
        seen.push(`${address.toString(16)}/${size}@${board.cpu.cycles}`);
        return 0x80;
      },
    };
    const board: TestBoard = testBoard({ bus });
    // ldrb r0, [r1]; ldrh r0, [r1]; ldr r0, [r1]; bkpt
    burn(board, [0x7808, 0x8808, 0x6808, BKPT]);
    board.cpu.powerOn();
    board.write(DHCSR, KEY | 1);
    board.write(DEMCR, 1);
    board.cpu.leaveReset();
    board.setRegister(1, 0x40020000);
    go(board);
    expect(seen).toEqual(["40020000/1@2", "40020000/2@4", "40020000/4@6"]);
    expect(board.register(0)).toBe(0x80);
  });

  it("fault with the address that the bus refuses", () => {
    const board = loaded([0x6808, BKPT]);
    board.setRegister(1, 0x40020000);
    board.write(0xe000ed24, 0x20000);
    go(board);
    board.write(DHCSR, KEY | 3);
    expect(board.read(0xe000ed28)).toBe(0x8200);
    expect(board.read(0xe000ed38)).toBe(0x40020000);
    expect(board.register(16) & 0x1ff).toBe(5);
  });
});

describe("decoded instructions", () => {
  it("follow a store into the code", () => {
    // strh r0, [r1]; nop (becomes adds r2, #1); bkpt
    const board = testBoard();
    burn(board, [LOOP]);
    const view = new DataView(board.ram.buffer);
    [0x3201, 0x8008, 0xe7fc].forEach((halfword, n) => void view.setUint16(0x100 + 2 * n, halfword, true));
    board.cpu.powerOn();
    board.write(DHCSR, KEY | 1);
    board.write(DEMCR, 1);
    board.cpu.leaveReset();
    board.setRegister(15, 0x20000100);
    board.setRegister(0, BKPT);
    board.setRegister(1, 0x20000100);
    board.setRegister(2, 0);
    go(board);
    expect(board.register(15)).toBe(0x20000100);
    expect(board.register(2)).toBe(1);
  });

  it("follow a debugger write that is announced", () => {
    const board = go(loaded([0x3001, 0xe7fd]), 100);
    new DataView(board.flash.buffer).setUint16(START, BKPT, true);
    board.cpu.invalidate(START, 2);
    board.cpu.run(100);
    expect(board.cpu.state).toBe("halted");
  });

  it("are not used while their memory is closed", () => {
    const flash = new Uint8Array(0x400);
    const memory = { base: 0, bytes: flash, writable: false, direct: true };
    const board = testBoard({ bus: { memories: [memory], read: () => BUS_FAULT } });
    new DataView(flash.buffer).setUint32(4, 0x101, true);
    new DataView(flash.buffer).setUint16(0x100, LOOP, true);
    board.start();
    board.cpu.run(100);
    memory.direct = false;
    board.cpu.run(100);
    expect(board.cpu.state).toBe("lockup");
  });
});

describe("VFMA", () => {
  it("rounds once where a double precision sum would round twice", () => {
    // vfma.f32 s0, s1, s2: s1 = s2 = 1 + 2^-12, s0 = 2^-60; the product lies midway between two singles.
    const board = loaded([0xeea0, 0x0a81, BKPT]);
    board.write(0xe000ed88, 0x00f00000);
    board.setRegister(64, 0x21800000);
    board.setRegister(65, 0x3f800800);
    board.setRegister(66, 0x3f800800);
    go(board);
    expect(board.register(64)).toBe(0x3f801001);
    expect(board.register(33) & 0x10).toBe(0x10);
  });
});

describe("restored core", () => {
  /** A loop that counts, stores, and is interrupted by SysTick: adds r0, #1; str r0, [r1]; cmp r0, r2; b back. */
  const busy = (): TestBoard => {
    const board = loaded([0x3001, 0x6008, 0x4290, 0xbf08, 0x2000, 0xe7f9], [0x3401, 0x600c, 0x4770]);
    board.setRegister(0, 0);
    board.setRegister(1, 0x20000100);
    board.setRegister(2, 77);
    board.setRegister(4, 0);
    board.write(0xe000e014, 123);
    board.write(0xe000e010, 3);
    board.write(DHCSR, KEY | 1);
    return board;
  };

  it("continues as if it had not been stopped", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 3000 }), (first, second) => {
        const whole = busy();
        while (whole.cpu.cycles < first + second) whole.cpu.run(first + second - whole.cpu.cycles);
        const half = busy();
        half.cpu.run(first);
        const other = burn(testBoard(), []);
        other.flash.set(half.flash);
        other.ram.set(half.ram);
        other.cpu.restore(half.cpu.save());
        while (other.cpu.cycles < first + second) other.cpu.run(first + second - other.cpu.cycles);
        expect(Buffer.compare(other.cpu.save(), whole.cpu.save())).toBe(0);
        expect(Buffer.compare(other.ram, whole.ram)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});
