import { register } from "./register.ts";

/** DWT_CTRL: how many comparators there are, and the cycle counter's switch. */
export const DWT_CTRL = register({
  name: "DWT_CTRL",
  address: 0xe0001000,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.7",
  fields: {
    NUMCOMP: [31, 28],
    NOTRCPKT: 27,
    NOEXTTRIG: 26,
    NOCYCCNT: 25,
    NOPRFCNT: 24,
    EXCTRCENA: 16,
    PCSAMPLENA: 12,
    SYNCTAP: [11, 10],
    CYCTAP: 9,
    POSTPRESET: [4, 1],
    CYCCNTENA: 0,
  },
});

/** DWT_CYCCNT: processor cycles since it was last written, while CYCCNTENA is set. */
export const DWT_CYCCNT = register({
  name: "DWT_CYCCNT",
  address: 0xe0001004,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.8",
  fields: {},
});

/** DWT_PCSR: where the core executed just now, read without stopping it; all ones while it is halted (unsure of all cores). */
export const DWT_PCSR = register({
  name: "DWT_PCSR",
  address: 0xe000101c,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.14",
  fields: {},
});

/** DWT_COMP0, the first of the comparators, one every 16 bytes with its mask and function behind it. */
export const DWT_COMP0 = register({
  name: "DWT_COMP0",
  address: 0xe0001020,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.15",
  fields: {},
});

/** DWT_MASK0: how many low address bits the comparator ignores. */
export const DWT_MASK0 = register({
  name: "DWT_MASK0",
  address: 0xe0001024,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.16",
  fields: { MASK: [4, 0] },
});

/** DWT_FUNCTION0: what the comparator watches; 5 reads, 6 writes, 7 both, each a debug event. */
export const DWT_FUNCTION0 = register({
  name: "DWT_FUNCTION0",
  address: 0xe0001028,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.8.17",
  fields: { MATCHED: 24, FUNCTION: [3, 0] },
});
