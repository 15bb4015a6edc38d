import {
  RegisterBank,
  type RegisterSpec,
  readOnly,
  register,
  registers,
} from "../../../chip/peripherals/register-bank.ts";

/** AIPS-Lite bridges: MPRA and the PACR fields A to P, open for everyone (values unsure). */
export const createAips = (name: string): RegisterBank =>
  new RegisterBank(name, [
    register("MPRA", 0x00, 4, 0x77700000),
    ...registers("PACRA", 0x20, 4, 4, 4, 0x44444444),
    ...registers("PACRE", 0x40, 4, 12, 4, 0x44444444),
  ]);

const slavePort = (n: number): RegisterSpec[] => [
  register(`PRS${n}`, n * 0x100, 4, 0x76543210),
  register(`CRS${n}`, n * 0x100 + 0x10, 4, 0),
];

/** The crossbar switch: five slave ports, six masters. */
export const createAxbs = (): RegisterBank =>
  new RegisterBank("AXBS", [...[0, 1, 2, 3, 4].flatMap(slavePort), ...registers("MGPCR", 0x800, 0x100, 6, 4, 0)]);

const region = (n: number): RegisterSpec[] =>
  [0x00000000, n === 0 ? 0xffffffff : 0x0000001f, n === 0 ? 0x0061f7df : 0, n === 0 ? 1 : 0].map((reset, word) =>
    register(`RGD${n}_WORD${word}`, 0x400 + n * 16 + word * 4, 4, reset),
  );

/** NXP's system MPU: enabled, region 0 open for everything (region words unsure). It checks nothing here. */
export const createSysmpu = (): RegisterBank =>
  new RegisterBank("SYSMPU", [
    register("CESR", 0x00, 4, 0x00815101),
    ...registers("EAR", 0x10, 8, 5, 4, 0, 0),
    ...registers("EDR", 0x14, 8, 5, 4, 0, 0),
    ...Array.from({ length: 12 }, (_, n) => region(n)).flat(),
    ...registers("RGDAAC", 0x800, 4, 12, 4, 0),
  ]);

/** Power management controller: its values stay, voltages are always fine. */
export const createPmc = (): RegisterBank =>
  new RegisterBank("PMC", [
    register("LVDSC1", 0, 1, 0x10, 0x33),
    register("LVDSC2", 1, 1, 0x00, 0x23),
    register("REGSC", 2, 1, 0x04, 0x11),
  ]);

/** The oscillator's one register. */
export const createOsc = (): RegisterBank => new RegisterBank("OSC", [register("CR", 0, 1, 0x00, 0xaf)]);

/** Low-leakage wake-up unit: ten byte registers. */
export const createLlwu = (): RegisterBank => new RegisterBank("LLWU", registers("R", 0, 1, 11, 1, 0));

/** Miscellaneous control module on the private peripheral bus. */
export const createMcm = (): RegisterBank =>
  new RegisterBank("MCM", [
    readOnly("PLASC", 0x08, 2, 0x001f),
    readOnly("PLAMC", 0x0a, 2, 0x0037),
    register("CR", 0x0c, 4, 0, 0x77000000),
    register("ISCR", 0x10, 4, 0),
    register("ETBCC", 0x14, 4, 0),
    register("ETBRL", 0x18, 4, 0),
    readOnly("ETBCNT", 0x1c, 4, 0),
    register("PID", 0x30, 4, 0),
  ]);
