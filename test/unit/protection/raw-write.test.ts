import { describe, expect, it } from "vitest";
import type { GuardedRange } from "../../../src/chips/chip.ts";
import { flashWrite, guardedAt } from "../../../src/protection/raw-write.ts";

const CONTROLLER: GuardedRange = {
  start: 0x40020000,
  length: 0x18,
  name: "the flash controller FTFE",
  kind: "flash-controller",
  starts: { start: 0x40020004, length: 4, mask: 0x80 },
  startedBy: "FSTAT and FCCOB",
  can: "it can erase flash",
};
const OPTIONS: GuardedRange = {
  start: 0x1fffc000,
  length: 0x10,
  name: "option bytes",
  kind: "options",
  can: "it can lock",
};
const CHIPS = [{ guarded: [OPTIONS, CONTROLLER] }];

const bytes = (length: number, value = 0) => new Uint8Array(length).fill(value);
const write = (address: number, data: Uint8Array, range: GuardedRange = CONTROLLER) =>
  flashWrite(address, data, [{ guarded: [OPTIONS, range] }]);

describe("a guarded range", () => {
  it.each([
    [0x4001fffc, 4, undefined],
    [0x4001fffc, 5, CONTROLLER.name],
    [0x40020000, 1, CONTROLLER.name],
    [0x40020017, 1, CONTROLLER.name],
    [0x40020018, 4, undefined],
    [0x4001fff0, 0x100, CONTROLLER.name],
    [0x1fffc00f, 1, OPTIONS.name],
  ])("at 0x%s, %d bytes long, is %s", (address, length, name) => {
    expect(guardedAt(address, length, CHIPS)?.name).toBe(name);
  });

  it("of any of several chips counts", () => {
    expect(guardedAt(0x40020000, 4, [{ guarded: [] }, ...CHIPS])).toBe(CONTROLLER);
    expect(guardedAt(0x40020000, 4, [])).toBeUndefined();
  });
});

describe("a raw write to a flash controller", () => {
  it.each([0x40020004, 0x40020005, 0x40020006, 0x40020007])(
    "starts a command where byte 0x%s has the bit of the mask",
    (address) => {
      expect(write(address, Uint8Array.of(0x80))).toEqual({ does: "starts", registers: "FSTAT and FCCOB" });
    },
  );

  it.each([
    ["without the bit", 0x40020004, bytes(4, 0x7f)],
    ["with the bit before the bytes that start one", 0x40020003, Uint8Array.of(0x80, 0)],
    ["with the bit behind the bytes that start one", 0x40020007, Uint8Array.of(0, 0x80)],
  ])("only touches it %s", (_, address, data) => {
    expect(write(address, data)).toEqual({ does: "touches", registers: "FSTAT and FCCOB" });
  });

  it("finds the bit in a longer write that begins outside the controller", () => {
    const data = bytes(0x10);
    data[8] = 0x80;
    expect(write(0x4001fffc, data)?.does).toBe("starts");
  });

  const anyByte = { ...CONTROLLER, starts: { start: 0x40020004, length: 4 } };
  it.each([
    [0x40020003, 1, "touches"],
    [0x40020003, 2, "starts"],
    [0x40020007, 1, "starts"],
    [0x40020008, 1, "touches"],
  ])("without a mask, at 0x%s with %d bytes, %s", (address, length, does) => {
    expect(write(address, bytes(length), anyByte)?.does).toBe(does);
  });

  it("only touches a controller without registers that start commands, and takes its name", () => {
    const { starts: _, startedBy: __, ...quiet } = CONTROLLER;
    expect(write(0x40020004, bytes(4, 0xff), quiet)).toEqual({ does: "touches", registers: CONTROLLER.name });
  });

  it("is none at option bytes, or beside every range", () => {
    expect(write(0x1fffc000, bytes(4, 0xff))).toBeUndefined();
    expect(write(0x20000000, bytes(4, 0xff))).toBeUndefined();
  });
});
