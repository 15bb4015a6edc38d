import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { within } from "../../../src/base/clock.ts";
import { codeOf } from "../../../src/base/errors.ts";
import type { DapOp, DapReg } from "../../../src/probe/probe.ts";
import { DapError } from "../../../src/probe/probe-error.ts";
import { JTAG_TO_SWD } from "../../../src/probe/swd/sequences.ts";
import { swdPort } from "../../../src/probe/swd/swd-link.ts";
import { FakeClock } from "./fake-clock.ts";
import { FakeRam, FakeTarget, type Script } from "./fake-target.ts";

const dp = (a: DapReg["a"]): DapReg => ({ port: "dp", a });
const ap = (a: DapReg["a"]): DapReg => ({ port: "ap", a });
const read = (reg: DapReg, count = 1): DapOp => ({ op: "read", reg, count });
const write = (reg: DapReg, ...words: number[]): DapOp => ({ op: "write", reg, words });
const POWER_UP: DapOp[] = [write(dp(8), 0), write(dp(4), 0x50000000)];
const at = (address: number): DapOp[] => [write(ap(0), 0x23000012), write(ap(4), address)];

function setUp(script?: Script, ram = new FakeRam()) {
  const clock = new FakeClock();
  const target = new FakeTarget(clock, ram, script);
  return { clock, target, ram, port: swdPort(target, clock) };
}

async function connected(script?: Script, ram = new FakeRam()) {
  const all = setUp(script, ram);
  await all.port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
  await all.port.transfer([read(dp(0)), ...POWER_UP]);
  all.target.roundTrips.length = 0;
  return all;
}

/** Requests 1 to 3 are DPIDR, SELECT and CTRL/STAT of `connected`. */
const fromFirst =
  (script: Script): Script =>
  (n, request) =>
    n > 3 ? script(n - 3, request) : undefined;

async function failure(work: Promise<unknown>): Promise<DapError> {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(DapError);
  return error as DapError;
}

describe("BatchPort: overrun detection", () => {
  it("is switched on with the first write of CTRL/STAT by any caller", async () => {
    const { target } = await connected();
    expect((target.ctrl & 1) === 1).toBe(true);
  });

  it("lets transfers out together before it is on that no WAIT can harm, and others one by one", async () => {
    const { target, port } = setUp();
    await port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
    await port.transfer([read(dp(0)), write(dp(8), 2), read(dp(4)), write(dp(8), 0)]);
    await port.transfer([write(dp(0), 0x1e), write(dp(8), 0), write(dp(4), 0x50000000), read(dp(4), 10)]);
    expect(target.roundTrips.map(({ count }) => count)).toEqual([136, 54, 54, 46 * 2 + 8, 46 * 13 + 8]);
  });

  it("is not set in another bank's register", async () => {
    const { target, port } = await connected();
    await port.transfer([write(dp(8), 1), write(dp(4), 0x40)]);
    expect(target.dpWrites.at(-1)).toEqual({ a: 4, bank: 1, word: 0x40 });
  });
});

describe("BatchPort: AP reads", () => {
  it("return their own value although each transfer returns the previous one", async () => {
    const { port, ram } = await connected();
    for (let i = 0; i < 16; i++) ram.bytes.set(0x100 + i, i);
    const words = await port.transfer([...at(0x100), read(ap(12), 4)]);
    expect([...words]).toEqual([0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c]);
  });

  it("cost one transfer more than words, for RDBUFF", async () => {
    const { port, target } = await connected();
    const before = target.requests.length;
    await port.transfer([...at(0), read(ap(12), 100)]);
    expect(target.requests.length - before).toBe(2 + 100 + 1);
  });

  it("of different registers share their RDBUFF", async () => {
    const { port, target } = await connected();
    const before = target.requests.length;
    const words = await port.transfer([...at(0x40), read(ap(4)), read(ap(0))]);
    expect([...words]).toEqual([0x40, 0x23000012]);
    expect(target.requests.length - before).toBe(2 + 2 + 1);
  });

  it("are completed before a DP read or a write", async () => {
    const { port } = await connected();
    const words = await port.transfer([
      ...at(0x40),
      read(ap(4)),
      read(dp(0)),
      read(ap(4)),
      write(ap(4), 0),
      read(ap(4)),
    ]);
    expect([...words]).toEqual([0x40, 0x2ba01477, 0x40, 0]);
  });
});

