import { describe, expect, it } from "vitest";
import { genericCore } from "../../../src/chips/generic-core.ts";

describe("a processor in the place of a chip", () => {
  it.each([
    ["Cortex-M", { name: "Cortex-M", isAny: true }],
    ["cortex-m0", { name: "Cortex-M0", isAny: false }],
    ["CORTEX-M0+", { name: "Cortex-M0+", isAny: false }],
    [" Cortex-M4?Loader ", { name: "Cortex-M4", isAny: false }],
    ["Cortex-M33", { name: "Cortex-M33", isAny: false }],
  ])("%s is one", (name, core) => expect(genericCore(name)).toEqual(core));

  it.each(["", "Cortex", "Cortex-A9", "Cortex-M5", "Cortex-M44", "STM32F407VG", "my Cortex-M4"])("%s is none", (name) =>
    expect(genericCore(name)).toBeUndefined(),
  );
});
