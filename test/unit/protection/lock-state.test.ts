import { describe, expect, it } from "vitest";
import type { LockExit, LockPlace, LockTable } from "../../../src/chips/protection-scheme.ts";
import { type LockAnswer, lockPlaces, lockStateOf } from "../../../src/protection/lock-state.ts";
import { register } from "../../../src/registers/register.ts";

const STATUS = { on: "port", register: 0 } as const;
const FUSE = { on: "memory", address: 0x1ff1e800, width: 32 } as const;
const KEY = { on: "memory", address: 0x1ff1e804, width: 8 } as const;

const MASS_ERASE: LockExit = { name: "mass erase", procedure: { steps: [], cleanup: [] } as never };

const TABLE: LockTable = {
  states: [
    { state: "closed", words: "closed", debug: "closed", tests: [{ ...FUSE, fault: true }] },
    {
      state: "partial",
      words: "partly closed",
      debug: "partial",
      tests: [
        { ...STATUS, mask: 0x4, value: 0x4 },
        { ...FUSE, mask: 0xff, value: 0x11 },
      ],
    },
    { state: "open", words: "open", debug: "open", tests: [] },
  ],
  exits: [{ exit: "mass erase", tests: [{ ...STATUS, mask: 0x20, value: 0x20 }] }],
  settle: { looks: 1, manyResets: 1, limitMs: 1, what: "" },
};

const stateOf = (lock: LockTable, answers: readonly [LockPlace, LockAnswer][]) =>
  lockStateOf({ lock, exits: [MASS_ERASE] }, (place) => {
    const { on } = place;
    const same = answers.find(
      ([at]) =>
        at.on === on && (at.on === "port" ? at.register === 0 : at.address === ("address" in place && place.address)),
    );
    return same?.[1];
  });

describe("the places of a lock table", () => {
  it("are those of all its tests, each once, without their conditions", () => {
    expect(lockPlaces(TABLE)).toEqual([FUSE, STATUS]);
  });

  it("begin with what makes them certain, and with the reset", () => {
    const lock = { ...TABLE, inReset: { ...STATUS, mask: 8, value: 8 }, certain: { ...KEY, mask: 1, value: 1 } };
    expect(lockPlaces(lock)).toEqual([KEY, STATUS, FUSE]);
  });

  it("tell one address at two widths and at two registers apart", () => {
    const byte = { on: "memory", address: FUSE.address, width: 8 } as const;
    const other = { on: "port", register: 4 } as const;
    const tests = [byte, FUSE, STATUS, other].map((place) => ({ ...place, mask: 1, value: 1 }));
    const lock = { ...TABLE, states: [{ ...TABLE.states[0], tests }], exits: [] };
    expect(lockPlaces(lock)).toEqual([byte, FUSE, STATUS, other]);
  });

  it("hold those of a way out by firmware", () => {
    expect(lockPlaces({ ...TABLE, byFirmware: { ...KEY, mask: 1, value: 1 } })).toContainEqual(KEY);
  });
});

describe("the state of a lock table", () => {
  it.each<[string, LockAnswer, LockAnswer, string, boolean]>([
    ["the fuse refuses to be read", 0x4, "fault", "closed", true],
    ["both tests of a row hold", 0x4, 0x11, "partial", true],
    ["only the first of two tests holds", 0x4, 0x12, "open", false],
    ["only the second of two tests holds", 0, 0x11, "open", false],
    ["the port refuses, and a test wants a number", "fault", 0x11, "open", false],
    ["nothing was read", undefined, undefined, "open", false],
  ])("where %s is the first row that fits", (_, status, fuse, state, locked) => {
    const found = stateOf(TABLE, [
      [STATUS, status],
      [FUSE, fuse],
    ]);
    expect(found).toMatchObject({ state, locked, debug: TABLE.states.find((row) => row.state === state)?.debug });
  });

  it("where no row fits is a RangeError", () => {
    const lock = { ...TABLE, states: TABLE.states.slice(0, 2) };
    expect(() => stateOf(lock, [[STATUS, 0]])).toThrow(new RangeError("No lock state fits what was read"));
  });

  it("has the way out whose tests hold, and none where they do not", () => {
    expect(stateOf(TABLE, [[STATUS, 0x20]]).exit).toBe(MASS_ERASE);
    expect(stateOf(TABLE, [[STATUS, 0x1f]])).not.toHaveProperty("exit");
  });

  it("without tests of their own is certain, out of reset and not for firmware to open", () => {
    expect(stateOf(TABLE, [])).toMatchObject({ certain: true, inReset: false, byFirmware: false });
  });

  it("is certain, in reset and for firmware to open where those tests hold", () => {
    const [certain, inReset, byFirmware] = [1, 2, 8].map((bit) => ({ ...STATUS, mask: bit, value: bit }));
    const lock = { ...TABLE, certain, inReset, byFirmware };
    const all = { certain: true, inReset: true, byFirmware: true };
    expect(stateOf(lock, [[STATUS, 0xb]])).toMatchObject(all);
    expect(stateOf(lock, [[STATUS, 0xa]])).toMatchObject({ ...all, certain: false });
    expect(stateOf(lock, [[STATUS, 0x9]])).toMatchObject({ ...all, inReset: false });
    expect(stateOf(lock, [[STATUS, 0x3]])).toMatchObject({ ...all, byFirmware: false });
  });

  it("shows the first place's word with its bits, where the table decodes it and it was read", () => {
    const status = register({ name: "S", address: 0, width: 32, section: "-", fields: { BUSY: 0 } });
    const lock = { ...TABLE, status, certain: { ...STATUS, mask: 0, value: 0 } };
    expect(stateOf(lock, [[STATUS, 0x1]]).status).toEqual({ value: 1, bits: status.decode(1) });
    expect(stateOf(lock, [[STATUS, "fault"]])).not.toHaveProperty("status");
    expect(stateOf(TABLE, [[STATUS, 0x1]])).not.toHaveProperty("status");
  });
});
