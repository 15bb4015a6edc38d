import { describe, expect, it, vi } from "vitest";
import { createTwin } from "../../../src/twin/usb.ts";
import { run } from "./lab.ts";

vi.mock("../../../src/families/stm32f4/protection.ts", () => ({ stm32f4Protection: () => undefined }));

const NOTE = /its locks are unknown to Flashproof/;

describe("the Commander on a chip whose locks are unknown", () => {
  it("notes that once, when it has connected", async () => {
    const twin = createTwin({ chip: "STM32F407xG", flash: "zero" });
    const { notes, exit } = await run(["connect", "h", "exit"], { device: "STM32F407VG", twin });
    expect(exit).toBe(0);
    expect(notes.filter((line) => NOTE.test(line))).toHaveLength(1);
  });

  it("notes nothing of it where they are known", async () => {
    const { notes } = await run(["connect", "exit"], { device: "MK24FN1M0xxx12" });
    expect(notes.filter((line) => NOTE.test(line))).toEqual([]);
  });
});
