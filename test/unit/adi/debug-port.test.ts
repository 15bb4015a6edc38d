import { describe, expect, it } from "vitest";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { address32 } from "../../../src/base/u32.ts";
import type { DapOp, DapPort } from "../../../src/probe/probe.ts";
import { DapError } from "../../../src/probe/probe-error.ts";
import { CTRL_STAT } from "../../../src/registers/dp.ts";
import { FakeRam, type Request } from "../probe/fake-target.ts";
import { connectedLab, lab } from "./lab.ts";
import { inHex } from "../../support/hex.ts";

const isSelect = ({ ap, read, a }: Request) => !ap && !read && a === 8;

/** The same port without what it may have besides. */
const plainPort = (port: DapPort): Omit<DapPort, "transfer"> => ({
  transfersPerRoundTrip: port.transfersPerRoundTrip,
  sequence: (bits, count, io) => port.sequence(bits, count, io),
  swdSequence: (runs, io) => port.swdSequence(runs, io),
});

describe("DebugPort.connect", () => {
  it("reads DPIDR and powers the debug domain up", async () => {
    const { port, clock, target } = lab();
    const dp = await DebugPort.connect(port, clock);
    expect(dp.id).toBe(0x2ba01477);
    expect(CTRL_STAT.field(target.ctrl, "CDBGPWRUPREQ") + CTRL_STAT.field(target.ctrl, "CSYSPWRUPREQ")).toBe(2);
  });

  it("clears sticky flags of an earlier session before any other request", async () => {
    const { port, clock, target } = lab();
    target.ctrl = 0x20;
    await DebugPort.connect(port, clock);
    expect(target.ctrl & 0xb2).toBe(0);
  });

  it("tries three times and then fails with dp-no-target", async () => {
    const { port, clock, target } = lab();
    target.alive = false;
    await expect(DebugPort.connect(port, clock)).rejects.toMatchObject({
      code: "dp-no-target",
      cause: { code: "dap-no-ack" },
    });
    // The wake-up, and DPIDR behind it.
    expect(target.roundTrips.filter(({ count }) => count === 136 + 46 + 8).length).toBe(3);
  });

  it("succeeds after one lost acknowledge", async () => {
    const { port, clock } = lab((n) => (n === 1 ? "none" : undefined));
    await expect(DebugPort.connect(port, clock)).resolves.toMatchObject({ id: 0x2ba01477 });
  });

  it("fails after three seconds when the power acknowledge does not come", async () => {
    const { port, clock, target } = lab();
    target.powersUp = false;
    await expect(DebugPort.connect(port, clock)).rejects.toMatchObject({
      code: "dp-power-up",
      cause: { code: "dap-until-timeout" },
    });
    expect(clock.now()).toBeGreaterThan(2.9e12);
    expect(clock.now()).toBeLessThan(3.2e12);
  });

  it.each(
    inHex<[string | undefined]>([
      [0x2000_0000, "dp-power-up"],
      [0x8000_0000, "dp-power-up"],
      [0xa000_0000, undefined],
    ]),
  )("with the acknowledgements %s of its power domains fails with %s", async (_, code, acks) => {
    const { port, clock } = lab();
    const own: DapPort = {
      ...plainPort(port),
      transfer: async (ops, io) => {
        const until = ops.find((op) => op.op === "until");
        if (!until || (acks & until.mask) >>> 0 === until.value) return port.transfer(ops, io);
        const at = { opIndex: 3, done: 0, ack: "ok" as const, partial: new Uint32Array() };
        throw new DapError("dap-until-timeout", "never", at);
      },
    };
    const connecting = DebugPort.connect(own, clock).then(() => undefined);
    if (code === undefined) await expect(connecting).resolves.toBeUndefined();
    else await expect(connecting).rejects.toMatchObject({ code });
  });

  it("fails with an error of the wire as it is while the power domains come up", async () => {
    const { port, clock } = lab((_, { ap, read, a }) => (!ap && !read && a === 4 ? "none" : undefined));
    await expect(DebugPort.connect(port, clock)).rejects.toMatchObject({ code: "dap-no-ack" });
  });

  it("takes as many transfers in a round trip as the probe's port does", async () => {
    const { port, clock } = lab();
    expect((await DebugPort.connect(port, clock)).transfersPerRoundTrip).toBe(port.transfersPerRoundTrip);
  });
});

