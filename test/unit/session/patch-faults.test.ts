import { describe, expect, it } from "vitest";
import { readBlock } from "../../../src/adi/block.ts";
import { sectorOf } from "../../../src/flash/content.ts";
import { recordText } from "../../../src/flash/patches/record.ts";
import { planRewrite } from "../../../src/flash/plan/rewrite.ts";
import { Stopwatch } from "../../../src/flash/stopwatch.ts";
import { eraseFlash } from "../../../src/session/erase-job.ts";
import { flashImage } from "../../../src/session/flash-job.ts";
import { executePlan } from "../../../src/session/flashing/execute-plan.ts";
import { setFlashBreakpoints } from "../../../src/session/patches/change.ts";
import { findLeftovers, restoreLeftovers } from "../../../src/session/patches/leftovers.ts";
import type { Session } from "../../../src/session/session.ts";
import { board, flashBoard, onTarget } from "../../support/board.ts";
import { MemoryJournal } from "../../support/patch-journal.ts";
import { CHIPS, debugging, flashOf, imageOf, programmed, withBreakpoints } from "../../support/patched-board.ts";

const place = CHIPS[0];
const at = (offset: number) => place.sector + offset;

/** Programs the sector as firmware does: the records don't change. */
async function rewriteUnnoticed(session: Session, content: Uint8Array): Promise<void> {
  await session.hold("flash", async (held) => {
    const sector = sectorOf(held.chip, place.sector);
    if (!sector) throw new Error("there is no sector");
    const plan = planRewrite(held.chip, [{ sector, content }]);
    await executePlan(held, plan, { permits: [], loader: "direct" }, new Stopwatch(held.clock));
  });
}

describe("an erase beside breakpoints in flash", () => {
  it.each(["the session's own", "a killed debugger's"])(
    "of a blank range writes the firmware's bytes back: %s",
    async (whose) => {
      const { twin, own } = await programmed(place);
      own.fill(0xff, 0x800);
      await flashBoard(twin, imageOf(place.sector, own));
      const journal = new MemoryJournal();
      const erase = (session: Session) => eraseFlash(session, { what: "range", start: at(0x900), length: 0x100 });
      await debugging(twin, journal, async (session) => {
        await setFlashBreakpoints(session, [at(0x10)]);
        if (whose === "the session's own") await erase(session);
      });
      if (whose !== "the session's own") await debugging(twin, journal, erase);
      expect(flashOf(twin, place)).toEqual(own);
      expect([...journal.texts]).toEqual([]);
    },
  );

  it("of a whole sector erases one that is blank but for breakpoints", async () => {
    const twin = board({ chip: place.chip, flash: "zero" });
    await flashBoard(twin, imageOf(place.sector, new Uint8Array(place.size).fill(0xff)));
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    await debugging(twin, journal, (session) =>
      eraseFlash(session, { what: "sectors", start: place.sector, length: place.size }),
    );
    expect(flashOf(twin, place).every((byte) => byte === 0xff)).toBe(true);
    expect([...journal.texts]).toEqual([]);
  });
});

