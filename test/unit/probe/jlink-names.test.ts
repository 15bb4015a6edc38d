import { describe, expect, it } from "vitest";
import { SECOND } from "../../../src/base/clock.ts";
import { JLinkProbe } from "../../../src/probe/jlink/jlink-probe.ts";
import { UsbError } from "../../../src/usb/usb-error.ts";
import { FakeClock } from "./fake-clock.ts";
import { type Answers, fakeJLink } from "./fake-jlink.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"));

/** Bytes of the shortest answer with a table of connections. */
const SHORTEST = 76;

/** A device of those names; one that does not answer passes time. */
function device(names: { productName?: string | undefined; serialNumber?: string | undefined }, changes: Answers = {}) {
  const clock = new FakeClock();
  const usb = Object.assign(fakeJLink(changes), names);
  usb.onSilence = () => clock.pass(6 * SECOND);
  return { usb, open: () => JLinkProbe.open(usb, clock) };
}

describe("what a J-Link is called", () => {
  it.each([
    ["product and serial number", {}, "J-Link 59304712"],
    ["its product, where it has no serial number", { serialNumber: undefined }, "J-Link"],
    ["J-Link, where it has no product", { productName: undefined }, "J-Link 59304712"],
    ["its own product", { productName: "EDU Mini" }, "EDU Mini 59304712"],
  ])("in errors is %s", async (_, names, name) => {
    const { usb, open } = device(names);
    const probe = await open();
    usb.nextOut = () => {
      throw new UsbError("usb-unplugged", "The device has gone");
    };
    await expect(probe.targetVoltage()).rejects.toMatchObject({
      code: "usb-unplugged",
      message: expect.stringMatching(new RegExp(`^${name} failed during `)),
      details: { probe: name },
    });
  });

  it("in its information is J-Link where the device has no product", async () => {
    const nameless = await device({ productName: undefined, serialNumber: undefined }).open();
    expect(nameless.info).toMatchObject({ product: "J-Link", serial: "" });
  });
});

describe("a J-Link's table of connections", () => {
  const entry = (handle: string) => `${"00".repeat(10)}${handle}${"00".repeat(4)}`;
  const table = (head: string, ...handles: readonly string[]) =>
    bytes(`${head.replaceAll(" ", "")}${handles.map(entry).join("")}`.padEnd(2 * SHORTEST, "0"));
  const opening = (answer: Uint8Array) => device({}, { 0x09: answer }).open();

  it.each([
    ["does not list the handle", table("0200 0100 1000 0000", "0100"), { handle: 2 }, "has handle 2"],
    ["is empty", table("0300 0000 1000 0000"), { handle: 3 }, "has handle 3"],
    ["has entries of another size", table("0100 0100 1100 0000", "0100"), { "entry size": 17 }, "has entry size 17"],
  ])("that %s is no J-Link's", async (_, answer, details, words) => {
    await expect(opening(answer)).rejects.toMatchObject({
      code: "probe-protocol",
      message: expect.stringContaining(words),
      details,
    });
  });

  it("that lists the handle, wherever, is one", async () => {
    await expect(opening(table("0300 0200 1000 0000", "0100", "0300"))).resolves.toBeDefined();
    await expect(opening(table("0100 0100 1000 0000", "0100"))).resolves.toBeDefined();
  });

  it("may have a part for information behind it", async () => {
    const long = bytes(`0100 0100 1000 4000 ${entry("0100")}${"00".repeat(0x40)}`);
    await expect(opening(long)).resolves.toBeDefined();
    const short = bytes(`0100 0100 1000 3f00 ${entry("0100")}${"00".repeat(0x40)}`);
    await expect(opening(short)).rejects.toMatchObject({ code: "probe-protocol" });
  });

  it("has the connection of its own given back, by its handle, at the end", async () => {
    const { usb, open } = device({}, { 0x09: table("0300 0200 1000 0000", "0100", "0300") });
    const probe = await open();
    usb.written.length = 0;
    await probe.close();
    expect(usb.written.map((request) => Buffer.from(request).toString("hex"))).toEqual([`0965${"00".repeat(10)}0300`]);
    expect(usb.opened).toBe(false);
  });
});
