import { register } from "./register.ts";

/** FP_CTRL: how many hardware breakpoints there are, and their common switch. Writes need KEY. */
export const FP_CTRL = register({
  name: "FP_CTRL",
  address: 0xe0002000,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.11.3",
  fields: { REV: [31, 28], NUM_CODE_HIGH: [14, 12], NUM_LIT: [11, 8], NUM_CODE_LOW: [7, 4], KEY: 1, ENABLE: 0 },
});

/** FP_COMP0, the first of the comparators, one every 4 bytes; REPLACE and COMP as revision 1 of the unit has them. */
export const FP_COMP0 = register({
  name: "FP_COMP0",
  address: 0xe0002008,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.11.5",
  fields: {
    REPLACE: { bits: [31, 30], words: { 0: "remap", 1: "lower halfword", 2: "upper halfword", 3: "both halfwords" } },
    COMP: [28, 2],
    ENABLE: 0,
  },
});
