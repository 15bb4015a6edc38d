import { describe, expect, it } from "vitest";
import { fitOf } from "../../../../src/packs/store/device-names.ts";

const KB = 1024;

describe("a name that a user types", () => {
  it.each([
    ["stm32f407vg", "STM32F407VG", "same"],
    ["STM32F407VG?Loader", "STM32F407VG", "same"],
    ["nRF52840_xxAA", "nRF52840_xxAA", "same"],
    ["MIMXRT1062XXX5A?BankAddr=0x60000000&Loader=QSPI", "MIMXRT1062xxx5A", "same"],
    ["MK64FN1M0VLL12", "MK64FN1M0xxx12", "wildcard"],
    ["MK64FN1M0xxx12", "MK64FN1M0VLL12", "wildcard"],
    ["MIMXRT1062xxx6A", "MIMXRT1062DVL6A", "wildcard"],
    ["STM32F407VGT6TR", "STM32F407VG", "order-code"],
    ["nRF52840_xxAA", "nRF52840", "order-code"],
    ["STM32F407VG", "STM32F407VGTx", "part"],
    ["LPC55S36", "LPC55S36JBD100", "part"],
    ["XMC4500", "XMC4500-E144x1024", "part"],
  ])("%s is the device %s: %s", (typed, name, fit) => expect(fitOf(typed, { name, flash: 0 })).toBe(fit));

  it.each([
    ["STM32F40", "STM32F407VG"],
    ["STM32F411VG", "STM32F407VG"],
    ["STM32F407VGT6TRXX12", "STM32F407VG"],
    ["AMC4500-F100x1024", "XMC4500-F100x1024"],
    ["M", "MK64FN1M0xxx12"],
    ["", "MK64FN1M0xxx12"],
  ])("%s is no name of the device %s", (typed, name) => expect(fitOf(typed, { name, flash: 0 })).toBeUndefined());

  it.each([
    ["XMC4500-1024", "XMC4500-F100x1024", 1024 * KB, "size"],
    ["xmc1100_0064", "XMC1100-T038x0064", 64 * KB, "size"],
    ["XMC4500-768", "XMC4500-F100x1024", 1024 * KB, undefined],
    ["XMC4502-1024", "XMC4500-F100x1024", 1024 * KB, undefined],
    ["XMC450-1024", "XMC4500-F100x1024", 1024 * KB, undefined],
  ])("%s and %s with %i bytes of flash: %s", (typed, name, flash, fit) =>
    expect(fitOf(typed, { name, flash })).toBe(fit),
  );
});
