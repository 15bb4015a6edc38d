import { describe, expect, it } from "vitest";
import { SECOND } from "../../../src/base/clock.ts";
import { findDriver } from "../../../src/probe/drivers.ts";
import { hardwareVersionText } from "../../../src/probe/jlink/commands.ts";
import { licensesIn, serialFrom } from "../../../src/probe/jlink/identity.ts";
import { JLinkProbe } from "../../../src/probe/jlink/jlink-probe.ts";
import { realSpeed } from "../../../src/probe/jlink/jlink-probe.ts";
import { clocksWithin } from "../../../src/probe/jlink/jlink-wire.ts";
import { JTAG_TO_SWD } from "../../../src/probe/swd/sequences.ts";
import { FakeClock } from "./fake-clock.ts";
import { ANSWERS, type Answers, fakeJLink } from "./fake-jlink.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const READ_DPIDR = { op: "read", reg: { port: "dp", a: 0x0 }, count: 1 } as const;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

async function open(changes?: Answers) {
  const device = fakeJLink(changes);
  const probe = await JLinkProbe.open(device, new FakeClock());
  return { device, probe, since: () => device.written.splice(0).map(hex) };
}

/** Capabilities without the given bits. */
function without(...bits: number[]): Answers {
  const low = (ANSWERS[0xe8] as Uint8Array).slice();
  const all = (ANSWERS[0xed] as Uint8Array).slice();
  for (const bit of bits) {
    all[bit >> 3] &= ~(1 << (bit & 7));
    if (bit < 32) low[bit >> 3] &= ~(1 << (bit & 7));
  }
  return { 0xe8: low, 0xed: all };
}

describe("JLinkProbe: opening", () => {
  it("sends one command after the other: version, capabilities, then what they allow", async () => {
    const { since } = await open();
    expect(since()).toEqual(["01", "e8", "ed", "c0", "d4", `0964${"00".repeat(12)}`]);
  });

  it("asks for hardware version and configuration once, where they are wanted", async () => {
    const { probe, since } = await open();
    since();
    expect(probe.info.hardware).toBeUndefined();
    await probe.readDetails();
    await probe.readDetails();
    expect(since()).toEqual(["f0", "f2"]);
  });

  it("reports the probe's own version line, two blanks before a one-digit day included", async () => {
    const { probe } = await open();
    await probe.readDetails();
    expect(probe.info).toEqual({
      driver: "jlink",
      vendorId: 0x1366,
      productId: 0x0101,
      product: "J-Link",
      serial: "59304712",
      firmware: "J-Link V9 compiled May  7 2021 16:26:12",
      hardware: "V9.30",
      licenses: ["GDB"],
    });
  });

  it("sends no command that the probe has no capability for", async () => {
    const { since, probe } = await open(without(1, 4, 9, 11, 27, 31));
    await probe.readDetails();
    expect(since()).toEqual(["01", "e8"]);
    expect(probe.info.hardware).toBeUndefined();
    expect(probe.speeds).toEqual({ baseHz: 12_000_000, minDivider: 1 });
  });

  /** A device that does not answer passes time. */
  function openRestless(changes: Answers) {
    const clock = new FakeClock();
    const device = fakeJLink(changes);
    device.onSilence = () => clock.pass(6 * SECOND);
    return { device, opening: JLinkProbe.open(device, clock) };
  }

  it("closes the device when it is no J-Link", async () => {
    const { device, opening } = openRestless({ 0x09: bytes(`0200010010000000${"00".repeat(68)}`) });
    await expect(opening).rejects.toMatchObject({ code: "probe-protocol" });
    expect([device.claimed, device.opened]).toEqual([[], false]);
  });

  it("refuses a response that is too long and does not use the pipe again", async () => {
    const { opening } = openRestless({ 0xe8: bytes("3a3a8a8c00") });
    await expect(opening).rejects.toMatchObject({
      code: "probe-protocol",
      details: { command: "GET_CAPS", surplus: 1 },
    });
  });

  it("discards a stale response of an earlier session and repeats the command", async () => {
    const clock = new FakeClock();
    const device = fakeJLink();
    await device.transferOut(2, Uint8Array.of(0xd4));
    device.onSilence = () => clock.pass(6 * SECOND);
    expect((await JLinkProbe.open(device, clock)).info.serial).toBe("59304712");
  });

  it("refuses capabilities that contradict each other", async () => {
    const { opening } = openRestless({ 0xed: bytes(`3b3a8a8c42${"00".repeat(27)}`) });
    await expect(opening).rejects.toMatchObject({ code: "probe-protocol" });
  });

  it.each([
    ["a base frequency under 1 MHz", "00240000 0400"],
    ["a base frequency above 1 GHz", "0024f4f0 0400"],
    ["a smallest divider above 64", "0024f400 04f0"],
  ])("refuses speeds of no J-Link: %s", async (_, answer) => {
    const { opening } = openRestless({ 0xc0: bytes(answer.replace(" ", "")) });
    await expect(opening).rejects.toMatchObject({ code: "probe-protocol" });
  });

  it("reads a table of connections that is longer than the shortest response", async () => {
    const entry = (handle: string) => `${"00".repeat(10)}${handle}${"00".repeat(4)}`;
    const table = `0500 0600 1000 0000 ${["0100", "0200", "0300", "0400", "0700", "0500"].map(entry).join("")}`;
    await expect(open({ 0x09: bytes(table.replaceAll(" ", "")) })).resolves.toBeDefined();
  });
});

