import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostError } from "../../../src/base/errors.ts";
import type { Chip } from "../../../src/chips/chip.ts";
import { MK24FN1M0xxx12 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { findDevice, parseDeviceName } from "../../../src/commander/language/device-name.ts";
import { parseRegister } from "../../../src/commander/commands/registers.ts";
import { parseSpeed, parseWire } from "../../../src/commander/language/settings.ts";

describe("a device's name", () => {
  it.each(["MK24FN1M0xxx12", "mk24fn1m0XXX12", "MK24FN1M0VLL12", " MK24FN1M0xxx12 ", "MK24FN1M0xxx12?Loader1"])(
    "%j is the plain chip",
    (text) =>
      expect(parseDeviceName(text)).toMatchObject({ kind: "chip", chip: MK24FN1M0xxx12, allowsSecurity: false }),
  );
  it.each([
    "MK24FN1M0xxx12 (allow security)",
    "MK24FN1M0XXX12 (ALLOW SECURITY)",
    "mk24fn1m0xxx12(allow security)",
    "MK24FN1M0xxx12  ( Allow  Security ) ",
    "MK24FN1M0xxx12 (allow security)?Loader1",
  ])("%j allows the image's security byte", (text) =>
    expect(parseDeviceName(text)).toMatchObject({ kind: "chip", chip: MK24FN1M0xxx12, allowsSecurity: true }),
  );
  it.each(["MK24FN1M0xxx12 allow security", "(allow security) MK24FN1M0xxx12", "MK24FN1M0xxx12 (allow)"])(
    "%j is no such thing",
    (text) => expect(parseDeviceName(text)).toMatchObject({ kind: "unknown", allowsSecurity: false }),
  );
  it("may be a bare core", () => expect(parseDeviceName("Cortex-M4")).toMatchObject({ kind: "core" }));
  it("that is unknown comes with similar ones", () =>
    expect(parseDeviceName("MK24FN1M0").near).toContain("MK24FN1M0xxx12"));
  it("never allows security by accident, and never throws", () =>
    fc.assert(
      fc.property(fc.string(), (text) => {
        const allowed = /allow\s*security/i.test(text);
        expect(parseDeviceName(text).allowsSecurity && !allowed).toBe(false);
      }),
    ));
});

describe("a device that the host finds", () => {
  const added: Chip = { ...MK24FN1M0xxx12, name: "OWN-K24", origin: "pack", protection: undefined };
  /** A host that has one device, and the names that it was asked for. */
  const host = (answer: () => Chip | undefined) => {
    const asked: string[] = [];
    const find = async (name: string) => {
      asked.push(name);
      return answer();
    };
    return { asked, findDevice: find };
  };

  it.each(["own-k24", " OWN-K24 ", "OWN-K24?Loader1"])("is the chip, asked for by its bare name: %j", async (text) => {
    const one = host(() => added);
    expect(await findDevice(text, one)).toMatchObject({ kind: "chip", chip: added, allowsSecurity: false, near: [] });
    expect(one.asked.map((name) => name.toUpperCase())).toEqual(["OWN-K24"]);
  });

  it("is asked for by its name without what allows a lock, and unknown with that where its locks are unknown", async () => {
    const one = host(() => added);
    const found = await findDevice("OWN-K24 (allow security)", one);
    expect(found).toMatchObject({ kind: "unknown", allowsSecurity: false, near: ["OWN-K24"] });
    expect(one.asked).toEqual(["OWN-K24"]);
    const locks = { ...added, protection: MK24FN1M0xxx12.protection };
    expect(
      await findDevice(
        "OWN-K24 (allow security)",
        host(() => locks),
      ),
    ).toMatchObject({
      kind: "chip",
      chip: locks,
      allowsSecurity: true,
    });
  });

  it.each(["MK24FN1M0xxx12", "MK24FN1M0VLL12 (allow security)", "Cortex-M4"])(
    "is not looked for where the name is one of Flashproof's own: %s",
    async (text) => {
      const one = host(() => added);
      expect(await findDevice(text, one)).toEqual(parseDeviceName(text));
      expect(one.asked).toEqual([]);
    },
  );

  it("is unknown where the host has none, and where it looks for none", async () => {
    expect(
      await findDevice(
        "OWN-K24",
        host(() => undefined),
      ),
    ).toEqual(parseDeviceName("OWN-K24"));
    expect(await findDevice("OWN-K24", {})).toEqual(parseDeviceName("OWN-K24"));
  });

  it("is unknown with the reason where it can't be used, and a mistake in the host is thrown", async () => {
    const error = new HostError("file-unreadable", "the pack is gone");
    const failing = (thrown: Error) =>
      host(() => {
        throw thrown;
      });
    expect(await findDevice("OWN-K24", failing(error))).toMatchObject({ kind: "unknown", near: [], refused: error });
    await expect(findDevice("OWN-K24", failing(new TypeError("a mistake")))).rejects.toThrow(TypeError);
  });
});

describe("a register's name", () => {
  it.each([
    ["r0", "R0"],
    ["R13", "SP"],
    ["R15 (PC)", "PC"],
    ["R14(LR)", "LR"],
    ["FPS31", "S31"],
    ["f", "PC"],
    ["10", "XPSR"],
  ])("%s is %s", (text, name) => expect(parseRegister(text)).toBe(name));
  it.each(["", "R16", "FPS32", "XYZ", "ff"])("%j is none", (text) => expect(parseRegister(text)).toBeUndefined());
});

describe("wire and speed", () => {
  it.each([
    ["1", "SWD"],
    ["swd", "SWD"],
    ["S", "SWD"],
    ["0", "JTAG"],
    ["7", "CJTAG"],
    ["2", undefined],
  ])("wire %s is %s", (text, wire) => expect(parseWire(text)).toBe(wire));
  it.each([
    ["4000", 4000],
    ["auto", 4000],
    ["a", 4000],
    ["adaptive", 4000],
    ["0", undefined],
    ["", undefined],
    ["fast", undefined],
  ])("speed %j is %s kHz", (text, khz) => expect(parseSpeed(text)).toBe(khz));
});
