import { describe, expect, it } from "vitest";
import { findChip } from "../../../src/chips/list.ts";
import { board } from "../../support/board.ts";
import { run } from "./lab.ts";

const added = { ...findChip("STM32F407xG"), name: "OWN-F407", protection: undefined };
const NOTE = /its locks are unknown to Flashproof/;

describe("the Commander on a chip whose locks are unknown", () => {
  it("notes that once, when it has connected", async () => {
    const twin = board({ chip: "STM32F407xG", flash: "zero" });
    const lab = { device: added.name, twin, findDevice: async () => added };
    const { notes, exit } = await run(["connect", "h", "exit"], lab);
    expect(exit).toBe(0);
    expect(notes.filter((line) => NOTE.test(line))).toHaveLength(1);
  });

  it("notes nothing of it where they are known", async () => {
    const { notes } = await run(["connect", "exit"], { device: "MK24FN1M0xxx12" });
    expect(notes.filter((line) => NOTE.test(line))).toEqual([]);
  });
});
