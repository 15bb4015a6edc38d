import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf } from "../../../src/base/errors.ts";
import { parseSelector } from "../../../src/node/selector.ts";

function codeFor(text: string): string | undefined {
  try {
    parseSelector(text);
    return undefined;
  } catch (error) {
    return codeOf(error) ?? "not ours";
  }
}

describe("--probe", () => {
  it.each([
    ["1366:0101", { kind: "usb", vendorId: 0x1366, productId: 0x0101 }],
    ["1366:0101:59304712", { kind: "usb", vendorId: 0x1366, productId: 0x0101, serial: "59304712" }],
    ["4712", { kind: "usb", serial: "4712" }],
    ["jlink:59304712", { kind: "usb", driver: "jlink", serial: "59304712" }],
    ["dap:E6616407", { kind: "usb", driver: "cmsis-dap", serial: "E6616407" }],
    ["ip:localhost", { kind: "ip", host: "localhost", port: 19020 }],
    ["ip:127.0.0.1:2331", { kind: "ip", host: "127.0.0.1", port: 2331 }],
    ["twin:MK24FN1M0xxx12", { kind: "twin", options: { chip: "MK24FN1M0xxx12" } }],
    [
      "twin:MK24FN1M0xxx12,state=a=b.k24,locked=1,seed=7,flash=max,power=cycle,fault=wait@dap=5x2",
      {
        kind: "twin",
        stateFile: "a=b.k24",
        options: { locked: true, seed: 7, flash: "max", powerCycle: true, faults: "wait@dap=5x2" },
      },
    ],
  ])("%s names its probe", (text, selector) => {
    expect(parseSelector(text)).toMatchObject(selector);
  });

  it.each([
    ["", "probe-selector"],
    ["a probe", "probe-selector"],
    ["ip:", "probe-selector"],
    ["ip:host:port", "probe-selector"],
    ["twin:X,colour=red", "twin-unknown-key"],
    ["twin:X,flash=quick", "twin-unknown-key"],
    ["twin:X,seed=-1", "twin-unknown-key"],
    ["twin:X,power=off", "twin-unknown-key"],
    ["twin:X,toString=1", "twin-unknown-key"],
  ])("%j is %s", (text, code) => {
    expect(codeFor(text)).toBe(code);
  });

  it("whatever stands there is a selector or one of two errors", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((s) => `twin:${s}`),
          fc.string().map((s) => `ip:${s}`),
        ),
        (text) => {
          expect([undefined, "probe-selector", "twin-unknown-key"]).toContain(codeFor(text));
        },
      ),
    );
  });
});
