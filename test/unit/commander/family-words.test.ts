import { describe, expect, it } from "vitest";
import { findChip } from "../../../src/chips/list.ts";
import { inCommanderWords } from "../../../src/commander/words/advice-words.ts";
import { parseDeviceName } from "../../../src/commander/language/device-name.ts";
import { advise } from "../../../src/doctor/advise.ts";
import { asImageWords } from "../../../src/commander/words/family-words.ts";

const FAMILIES = [
  ["MK24FN1M0xxx12", "unlock Kinetis", "FSEC", "(allow security)"],
  ["STM32F407xG", "unlock STM32F4", "RDP", "(allow opt. bytes)"],
  ["STM32F446xE", "unlock STM32F4", "RDP", "(allow opt. bytes)"],
  ["nRF52840_xxAA", "unlock nRF52", "APPROTECT", undefined],
] as const;

describe("the Commander's advice", () => {
  it.each(FAMILIES)("for a locked %s names %s", (name, unlock) => {
    const text = inCommanderWords(advise("mass-erase"), findChip(name));
    expect(text).toBe(`To open the chip and lose everything on it: ${unlock}.`);
  });

  it.each(FAMILIES)("for %s names its own lock field and device name", (name, _, field, suffix) => {
    const chip = findChip(name);
    expect(inCommanderWords(advise("keep-chip-open-by-change"), chip)).toContain(`That changes ${field}, and says so`);
    const asImage = suffix ? `the device name "${name} ${suffix}"` : "flashproof flash FILE --security as-image";
    expect(asImageWords(chip)).toBe(asImage);
    const text = inCommanderWords(advise("secure-as-image-anyway"), chip);
    expect(text).toContain(suffix ? `-Device with ${suffix} behind the name` : asImage);
  });

  it("names every family's word where no chip is known", () => {
    const text = inCommanderWords(advise("allow-mass-erase"));
    expect(text).toMatch(/unlock Kinetis\b.* or .*unlock (nRF52|STM32F4)/);
    expect(text).not.toContain("{");
  });
});

describe("a device name", () => {
  it.each([
    ["STM32F407VG (allow opt. bytes)", "chip"],
    ["stm32f407vg (Allow Opt. Bytes)", "chip"],
    ["MK24FN1M0xxx12 (allow security)", "chip"],
    ["MK24FN1M0xxx12 (allow opt. bytes)", "unknown"],
    ["STM32F407VG (allow security)", "unknown"],
    ["nRF52840_xxAA (allow security)", "unknown"],
    ["RP2040_M0_0 (allow security)", "unknown"],
  ])("%s is %s: each family has its own suffix or none", (text, kind) => {
    expect(parseDeviceName(text).kind).toBe(kind);
  });

  it("with a suffix of another family names the chip's own entries", () => {
    expect(parseDeviceName("STM32F407xG (allow security)").near).toEqual([
      "STM32F407xG",
      "STM32F407xG (allow opt. bytes)",
    ]);
    expect(parseDeviceName("nRF52840_xxAA (allow security)").near).toEqual(["nRF52840_xxAA"]);
  });
});