describe("a flash job over breakpoints in flash", () => {
  it("keeps the record where its image has the breakpoints, too, so that nothing is written", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    await onTarget(twin, async (session) => {
      await findLeftovers(session, journal);
      const image = imageOf(place.sector, withBreakpoints(own, [0x10]));
      await flashImage(session, { image, policy: "refuse", permits: [], keepRest: true });
      expect(journal.texts.size).toBe(1);
      await restoreLeftovers(session);
    });
    expect(flashOf(twin, place)).toEqual(own);
  });

  // Each fault strikes the first byte of a command, of which one programs 1 KB; the first reads.
  it("compares the firmware's bytes that it writes back, whether its own are compared or not", async () => {
    const { twin: first } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(first, journal, (session) => setFlashBreakpoints(session, [at(0x400)]));
    const state = first.snapshot();
    for (const verify of [true, false]) {
      const kept = new MemoryJournal();
      for (const [id, text] of journal.texts) kept.texts.set(id, text);
      const twin = board({ chip: place.chip, flash: "zero", state, faults: "badprog@ftfe=3" });
      await onTarget(twin, async (session) => {
        await findLeftovers(session, kept);
        const image = imageOf(at(0x800), new Uint8Array(8).fill(0x5a));
        const work = flashImage(session, { image, policy: "refuse", permits: [], keepRest: true, verify });
        await expect(work, `verify ${verify}`).rejects.toMatchObject({ code: "verify-differs" });
      });
      expect(kept.texts.size, `verify ${verify}`).toBe(1);
    }
  });

  it("keeps the record where the chip differs from its image afterwards", async () => {
    const { twin: first } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(first, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    const twin = board({ chip: place.chip, flash: "zero", state: first.snapshot(), faults: "badprog@ftfe=4" });
    await onTarget(twin, async (session) => {
      await findLeftovers(session, journal);
      const image = imageOf(at(0x800), new Uint8Array(8).fill(0x5a));
      const { verify } = await flashImage(session, { image, policy: "refuse", permits: [], keepRest: true });
      expect(verify.verdict).toBe("different");
      expect(journal.texts.size).toBe(1);
      expect(session.patched.breakpoints).toEqual([]);
    });
  });

  it("that loses the rest of its sectors writes no bytes of the firmware's there", async () => {
    const { twin } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x710)]));
    const part = new Uint8Array(0x100).fill(0x5a);
    await debugging(twin, journal, (session) =>
      flashImage(session, { image: imageOf(place.sector, part), policy: "refuse", permits: [], keepRest: false }),
    );
    const after = new Uint8Array(place.size).fill(0xff);
    after.set(part);
    expect(flashOf(twin, place)).toEqual(after);
    expect(journal.texts.size).toBe(0);
  });
});

describe("records of two boards whose sectors are the same with breakpoints", () => {
  it("each restore their own board, whichever comes first", async () => {
    for (const isFirst of [true, false]) {
      const a = await programmed(place);
      const b = await programmed(place, { seed: 77 });
      // With the breakpoint they are the same; what it stands over tells them apart.
      b.own[0x10] ^= 0x01;
      await flashBoard(b.twin, imageOf(place.sector, b.own));
      const journal = new MemoryJournal();
      for (const { twin } of [a, b])
        await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
      expect(journal.texts.size).toBe(2);
      const both = isFirst ? [a, b] : [b, a];
      for (const [n, { twin, own }] of both.entries()) {
        await debugging(twin, journal, (session) => restoreLeftovers(session));
        expect(flashOf(twin, place)).toEqual(own);
        await debugging(twin, journal, async (session) => expect(session.patched.all).toEqual([]));
        expect(journal.texts.size).toBe(1 - n);
      }
    }
  });

  it("of which one is missing restore the board without by a copy, and the other one's stays", async () => {
    const a = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(a.twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    const texts = [...journal.texts];
    const b = await programmed(place, { seed: 77 });
    await flashBoard(b.twin, imageOf(place.sector, withBreakpoints(b.own, [0x10])));
    await debugging(b.twin, journal, (session) => restoreLeftovers(session));
    expect(flashOf(b.twin, place)).toEqual(b.own);
    expect([...journal.texts]).toEqual(texts);
    await debugging(b.twin, journal, async (session) => expect(session.patched.all).toEqual([]));
    expect([...journal.texts]).toEqual(texts);
  });

  it("have names of their own where both processes have seen the same journal", async () => {
    const ids: string[] = [];
    for (let n = 0; n < 2; n++) {
      const { twin } = await programmed(place);
      const journal = new MemoryJournal();
      await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
      ids.push(...journal.texts.keys());
    }
    expect(new Set(ids).size).toBe(2);
  });

  it("of another name in the chip's group keep that name when their sector is changed", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    await debugging(twin, journal, async (session) => {
      const [known] = session.patched.all;
      const record = { ...known.record, id: "other", chip: "other" };
      journal.texts.clear();
      journal.texts.set("other", recordText(record));
      session.patched.note(session.chip, { ...known, record });
      await setFlashBreakpoints(session, [at(0x20)]);
    });
    expect(journal.list("other")).toMatchObject([{ id: "other", original: own, states: [[at(0x20)]] }]);
  });
});

