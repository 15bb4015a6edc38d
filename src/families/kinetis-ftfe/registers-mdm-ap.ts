import { register } from "../../registers/register.ts";

/*
 * The MDM-AP: access port 1 of Kinetis K parts, and the only access to a secured one. Addresses are offsets within the
 * access port. Bit names as OpenOCD and USBDM use them; the chapter of K24P144M120SF5RM itself could not be read.
 */
const MDM = "K24P144M120SF5RM, chapter Debug, MDM-AP (unsure of the section)";

/** Index of the MDM-AP on Kinetis K. */
export const MDM_AP_INDEX = 1;

/** MDM-AP status. Right after a reset bit 2 reads 1 until the flash is ready, so a lock counts with bit 1 set only. */
export const MDM_STATUS = register({
  name: "MDM_STATUS",
  address: 0x00,
  width: 32,
  section: MDM,
  fields: {
    CORE_SLEEPING: 18,
    CORE_SLEEPDEEP: 17,
    CORE_HALTED: { bits: 16, words: { 0: "core not halted", 1: "core halted" } },
    VLLS_MODE_EXIT: 10,
    LLS_MODE_EXIT: 9,
    VERY_LOW_POWER_MODE: 8,
    LP_ENABLED: 7,
    BACKDOOR_KEY_ENABLED: { bits: 6, words: { 0: "backdoor key disabled", 1: "backdoor key enabled" } },
    MASS_ERASE_ENABLED: { bits: 5, words: { 0: "mass erase disabled", 1: "mass erase enabled" } },
    SYSTEM_RESET: { bits: 3, words: { 0: "in reset", 1: "out of reset" } },
    SYSTEM_SECURITY: { bits: 2, words: { 0: "open", 1: "secured" } },
    FLASH_READY: { bits: 1, words: { 0: "flash not ready", 1: "flash ready" } },
    MASS_ERASE_ACK: { bits: 0, words: { 1: "mass erase acknowledged" } },
  },
});

/** MDM-AP control. A secured K part takes only the mass erase bit; the reset bit needs the reset line instead. */
export const MDM_CONTROL = register({
  name: "MDM_CONTROL",
  address: 0x04,
  width: 32,
  section: MDM,
  fields: {
    TIMESTAMP_DISABLE: 8,
    LLS_VLLS_ACK: 7,
    VLLDBGACK: 6,
    VLLDBGREQ: 5,
    CORE_HOLD_RESET: { bits: 4, words: { 1: "hold the core at the end of reset" } },
    SYSTEM_RESET_REQUEST: { bits: 3, words: { 1: "hold the system in reset" } },
    DEBUG_REQUEST: { bits: 2, words: { 1: "halt the core" } },
    DEBUG_DISABLE: 1,
    MASS_ERASE: { bits: 0, words: { 1: "mass erase in progress" } },
  },
});

/** MDM-AP identification: 0x001C0000 on Kinetis K, which some tools print as a JTAG-AP. */
export const MDM_IDR = register({
  name: "MDM_IDR",
  address: 0xfc,
  width: 32,
  section: MDM,
  fields: { REVISION: [31, 28], DESIGNER: [27, 17], CLASS: [16, 13], VARIANT: [7, 4], TYPE: [3, 0] },
});
