import { describe, expect, it } from "vitest";
import { readBlock } from "../../../src/adi/block.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { sectorOf } from "../../../src/flash/content.ts";
import { planRewrite } from "../../../src/flash/plan/rewrite.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { executePlan } from "../../../src/session/flashing/execute-plan.ts";
import { restoreSector, setFlashBreakpoints } from "../../../src/session/patches/change.ts";
import { findLeftovers, restoreLeftovers } from "../../../src/session/patches/leftovers.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, flashBoard, onTarget } from "../../support/board.ts";
import { Chance } from "../../support/chance.ts";
import { MemoryJournal } from "../../support/patch-journal.ts";
import {
  CHIPS,
  debugging,
  flashOf,
  imageOf,
  type Place,
  programmed,
  withBreakpoints,
} from "../../support/patched-board.ts";

/** Reads what a debugger of a session is shown. */
async function shown(session: Session, { sector, size }: Place): Promise<Uint8Array> {
  const user = session.share("debugger");
  const bytes = await readBlock(user.core.memory, sector, size);
  user.release();
  return bytes;
}

/** Programs a sector as firmware does: the records don't change. */
async function rewriteUnnoticed(session: Session, { sector: address }: Place, content: Uint8Array): Promise<void> {
  await session.hold("flash", async (held) => {
    const sector = sectorOf(held.chip, address);
    if (!sector) throw new Error("there is no sector");
    const plan = planRewrite(held.chip, [{ sector, content }]);
    await executePlan(held, plan, { permits: [], loader: "direct" }, new Stopwatch(held.clock));
  });
}

