import { register } from "../../registers/register.ts";

/* System registers of STM32F4 that a programmer reads: identity, reset causes, watchdog, debug unit. */

/** Clock control and status: why the last resets came, and whether the watchdog's oscillator runs. */
export const RCC_CSR = register({
  name: "RCC_CSR",
  address: 0x40023874,
  width: 32,
  section: "RM0090, 7.3.21 RCC clock control & status register",
  fields: {
    LPWRRSTF: { bits: 31, words: { 1: "low power" } },
    WWDGRSTF: { bits: 30, words: { 1: "window watchdog" } },
    IWDGRSTF: { bits: 29, words: { 1: "independent watchdog" } },
    SFTRSTF: { bits: 28, words: { 1: "software" } },
    PORRSTF: { bits: 27, words: { 1: "power-on" } },
    PINRSTF: { bits: 26, words: { 1: "reset pin" } },
    BORRSTF: { bits: 25, words: { 1: "power-on or brown-out" } },
    RMVF: 24,
    LSIRDY: 1,
    LSION: 0,
  },
});

/** Which peripherals of AHB1 are clocked, the DMA controllers among them. */
export const RCC_AHB1ENR = register({
  name: "RCC_AHB1ENR",
  address: 0x40023830,
  width: 32,
  section: "RM0090, 7.3.10 RCC AHB1 peripheral clock register; DMA2D: 6.3.10",
  fields: { OTGHSEN: 29, ETHMACEN: 25, DMA2DEN: 23, DMA2EN: 22, DMA1EN: 21 },
});

/** Which peripherals of APB1 are clocked. */
export const RCC_APB1ENR = register({
  name: "RCC_APB1ENR",
  address: 0x40023840,
  width: 32,
  section: "RM0090, 7.3.13 RCC APB1 peripheral clock enable register",
  fields: { WWDGEN: 11 },
});

/** The independent watchdog's key register; the key 0xAAAA reloads it. */
export const IWDG_KR = register({
  name: "IWDG_KR",
  address: 0x40003000,
  width: 32,
  section: "RM0090, 21.4.1 Key register",
  fields: { KEY: [15, 0] },
});

/** Device and revision. */
export const DBGMCU_IDCODE = register({
  name: "DBGMCU_IDCODE",
  address: 0xe0042000,
  width: 32,
  section: "RM0090, 38.6.1 MCU device ID code",
  fields: { REV_ID: [31, 16], DEV_ID: [11, 0] },
});

/** What stays clocked in low-power modes. */
export const DBGMCU_CR = register({
  name: "DBGMCU_CR",
  address: 0xe0042004,
  width: 32,
  section: "RM0090, 38.16.3 DBGMCU_CR",
  fields: { TRACE_MODE: [7, 6], TRACE_IOEN: 5, DBG_STANDBY: 2, DBG_STOP: 1, DBG_SLEEP: 0 },
});

/** What of APB1 stands still while the core is halted. */
export const DBGMCU_APB1_FZ = register({
  name: "DBGMCU_APB1_FZ",
  address: 0xe0042008,
  width: 32,
  section: "RM0090, 38.16.4 DBGMCU_APB1_FZ",
  fields: { DBG_IWDG_STOP: 12, DBG_WWDG_STOP: 11 },
});
