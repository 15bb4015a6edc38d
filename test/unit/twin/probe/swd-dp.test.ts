import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DapFault } from "../../../../src/twin/chip/debug/swd-dp.ts";
import { BitBang, header } from "./wire.ts";

const DPIDR = 0x2ba01477;
const OK = 1;
const WAIT = 2;
const FAULT = 4;
const SILENCE = 7;

const CTRL = { ORUNDETECT: 1, STICKYORUN: 2, STICKYCMP: 16, STICKYERR: 32, READOK: 64, WDATAERR: 128 };
const POWERED = 0xf0000000;

function connected(): BitBang {
  const probe = new BitBang();
  probe.connect();
  return probe;
}

function connectedInOverrunMode(): BitBang {
  const probe = connected();
  probe.write("dp", 4, 0x50000001);
  probe.overrun = true;
  return probe;
}

const status = (probe: BitBang) => probe.read("dp", 4).data;

describe("SW-DP line (ADIv5.2, B4.3)", () => {
  it("does not answer as JTAG until it is switched to SWD", () => {
    const probe = new BitBang();
    probe.lineReset();
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
    probe.toSwd();
    expect(probe.read("dp", 0)).toEqual({ ack: OK, data: DPIDR, parityRight: true });
  });

  it("switches to JTAG with 0xE73C and back to SWD with 0xE79E", () => {
    const probe = connected();
    probe.ones(50);
    probe.out(0xe73c, 16);
    probe.lineReset();
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
    probe.toSwd();
    expect(probe.read("dp", 0).ack).toBe(OK);
  });

  it("accepts a switching sequence only after at least 50 ones", () => {
    const probe = new BitBang();
    probe.ones(49);
    probe.out(0xe79e, 16);
    probe.lineReset();
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
  });

  it.each([
    [49, SILENCE],
    [50, OK],
    [51, OK],
    [200, OK],
  ])("after %i ones answers a DPIDR read with %i", (count, ack) => {
    const probe = connected();
    probe.raw(0xff);
    probe.out(0, 8);
    probe.ones(count);
    probe.out(0, 2);
    expect(probe.read("dp", 0).ack).toBe(ack);
  });

  it("requires two idle clocks after a line reset", () => {
    const probe = connected();
    probe.ones(50);
    probe.out(0, 1);
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
  });

  it.each([
    ["CTRL/STAT read", (probe: BitBang) => probe.read("dp", 4)],
    ["ABORT write", (probe: BitBang) => probe.write("dp", 0, 0x1e)],
    ["AP read", (probe: BitBang) => probe.read("ap", 0)],
  ])("accepts nothing but a DPIDR read after a line reset, not %s", (_, transfer) => {
    const probe = connected();
    probe.lineReset();
    expect(transfer(probe).ack).toBe(SILENCE);
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
    probe.lineReset();
    expect(probe.read("dp", 0).ack).toBe(OK);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])("stops answering until a line reset when request bit %i is flipped", (flipped) => {
    const probe = connected();
    // Without its start bit a request begins later, and by then its stop bit is in the wrong place.
    expect(probe.raw(header("dp", 1, 4) ^ (1 << flipped))).toBe(SILENCE);
    probe.out(0, 32);
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
    probe.lineReset();
    expect(probe.read("dp", 0).ack).toBe(OK);
  });

  it("accepts any number of idle clocks", () => {
    const probe = connected();
    for (let i = 0; i < 40; i++) probe.out(0, 32);
    expect(probe.read("dp", 0).ack).toBe(OK);
  });

  it("resets bank and turnaround at a line reset and keeps power requests and sticky flags", () => {
    const probe = connected();
    probe.write("dp", 8, 1);
    probe.write("dp", 4, 0x200);
    probe.turnround = 3;
    expect(probe.read("dp", 4).data).toBe(0x240);
    probe.write("dp", 0, 0, 1);
    probe.lineReset();
    probe.turnround = 1;
    probe.read("dp", 0);
    expect(status(probe)).toBe(POWERED + CTRL.WDATAERR);
  });
});

