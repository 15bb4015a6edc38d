import { describe, expect, it } from "vitest";
import * as kinetisFlash from "../../../src/families/kinetis-ftfe/registers-flash.ts";
import * as kinetisPort from "../../../src/families/kinetis-ftfe/registers-mdm-ap.ts";
import * as kinetisSystem from "../../../src/families/kinetis-ftfe/registers-system.ts";
import * as nrf52Port from "../../../src/families/nrf52/registers-ctrl-ap.ts";
import * as nrf52Flash from "../../../src/families/nrf52/registers-nvmc.ts";
import * as nrf52System from "../../../src/families/nrf52/registers-system.ts";
import * as rp2040 from "../../../src/families/rp2040/registers.ts";
import * as stm32f4Flash from "../../../src/families/stm32f4/registers-flash.ts";
import * as stm32f4System from "../../../src/families/stm32f4/registers-system.ts";
import type { Register } from "../../../src/registers/register.ts";

const MODULES = [
  ...[kinetisFlash, kinetisPort, kinetisSystem, nrf52Port, nrf52Flash, nrf52System],
  ...[rp2040, stm32f4Flash, stm32f4System],
];

const isRegister = (value: unknown): value is Register =>
  typeof value === "object" && value !== null && "decode" in value;

/** Every register of every family, by the name of its constant. */
const REGISTERS = MODULES.flatMap((module) =>
  Object.entries(module).flatMap(([constant, value]) => (isRegister(value) ? [{ constant, value }] : [])),
);

describe.each(REGISTERS)("the register $constant", ({ value: { name, section, width, fields, decode } }) => {
  it("has a name, and the document that it is from", () => {
    expect(name).toMatch(/^[A-Z]\w+/);
    expect(section).toMatch(/\w{3,}/);
  });

  it("has each field at bits of its own, from the highest down", () => {
    const ranges = decode(0).flatMap(({ high, low }) => [high, low]);
    expect(ranges.length).toBeGreaterThan(0);
    for (const bit of ranges) expect(Number.isInteger(bit) && bit >= 0 && bit < width).toBe(true);
    expect(ranges).toEqual([...ranges].sort((a, b) => b - a));
  });

  it("has words for the values of a field, and only for those that it can hold", () => {
    for (const [field, spec] of Object.entries(fields)) {
      if (typeof spec !== "object" || !("words" in spec)) continue;
      const words = [...Object.values(spec.words), ...(spec.otherwise === undefined ? [] : [spec.otherwise])];
      const { high, low } = decode(0).find((one) => one.name === field) ?? { high: 0, low: 0 };
      expect(words.every((text) => text.trim().length > 1)).toBe(true);
      expect(Object.keys(spec.words).length).toBeGreaterThan(0);
      for (const value of Object.keys(spec.words)) expect(Number(value)).toBeLessThan(2 ** (high - low + 1));
    }
  });
});

/** Values of a register and what each means, as the manuals have it. */
const MEANINGS: readonly (readonly [Register, value: number, meaning: string])[] = [
  // K24P144M120SF5RM, RCM_SRS0 and RCM_SRS1.
  [kinetisSystem.RCM_SRS0, 0x80, "POR 1 (power-on)"],
  [kinetisSystem.RCM_SRS0, 0x40, "PIN 1 (reset pin)"],
  [kinetisSystem.RCM_SRS0, 0x20, "WDOG 1 (watchdog)"],
  [kinetisSystem.RCM_SRS0, 0x08, "LOL 1 (loss of lock)"],
  [kinetisSystem.RCM_SRS0, 0x04, "LOC 1 (loss of clock)"],
  [kinetisSystem.RCM_SRS0, 0x02, "LVD 1 (low voltage)"],
  [kinetisSystem.RCM_SRS0, 0x01, "WAKEUP 1 (wake-up)"],
  [kinetisSystem.RCM_SRS1, 0x20, "SACKERR 1 (stop mode not acknowledged)"],
  [kinetisSystem.RCM_SRS1, 0x10, "EZPT 1 (EzPort)"],
  [kinetisSystem.RCM_SRS1, 0x08, "MDM_AP 1 (debugger, by the MDM-AP)"],
  [kinetisSystem.RCM_SRS1, 0x04, "SW 1 (software, by SYSRESETREQ)"],
  [kinetisSystem.RCM_SRS1, 0x02, "LOCKUP 1 (core lockup)"],
  [kinetisSystem.RCM_SRS1, 0x01, "JTAG 1 (JTAG)"],
  [kinetisSystem.WDOG_STCTRLH, 0x01d2, "WDOGEN 0 (watchdog off)"],
  // RM0090, 7.3.21, 3.9.5 and 3.9.7.
  [stm32f4System.RCC_CSR, 0x80000000, "LPWRRSTF 1 (low power)"],
  [stm32f4System.RCC_CSR, 0x40000000, "WWDGRSTF 1 (window watchdog)"],
  [stm32f4System.RCC_CSR, 0x20000000, "IWDGRSTF 1 (independent watchdog)"],
  [stm32f4System.RCC_CSR, 0x10000000, "SFTRSTF 1 (software)"],
  [stm32f4System.RCC_CSR, 0x08000000, "PORRSTF 1 (power-on)"],
  [stm32f4System.RCC_CSR, 0x04000000, "PINRSTF 1 (reset pin)"],
  [stm32f4Flash.FLASH_SR, 0x00010000, "BSY 1 (an operation is under way)"],
  [stm32f4Flash.FLASH_SR, 0x00000100, "RDERR 1 (a read-protected sector was read)"],
  [stm32f4Flash.FLASH_SR, 0x00000080, "PGSERR 1 (the sequence was wrong)"],
  [stm32f4Flash.FLASH_SR, 0x00000010, "WRPERR 1 (the sector is write-protected)"],
  [stm32f4Flash.FLASH_OPTCR, 0x0000aa00, "RDP 170 (level 0)"],
  [stm32f4Flash.FLASH_OPTCR, 0x00005500, "RDP 85 (level 1)"],
  [stm32f4Flash.FLASH_OPTCR, 0x0000cc00, "RDP 204 (level 2, for ever)"],
  [stm32f4Flash.FLASH_OPTCR, 0x00000020, "WDG_SW 1 (the watchdog starts by software)"],
  [stm32f4Flash.FLASH_OPTCR, 0x0000000c, "BOR_LEV 3 (off)"],
  // nRF52840 Product Specification, POWER, RESETREAS.
  [nrf52System.POWER_RESETREAS, 0x00000001, "RESETPIN 1 (reset pin)"],
  [nrf52System.POWER_RESETREAS, 0x00000002, "DOG 1 (watchdog)"],
  [nrf52System.POWER_RESETREAS, 0x00000004, "SREQ 1 (software)"],
  [nrf52System.POWER_RESETREAS, 0x00000008, "LOCKUP 1 (core lockup)"],
];

describe("the values of a register", () => {
  it.each(MEANINGS.map(([register, value, meaning]) => ({ register, value, meaning, name: register.name })))(
    "$name $value mean $meaning",
    ({ register, value, meaning }) => {
      const meanings = register.decode(value).map((field) => `${field.name} ${field.value} (${field.words})`);
      expect(meanings).toContain(meaning);
    },
  );
});