describe("DebugPort: SELECT", () => {
  it("is written once for many accesses to one bank", async () => {
    const { dp, target } = await connectedLab();
    const ap = dp.accessPort(0);
    await ap.read(0x04);
    await ap.read(0x00);
    await ap.write(0x04, 1);
    expect(target.requests.filter(isSelect).length).toBe(1);
  });

  it("is written again when the bank or the access port changes", async () => {
    const { dp, target } = await connectedLab();
    await dp.accessPort(0).read(0xfc);
    await dp.accessPort(1).read(0xfc);
    await dp.accessPort(1).read(0xfc);
    expect(target.requests.filter(isSelect).length).toBe(1);
  });

  it("is tracked when the caller writes it", async () => {
    const { dp, target } = await connectedLab();
    await dp.write(0x8, 0x010000f0);
    expect(target.dpWrites.at(-1)).toMatchObject({ a: 0x8, word: 0x010000f0 });
    expect(await dp.accessPort(1).read(0xfc)).toBe(0x001c0000);
    expect(target.requests.filter(isSelect).length).toBe(1);
  });

  it.each<readonly [string, DapOp[]]>([
    ["a write of no word", [{ op: "write", reg: { port: "dp", a: 0x8 }, words: [] }]],
    ["a write of ABORT", [{ op: "write", reg: { port: "dp", a: 0x0 }, words: [0x010000f0] }]],
    ["a write of an access port's register", [{ op: "write", reg: { port: "ap", a: 0x8 }, words: [0x010000f0] }]],
    ["a read of the address of SELECT", [{ op: "read", reg: { port: "dp", a: 0x8 }, count: 1 }]],
  ])("is what it was after %s", async (_, ops) => {
    const { dp, target } = await connectedLab();
    await dp.accessPort(0).read(0xfc);
    await dp.transfer(ops);
    target.requests.length = 0;
    expect(await dp.accessPort(0).read(0xfc)).toBe(0x24770011);
    expect(target.requests.filter(isSelect).length).toBe(0);
    expect(await dp.accessPort(1).read(0xfc)).toBe(0x001c0000);
  });

  it("holds the last word where several are written", async () => {
    const { dp } = await connectedLab();
    await dp.transfer([{ op: "write", reg: { port: "dp", a: 0x8 }, words: [0x000000f0, 0x010000f0] }]);
    expect(await dp.accessPort(1).read(0xfc)).toBe(0x001c0000);
    expect(await dp.accessPort(0).read(0xfc)).toBe(0x24770011);
  });

  it("is written again after a failure, because its value is unknown", async () => {
    const { dp, target } = await connectedLab(new FakeRam(() => true));
    const ap = dp.accessPort(0);
    await expect(ap.read(0x0c)).rejects.toMatchObject({ code: "dp-sticky-error" });
    target.requests.length = 0;
    // The bank that was selected before the failed batch selected another one.
    expect(await ap.read(0xfc)).toBe(0x24770011);
    expect(target.requests.filter(isSelect).length).toBe(1);
  });
});

describe("DebugPort: sticky error", () => {
  it("is reported by its flags, cleared, and does not affect the next batch", async () => {
    const { dp, target } = await connectedLab(new FakeRam(() => true));
    const access = dp.accessPort(0).read(0x0c);
    await expect(access).rejects.toMatchObject({ code: "dp-sticky-error", details: { flags: ["STICKYERR"] } });
    expect(target.ctrl & 0xb2).toBe(0);
    expect(await dp.read(0x0)).toBe(0x2ba01477);
  });

  /** A port that refuses the next batch, and whose CTRL/STAT reads as given. */
  async function refusing(ack: "fault" | "wait", ctrlStat: number) {
    const { port, clock } = lab();
    const error = new DapError("dap-fault", "refused", { opIndex: 0, done: 0, ack, partial: new Uint32Array() });
    let isRefusing = false;
    const own: DapPort = {
      ...plainPort(port),
      transfer: async (ops, io) => {
        if (ops.some(({ reg }) => reg.port === "ap")) throw error;
        return isRefusing ? Uint32Array.of(ctrlStat) : port.transfer(ops, io);
      },
    };
    const dp = await DebugPort.connect(own, clock);
    isRefusing = true;
    return { dp, error };
  }

  it.each(
    inHex([
      [0xf0000080, ["WDATAERR"]],
      [0xf0000020, ["STICKYERR"]],
      [0xf0000010, ["STICKYCMP"]],
      [0xf0000002, ["STICKYORUN"]],
      [0xf00000b2, ["WDATAERR", "STICKYERR", "STICKYCMP", "STICKYORUN"]],
    ]),
  )("with CTRL/STAT %s names the flags %j in its message and its details", async (_, flags, ctrlStat) => {
    const { dp, error } = await refusing("fault", ctrlStat);
    const refused = dp.accessPort(0).read(0x0c);
    await expect(refused).rejects.toMatchObject({
      code: "dp-sticky-error",
      cause: error,
      details: { ctrlStat: address32(ctrlStat), flags },
    });
    for (const flag of flags) await expect(refused).rejects.toMatchObject({ message: expect.stringContaining(flag) });
  });

  it("without any flag set has a reason in its message all the same", async () => {
    const { dp } = await refusing("fault", 0xf0000000);
    const refused = dp.accessPort(0).read(0x0c);
    await expect(refused).rejects.toMatchObject({ details: { flags: [] }, message: expect.stringMatching(/: \w+/) });
  });

  it("is not looked for where the port answered something other than FAULT", async () => {
    const { dp, error } = await refusing("wait", 0xf0000020);
    await expect(dp.accessPort(0).read(0x0c)).rejects.toBe(error);
  });

  it("is cleared on its own, too: answers CTRL/STAT as it was before", async () => {
    const { dp, target } = await connectedLab();
    target.ctrl |= 0x20;
    expect((await dp.clearStickyErrors()) & 0xb2).toBe(0x20);
    expect(target.ctrl & 0xb2).toBe(0);
  });
});
