/**
 * The CMSIS-Pack that describes a device, by the beginning of its name: `STM32F103C8` is in `Keil.STM32F1xx_DFP`.
 *
 * From Keil's public index of 2023-01-27. Which devices a pack holds is taken from its name (unsure where one name covers
 * several series); none of the packs was opened for this table.
 */
export function vendorPackOf(device: string): string | undefined {
  const name = device.trim().toUpperCase();
  for (const [series, pack] of VENDOR_PACKS) {
    const match = series.exec(name);
    if (match) return pack.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? "");
  }
  return undefined;
}

/** Names in upper case; `$1` is what the series' parentheses hold. The first row that fits counts. */
const VENDOR_PACKS: readonly (readonly [series: RegExp, pack: string])[] = [
  [/^STM32(F[012347]|L[0145]|G[04]|H7|U5|WB|WL|C0|MP1)/, "Keil.STM32$1xx_DFP"],
  [/^NRF(?:5[1-3]|91)\d/, "NordicSemiconductor.nRF_DeviceFamilyPack"],
  [
    /^A?T?SAM(C2[01]|D(?:09|10|11|20|21|51|A1)|E(?:51|53|54|70)|HA1|L(?:10|11|21|22)|R30|S70|V7[01]|G)/,
    "Microchip.SAM$1_DFP",
  ],
  [/^A?T?SAM[34]/, "Keil.SAM4_DFP"],
  [/^PIC32C(M-?L[ES]|M-?MC|X-?MT)/, "Microchip.PIC32C$1_DFP"],
  // K-series and KL/KE/KV parts are named by core, family, flash and speed; the packs by core, family and speed.
  [/^MK(24|63|64)FN1M0/, "NXP.MK$1F12_DFP"],
  [/^MK(24)FN256/, "NXP.MK$1F25612_DFP"],
  [/^MK22FN128/, "NXP.MK22F12810_DFP"],
  [/^MK22FN(256|512)/, "NXP.MK22F$112_DFP"],
  [/^MK(26|65|66)F[NX]/, "NXP.MK$1F18_DFP"],
  [/^MK(27|28)FN/, "NXP.MK$1F15_DFP"],
  [/^MK(80|82)FN256/, "NXP.MK$1F25615_DFP"],
  [/^MKL(03|26|34|36|46)Z/, "NXP.MKL$1Z4_DFP"],
  [/^MK(L|V|M|EA)\d/, "Keil.Kinetis_K$1xx_DFP"],
  [/^MKW/, "Keil.Kinetis_KWxx_DFP"],
  [/^MK([1-7])0[DF]/, "Keil.Kinetis_K$10_DFP"],
  [/^(MIMXRT\d{3,4}S?)/, "NXP.$1_DFP"],
  [/^(LPC55S?\d\d|LPC54S?\d{3}|LPC51U68|LPC8[0-4]\d)/, "NXP.$1_DFP"],
  [/^LPC(1[123578])[\dACEU]/, "Keil.LPC$100_DFP"],
  [/^LPC40\d/, "Keil.LPC4000_DFP"],
  [/^LPC43\d/, "Keil.LPC4300_DFP"],
  [/^S32K1(16|18)/, "Keil.S32K1$1_SDK_DFP"],
  [/^S32K1/, "Keil.S32_SDK_DFP"],
  [/^S32K3/, "Keil.S32K3xx_DFP"],
  [/^(EFM32(?:GG1[12]B|JG12?B|PG12?B|PG2[23]|TG11B|GG|HG|LG|TG|WG|ZG|G))/, "SiliconLabs.GeckoPlatform_$1_DFP"],
  [/^(EFR32(?:BG|FG|MG|ZG)(?:1[234]?[BPV]|2[1-8]))/, "SiliconLabs.GeckoPlatform_$1_DFP"],
  [/^GD32(F10|F20|F30|C10|E10|E50)\d/, "GigaDevice.GD32$1x_DFP"],
  [/^GD32(F1|F3)[3-9]0/, "GigaDevice.GD32$1x0_DFP"],
  [/^GD32(F4)\d\d/, "GigaDevice.GD32$1xx_DFP"],
  [/^XMC(1|4)\d{3}/, "Infineon.XMC$1000_DFP"],
  [/^CY8C6/, "Infineon.PSoC6_DFP"],
  [/^CY8C4/, "Cypress.PSoC4_DFP"],
  [/^TM4C/, "Keil.TM4C_DFP"],
  [/^LM(3S|4F)/, "Keil.LM$1_DFP"],
  [/^MSP432P4/, "TexasInstruments.MSP432P4xx_DFP"],
  [/^MSP432E4/, "TexasInstruments.MSP432E4_DFP"],
  [/^R7FA/, "Renesas.RA_DFP"],
  [/^AP(?:OLLO|3|4|510)|^AMA[23]B/, "AmbiqMicro.Apollo_DFP"],
  [/^HT32/, "Holtek.HT32_DFP"],
  [/^APM32F00/, "Geehy.APM32F00x_DFP"],
  [/^APM32(F0|F1|F4|E1)/, "Geehy.APM32$1xx_DFP"],
  [/^M(?:05|45|48|03|25)\d|^NUC\d|^NANO\d/, "Nuvoton.NuMicro_DFP"],
];