describe("JLinkProbe: connecting", () => {
  it("selects SWD before it sets the speed, because selecting may reset it", async () => {
    const { probe, since } = await open();
    since();
    await probe.connect("swd", 4_000_000);
    expect(since()).toEqual(["c701", "05a00f"]);
  });

  it("refuses a probe without SWD, which is asked where nothing answers", async () => {
    const { probe } = await open({ 0xc7: bytes("01000000"), 0xcf: (request) => answerTo(request, 0) });
    const port = await probe.connect("swd", 4_000_000);
    for (let i = 0; i < 2; i++)
      await expect(port.transfer([READ_DPIDR])).rejects.toMatchObject({
        code: "probe-unsupported",
        message: "Cannot connect: this J-Link has no SWD",
      });
  });

  it("asks a probe with SWD once, and then reports that nothing answers", async () => {
    const { probe, since } = await open({ 0xcf: (request) => answerTo(request, 0) });
    const port = await probe.connect("swd", 4_000_000);
    for (let i = 0; i < 2; i++) await expect(port.transfer([READ_DPIDR])).rejects.toMatchObject({ code: "dap-no-ack" });
    expect(since().filter((request) => request === "c7ff")).toHaveLength(1);
  });

  it("refuses JTAG, which is not supported yet", async () => {
    const { probe } = await open();
    await expect(probe.connect("jtag", 4_000_000)).rejects.toMatchObject({ code: "probe-unsupported" });
  });

  it("sends a batch as one command and reads exactly its response", async () => {
    const { probe, since, device } = await open();
    const port = await probe.connect("swd", 4_000_000);
    since();
    device.calls.length = 0;
    await port.sequence(JTAG_TO_SWD.bits, JTAG_TO_SWD.count);
    expect(since()).toEqual([`cf008800${"ff".repeat(17)}${hex(JTAG_TO_SWD.bits)}`]);
    expect(device.calls).toEqual(["out 2 38", "in 1 64"]);
  });

  it("reports the status of a batch that does not fit the probe's memory", async () => {
    const { probe } = await open({ 0xcf: (request) => answerTo(request, 6) });
    const port = await probe.connect("swd", 4_000_000);
    await expect(port.sequence(JTAG_TO_SWD.bits, 136)).rejects.toMatchObject({
      code: "probe-memory",
      details: { status: 6 },
    });
  });
});

