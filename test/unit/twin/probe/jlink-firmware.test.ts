import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JlinkFirmware } from "../../../../src/twin/probe/jlink/jlink-firmware.ts";
import { TCP_FREE_MEMORY } from "../../../../src/twin/probe/jlink/jlink-identity.ts";
import type { TargetWire, WireShift } from "../../../../src/twin/probe/probe-model.ts";
import { SwdDp } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { shiftThrough } from "../../../../src/twin/chip/debug/swd-shift.ts";
import { CORTEX_M4_DP, FakeAp } from "./wire.ts";

const MS = 1e9;

/** A target cable with a debug port at its end and a note of what happened to the reset line. */
class FakeWire implements TargetWire {
  readonly dp = new SwdDp(new FakeAp(), CORTEX_M4_DP);
  readonly shifts: { at: number; bits: number; clockHz: number }[] = [];
  readonly resets: { level: 0 | 1; at: number }[] = [];

  shift(shift: WireShift): void {
    this.shifts.push({ at: shift.at, bits: shift.bits, clockHz: shift.clockHz });
    shiftThrough(this.dp, shift);
  }

  setReset(level: 0 | 1, at: number): void {
    this.resets.push({ level, at });
  }

  resetLevel(): 0 | 1 {
    return this.resets.at(-1)?.level ?? 1;
  }

  vtrefMv(): number {
    return 3314;
  }
}

