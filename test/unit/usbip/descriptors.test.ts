import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import { answerControl, type ControlState } from "../../../src/usbip/control-requests.ts";
import { describeDevice } from "../../../src/usbip/descriptors.ts";

const device = (probe: TwinOptions["probe"]) => createTwin({ chip: "MK24FN1M0xxx12", probe, serial: "123" }).device;
const described = (probe: TwinOptions["probe"]) => describeDevice(device(probe));
const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");

/** A byte string split into its descriptors, each by its own length. */
function split(bytes: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += bytes[at]) parts.push(bytes.subarray(at, at + bytes[at]));
  return parts;
}

describe("USB descriptors of a device", () => {
  it("have USB 2.0, its ids, its strings and its one configuration", () => {
    expect(hex(described("jlink").device)).toBe(
      "1201" + "0002" + "000000" + "40" + "6613" + "0101" + "0001" + "01020301",
    );
  });

  it("list interface and endpoints, full speed with packets of 64 bytes, high speed with 512", () => {
    const [configuration, one, ...endpoints] = split(described("jlink").configuration);
    expect(hex(configuration)).toBe("0902" + "2000" + "01010080" + "32");
    expect(hex(one)).toBe("0904" + "000002ffffff" + "04");
    expect(endpoints.map(hex)).toEqual(["0705" + "8102" + "4000" + "00", "0705" + "0202" + "4000" + "00"]);
    expect(split(described("jlink-hs").configuration).slice(2).map(hex)).toEqual(["07058102000200", "07050202000200"]);
  });

  it("have a qualifier on high speed only", () => {
    expect(described("cmsis-dap").qualifier).toBeUndefined();
    expect(hex(described("cmsis-dap-hs").qualifier)).toBe("0a06" + "0002" + "000000" + "40" + "0100");
  });

  it("have strings as UTF-16, after the list of languages", () => {
    const { strings } = described("cmsis-dap");
    expect(hex(strings[0])).toBe("04030904");
    expect(strings.slice(1).map((one) => Buffer.from(one).toString("utf16le", 2))).toEqual([
      "Arm",
      "DAPLink CMSIS-DAP",
      "123",
      "CMSIS-DAP v2",
    ]);
  });

  it("describe a HID probe's reports: 64 bytes each way, no numbers", () => {
    const { configuration, hid } = described("cmsis-dap-v1");
    const [, , own, ...endpoints] = split(configuration);
    expect(own).toEqual(hid.get(0)?.descriptor);
    expect(own[7] | (own[8] << 8)).toBe(hid.get(0)?.report.length);
    expect(endpoints.map(hex)).toEqual(["07050103400001", "07058103400001"]);
    expect(hex(hid.get(0)?.report)).toContain("964000" + "0901" + "8102" + "964000" + "0901" + "9102");
  });
});

describe("control request", () => {
  const state = (probe: TwinOptions["probe"], configurationValue = 0): ControlState => ({
    descriptors: described(probe),
    configurationValue,
    isHalted: (direction, endpoint) => direction === "in" && endpoint === 1,
  });
  const ask = (setup: string, probe: TwinOptions["probe"] = "jlink", value = 0) =>
    answerControl(Buffer.from(setup, "hex"), state(probe, value));
  const stall = { does: "stall" };

  it("gets descriptors, cut to the requested length", () => {
    expect(ask("80060001" + "0000" + "0800")).toMatchObject({ does: "answer", data: { length: 8 } });
    expect(ask("80060001" + "0000" + "ff00")).toMatchObject({ data: { length: 18 } });
    expect(ask("80060002" + "0000" + "0900")).toMatchObject({ data: { length: 9 } });
    expect(ask("80060303" + "0904" + "ff00")).toMatchObject({ data: { length: 26 } });
    expect(ask("81060022" + "0000" + "ff00", "cmsis-dap-v1")).toMatchObject({ does: "answer" });
  });

  it("stalls for descriptors that the device lacks", () => {
    const lacking = ["80060006", "80060102", "80060f03", "81060022", "8006000f"];
    for (const what of lacking) expect(ask(`${what}0000ff00`)).toEqual(stall);
  });

  it("sets and gets the configuration", () => {
    expect(ask("0009010000000000")).toEqual({ does: "configure", value: 1 });
    expect(ask("8008000000000100", "jlink", 1)).toEqual({ does: "answer", data: Uint8Array.of(1) });
  });

  it("reads and clears an endpoint's halt", () => {
    expect(ask("8200000081000200")).toEqual({ does: "answer", data: Uint8Array.of(1, 0) });
    expect(ask("8200000002000200")).toEqual({ does: "answer", data: Uint8Array.of(0, 0) });
    expect(ask("0201000081000000")).toEqual({ does: "clear halt", direction: "in", endpoint: 1 });
    expect(ask("0201000002000000")).toEqual({ does: "clear halt", direction: "out", endpoint: 2 });
  });

  it("is answered, stalled or executed for any setup packet, never with more than requested", () => {
    const unit = state("cmsis-dap-v1");
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (setup) => {
        const listed = answerControl(setup, unit);
        if (listed.does === "answer") expect(listed.data.length).toBeLessThanOrEqual(setup[6] | (setup[7] << 8));
      }),
    );
  });
});
