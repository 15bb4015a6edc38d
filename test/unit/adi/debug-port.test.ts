import { describe, expect, it } from "vitest";
import { decodeIdr, scanAps } from "../../../src/adi/ap-identity.ts";
import { DebugPort } from "../../../src/adi/debug-port.ts";
import { CTRL_STAT } from "../../../src/registers/dp.ts";
import { FakeRam, type Request } from "../probe/fake-target.ts";
import { connectedLab, lab } from "./lab.ts";
import { inHex } from "../../support/hex.ts";

const isSelect = ({ ap, read, a }: Request) => !ap && !read && a === 8;

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
    await expect(DebugPort.connect(port, clock)).rejects.toMatchObject({ code: "dp-power-up" });
    expect(clock.now()).toBeLessThan(3.2e12);
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
    expect(await dp.accessPort(1).read(0xfc)).toBe(0x001c0000);
    expect(target.requests.filter(isSelect).length).toBe(1);
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
});

describe("access ports", () => {
  it("are listed over gaps, up to number 7", async () => {
    const { dp, target } = await connectedLab();
    Object.assign(target.idrs, { 4: 0x02880000, 7: 0x44770002, 8: 0x24770011 });
    expect((await scanAps(dp)).map(({ index, name }) => [index, name])).toEqual([
      [0, "AHB-AP"],
      [1, "JTAG-AP"],
      [4, "JTAG-AP"],
      [7, "APB-AP"],
    ]);
  });

  it("are looked for by their IDRs alone, in one round trip", async () => {
    const { dp, target } = await connectedLab();
    target.apAccesses.length = 0;
    await scanAps(dp);
    expect(target.apAccesses).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((ap) => `${ap} r fc`));
    expect(target.roundTrips.length).toBe(1);
  });

  it.each(
    inHex([
      [0x24770011, "AHB-AP", true],
      [0x04770041, "AHB-AP", true],
      [0x84770001, "AHB-AP", true],
      [0x44770002, "APB-AP", true],
      [0x64770004, "AXI-AP", true],
      [0x001c0000, "JTAG-AP", false],
      [0x02880000, "JTAG-AP", false],
      [0x04762000, "COM-AP", false],
    ]),
  )("print IDR %s as %s", (_, name, isMemory, idr) => {
    expect(decodeIdr(0, idr)).toMatchObject({ name, isMemory });
  });

  it("wait for a register's value, and time out when it does not come", async () => {
    const { dp, target } = await connectedLab();
    target.tar = 0x55;
    expect(await dp.accessPort(0).until(0x04, 0x50, 0x50)).toBe(0x55);
    await expect(dp.accessPort(0).until(0x04, 0x2, 0x2)).rejects.toMatchObject({ code: "dap-until-timeout" });
  });
});