describe("BatchPort: round trips", () => {
  it("carry 1424 transfers each where the probe has memory for them", async () => {
    const { port, target } = await connected();
    expect(port.transfersPerRoundTrip).toBe(1424);
    await port.transfer([...at(0), write(ap(12), ...new Uint32Array(2845))]);
    expect(target.roundTrips.length).toBe(2);
  });

  it("are limited by the probe's memory", async () => {
    const clock = new FakeClock();
    const target = new FakeTarget(clock);
    target.maxClocks = 8168;
    expect(swdPort(target, clock).transfersPerRoundTrip).toBe(177);
  });

  it("start anew with an ABORT, which would let through what follows a failure", async () => {
    const { port, target } = await connected();
    await port.transfer([write(ap(4), 0), write(dp(0), 0x1e), write(ap(4), 4)]);
    expect(target.roundTrips.length).toBe(2);
  });
});

describe("BatchPort: WAIT", () => {
  it("is retried from the transfer that got it, and repeats no transfer that was done", async () => {
    const { port, ram } = await connected(fromFirst((n) => (n === 5 || n === 9 ? "wait" : undefined)));
    await port.transfer([...at(0x200), write(ap(12), 1, 2, 3, 4, 5)]);
    expect(ram.accesses).toEqual(["w32 200", "w32 204", "w32 208", "w32 20c", "w32 210"]);
  });

  it("in a series of reads loses no value", async () => {
    const { port, ram } = await connected(fromFirst((n) => (n >= 5 && n <= 8 ? "wait" : undefined)));
    for (let i = 0; i < 8; i++) ram.bytes.set(0x100 + i * 4, i + 1);
    expect([...(await port.transfer([...at(0x100), read(ap(12), 8)]))]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("that does not end is given up with DAPABORT at the caller's deadline", async () => {
    const { port, clock, target } = await connected(fromFirst((_, { ap }) => (ap ? "wait" : undefined)));
    const error = await failure(port.transfer([write(ap(4), 0)], within(clock, 20)));
    expect(error.code).toBe("dap-wait");
    expect(error.ack).toBe("wait");
    expect(clock.now()).toBeLessThan(60e9);
    expect(target.ctrl & 0xb2).toBe(0);
  });

  it("before overrun detection is on is followed by a line reset", async () => {
    const { port, target } = setUp((n) => (n === 2 ? "wait" : undefined));
    await port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
    await port.transfer([read(dp(0)), ...POWER_UP]);
    expect(target.ctrl & 0x50000001).toBe(0x50000001);
  });
});

describe("BatchPort: any batch", () => {
  const anyOp: fc.Arbitrary<DapOp> = fc.oneof(
    fc.constantFrom(read(dp(0)), read(dp(4)), read(ap(0)), read(ap(4)), read(dp(12))),
    fc.integer({ min: 1, max: 5 }).map((count) => read(ap(12), count)),
    fc
      .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 1, maxLength: 5 })
      .map((words) => write(ap(12), ...words)),
    fc.integer({ min: 0, max: 15 }).map((slot) => write(ap(4), 0x100 + slot * 4)),
    fc.constant(write(dp(8), 0)),
  );

  it("has the same result whichever of its transfers get WAIT, and however small the probe's memory", async () => {
    const waits = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyOp, { maxLength: 12 }),
        waits,
        fc.integer({ min: 3, max: 20 }),
        async (ops, at, room) => {
          const smooth = await connected();
          const rough = await connected(fromFirst((n) => (at.includes(n) ? "wait" : undefined)));
          const [small, batch] = [room * 46 + 8, [...POWER_UP, write(ap(0), 0x23000012), ...ops]];
          Object.assign(rough.target, { maxClocks: small });
          const port = swdPort(rough.target, rough.clock);
          await port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
          await port.transfer([read(dp(0))]);
          expect(await port.transfer(batch)).toEqual(await smooth.port.transfer(batch));
          expect(rough.ram.accesses).toEqual(smooth.ram.accesses);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("BatchPort: FAULT", () => {
  const faultyRam = () => new FakeRam((address) => address === 0x108);

  it("is attributed to the access that caused it, with the transfers done before", async () => {
    const { port } = await connected(undefined, faultyRam());
    const error = await failure(port.transfer([...at(0x100), write(ap(12), 1, 2, 3, 4)]));
    expect(error.code).toBe("dap-fault");
    expect({ opIndex: error.opIndex, done: error.done }).toEqual({ opIndex: 2, done: 2 });
  });

  it("of the last write is reported in its own batch", async () => {
    const { port } = await connected(undefined, faultyRam());
    expect((await failure(port.transfer([...at(0x108), write(ap(12), 1)]))).opIndex).toBe(2);
  });

  it("keeps the words that were read before", async () => {
    const { port, ram } = await connected(undefined, faultyRam());
    ram.bytes.set(0x100, 7).set(0x104, 8);
    const error = await failure(port.transfer([...at(0x100), read(ap(12), 6)]));
    expect([...error.partial]).toEqual([7, 8]);
  });

  it("stops every transfer behind it", async () => {
    const { port, ram } = await connected(undefined, faultyRam());
    await failure(port.transfer([...at(0x100), write(ap(12), 1, 2, 3, 4, 5, 6), ...at(0x300), write(ap(12), 9)]));
    expect(ram.accesses).toEqual(["w32 100", "w32 104", "w32 108"]);
  });

  it("leaves STICKYERR to the reader of CTRL/STAT, and clears STICKYORUN", async () => {
    const { port } = await connected(undefined, faultyRam());
    await failure(port.transfer([...at(0x108), write(ap(12), 1)]));
    expect((await port.transfer([read(dp(4))]))[0] & 0xb2).toBe(0x20);
  });
});

describe("BatchPort: no acknowledge and parity errors", () => {
  it("no acknowledge: the line is reset so that the next batch is answered", async () => {
    const { port } = await connected(fromFirst((n) => (n === 1 ? "none" : undefined)));
    expect((await failure(port.transfer([read(dp(4))]))).code).toBe("dap-no-ack");
    expect([...(await port.transfer([read(dp(0))]))]).toEqual([0x2ba01477]);
  });

  it("wrong parity of a read: the words before are kept", async () => {
    const { port } = await connected(fromFirst((n) => (n === 2 ? "parity" : undefined)));
    const error = await failure(port.transfer([read(dp(0)), read(dp(4))]));
    expect(error.code).toBe("dap-parity");
    expect([...error.partial]).toEqual([0x2ba01477]);
  });

  it("wrong parity of a write: the target refuses the next access", async () => {
    const { port } = await connected(fromFirst((n) => (n === 1 ? "parity" : undefined)));
    expect((await failure(port.transfer([write(ap(4), 1)]))).code).toBe("dap-fault");
    expect((await port.transfer([read(dp(4))]))[0] & 0x80).toBe(0x80);
  });

  it("no target: fails with acknowledge none", async () => {
    const { port, target } = setUp();
    target.alive = false;
    await port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
    expect((await failure(port.transfer([read(dp(0))]))).ack).toBe("none");
  });
});

describe("BatchPort: until", () => {
  const until = (mask: number, value: number): DapOp => ({ op: "until", reg: ap(12), mask, value });
  const counting = () => {
    const ram = new FakeRam();
    let looks = 0;
    ram.read = () => ++looks;
    return ram;
  };

  it("returns the first value that matches the mask", async () => {
    const { port } = await connected(undefined, counting());
    expect([...(await port.transfer([...at(0), until(0xff, 13)]))]).toEqual([13]);
  });

  it("ends at its deadline with the last value", async () => {
    const { port, clock } = await connected();
    const error = await failure(port.transfer([...at(0), until(1, 1), read(ap(4))], within(clock, 30)));
    expect({ code: error.code, opIndex: error.opIndex }).toEqual({ code: "dap-until-timeout", opIndex: 2 });
    expect(codeOf(error.cause)).toBe("timeout");
  });

  it("takes a second at most without a deadline", async () => {
    const { port, clock } = await connected();
    await failure(port.transfer([...at(0), until(1, 1)]));
    expect(clock.now()).toBeLessThan(1.1e12);
  });

  it("polls for the first time in the round trip of the transfers before it", async () => {
    const { port, target } = await connected(undefined, counting());
    await port.transfer([...at(0), until(7, 7)]);
    expect(target.roundTrips.length).toBe(1);
  });

  it("is followed by the rest of the batch", async () => {
    const { port } = await connected(undefined, counting());
    const words = await port.transfer([write(ap(0), 0x23000002), write(ap(4), 0x44), until(3, 3), read(ap(4))]);
    expect([...words]).toEqual([3, 0x44]);
  });
});

describe("BatchPort: abort by the caller", () => {
  it("ends between round trips, and the port works afterwards", async () => {
    const { port, target } = await connected();
    const controller = new AbortController();
    const exchange = target.exchange.bind(target);
    target.exchange = async (bits) => {
      controller.abort(new Error("enough"));
      return exchange(bits);
    };
    const work = port.transfer([...at(0), write(ap(12), ...new Uint32Array(5000))], { signal: controller.signal });
    await expect(work).rejects.toMatchObject({ code: "aborted" });
    expect(target.roundTrips.length).toBe(1);
    expect([...(await port.transfer([read(dp(0))]))]).toEqual([0x2ba01477]);
  });
});
