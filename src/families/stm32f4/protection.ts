import type {
  FieldGroup,
  FieldState,
  LockTable,
  ProtectedRegions,
  ProtectionField,
  ProtectionScheme,
} from "../../chips/protection-scheme.ts";
import { backToLevel0 } from "./procedures.ts";
import { FLASH_OPTCR } from "./registers-flash.ts";

/** RDP's two bytes that are levels of their own; any other is level 1 (RM0090, table 11). */
const RDP = { level0: 0xaa, level2: 0xcc } as const;

const LEVELS: readonly FieldState[] = [
  { state: "level-0", when: { mask: 0xff, value: RDP.level0 }, words: "level 0, open", debug: "open", act: "ok" },
  {
    state: "level-2",
    when: { mask: 0xff, value: RDP.level2 },
    words: "level 2, closed for ever",
    debug: "closed",
    act: "refuse",
    forEver: true,
    need: "after the next reset no debugger reaches the chip again, and no tool opens it",
    finding: {
      id: "rdp-level-2",
      severity: "brick",
      why: "After the next reset the debug port is off for ever, and the options can't be changed any more.",
      remedy: "open-or-secure-for-ever",
    },
  },
  {
    state: "level-1",
    words: "level 1, flash closed to debuggers",
    debug: "partial",
    act: "refuse",
    need: "after the next reset only going back to level 0, which erases the flash, opens the chip",
    finding: {
      id: "rdp-level-1",
      severity: "lock",
      why: "After the next reset flash answers a debugger with bus errors until it is erased by going back to level 0.",
      remedy: "open-or-secure",
    },
  },
];

/** Address of the option bytes as memory shows them; those of a second bank are apart (RM0090, table 8 and 16). */
const OPTIONS = { start: 0x1fffc000, second: 0x1ffec000, length: 16 } as const;

const rdpField: ProtectionField = {
  name: "RDP",
  what: "read protection",
  address: OPTIONS.start + 1,
  width: 1,
  states: LEVELS,
  open: RDP.level0,
  opening: [{ mask: 0xff, value: RDP.level0 }],
  readings: [
    {
      name: "RDP",
      bits: [7, 0],
      texts: [
        { when: { field: "RDP", mask: 0xff, value: RDP.level0 }, text: "level 0: flash open to debuggers" },
        { when: { field: "RDP", mask: 0xff, value: RDP.level2 }, text: "level 2: closed for ever" },
        { text: "level 1: flash closed to debuggers" },
      ],
      sure: true,
    },
  ],
  effective: "reset",
  sequence: { last: true },
};

const USER_STATES: readonly FieldState[] = [
  {
    state: "hardware-watchdog",
    when: { mask: 0x20, value: 0 },
    words: "the watchdog starts by hardware",
    debug: "open",
    act: "warn",
    finding: {
      id: "wdg-hardware",
      severity: "warn",
      why: "The independent watchdog then runs from every reset on, and resets a firmware that does not reload it.",
      remedy: "set-erased-byte",
    },
  },
  { state: "plain", words: "", debug: "open", act: "ok" },
];

const userField: ProtectionField = {
  name: "USER",
  what: "user options",
  address: OPTIONS.start,
  width: 1,
  states: USER_STATES,
  readings: [
    reading("nRST_STDBY", 7, "no reset by standby", "reset when standby is entered"),
    reading("nRST_STOP", 6, "no reset by stop", "reset when stop is entered"),
    reading("WDG_SW", 5, "watchdog by software", "watchdog by hardware"),
    {
      name: "BOR_LEV",
      bits: [3, 2],
      texts: [
        { when: { field: "USER", mask: 0xc, value: 0xc }, text: "brown-out reset off" },
        { when: { field: "USER", mask: 0xc, value: 0x8 }, text: "brown-out level 1" },
        { when: { field: "USER", mask: 0xc, value: 0x4 }, text: "brown-out level 2" },
        { text: "brown-out level 3" },
      ],
      sure: true,
    },
  ],
  effective: "reset",
};