describe("SW-DP registers (ADIv5.2, B2.2)", () => {
  it("acknowledges power requests at once", () => {
    const probe = new BitBang();
    probe.toSwd();
    probe.read("dp", 0);
    probe.write("dp", 4, 0x10000000);
    expect(status(probe)).toBe(0x30000000);
    probe.write("dp", 4, 0x50000000);
    expect(status(probe)).toBe(POWERED);
    probe.write("dp", 4, 0);
    expect(status(probe)).toBe(0);
  });

  it.each([1, 2, 3, 4])("has a turnaround of %i clocks when DLCR is set to it", (turnround) => {
    const probe = connected();
    probe.write("dp", 8, 1);
    probe.write("dp", 4, (turnround - 1) << 8);
    probe.turnround = turnround;
    expect(probe.read("dp", 0)).toEqual({ ack: OK, data: DPIDR, parityRight: true });
    probe.write("dp", 8, 0);
    expect(status(probe)).toBe(POWERED);
  });

  it("reads 0 in the banks of later versions", () => {
    const probe = connected();
    for (const bank of [2, 3, 4, 15]) {
      probe.write("dp", 8, bank);
      expect(probe.read("dp", 4).data).toBe(0);
    }
  });

  it("selects AP and bank with SELECT", () => {
    const probe = connected();
    probe.write("dp", 8, 0x000000f0);
    probe.read("ap", 0xc);
    expect(probe.read("dp", 0xc).data).toBe(0x24770011);
    probe.write("dp", 8, 0x030000f0);
    probe.read("ap", 0xc);
    expect(probe.read("dp", 0xc).data).toBe(0);
    expect(probe.ap.log).toEqual(["rfc"]);
  });

  it("posts AP reads: each packet returns the previous word, RDBUFF the last", () => {
    const probe = connected();
    probe.ap.registers.set(0, 0x11111111).set(4, 0x22222222);
    probe.read("ap", 0);
    expect(probe.read("ap", 4).data).toBe(0x11111111);
    expect(probe.read("dp", 0xc).data).toBe(0x22222222);
    expect(probe.ap.log).toEqual(["r0", "r4"]);
  });

  it("sends the last word again for RESEND", () => {
    const probe = connected();
    probe.ap.registers.set(0, 0xcafe0001);
    probe.read("ap", 0);
    probe.read("dp", 0xc);
    expect(probe.read("dp", 8).data).toBe(0xcafe0001);
    expect(probe.ap.log).toEqual(["r0"]);
  });

  it("sets READOK after an AP or RDBUFF read acknowledged with OK", () => {
    const probe = connected();
    expect(status(probe) & CTRL.READOK).toBe(0);
    probe.read("ap", 0);
    expect(status(probe) & CTRL.READOK).toBe(CTRL.READOK);
  });

  it("compares pushed writes by byte lane: verify stops at a difference, compare at a match", () => {
    const probe = connected();
    probe.ap.registers.set(0xc, 0x12345678);
    const push = (mode: number, byteLanes: number, word: number) => {
      probe.write("dp", 0, 0x1e);
      probe.write("dp", 4, 0x50000000 | (mode << 2) | (byteLanes << 8));
      probe.write("ap", 0xc, word);
      return status(probe) & CTRL.STICKYCMP;
    };
    expect(push(1, 0xf, 0x12345678)).toBe(0);
    expect(push(1, 0xf, 0x12345679)).toBe(CTRL.STICKYCMP);
    expect(push(1, 0xe, 0x12345679)).toBe(0);
    expect(push(2, 0xf, 0x12345679)).toBe(0);
    expect(push(2, 0x1, 0x00000078)).toBe(CTRL.STICKYCMP);
    expect(probe.ap.log.filter((entry) => entry.startsWith("w"))).toEqual([]);
  });

  it("faults on an AP access while the debug domain is not powered", () => {
    const probe = new BitBang();
    probe.toSwd();
    probe.read("dp", 0);
    expect(probe.read("ap", 0).ack).toBe(FAULT);
    expect(status(probe)).toBe(CTRL.STICKYERR);
  });
});