describe("a record whose sector holds something else", () => {
  it("is named on its own board, and left", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
    const other = own.map((byte) => byte ^ 0x55);
    await flashBoard(twin, imageOf(place.sector, other));
    await onTarget(twin, async (session) => {
      const [id] = journal.texts.keys();
      expect((await findLeftovers(session, journal)).stale).toMatchObject([{ id }]);
    });
    const b = await programmed(place, { seed: 77 });
    await onTarget(b.twin, async (session) => expect((await findLeftovers(session, journal)).stale).toEqual([]));
    expect(journal.texts.size).toBe(1);
  });
});

describe("a change of breakpoints in flash that fails", () => {
  it("leaves a sector that is restored whatever the restore is cut off in", async () => {
    const { twin: first, own } = await programmed(place);
    const state = first.snapshot();
    const commands = await debugging(first, new MemoryJournal(), async (session) => {
      const before = first.flashCommands;
      await setFlashBreakpoints(session, [at(0x10)]);
      return first.flashCommands - before;
    });
    const cut = async (command: number, point: number, again: number, pointAgain: number) => {
      const twin = board({ chip: place.chip, flash: "zero", state });
      const journal = new MemoryJournal();
      const arm = (n: number, part: number) => {
        journal.onPut = (record) => {
          journal.onPut = () => {};
          if (n > 0) return twin.armPowerCut(n, part);
          // The record is kept, and the process ends.
          journal.put(record);
          throw new Error("killed");
        };
      };
      await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10)]));
      arm(command, point);
      await debugging(twin, journal, (session) => setFlashBreakpoints(session, [at(0x10), at(0x7f0)])).catch(() => {});
      await twin.clock.sleep(20_000);
      arm(again, pointAgain);
      await debugging(twin, journal, (session) => restoreLeftovers(session)).catch(() => {});
      await twin.clock.sleep(20_000);
      journal.onPut = () => {};
      await debugging(twin, journal, (session) => restoreLeftovers(session));
      const isOwn = Buffer.from(flashOf(twin, place)).equals(Buffer.from(own));
      expect([command, point, again, pointAgain, isOwn, journal.texts.size]).toEqual([
        command,
        point,
        again,
        pointAgain,
        true,
        0,
      ]);
    };
    const middle = Math.ceil(commands / 2);
    for (const [command, point] of [
      [1, 0.5],
      [middle, 0.5],
      [middle, 1],
    ])
      for (const [again, pointAgain] of [
        [0, 0],
        [1, 0],
        [1, 0.5],
        [1, 1],
        [commands, 1],
      ])
        await cut(command, point, again, pointAgain);
  });

  it("because the second record has no room knows the breakpoints, and takes them away", async () => {
    const { twin, own } = await programmed(place);
    const journal = new MemoryJournal();
    let puts = 0;
    journal.onPut = () => {
      if (++puts === 2) throw new Error("no room");
    };
    await debugging(twin, journal, async (session) => {
      await expect(setFlashBreakpoints(session, [at(0x10)])).rejects.toThrow("no room");
      expect(session.patched.breakpoints).toEqual([at(0x10)]);
      await setFlashBreakpoints(session, []);
    });
    expect(flashOf(twin, place)).toEqual(own);
    expect(journal.texts.size).toBe(0);
  });

  it("takes the sector for torn where it can't be looked at", async () => {
    const { twin } = await programmed(place);
    const journal = new MemoryJournal();
    journal.onPut = () => twin.armPowerCut(1, 0.5);
    await debugging(twin, journal, async (session) => {
      await setFlashBreakpoints(session, [at(0x10)]).catch(() => {});
      expect(session.patched.all).toMatchObject([{ isTorn: true, isLeftover: true, breakpoints: [] }]);
    });
    expect(journal.texts.size).toBe(1);
  });
});

describe("reads of a debugger", () => {
  it("show what firmware has written over a breakpoint, all of it", async () => {
    const { twin, own } = await programmed(place);
    const content = withBreakpoints(own, [0x10]);
    content[0x11] = 0x33;
    await debugging(twin, new MemoryJournal(), async (session) => {
      await setFlashBreakpoints(session, [at(0x10)]);
      await rewriteUnnoticed(session, content);
      const user = session.share("debugger");
      expect(await readBlock(user.core.memory, place.sector, place.size)).toEqual(content);
      user.release();
    });
  });
});
