import { describe, expect, it } from "vitest";
import { DapLink } from "../../../../src/probe/cmsis-dap/dap-link.ts";
import { type DeviceNames, readFacts, readLimits } from "../../../../src/probe/cmsis-dap/identity.ts";
import { FakeClock } from "../fake-clock.ts";
import { FakePipe } from "./fake-pipe.ts";

const linkTo = (...answers: readonly (readonly number[])[]) =>
  new DapLink(new FakePipe(answers), new FakeClock(), "exact", "Probe");
const size = (value: number) => [0, 2, value & 0xff, value >>> 8];
const count = (value: number) => [0, 1, value];
const text = (value: string) => [0, value.length + 1, ...Array.from(value, (char) => char.charCodeAt(0)), 0];
const NOTHING = [0, 0];

describe("the packets of a CMSIS-DAP probe", () => {
  it("have a size and a number", async () => {
    expect(await readLimits(linkTo(size(512), count(4)), {})).toEqual({ size: 512, count: 4 });
    expect(await readLimits(linkTo(size(64), count(1)), {})).toEqual({ size: 64, count: 1 });
  });

  it("are read behind answers of an earlier session, the last size before the number counting", async () => {
    const stale = [[5, 1, 1], [0, 3, 65, 66, 0], [0, 4, 1, 2, 3, 4], [0]];
    expect(await readLimits(linkTo(...stale, size(64), ...stale, size(512), count(4)), {})).toEqual({
      size: 512,
      count: 4,
    });
  });

  it.each([
    ["a size below 64", size(63), count(4)],
    ["no packets", size(64), count(0)],
  ])("are refused with %s", async (_, ...answers) => {
    await expect(readLimits(linkTo(...answers), {})).rejects.toMatchObject({
      code: "probe-protocol",
      message: expect.stringContaining("DAP_Info"),
    });
  });

  it("are refused where 257 answers do not name them", async () => {
    const stale = (number: number) => Array.from({ length: number }, () => [5, 1]);
    await expect(readLimits(linkTo(...stale(256), size(64), count(1)), {})).resolves.toBeDefined();
    await expect(readLimits(linkTo(...stale(257), size(64), count(1)), {})).rejects.toMatchObject({
      code: "probe-protocol",
    });
  });

  it("are not taken from an answer that is cut short", async () => {
    expect(await readLimits(linkTo([0, 2, 64], size(128), [0, 1], count(2)), {})).toEqual({ size: 128, count: 2 });
  });
});

describe("what a CMSIS-DAP probe states of itself", () => {
  const DEVICE: DeviceNames = { vendorId: 1, productId: 2, productName: "Made CMSIS-DAP", serialNumber: "0012" };
  const facts = (device: DeviceNames, ...answers: readonly (readonly number[])[]) =>
    readFacts(linkTo(...answers), device, {});

  it("are its versions, with the serial number that USB has", async () => {
    expect((await facts(DEVICE, [0, 1, 1], text("2.1.1"), text("0257"))).info).toEqual({
      driver: "cmsis-dap",
      vendorId: 1,
      productId: 2,
      product: "Made CMSIS-DAP",
      serial: "12",
      firmware: "CMSIS-DAP 2.1.1, firmware 0257",
    });
  });

  it("are its serial number where USB has none, a name for all, and no version where it states none", async () => {
    const nameless = { vendorId: 1, productId: 2 };
    const { info } = await facts(nameless, [0, 1, 1], NOTHING, NOTHING, text("00a0"));
    expect(info).toMatchObject({ product: "CMSIS-DAP", serial: "a0", firmware: "CMSIS-DAP of unknown version" });
    expect((await facts(nameless, [0, 1, 1], text("1.0"), NOTHING, NOTHING)).info).toMatchObject({
      serial: "",
      firmware: "CMSIS-DAP 1.0",
    });
    expect((await facts({ ...nameless, serialNumber: "000" }, [0, 1, 1], NOTHING, NOTHING)).info.serial).toBe("0");
  });

  it.each([
    ["SWD alone", [0, 1, 0x01], true, false],
    ["JTAG alone", [0, 1, 0x02], false, false],
    ["SWD and SWO", [0, 1, 0x05], true, true],
    ["SWO by Manchester alone", [0, 1, 0x09], true, false],
    ["nothing, as before there were capabilities", NOTHING, true, false],
    ["two bytes of capabilities", [0, 2, 0x05, 0x01], true, true],
  ])("are its capabilities: %s", async (_, able, canSwd, hasSwo) => {
    expect(await facts(DEVICE, able, NOTHING, NOTHING)).toMatchObject({ canSwd, hasSwo });
  });

  it("is refused where the probe does not know a command", async () => {
    await expect(facts(DEVICE, [0, 1, 1], [0xff], NOTHING)).rejects.toMatchObject({ code: "probe-unsupported" });
  });
});
