import { register } from "./register.ts";

/** DWT_CTRL: how many comparators there are, and the cycle counter's switch. */
export const DWT_CTRL = register({
  name: "DWT_CTRL",
  address: 0xe0001000,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.7",
  fields: { NUMCOMP: [31, 28], NOTRCPKT: 27, NOEXTTRIG: 26, NOCYCCNT: 25, NOPRFCNT: 24, CYCCNTENA: 0 },
});

/** DWT_CYCCNT: processor cycles since it was last written, while CYCCNTENA is set. */
export const DWT_CYCCNT = register({
  name: "DWT_CYCCNT",
  address: 0xe0001004,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.8",
  fields: {},
});
