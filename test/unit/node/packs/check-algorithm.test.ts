import { describe, expect, it } from "vitest";
import { codeOf } from "../../../../src/base/errors.ts";
import { checkAlgorithm } from "../../../../src/node/packs/check-algorithm.ts";
import { readFlm } from "../../../../src/packs/flm/read-flm.ts";
import { workRamOf } from "../../../../src/packs/pack-chip.ts";
import { readPack } from "../../../../src/packs/read-pack.ts";
import { FLM, pdsc } from "../../../support/made-packs.ts";

const algorithm = readFlm(FLM, "made.FLM");
const RAM = { start: 0x20000000, length: 0x8000 };
const few = { cycles: 2_000 };

const memory = (start: number, length: number) => ({
  ...{ name: "M", start, length, isDefault: true },
  access: { read: true, write: true, execute: true },
});

describe("the RAM that an algorithm is checked with", () => {
  it("is there once where two ranges overlap: the result is that of one RAM", async () => {
    const [one, two] = await Promise.all([
      checkAlgorithm(algorithm, "M4", [RAM], few),
      checkAlgorithm(algorithm, "M4", [RAM, { start: 0x20000100, length: 0x8000 }], few),
    ]);
    expect(two.calls).toEqual(one.calls);
  });

  it("has 16 MB in all, however many there are: what lies beyond is no room", async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ start: 0x60000000 + i * 0x80_0000, length: 0x40_0000 }));
    const fifth = { ...algorithm, loadAddress: many[4].start };
    await expect(checkAlgorithm(fifth, "M4", many, few)).rejects.toSatisfy((e) => codeOf(e) === "algorithm-invalid");
    const fourth = { ...algorithm, loadAddress: many[3].start };
    expect((await checkAlgorithm(fourth, "M4", many, few)).placement.blob).toBe(many[3].start);
  });

  it("begins and ends with whole words, and before the system's addresses", () => {
    expect(workRamOf([memory(0x20000001, 0x1002)])).toEqual([{ start: 0x20000004, length: 0xffc }]);
    expect(workRamOf([memory(0x20000001, 2)])).toEqual([]);
    expect(workRamOf([memory(0xe000e000, 0x1000), memory(0xdffff000, 0x2000)])).toEqual([
      { start: 0xdffff000, length: 0x1000 },
    ]);
  });

  it("is refused where a device has more than 256 memories", () => {
    const line = '<memory name="RAM" access="rwx" start="0x20000000" size="0x8000" default="1"/>';
    const lines = Array.from({ length: 300 }, (_, i) => line.replace("RAM", `RAM${i}`)).join("");
    const pack = readPack("a.pdsc", new TextEncoder().encode(pdsc("P", "1", ["D"]).replace(line, lines)));
    expect(() => pack.device(pack.devices[0])).toThrow(expect.objectContaining({ code: "pack-too-large" }));
  });

  it("is given up between two calls where the check is interrupted", async () => {
    const stop = new AbortController();
    const check = checkAlgorithm(algorithm, "M4", [RAM], { signal: stop.signal });
    stop.abort(new Error("interrupted"));
    await expect(check).rejects.toThrow("interrupted");
  });
});