function reading(name: string, bit: number, set: string, clear: string) {
  const when = { field: "USER", mask: 1 << bit, value: 1 << bit };
  return { name, bits: [bit, bit] as const, texts: [{ when, text: set }, { text: clear }], sure: true };
}

const protects = (ranges: ProtectedRegions["ranges"]): ProtectedRegions => ({
  protects: 0,
  ranges,
  some: {
    id: "wrp-protects",
    severity: "warn",
    why: "These sectors can't be erased or programmed until nWRP is set again.",
    remedy: "set-unprotected",
  },
  all: {
    id: "wrp-protects-all",
    severity: "warn",
    why: "No sector can be erased or programmed until nWRP is set again.",
    remedy: "set-unprotected",
  },
});

/** The sectors of one bank, as ranges. */
function sectorRanges({ start, sectors }: BankSectors) {
  const ranges: { start: number; length: number }[] = [];
  let at = start;
  for (const { size, count } of sectors)
    for (let i = 0; i < count; i++, at += size) ranges.push({ start: at, length: size });
  return ranges;
}

const wrpField = (name: string, address: number, bank: BankSectors): ProtectionField => ({
  name,
  what: "write protection",
  address,
  width: 2,
  // Bits above the sectors are other options on some chips, and reserved on others.
  mask: 2 ** sectorRanges(bank).length - 1,
  states: [],
  regions: protects(sectorRanges(bank)),
  effective: "at-once",
});

/** The option bytes stand behind OPTCR, which writes them and shows what the next reset makes of them. */
const optionGroup = (bank: BankSectors): FieldGroup => ({
  name: "option bytes",
  place: "register",
  start: OPTIONS.start,
  length: OPTIONS.length,
  erased: 0xff,
  fields: [userField, rdpField, wrpField("nWRP", OPTIONS.start + 8, bank)],
  fillings: [],
});

const secondGroup = (bank: BankSectors): FieldGroup => ({
  name: "option bytes of bank 2",
  place: "register",
  start: OPTIONS.second,
  length: OPTIONS.length,
  erased: 0xff,
  fields: [wrpField("nWRP of bank 2", OPTIONS.second + 8, bank)],
  fillings: [],
});

const rdp = (value: number) =>
  ({ on: "memory", address: FLASH_OPTCR.address, width: 32, mask: 0xff00, value: value << 8 }) as const;
const readable = { on: "memory", address: FLASH_OPTCR.address, width: 32, mask: 0, value: 0 } as const;

/** The lock as OPTCR shows it; at level 2 no debugger reads anything. */
const LOCK: LockTable = {
  states: [
    { state: "level-0", words: "RDP level 0", debug: "open", tests: [rdp(RDP.level0)] },
    {
      state: "level-2",
      words: "RDP level 2 from its next reset on",
      debug: "partial",
      tests: [rdp(RDP.level2)],
    },
    { state: "level-1", words: "RDP level 1", debug: "partial", tests: [readable] },
    { state: "unknown", words: "not to be seen", debug: "closed", tests: [] },
  ],
  exits: [{ exit: backToLevel0.name, tests: [readable] }],
  settle: { looks: 1, manyResets: 1, limitMs: 1, what: "the options to load" },
};

/** The sectors of one bank of main flash. */
interface BankSectors {
  readonly start: number;
  readonly sectors: readonly { readonly size: number; readonly count: number }[];
}

/** The locks of an STM32F4 with these banks of main flash. */
export const stm32f4Protection = (bank: BankSectors, second?: BankSectors): ProtectionScheme => ({
  family: "STM32F4",
  allowingName: "(allow opt. bytes)",
  groups: [optionGroup(bank), ...(second ? [secondGroup(second)] : [])],
  combinations: [],
  lock: LOCK,
  exits: [{ name: backToLevel0.name, procedure: backToLevel0 }],
});
