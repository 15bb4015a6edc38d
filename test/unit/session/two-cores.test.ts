import { describe, expect, it } from "vitest";
import type { SessionEvent } from "../../../src/session/sharing/session-events.ts";
import { openOtherCore, otherCores } from "../../../src/session/connecting/other-core.ts";
import type { Session } from "../../../src/session/session.ts";
import { MK24FN1M0xxx12 } from "../../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { findChip } from "../../../src/chips/list.ts";
import { board, onTarget } from "../../support/board.ts";

/** A session of each core of an RP2040, and the events of each. */
async function onBoth(
  work: (first: Session, second: Session, events: readonly [string[], string[]]) => Promise<void>,
): Promise<void> {
  await onTarget(board({ chip: "RP2040", flash: "zero" }), async (first) => {
    const second = await openOtherCore(first, otherCores(first.chip)[0]);
    const events: readonly [string[], string[]] = [[], []];
    for (const [i, session] of [first, second].entries())
      session.onEvent(({ event }: SessionEvent) => void events[i].push(event));
    await work(first, second, events);
  });
}

describe("the other cores of a chip", () => {
  it("are those with a debug port of their own beside the first one's", () => {
    expect(otherCores(findChip("RP2040"))).toEqual([{ name: "core1", index: 1, targetsel: 0x11002927 }]);
    expect(otherCores(MK24FN1M0xxx12)).toEqual([]);
    const [one, two] = findChip("RP2040").cores;
    const { targetsel: _, ...bare } = one;
    expect(otherCores({ ...findChip("RP2040"), cores: [bare, two] })).toEqual([]);
    expect(otherCores({ ...findChip("RP2040"), cores: [one, { ...bare, name: "core1" }] })).toEqual([]);
  });

  it("are reached as they are, by a session that names no match and has the chip", async () => {
    await onBoth(async (first, second) => {
      expect(second.found).toMatchObject({ match: "unknown", components: [], chip: { name: "RP2040" } });
      expect(second.found.lock).toBeUndefined();
      expect(second.found.dp).not.toBe(first.found.dp);
      expect(second.core.identity.name).toBe("Cortex-M0+");
      await first.core.halt();
      expect([await first.core.state(), await second.core.state()]).toEqual([
        "halted",
        expect.not.stringMatching("halted"),
      ]);
      await second.core.halt();
      await first.core.resume();
      expect([await first.core.state(), await second.core.state()]).toEqual([
        expect.not.stringMatching("halted"),
        "halted",
      ]);
    });
  });

  it("have registers of their own", async () => {
    await onBoth(async (first, second) => {
      await first.core.halt();
      await second.core.halt();
      await first.core.writeRegisters({ R0: 1 });
      await second.core.writeRegisters({ R0: 2 });
      expect([await first.core.readRegisters(["R0"]), await second.core.readRegisters(["R0"])]).toEqual([[1], [2]]);
    });
  });
});

describe("a reset of a chip with two sessions", () => {
  it("is reset for the core that caused it and chip-reset for the other, each once", async () => {
    await onBoth(async (first, second, events) => {
      await first.reset("system", "halt");
      await second.core.state();
      expect(events[0].filter((event) => event.endsWith("reset"))).toEqual(["reset"]);
      expect(events[1].filter((event) => event.endsWith("reset"))).toEqual(["chip-reset", "reset"]);
      await second.core.state();
      await first.core.state();
      expect(events.map((all) => all.filter((event) => event.endsWith("reset")).length)).toEqual([1, 2]);
    });
  });

  it("is one again at the next reset, by the other core", async () => {
    await onBoth(async (first, second, events) => {
      await first.reset("system", "halt");
      await second.core.state();
      const before = events.map(({ length }) => length);
      await second.reset("system", "halt");
      await first.core.state();
      const own = events.map((all, i) => all.slice(before[i]).filter((event) => event.endsWith("reset")));
      expect(own).toEqual([["chip-reset", "reset"], ["reset"]]);
    });
  });
});

describe("a session beside the first one", () => {
  it("can not use the target while a job of the first one has it, and can after it", async () => {
    await onBoth(async (first, second) => {
      await first.hold("flash", async () => {
        await expect(second.reset("system", "halt")).rejects.toMatchObject({ code: "lease-busy" });
      });
      await second.reset("system", "halt");
      expect(await second.core.state()).toBe("halted");
    });
  });

  it("ends with the first one", async () => {
    await onBoth(async (first, second) => {
      await first.close();
      for (const session of [first, second])
        expect(() => session.core).toThrow(expect.objectContaining({ code: "session-closed" }));
    });
  });

  it("ends alone where it is closed itself", async () => {
    await onBoth(async (first, second) => {
      await second.close();
      expect(() => second.core).toThrow(expect.objectContaining({ code: "session-closed" }));
      expect(await first.core.state()).toBeDefined();
    });
  });
});
