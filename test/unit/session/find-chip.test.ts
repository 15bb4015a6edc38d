import { describe, expect, it } from "vitest";
import type { Chip } from "../../../src/chips/chip.ts";
import { CHIPS, findChip } from "../../../src/chips/list.ts";
import { connect } from "../../../src/session/connect.ts";
import { findAmong, sharedChip } from "../../../src/session/detection/find-chip.ts";
import { createTwin, type TwinOptions } from "../../../src/twin/usb.ts";
import { probeOf } from "../../support/board.ts";
import { connectMadeUp, ID, MADE_UP, madeUp } from "../../support/made-up-chip.ts";

async function unnamed(options: TwinOptions) {
  const twin = createTwin({ flash: "zero", ...options });
  const probe = await probeOf(twin);
  return connect({ probe, clock: twin.clock, hz: 4_000_000, how: "attach", candidates: CHIPS });
}

describe("a chip that was not named", () => {
  it.each(["MK24FN1M0xxx12", "MK64FN1M0xxx12"])("is recognised as %s among all chips, blank as it is", async (name) => {
    const { found } = await unnamed({ chip: name });
    expect(found).toMatchObject({ match: "yes", chip: { name }, lock: { locked: false } });
    expect(found.group).toBeUndefined();
  });

  it("is a group where several have the same registers, with what they share, and its lock in memory is read", async () => {
    const { found } = await unnamed({ chip: "STM32F407xG" });
    expect(found.group?.map(({ name }) => name)).toEqual(["STM32F407xG", "STM32F405xG", "STM32F415xG", "STM32F417xG"]);
    expect(found.chip).toMatchObject({
      name: "STM32F407xG or STM32F405xG or STM32F415xG or STM32F417xG",
      banks: findChip("STM32F407xG").banks,
    });
    expect(found).toMatchObject({ match: "yes", lock: { locked: false } });
  });

  it("is locked by its port where the family has one, and no memory is read", async () => {
    const { found } = await unnamed({ chip: "MK64FN1M0xxx12", locked: true });
    expect(found).toMatchObject({ lock: { locked: true } });
    expect(found.chip).toBeUndefined();
  });

  it("with the ports of a family and one more is none of that family, whose registers are not read", async () => {
    const lab = madeUp();
    const fewer: Chip = { ...MADE_UP, debug: { ...MADE_UP.debug, aps: [MADE_UP.debug.aps[0]] } };
    lab.core.accesses.length = 0;
    const session = await connectMadeUp(lab, MADE_UP, { chip: undefined, candidates: [fewer] });
    expect(session.found.chip).toBeUndefined();
    expect(lab.core.accesses).not.toContain(`r32 ${ID.toString(16)}`);
  });
});

describe("findAmong", () => {
  const signs = { core: { name: "Cortex-M4" } as never };
  const reads: number[] = [];
  const memory = {
    read: async (address: number) => {
      reads.push(address);
      return Uint8Array.of(0x34, 0x12, 0, 0);
    },
    write: async () => {},
  };
  const other = (chip: Partial<Chip>): Chip => ({ ...MADE_UP, name: "OTHER", ...chip });
  const among = (chips: readonly Chip[], table?: { designer: number; pid: number }) =>
    findAmong(chips, { ...signs, ...(table && { romTable: table }) }, memory, {});

  it("reads no register for a chip with another core, or another ROM table", async () => {
    reads.length = 0;
    const m0 = other({ cores: [{ name: "core0", type: "M0", ap: { v: 1, index: 0 } }] });
    const st = other({ detection: { ...MADE_UP.detection, romTable: { designer: 0x20, part: 0x413 } } });
    expect(await among([m0, st], { designer: 0x20, pid: 0x00080419 })).toEqual({ match: "no" });
    expect(reads).toEqual([]);
  });

  it("reads each register once for all candidates", async () => {
    reads.length = 0;
    const third = other({ detection: { reads: [{ ...MADE_UP.detection.reads[0], value: 0x9 }] } });
    expect(await among([third, MADE_UP, third])).toEqual({ match: "yes", chip: MADE_UP });
    expect(reads).toEqual([ID]);
  });
});

describe("what chips share", () => {
  it("has the banks and memories of all, the guarded ranges of each, and no locks where they differ", () => {
    const k24 = findChip("MK24FN1M0xxx12");
    const k64 = { ...k24, name: "other", protection: undefined, memories: k24.memories.slice(1), guarded: [] };
    const shared = sharedChip([k24, k64]);
    expect(shared).toMatchObject({ name: "MK24FN1M0xxx12 or other", protection: undefined, banks: k24.banks });
    expect(shared.memories).toEqual(k64.memories);
    expect(shared.guarded).toEqual(k24.guarded);
  });
});
