import { register } from "./register.ts";

/* Registers of the ITM and the TPIU that listening to the SWO pin takes. */

/** ITM_TER0: which stimulus ports send. */
export const ITM_TER = register({
  name: "ITM_TER0",
  address: 0xe0000e00,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.7.4",
  fields: {},
});

/** ITM_TPR: which groups of ports need privileged writes. */
export const ITM_TPR = register({
  name: "ITM_TPR",
  address: 0xe0000e40,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.7.5",
  fields: {},
});

/** ITM_TCR: what the ITM sends beside its ports. */
export const ITM_TCR = register({
  name: "ITM_TCR",
  address: 0xe0000e80,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.7.6",
  fields: { BUSY: 23, TraceBusID: [22, 16], TXENA: 3, SYNCENA: 2, TSENA: 1, ITMENA: 0 },
});

/** ITM_LAR: the key 0xC5ACCE55 lets the other registers be written. */
export const ITM_LAR = register({
  name: "ITM_LAR",
  address: 0xe0000fb0,
  width: 32,
  section: "CoreSight Architecture (IHI 0029E), B2.3.10",
  fields: { KEY: [31, 0] },
});

/** The first byte of the ITM's component identification; 0x0D where there is one. */
export const ITM_CIDR0 = register({
  name: "ITM_CIDR0",
  address: 0xe0000ff0,
  width: 32,
  section: "CoreSight Architecture (IHI 0029E), B2.2.2",
  fields: { PRMBL_0: [7, 0] },
});

/** TPIU_CSPSR: the width of the parallel port. */
export const TPIU_CSPSR = register({
  name: "TPIU_CSPSR",
  address: 0xe0040004,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.10.2",
  fields: {},
});

/** TPIU_ACPR: the trace clock is divided by one more than this for a bit of SWO. */
export const TPIU_ACPR = register({
  name: "TPIU_ACPR",
  address: 0xe0040010,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.10.3",
  fields: { PRESCALER: [12, 0] },
});

/** TPIU_SPPR: 1 is Manchester, 2 is UART. */
export const TPIU_SPPR = register({
  name: "TPIU_SPPR",
  address: 0xe00400f0,
  width: 32,
  section: "ARMv7-M ARM (DDI 0403E), C1.10.4",
  fields: { TXMODE: [1, 0] },
});

/** TPIU_FFCR: EnFCont puts the stream into frames. */
export const TPIU_FFCR = register({
  name: "TPIU_FFCR",
  address: 0xe0040304,
  width: 32,
  section: "Cortex-M4 TRM (DDI 0439), table 11-3",
  fields: { TrigIn: 8, EnFCont: 1 },
});