function answerTo(request: Uint8Array, status: number): Uint8Array {
  const answer = new Uint8Array(Math.ceil((request[2] + request[3] * 256) / 8) + 1);
  answer[answer.length - 1] = status;
  return answer;
}

describe("JLinkProbe: pins, voltage and closing", () => {
  it("pulls and releases the reset line with HW_RESET0 and HW_RESET1, and returns the levels", async () => {
    const { probe, since } = await open();
    since();
    expect(await probe.setPins({ nreset: 0 })).toEqual({ tck: 0, tdi: 0, tdo: 0, tms: 0, nreset: 1, trst: 1 });
    await probe.setPins({ nreset: 1, trst: 1 });
    expect(since()).toEqual(["dc", "07", "dd", "df", "07"]);
  });

  it("measures the target's supply in millivolts", async () => {
    const { probe } = await open();
    expect(await probe.targetVoltage()).toBe(3314);
  });

  it("unregisters with its handle before it closes", async () => {
    const { probe, since, device } = await open();
    since();
    await probe.close();
    expect(since()).toEqual([`0965${"00".repeat(10)}0100`]);
    expect(device.opened).toBe(false);
  });

  it("closes a probe that does not answer any more", async () => {
    const { probe, device } = await open();
    device.nextOut = () => {
      throw Object.assign(new Error("gone"), { name: "NotFoundError" });
    };
    await expect(probe.close()).resolves.toBeUndefined();
  });
});

describe("JLinkProbe: values", () => {
  it.each([
    [93_000, "V9.30"],
    [94_000, "V9.40"],
    [3_100_05, "V31.00"],
    [1_090_312, "V9.03"],
  ])("prints hardware version %i as %s", (packed, text) => {
    expect(hardwareVersionText(packed)).toBe(text);
  });

  it.each([
    ["000059304712", "59304712"],
    ["779912345678", "9912345678"],
    ["0", "0"],
    ["", ""],
  ])("prints serial %s as %s", (text, serial) => {
    expect(serialFrom(text)).toBe(serial);
  });

  it.each([
    ["GDB", ["GDB"]],
    ["RDI,FlashBP, FlashDL ,JFlash", ["RDI", "FlashBP", "FlashDL", "JFlash"]],
    ["", []],
  ])("finds licences %s", (text, list) => {
    const config = new Uint8Array(256).fill(0xff);
    config.set(new TextEncoder().encode(text), 0x80);
    expect(licensesIn(config)).toEqual(list);
  });

  it.each([
    [4_000_000, 4000, 4_000_000],
    [3_500_000, 3500, 3_200_000],
    [99_000_000, 4000, 4_000_000],
    [1_000, 1, 1_000],
  ])("sends a speed of %i Hz as %i kHz and reports %i Hz", (requested, kHz, hz) => {
    expect(realSpeed({ baseHz: 16_000_000, minDivider: 4 }, requested)).toEqual({ kHz, hz });
  });

  it("refuses a speed below 1 kHz", () => {
    expect(() => realSpeed({ baseHz: 16_000_000, minDivider: 4 }, 999)).toThrow(/1000/);
  });

  it.each([
    [40_960, 65_535],
    [2_058, 8_168],
    [143, 504],
  ])("fits into %i bytes of free memory %i clocks", (free, clocks) => {
    expect(clocksWithin(free)).toBe(clocks);
  });
});

describe("list of drivers", () => {
  it("finds a J-Link by vendor and vendor interface, not by its product id", () => {
    expect(findDriver(fakeJLink())?.name).toBe("jlink");
    expect(findDriver(Object.assign(fakeJLink(), { productId: 0x1061 }))?.name).toBe("jlink");
  });

  it("ignores a device that is no J-Link", () => {
    expect(findDriver(Object.assign(fakeJLink(), { vendorId: 0x1234 }))).toBeUndefined();
    expect(
      findDriver(Object.assign(fakeJLink(), { configuration: { configurationValue: 1, interfaces: [] } })),
    ).toBeUndefined();
  });
});
