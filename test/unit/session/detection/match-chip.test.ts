import { describe, expect, it } from "vitest";
import { AdiError } from "../../../../src/adi/adi-error.ts";
import type { BatchMemory } from "../../../../src/adi/memory.ts";
import type { Chip } from "../../../../src/chips/chip.ts";
import { hasOnlyPortsOf, hasPortsOf, matchBy, matchChip } from "../../../../src/session/detection/match-chip.ts";
import { MADE_UP } from "../../../support/made-up-chip.ts";

const [{ address: ID }] = MADE_UP.detection.reads;
const DIE = ID + 4;
const chip: Chip = {
  ...MADE_UP,
  detection: {
    reads: [
      { address: ID, mask: 0xffff, value: 0x1234, why: "its number" },
      { address: DIE, mask: 0x80000000, value: 0x80000000, why: "its die" },
    ],
  },
};

/** Words by address; a register that has an error's code throws it, as a batch that has it does. */
function holding(words: { readonly [address: number]: number | "memory-fault" | "dap-wait" | "unsteady-read" }) {
  const read = (address: number) => {
    const word = words[address];
    if (typeof word === "string") throw new AdiError(word as "memory-fault", "refused");
    return word ?? 0;
  };
  return {
    run: async (ops) => Uint32Array.from(ops.map(({ address }) => read(address))),
    read: async (address) => new Uint8Array(Uint32Array.of(read(address)).buffer),
    write: async () => {},
  } satisfies BatchMemory;
}

describe("the ports of a chip", () => {
  const { dpidr, aps } = chip.debug;
  const [core, control] = aps;
  const more = { index: 2, idr: 0x12345678 };
  const ports = (...all: readonly object[]) => all as Parameters<typeof hasPortsOf>[2];

  it("are there where DPIDR and each port's number and IDR are the chip's, in any order, beside others", () => {
    for (const all of [ports(...aps), ports(control, core), ports(...aps, more)])
      expect(hasPortsOf(chip, dpidr, all)).toBe(true);
  });

  it.each([
    ["DPIDR is another one", dpidr ^ 0x10000000, ports(...aps)],
    ["no port was found", dpidr, ports()],
    ["a port is missing", dpidr, ports(core)],
    ["a port has another IDR", dpidr, ports(core, { ...control, idr: control.idr ^ 1 })],
    ["a port's IDR is found at another number", dpidr, ports(core, { ...control, index: 3 })],
    ["the IDRs are exchanged", dpidr, ports({ ...core, idr: control.idr }, { ...control, idr: core.idr })],
  ])("are not there where %s", (_, id, all) => {
    expect([hasPortsOf(chip, id, all), hasOnlyPortsOf(chip, id, all)]).toEqual([false, false]);
  });

  it("are the only ones where no port is beside them", () => {
    expect(hasOnlyPortsOf(chip, dpidr, ports(...aps))).toBe(true);
    expect(hasOnlyPortsOf(chip, dpidr, ports(...aps, more))).toBe(false);
  });
});

describe("a comparison of a chip's identification registers", () => {
  it.each([
    ["yes where each register has its value under its mask", { [ID]: 0xabcd1234, [DIE]: 0x80000001 }, "yes"],
    ["no where the first differs", { [ID]: 0x1235, [DIE]: 0x80000000 }, "no"],
    ["no where the last differs", { [ID]: 0x1234, [DIE]: 0x7fffffff }, "no"],
    ["no where one differs and a later one is refused", { [ID]: 0, [DIE]: "memory-fault" }, "no"],
    ["unknown where one is refused behind one that is right", { [ID]: 0x1234, [DIE]: "memory-fault" }, "unknown"],
    ["unknown where the bus waits for a flash command", { [ID]: "dap-wait", [DIE]: 0x80000000 }, "unknown"],
  ] as const)("answers %s", async (_, words, answer) => {
    expect(await matchChip(holding(words), chip)).toBe(answer);
  });

  it("answers unknown for data that name no register", async () => {
    expect(await matchChip(holding({}), { ...chip, detection: { reads: [] } })).toBe("unknown");
  });

  it.each([
    ["no", "memory-fault"],
    ["unknown", "dap-wait"],
  ] as const)("answers %s where a register that the chip always shows throws %s", async (answer, code) => {
    const [first] = chip.detection.reads;
    const always: Chip = { ...chip, detection: { reads: [{ ...first, always: true }] } };
    expect(await matchChip(holding({ [ID]: code }), always)).toBe(answer);
  });

  it("passes on any other error, be it of the batch or of a single register", async () => {
    await expect(matchChip(holding({ [ID]: "unsteady-read" }), chip)).rejects.toMatchObject({ code: "unsteady-read" });
    const failing = () => Promise.reject(new AdiError("unsteady-read", "not the same"));
    await expect(matchBy(failing, chip)).rejects.toMatchObject({ code: "unsteady-read" });
  });
});
