import { describe, expect, it } from "vitest";
import { NRF52_MODELS } from "../../../../src/twin/families/nrf52/chips.ts";

/** What start-up code reads of a chip's memory, by its debugger's access port. */
function reader(name: string) {
  const chip = NRF52_MODELS[name as keyof typeof NRF52_MODELS]({
    flash: "zero",
    locked: false,
    seed: 1,
    execute: false,
  });
  chip.powerOn(0);
  chip.advance(10_000_000_000);
  const ap = chip.debugPorts[0].accessPort(0);
  return (address: number) => {
    ap?.write(0x00, 0x02);
    ap?.write(0x04, address);
    const word = ap?.read(0x0c);
    if (typeof word !== "number") throw new Error(`0x${address.toString(16)} is refused: ${String(word)}`);
    return word & 0xff;
  };
}

describe("the page of an nRF52's part number", () => {
  // MDK, nrf52_erratas.h: part in 0xF0000FE0 and the low half of 0xF0000FE4, revision in the high half of 0xF0000FE8.
  it.each([
    ["nRF52832_xxAA", 0x06, 5],
    ["nRF52833_xxAA", 0x0d, 0],
    ["nRF52840_xxAA", 0x08, 2],
    ["nRF52840_xxAA-F0", 0x08, 3],
  ])("of %s shows part %i and its revision", (name, part, revision) => {
    const read = reader(name);
    expect([read(0xf0000fe0), read(0xf0000fe4) & 0xf, read(0xf0000fe8) >>> 4]).toEqual([part, 0, revision]);
  });

  it("has FICR's own two words for the same", () => {
    const read = reader("nRF52832_xxAA");
    expect([read(0x10000130), read(0x10000134)]).toEqual([6, 5]);
  });
});

describe("an nRF52's COMP", () => {
  it("answers at the register by which start-up code tunes it", () => {
    expect(reader("nRF52832_xxAA")(0x40013540)).toBe(0);
  });
});

describe("an nRF52's state of the first version", () => {
  it("is restored; COMP, which it lacks beside NFCT and QDEC, comes as after a reset", () => {
    /** INTENSET of COMP: one event's interrupt is on. */
    const [INTENSET, READY] = [0x40013304, 1];
    const chip = () => NRF52_MODELS.nRF52840_xxAA({ flash: "zero", locked: false, seed: 1, execute: false });
    const first = chip();
    first.powerOn(0);
    first.advance(10_000_000_000);
    const at = (of: ReturnType<typeof chip>) => {
      const ap = of.debugPorts[0].accessPort(0);
      ap?.write(0x00, 0x02);
      ap?.write(0x04, INTENSET);
      return ap;
    };
    at(first)?.write(0x0c, READY);
    expect(at(first)?.read(0x0c)).toBe(READY);
    const parts = new Map(first.save());
    let lacking = 0;
    const older = (text: string) =>
      JSON.stringify(JSON.parse(text), (name, value) => {
        if (!/^(NFCT|QDEC|COMP)$/.test(name)) return value;
        lacking++;
        return undefined;
      });
    for (const [name, bytes] of parts) {
      const text = new TextDecoder().decode(bytes);
      if (text.startsWith("{")) parts.set(name, new TextEncoder().encode(older(text)));
    }
    expect(lacking).toBe(3);
    const again = chip();
    again.restore(parts, 10_000_000_000);
    expect(at(again)?.read(0x0c)).toBe(0);
  });
});
