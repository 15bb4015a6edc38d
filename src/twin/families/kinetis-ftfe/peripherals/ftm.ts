import { RegisterBank, type RegisterSpec, register } from "../../../chip/peripherals/register-bank.ts";

const CHANNELS = 8;

const channel = (n: number): RegisterSpec[] => [
  register(`C${n}SC`, 0x0c + 8 * n, 4, 0),
  register(`C${n}V`, 0x10 + 8 * n, 4, 0, 0xffff),
];

/** Registers from CNTIN on, a word each. */
const REST = [
  ...["CNTIN", "STATUS", "MODE", "SYNC", "OUTINIT", "OUTMASK", "COMBINE", "DEADTIME", "EXTTRIG", "POL"],
  ...["FMS", "FILTER", "FLTCTRL", "QDCTRL", "CONF", "FLTPOL", "SYNCONF", "INVCTRL", "SWOCTRL", "PWMLOAD"],
];
/** MODE.WPDIS is set after reset. */
const MODE_RESET = 0x4;

/** A FlexTimer's registers (NXP MK24F12 header, FTM_Type). They keep what is written; the counter stands still. */
export const createFtm = (name: string): RegisterBank =>
  new RegisterBank(name, [
    register("SC", 0x00, 4, 0, 0x7f),
    register("CNT", 0x04, 4, 0, 0),
    register("MOD", 0x08, 4, 0, 0xffff),
    ...Array.from({ length: CHANNELS }, (_, n) => channel(n)).flat(),
    ...REST.map((each, n) => register(each, 0x4c + 4 * n, 4, each === "MODE" ? MODE_RESET : 0)),
  ]);
