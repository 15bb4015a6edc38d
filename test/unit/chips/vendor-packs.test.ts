import { describe, expect, it } from "vitest";
import { vendorPackOf } from "../../../src/chips/vendor-packs.ts";

/** Names of the public index, and devices whose name says to which series they belong. */
const PACKS: readonly (readonly [device: string, pack: string])[] = [
  ["STM32F103C8", "Keil.STM32F1xx_DFP"],
  ["STM32L476RG", "Keil.STM32L4xx_DFP"],
  ["STM32H743ZI", "Keil.STM32H7xx_DFP"],
  ["stm32wb55rg", "Keil.STM32WBxx_DFP"],
  ["nRF52810_xxAA", "NordicSemiconductor.nRF_DeviceFamilyPack"],
  ["nRF9160_xxAA", "NordicSemiconductor.nRF_DeviceFamilyPack"],
  ["ATSAMD21G18A", "Microchip.SAMD21_DFP"],
  ["ATSAME70Q21", "Microchip.SAME70_DFP"],
  ["ATSAM4S16B", "Keil.SAM4_DFP"],
  ["MK22FN512xxx12", "NXP.MK22F51212_DFP"],
  ["MK22FN128xxx10", "NXP.MK22F12810_DFP"],
  ["MK66FX1M0xxx18", "NXP.MK66F18_DFP"],
  ["MKL25Z128xxx4", "Keil.Kinetis_KLxx_DFP"],
  ["MKL26Z64xxx4", "NXP.MKL26Z4_DFP"],
  ["MK20DX256xxx7", "Keil.Kinetis_K20_DFP"],
  ["MIMXRT1062xxx6A", "NXP.MIMXRT1062_DFP"],
  ["LPC55S69_M33_0", "NXP.LPC55S69_DFP"],
  ["LPC11U24", "Keil.LPC1100_DFP"],
  ["LPC1768", "Keil.LPC1700_DFP"],
  ["S32K144", "Keil.S32_SDK_DFP"],
  ["EFM32GG11B820F2048", "SiliconLabs.GeckoPlatform_EFM32GG11B_DFP"],
  ["EFM32GG990F1024", "SiliconLabs.GeckoPlatform_EFM32GG_DFP"],
  ["EFR32MG12PxxxF1024", "SiliconLabs.GeckoPlatform_EFR32MG12P_DFP"],
  ["GD32F303CC", "GigaDevice.GD32F30x_DFP"],
  ["GD32F450ZK", "GigaDevice.GD32F4xx_DFP"],
  ["XMC4500-1024", "Infineon.XMC4000_DFP"],
  ["TM4C123GH6PM", "Keil.TM4C_DFP"],
  ["LM3S811", "Keil.LM3S_DFP"],
  ["MSP432P401R", "TexasInstruments.MSP432P4xx_DFP"],
  ["R7FA6M3AH", "Renesas.RA_DFP"],
  ["APM32F003F6", "Geehy.APM32F00x_DFP"],
];

describe("the pack of a device by its name", () => {
  for (const [device, pack] of PACKS) it(`finds ${pack} for ${device}`, () => expect(vendorPackOf(device)).toBe(pack));
  for (const device of ["XC800", "8051", "AVR128DA", "STM8S103", ""])
    it(`finds none for ${device || "an empty name"}`, () => expect(vendorPackOf(device)).toBeUndefined());
});