describe.each(CHIPS)("breakpoints in flash of $chip", (place) => {
  const at = (offset: number) => place.sector + offset;

  it("stand in the cells, and reads of debuggers, RTT and observers show the firmware's bytes", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, async (session) => {
      await setFlashBreakpoints(session, [at(0x10), at(0x7fe)]);
      expect(flashOf(twin, place)).toEqual(withBreakpoints(own, [0x10, 0x7fe]));
      expect(await shown(session, place)).toEqual(own);
      const view = session.share("view");
      const [word] = await view.core.memory.run([{ op: "read", address: at(0x10), width: 32 }]);
      expect(word).toBe(new DataView(own.buffer).getUint32(0x10, true));
      const [byte] = await view.core.memory.run([{ op: "read", address: at(0x11), width: 8 }]);
      expect(byte).toBe(own[0x11]);
      expect(await session.core.memory.read(at(0x7fc), 4, 32)).toEqual(own.slice(0x7fc, 0x800));
      await setFlashBreakpoints(session, [at(0x7fe)]);
      expect(flashOf(twin, place)).toEqual(withBreakpoints(own, [0x7fe]));
      await setFlashBreakpoints(session, []);
      expect(flashOf(twin, place)).toEqual(own);
    });
    expect([...journal.texts]).toEqual([]);
  });

  it("leave the core's registers and RAM as they were, and count one erase for each change of a sector", async () => {
    const { twin } = await programmed(place);
    await debugging(twin, new MemoryJournal(), async (session) => {
      const { core } = session;
      await core.writeRegisters({ R0: 0x11223344, R7: 0x55667788, PC: 0x20000100, LR: 0x20000201 });
      const names = ["R0", "R1", "R7", "R12", "SP", "LR", "PC", "XPSR", "CFBP"] as const;
      const before = await core.readRegisters(names);
      const ram = await readBlock(core.memory, 0x20000000, 0x2000);
      // The controller's own buffer, where it has one: firmware may use it as RAM.
      const { buffer } = session.chip.banks[0].controller ?? {};
      const held = new Chance(7).bytes(buffer?.length ?? 0);
      if (buffer) await core.memory.write(buffer.start, held, 32);
      const erases: number[] = [];
      const count = ({ erases: number }: { readonly erases: number }) => void erases.push(number);
      await setFlashBreakpoints(session, [at(0x10)], count);
      await setFlashBreakpoints(session, [at(0x10)], count);
      await setFlashBreakpoints(session, [at(0x10), at(0x20)], count);
      expect(erases).toEqual([1, 2]);
      expect(await core.readRegisters(names)).toEqual(before);
      expect(await readBlock(core.memory, 0x20000000, 0x2000)).toEqual(ram);
      if (buffer) expect(await readBlock(core.memory, buffer.start, buffer.length)).toEqual(held);
    });
  });

  it("that a killed debugger has left are found by the next session, and restored", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    await onTarget(twin, async (session) => {
      const { sectors } = await findLeftovers(session, journal);
      expect(sectors).toMatchObject([{ sector: { address: place.sector }, breakpoints: [at(0x10)], isTorn: false }]);
      expect(await restoreLeftovers(session)).toHaveLength(1);
      expect(flashOf(twin, place)).toEqual(own);
    });
    expect(journal.texts.size).toBe(0);
  });

  it("that a killed debugger has left go with a job over their sector, whose rest gets the firmware's bytes", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10), at(0x400)]));
    const part = new Uint8Array(0x100).fill(0x5a);
    await onTarget(twin, async (session) => {
      await findLeftovers(session, journal);
      await flashImage(session, { image: imageOf(at(0x400), part), policy: "refuse", permits: [], keepRest: true });
    });
    const after = own.slice();
    after.set(part, 0x400);
    expect(flashOf(twin, place)).toEqual(after);
    expect(journal.texts.size).toBe(0);
  });

  it("are restored after the power was cut within any flash command of a change", async () => {
    const { twin: first, own } = await programmed(place);
    const state = first.snapshot();
    const commands = await debugging(first, new MemoryJournal(), async (session) => {
      const before = first.flashCommands;
      await setFlashBreakpoints(session, [at(0x10)]);
      return first.flashCommands - before;
    });
    // Begin, middle and end of the first command, the middle of one in between, the end of the last.
    const middle = Math.ceil(commands / 2);
    for (const [command, points] of new Map([
      [middle, [0.5]],
      [commands, [1]],
      [1, [0, 0.5, 1]],
    ])) {
      for (const point of points) {
        const twin = board({ chip: place.chip, flash: "zero", state });
        const journal = new MemoryJournal();
        journal.onPut = () => {
          journal.onPut = () => {};
          twin.armPowerCut(command, point);
        };
        await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)])).catch(() => {});
        await twin.clock.sleep(20_000);
        await onTarget(twin, async (session) => {
          const { sectors } = await findLeftovers(session, journal);
          const isOwn = Buffer.from(flashOf(twin, place)).equals(Buffer.from(own));
          expect([command, point, sectors.length]).toEqual([command, point, isOwn ? 0 : 1]);
          await restoreLeftovers(session);
          expect(Buffer.from(flashOf(twin, place)).equals(Buffer.from(own))).toBe(true);
        });
      }
    }
  });
});

