import type { Core, ScsRegister } from "../core.ts";
import { type CpuProfile, isV8 } from "../profiles/profile.ts";
import { constant, field, type Row } from "./register-kinds.ts";

const VALID = 0x10;

/** MPU_RNR's region, as far as there is one. */
const region = ({ state, profile }: Core): number => state.mpuRnr % profile.mpuRegions;

/** ARMv7-M's MPU_RBAR: VALID takes the region's number from the low bits, which read as MPU_RNR (B3.5.8). */
const RBAR: ScsRegister = {
  read: (core) => (core.state.mpuBase[region(core)] | region(core)) >>> 0,
  write: (core, value) => {
    if (value & VALID) core.state.mpuRnr = value & 15;
    core.state.mpuBase[region(core)] = value & 0xffffffe0;
  },
};

const RASR: ScsRegister = {
  read: (core) => core.state.mpuAttributes[region(core)] >>> 0,
  write: (core, value) => {
    core.state.mpuAttributes[region(core)] = value & 0x173fff3f;
  },
};

/** ARMv8-M's MPU_RBAR and MPU_RLAR; `alias` picks a region of the four around MPU_RNR. */
const baseOrLimit = (name: "mpuBase" | "mpuAttributes", alias: number): ScsRegister => {
  const at = (core: Core): number => (alias === 0 ? region(core) : (region(core) & ~3) + alias);
  return {
    read: (core) => core.state[name][at(core)] >>> 0,
    write: (core, value) => {
      core.state[name][at(core)] = value;
    },
  };
};

const attributes = (n: number): ScsRegister => ({
  read: ({ state }) => state.mpuMair[n] >>> 0,
  write: ({ state }, value) => {
    state.mpuMair[n] = value;
  },
});

const ALIASES = [0, 1, 2, 3] as const;

const regionsV7 = (): Row[] =>
  ALIASES.flatMap((n): Row[] => [
    [0xe000ed9c + 8 * n, RBAR],
    [0xe000eda0 + 8 * n, RASR],
  ]);

const regionsV8 = (): Row[] => [
  ...ALIASES.flatMap((n): Row[] => [
    [0xe000ed9c + 8 * n, baseOrLimit("mpuBase", n)],
    [0xe000eda0 + 8 * n, baseOrLimit("mpuAttributes", n)],
  ]),
  [0xe000edc0, attributes(0)],
  [0xe000edc4, attributes(1)],
];

/** The MPU's registers: they keep what is written, and guard nothing. A core without MPU has MPU_TYPE 0. */
export const mpuRegisters = (profile: CpuProfile): Row[] =>
  profile.mpuRegions === 0
    ? [[0xe000ed90, constant(0)]]
    : [
        [0xe000ed90, constant(profile.mpuRegions << 8)],
        [0xe000ed94, field("mpuCtrl", 7)],
        [0xe000ed98, field("mpuRnr", 0xff)],
        ...(isV8(profile) ? regionsV8() : regionsV7()),
      ];

/** CLIDR, CTR, CCSIDR and CSSELR; the maintenance operations from 0xE000EF50 on have nothing to do. */
export const cacheRegisters = ({ caches: [clidr, ctr, data, instruction] }: CpuProfile): Row[] =>
  clidr === undefined || ctr === undefined
    ? []
    : [
        [0xe000ed78, constant(clidr)],
        [0xe000ed7c, constant(ctr)],
        [0xe000ed80, { read: ({ state }) => (state.csselr & 1 ? instruction : data) ?? 0 }],
        [0xe000ed84, field("csselr", 0xf)],
      ];