const bytes = (hex: string) =>
  Uint8Array.from(hex.replaceAll(" ", "").match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const hex = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");

function firmware(options?: { freeMemory: number }) {
  const wire = new FakeWire();
  const model = new JlinkFirmware(wire, options);
  return { wire, model, ask: (request: string) => hex(model.feed(bytes(request))) };
}

/** HW_JTAG3 with SWD selected. */
function stream(direction: string, out: string, bits: number): string {
  const count = [bits & 0xff, bits >> 8].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `cf00${count}${direction}${out}`;
}

/** Where the probe let go of the line, as bits: the rest of an answer is the echo of what it drove. */
function released(direction: string, data: string): string {
  const [dir, seen] = [bytes(direction), bytes(data)];
  return hex(seen.map((byte, i) => byte & ~(dir[i] ?? 0xff)));
}

/**
 * What OpenOCD 0.12 (libjaylink 0.3.1) was seen to say to a simulated J-Link over TCP, without the 0x07 before each
 * command. The answers differ from that recording where this probe is another one: version text, hardware version,
 * capabilities (no FILE_IO, no Ethernet, no EMUCOM), VTref, licences in the configuration, base clock.
 */
describe("J-Link V9 firmware in OpenOCD's session", () => {
  const probe = firmware({ freeMemory: TCP_FREE_MEMORY });
  const { ask } = probe;

  it("answers GET_VERSION with its version line", () => {
    const version = probe.model.feed(bytes("01"));
    expect(version.length).toBe(2 + 112);
    expect(hex(version.subarray(0, 2))).toBe("7000");
    expect(new TextDecoder().decode(version.subarray(2)).replace(/\0+$/, "")).toBe(
      "J-Link V9 compiled May  7 2021 16:26:12",
    );
    expect(ask("f0")).toBe("486b0100");
  });

  it("answers GET_CAPS_EX with a superset of GET_CAPS", () => {
    expect(ask("e8")).toBe("3b3aaa88");
    expect(ask("ed")).toBe(`3b3aaa8801${"00".repeat(27)}`);
  });

  it("answers free memory and configuration", () => {
    expect(ask("d4")).toBe("0a080000");
    const config = ask("f2");
    expect(config.slice(0, 256)).toBe("ff".repeat(128));
    expect(config.slice(256, 264)).toBe("47444200");
    expect(config.length).toBe(512);
  });

  it("answers GET_STATE with supply and pins", () => {
    expect(ask("07")).toBe("f20c000000010101");
  });

  it("registers a connection", () => {
    const table = ask(`0964${"00".repeat(12)}`);
    expect(table.length).toBe(2 * 76);
    expect(table.slice(0, 16)).toBe("0100010010000000");
    expect(table.slice(32, 40)).toBe("00000100");
  });

  it("answers SELECT_IF with JTAG and SWD, and with the interface before", () => {
    expect(ask("c7ff")).toBe("03000000");
    expect(ask("c701")).toBe("00000000");
    expect(ask("c7fe")).toBe("01000000");
  });

  it("releases both reset lines and sets the speed without a response", () => {
    expect(ask("dd")).toBe("");
    expect(ask("df")).toBe("");
    expect(probe.wire.resets.at(-1)?.level).toBe(1);
    expect(ask("c0")).toBe("008793030400");
    expect(ask("05a00f")).toBe("");
  });

  it("switches to SWD and reads DPIDR in 190 clocks", () => {
    const direction = `${"ff".repeat(18)}00000000c03f`;
    const out = `${"ff".repeat(7)}9ee7${"ff".repeat(7)}00a5000000000000`;
    const answer = ask(stream(direction, out, 190));
    expect(answer.slice(-2)).toBe("00");
    expect(released(direction, answer.slice(0, 48))).toBe(released(direction, `${"00".repeat(18)}b9a3005df13f`));
    expect(answer.slice(0, 28)).toBe(out.slice(0, 28));
    expect(probe.wire.shifts.at(-1)).toMatchObject({ bits: 190, clockHz: 4_000_000 });
  });

  it("writes ABORT in 54 clocks", () => {
    const direction = "ffe0ffffffff3f";
    const answer = ask(stream(direction, "81c00300000000", 54));
    expect(released(direction, answer.slice(0, 14))).toBe(released(direction, "fff9ffffffff3f"));
    expect(answer.slice(-2)).toBe("00");
  });

  it("switches back to JTAG at the end", () => {
    const direction = "ff".repeat(11);
    expect(ask(stream(direction, `${"ff".repeat(7)}3ce7ff00`, 88)).length).toBe(24);
    expect(ask(`0965${"00".repeat(10)}0100`).slice(0, 8)).toBe("01000000");
    const again = `${"ff".repeat(7)}00a50000000000`;
    const silent = ask(stream(`${"ff".repeat(9)}00000000c0`, again.slice(0, 28), 112));
    expect(silent.slice(18, 26)).toBe("ffffffff");
  });
});

describe("J-Link V9 firmware", () => {
  it("has 40,960 bytes of memory on USB and refuses what does not fit elsewhere", () => {
    expect(firmware().ask("d4")).toBe("00a00000");
    const small = firmware({ freeMemory: 143 });
    const bits = 8 * 72;
    expect(small.ask(stream("ff".repeat(72), "00".repeat(72), bits)).slice(-2)).toBe("06");
    expect(small.wire.shifts).toEqual([]);
    expect(small.ask(stream("ff".repeat(71), "00".repeat(71), 8 * 71)).slice(-2)).toBe("00");
  });

  it("keeps HW_JTAG_WRITE's status until HW_JTAG_GET_RESULT", () => {
    const { ask } = firmware({ freeMemory: 143 });
    expect(ask(`d500${"4002"}${"ff".repeat(144)}`)).toBe("");
    expect(ask("d50008000000")).toBe("");
    expect(ask("d6")).toBe("06");
    expect(ask("d6")).toBe("00");
  });

  it("answers HW_JTAG2 without a status", () => {
    expect(firmware().ask("c701 ce000800ffa5")).toBe("00000000a5");
  });

  it("clocks at the base clock over a whole divider", () => {
    const { ask, wire } = firmware();
    const hzAfter = (command: string) => {
      ask(`${command} cf0001000000`);
      return wire.shifts.at(-1)?.clockHz;
    };
    expect(hzAfter("c701")).toBe(1_000_000);
    expect(hzAfter("05a00f")).toBe(4_000_000);
    expect(hzAfter("05e02e")).toBe(12_000_000);
    expect(hzAfter("05a861")).toBe(15_000_000);
    expect(hzAfter("058c0a")).toBe(60_000_000 / 23);
    expect(hzAfter("050000")).toBe(60_000_000 / 23);
    expect(hzAfter("05ffff")).toBe(15_000_000);
    expect(hzAfter("c700")).toBe(1_000_000);
  });

  it("is busy for as long as it clocks", () => {
    const { model, ask } = firmware();
    ask("c701 05a00f");
    const answers = model.onOut(bytes(stream("ff", "ff", 8)), 5 * MS);
    expect(answers.map((answer) => answer.readyAt)).toEqual([5 * MS + 8 * 250_000]);
    expect(model.busyUntil).toBe(5 * MS + 2_000_000);
  });

  it("pulls the reset line for 2 ms with RESET_TARGET and for as long as HW_RESET0 sets it", () => {
    const { model, wire } = firmware();
    model.onOut(bytes("03"), MS);
    expect(wire.resets).toEqual([
      { level: 0, at: MS },
      { level: 1, at: 3 * MS },
    ]);
    model.onOut(bytes("dc"), 7 * MS);
    expect(wire.resets.at(-1)).toEqual({ level: 0, at: 7 * MS });
    expect(hex(model.feed(bytes("07"))).slice(12, 14)).toBe("00");
  });

  it("moves TMS and TCK one at a time", () => {
    const { ask, wire } = firmware();
    const before = wire.dp.edges;
    expect(ask("da c9 db db da ca db")).toBe("");
    expect(wire.dp.edges - before).toBe(2);
    expect(ask("c8")).toBe("01");
  });

  it("answers one value for each bit of a mask", () => {
    const { ask } = firmware();
    expect(ask("0801 c101008000")).toBe("0100000088130000");
    expect(ask("c203000000").length).toBe(16);
  });

  it("keeps a written configuration", () => {
    const { ask } = firmware();
    const config = `02${"ff".repeat(255)}`;
    expect(ask(`f3${config}`)).toBe("");
    expect(ask("f2")).toBe(config);
  });

  it("answers SWO commands and captures nothing", () => {
    const { ask } = firmware();
    expect(ask("eb65 00")).toBe("00000000");
    expect(ask("eb6e 040100000000 00").slice(0, 24)).toBe("1c0000000000000000879303");
    expect(ask("eb64 040100000000 040240420f00 040400100000 00")).toBe("00000000");
    expect(ask("eb66 040300100000 00")).toBe("0000000000000000");
  });

  it("refuses FILE_IO and EMUCOM in their formats and does not parse their data as commands", () => {
    const { ask, model } = firmware();
    expect(ask("1e66 0301414243 00")).toBe("00000080");
    expect(ask("1e64 0301414243 040200000000 040302000000 00")).toBe("000000000080");
    expect(ask("1e65 0301414243 040303000000 00 010101 d4")).toBe("0000008000a00000");
    expect(ask("ee00 00000000 04000000")).toBe("01000080");
    expect(ask("ee01 00000000 02000000 0101 d6")).toBe("0100008000");
    expect(model.unknown).toEqual([]);
  });

  it("discards what came with an unknown command and reports its byte", () => {
    const { ask, model } = firmware();
    expect(ask("aad4d4")).toBe("");
    expect(ask("d4")).toBe("00a00000");
    expect(model.unknown).toEqual([0xaa]);
  });

  it("accepts commands in pieces of any size", () => {
    const script = `01 e8 c701 05a00f ${stream("ff".repeat(9), "a5".repeat(9), 72)} 07 0964${"00".repeat(12)} d4`;
    const whole = firmware().ask(script);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sizes) => {
        const { model } = firmware();
        const all = bytes(script);
        let answer = "";
        for (let at = 0, i = 0; at < all.length; at += sizes[i++ % sizes.length]) {
          answer += hex(model.feed(all.slice(at, at + sizes[i % sizes.length])));
        }
        expect(answer).toBe(whole);
      }),
      { numRuns: 50 },
    );
  });

  it("does not throw on any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (pieces) => {
        const { model } = firmware();
        for (const piece of pieces) model.feed(piece);
        expect(model.busyUntil).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 200 },
    );
  });
});