describe("SW-DP acknowledge (ADIv5.2, B4.2)", () => {
  it("discards a write with wrong parity and faults until WDERRCLR", () => {
    const probe = connected();
    expect(probe.write("ap", 4, 0x20000000, 1).ack).toBe(OK);
    expect(probe.ap.log).toEqual([]);
    expect(status(probe) & CTRL.WDATAERR).toBe(CTRL.WDATAERR);
    expect(probe.write("ap", 4, 0x20000000).ack).toBe(FAULT);
    probe.write("dp", 0, 0x8);
    expect(probe.write("ap", 4, 0x20000000).ack).toBe(OK);
    expect(probe.ap.log).toEqual(["w4=20000000"]);
  });

  it("answers WAIT while an AP is not ready and repeats nothing", () => {
    const probe = connected();
    probe.ap.mood = "wait";
    expect(probe.read("ap", 0).ack).toBe(WAIT);
    expect(status(probe) & (CTRL.STICKYERR | CTRL.STICKYORUN)).toBe(0);
    probe.ap.mood = "ok";
    expect(probe.read("ap", 0).ack).toBe(OK);
    expect(probe.ap.log).toEqual(["r0"]);
  });

  it("buffers a write that its AP does not accept yet and answers WAIT to the next transfer", () => {
    const probe = connected();
    probe.ap.mood = "wait";
    expect(probe.write("ap", 4, 7).ack).toBe(OK);
    expect(probe.write("ap", 0xc, 8).ack).toBe(WAIT);
    expect(probe.read("dp", 0xc).ack).toBe(WAIT);
    expect(probe.read("dp", 0).ack).toBe(OK);
    probe.ap.mood = "ok";
    expect(probe.write("ap", 0xc, 8).ack).toBe(OK);
    expect(probe.ap.log).toEqual(["w4=7", "wc=8"]);
  });

  it("gives up a pending AP transaction at DAPABORT", () => {
    const probe = connected();
    probe.ap.mood = "wait";
    probe.write("ap", 4, 7);
    probe.write("dp", 0, 1);
    expect(probe.ap.aborts).toBe(1);
    probe.ap.mood = "ok";
    expect(probe.read("ap", 0).ack).toBe(OK);
    expect(probe.ap.log).toEqual(["r0"]);
  });

  it("faults after a failed access until STKERRCLR, except for DPIDR, CTRL/STAT and ABORT", () => {
    const probe = connected();
    probe.ap.mood = "fault";
    expect(probe.read("ap", 0xc).ack).toBe(OK);
    probe.ap.mood = "ok";
    expect(probe.read("dp", 0xc).ack).toBe(FAULT);
    expect(probe.read("ap", 0).ack).toBe(FAULT);
    expect(probe.write("ap", 0, 1).ack).toBe(FAULT);
    expect(probe.write("dp", 8, 0).ack).toBe(FAULT);
    expect(probe.read("dp", 0).ack).toBe(OK);
    expect(status(probe)).toBe(POWERED + CTRL.STICKYERR);
    expect(probe.write("dp", 0, 4).ack).toBe(OK);
    expect(probe.read("ap", 0).ack).toBe(OK);
  });

  it("refuses in 13 clocks without overrun detection", () => {
    const probe = connected();
    probe.ap.mood = "wait";
    const before = probe.dp.edges;
    probe.read("ap", 0);
    expect(probe.dp.edges - before).toBe(13);
    expect(probe.read("dp", 0).data).toBe(DPIDR);
  });

  it.each(["wait", "fault"] as const)("has a data phase for %s with overrun detection and sets STICKYORUN", (mood) => {
    const probe = connectedInOverrunMode();
    if (mood === "fault") probe.write("dp", 0, 0, 1);
    else probe.ap.mood = mood;
    const before = probe.dp.edges;
    expect(probe.read("ap", 0).ack).toBe(mood === "wait" ? WAIT : FAULT);
    expect(probe.dp.edges - before).toBe(46);
    expect(status(probe) & CTRL.STICKYORUN).toBe(CTRL.STICKYORUN);
    probe.ap.mood = "ok";
    expect(probe.write("ap", 4, 1).ack).toBe(FAULT);
    expect(probe.ap.log).toEqual([]);
    probe.write("dp", 0, 0x1e);
    expect(probe.write("ap", 4, 1).ack).toBe(OK);
    expect(status(probe)).toBe(POWERED + CTRL.ORUNDETECT);
  });
});

describe("SW-DP with injected faults", () => {
  const withFault = (fault: DapFault) => {
    let next: DapFault | undefined;
    const probe = new BitBang((exempt) => {
      const struck = exempt ? undefined : next;
      next = undefined;
      return struck;
    });
    probe.connect();
    next = fault;
    return probe;
  };

  it("wait and fault are acknowledged without an AP access", () => {
    expect(withFault("wait").read("ap", 0).ack).toBe(WAIT);
    const probe = withFault("fault");
    expect(probe.write("ap", 0, 1).ack).toBe(FAULT);
    expect(probe.ap.log).toEqual([]);
    expect(status(probe) & CTRL.STICKYERR).toBe(CTRL.STICKYERR);
  });

  it("parity flips a read's parity bit and spoils a write", () => {
    expect(withFault("parity").read("ap", 0).parityRight).toBe(false);
    const probe = withFault("parity");
    probe.write("ap", 0, 1);
    expect(probe.ap.log).toEqual([]);
    expect(status(probe) & CTRL.WDATAERR).toBe(CTRL.WDATAERR);
  });

  it("noack does not answer until a line reset", () => {
    const probe = withFault("noack");
    expect(probe.read("ap", 0).ack).toBe(SILENCE);
    expect(probe.read("dp", 0).ack).toBe(SILENCE);
  });
});

describe("SW-DP with noise", () => {
  it("never throws and always answers a DPIDR read after a line reset", () => {
    const edges = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 1 })), {
      maxLength: 2000,
    });
    fc.assert(
      fc.property(edges, (noise) => {
        const probe = connected();
        for (const [level, driven] of noise) expect([0, 1]).toContain(probe.dp.clock(level, driven));
        probe.toSwd();
        expect(probe.read("dp", 0)).toEqual({ ack: OK, data: DPIDR, parityRight: true });
        expect(probe.read("dp", 4).ack).toBe(OK);
      }),
      { numRuns: 100 },
    );
  });

  it("never accepts a word with one flipped bit as another word", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 45 }), fc.nat(0xffffffff), (flipped, word) => {
        const probe = connected();
        probe.flipAt = probe.dp.edges + flipped;
        probe.write("ap", 4, word);
        const driven = flipped < 8 || flipped >= 13;
        expect(probe.ap.log).toEqual(driven ? [] : [`w4=${word.toString(16)}`]);
      }),
      { numRuns: 200 },
    );
  });
});