describe("a record of breakpoints in flash", () => {
  const place = CHIPS[0];
  const at = (offset: number) => place.sector + offset;

  it("stands in the journal before the sector is erased, with all of its bytes", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    const seen: unknown[] = [];
    journal.onPut = ({ original, states }) =>
      void seen.push([
        states,
        Buffer.from(original).equals(Buffer.from(own)),
        flashOf(twin, place)[0x10] === own[0x10],
      ]);
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    expect(seen).toEqual([
      [[[], [at(0x10)]], true, true],
      [[[at(0x10)]], true, false],
    ]);
  });

  it("leaves a sector alone that was programmed by others since", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    const other = own.map((byte) => byte ^ 0x55);
    await flashBoard(twin, imageOf(place.sector, other));
    await onTarget(twin, async (session) => {
      expect((await findLeftovers(session, journal)).sectors).toEqual([]);
      expect(await restoreLeftovers(session)).toEqual([]);
    });
    expect(flashOf(twin, place)).toEqual(other);
    expect(journal.texts.size).toBe(1);
  });

  it("is no leftover once its sector was programmed behind the look", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    const other = own.map((byte) => byte ^ 0x55);
    await onTarget(twin, async (session) => {
      const { sectors } = await findLeftovers(session, journal);
      await rewriteUnnoticed(session, place, other);
      expect(await restoreSector(session, sectors[0])).toBe(false);
    });
    expect(flashOf(twin, place)).toEqual(other);
  });

  it("of a blank sector is another board's where the chip's unique number differs", async () => {
    const { twin } = await programmed(place);
    const journal = new MemoryJournal();
    journal.onPut = () => {
      journal.onPut = () => {};
      twin.armPowerCut(1, 1);
    };
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)])).catch(() => {});
    const other = board({ chip: place.chip, flash: "zero", seed: 77 });
    await onTarget(other, async (session) => {
      expect((await findLeftovers(session, journal)).sectors).toEqual([]);
    });
    await twin.clock.sleep(20_000);
    await onTarget(twin, async (session) => {
      expect((await findLeftovers(session, journal)).sectors).toMatchObject([{ isTorn: true }]);
    });
  });

  it("is dropped by an erase of its sector and by an erase of everything", async () => {
    for (const target of [{ what: "sectors", start: place.sector, length: place.size }, { what: "chip" }] as const) {
      const { twin } = await programmed(place);
      const journal = new MemoryJournal();
      await debugging(twin, journal, async (session) => {
        await setFlashBreakpoints(session, [at(0x10)]);
        await eraseFlash(session, target);
      });
      expect(journal.texts.size).toBe(0);
      expect(flashOf(twin, place).every((byte) => byte === 0xff)).toBe(true);
    }
  });

  it("keeps a range that an erase keeps beside it as the firmware's", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, async (session) => {
      await setFlashBreakpoints(session, [at(0x10)]);
      await eraseFlash(session, { what: "range", start: at(0x800), length: 0x100 });
    });
    const after = own.slice();
    after.fill(0xff, 0x800, 0x900);
    expect(flashOf(twin, place)).toEqual(after);
    expect(journal.texts.size).toBe(0);
  });

  it("takes what firmware has written to its sector since for the firmware's", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    const changed = withBreakpoints(own, [0x10]);
    changed.fill(0x33, 0x900, 0x908);
    await debugging(twin, journal, async (session) => {
      await setFlashBreakpoints(session, [at(0x10)]);
      // The same cells, with the breakpoint as it stands, and bytes of the firmware's that are new.
      await rewriteUnnoticed(session, place, changed);
      await setFlashBreakpoints(session, [at(0x10), at(0x20)]);
      await setFlashBreakpoints(session, []);
    });
    const after = own.slice();
    after.fill(0x33, 0x900, 0x908);
    expect(flashOf(twin, place)).toEqual(after);
  });

  it("is not made where the journal can't keep it, and the sector stays as it is", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    journal.onPut = () => {
      throw new Error("no room");
    };
    const work = debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    await expect(work).rejects.toThrow("no room");
    expect(flashOf(twin, place)).toEqual(own);
  });
});

describe("a place for a breakpoint in flash", () => {
  const refusals = [
    { chip: "MK24FN1M0xxx12", address: 0x410, why: "the sector at 0x00000000 has the chip's security bytes" },
    { chip: "MK24FN1M0xxx12", address: 0x20000000, why: "0x20000000 is in no flash that is erased sector by sector" },
    { chip: "RP2040", address: 0x10000200, why: "the sector at 0x10000000 has what the boot ROM checks" },
    { chip: "nRF52840_xxAA", address: 0x10001300, why: "0x10001300 is in no flash that is erased sector by sector" },
    { chip: "STM32F407xG", address: 0x1fffc000, why: "0x1FFFC000 is in no flash that is erased sector by sector" },
  ];

  it.each(refusals)("is refused at $address of $chip", async ({ chip, address, why }) => {
    await debugging(board({ chip, flash: "zero" }), new MemoryJournal(), async (session) => {
      await expect(setFlashBreakpoints(session, [address])).rejects.toThrow(why);
    });
  });

  it("is found by an alias of its cells", async () => {
    const chip = CHIPS[3];
    const { twin, own } = await programmed(chip);
    await debugging(twin, new MemoryJournal(), async (session) => {
      await setFlashBreakpoints(session, [chip.sector + 0x1000000 + 0x10]);
      expect(flashOf(twin, chip)).toEqual(withBreakpoints(own, [0x10]));
      const user = session.share("debugger");
      expect(await user.core.memory.read(chip.sector + 0x1000000 + 0x10, 4, 32)).toEqual(own.slice(0x10, 0x14));
    });
  });
});
