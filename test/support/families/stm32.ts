import type { Procedure } from "../../../src/chips/procedure.ts";
import type {
  FieldState,
  LockTable,
  ProtectedRegions,
  ProtectionScheme,
} from "../../../src/chips/protection-scheme.ts";

/*
 * Protection of three STM32 families as tables, from the facts of OpenOCD 0.12 and RM0090; they prove that the evaluator
 * knows no family, and move to src/families with the families themselves.
 */

const LEVEL_1_WHY = "After that, any access of a debugger to the flash is refused until the flash is erased.";
const LEVEL_2_WHY = "Debugging is off for ever, and the options can't be changed any more.";

const closed = (words: string): FieldState => ({
  state: "level-1",
  words,
  debug: "partial",
  act: "refuse",
  need: "only going back to level 0, which erases the flash, opens it again",
  finding: { id: "rdp-level-1", severity: "lock", why: LEVEL_1_WHY, remedy: "open-or-secure" },
});

const FOR_EVER: FieldState = {
  state: "level-2",
  when: { mask: 0xff, value: 0xcc },
  words: "level 2, for ever",
  debug: "closed",
  act: "refuse",
  forEver: true,
  need: "no tool opens the chip again",
  finding: { id: "rdp-level-2", severity: "brick", why: LEVEL_2_WHY, remedy: "open-or-secure-for-ever" },
};

const LEVELS: readonly FieldState[] = [
  { state: "level-0", when: { mask: 0xff, value: 0xaa }, words: "level 0", debug: "open", act: "ok" },
  FOR_EVER,
  closed("level 1"),
];

const protects = (ranges: ProtectedRegions["ranges"]): ProtectedRegions => ({
  protects: 0,
  ranges,
  some: { id: "wrp-protects", severity: "warn", why: "They can't be erased or programmed.", remedy: "set-unprotected" },
  all: { id: "wrp-protects-all", severity: "warn", why: "Nothing can be erased.", remedy: "set-unprotected" },
});

/** Runs of ranges of one size each. */
function sectors(start: number, ...runs: readonly (readonly [size: number, count: number])[]) {
  const ranges: { start: number; length: number }[] = [];
  let at = start;
  for (const [size, count] of runs)
    for (let i = 0; i < count; i++) {
      ranges.push({ start: at, length: size });
      at += size;
    }
  return ranges;
}

const at = (address: number) => ({ in: "memory", address, width: 32 }) as const;
const KB = 0x400;

/** STM32F4's OPTCR; the value to be written comes from the field, so the table's own write is that of an open chip. */
const writeOptcr: Procedure = {
  name: "write OPTCR",
  what: "Unlocks the options, writes them, and starts their programming.",
  steps: [
    { step: "write", name: "first key", at: at(0x40023c08), value: 0x08192a3b },
    { step: "write", name: "second key", at: at(0x40023c08), value: 0x4c5d6e7f },
    { step: "write", name: "the options", at: at(0x40023c14), value: 0x0fffaaec },
    { step: "write", name: "start", at: at(0x40023c14), value: 0x0fffaaee },
    {
      step: "until",
      name: "not busy",
      at: at(0x40023c0c),
      mask: 1 << 16,
      value: 0,
      otherwise: "the options were not programmed",
      deadlineMs: 33_000,
    },
    { step: "write", name: "lock", at: at(0x40023c14), value: 0x0fffaaed },
  ],
  cleanup: [],
  source: "RM0090; OpenOCD 0.12 stm32f2x.c",
};

const F4_LOCK: LockTable = {
  states: [
    {
      state: "level-0",
      words: "level 0",
      debug: "open",
      tests: [{ on: "memory", address: 0x40023c14, width: 32, mask: 0xff00, value: 0xaa00 }],
    },
    {
      state: "level-1",
      words: "level 1",
      debug: "partial",
      tests: [{ on: "memory", address: 0x08000000, width: 32, fault: true }],
    },
    { state: "unknown", words: "not to be seen", debug: "closed", tests: [] },
  ],
  exits: [{ exit: "level 0", tests: [{ on: "memory", address: 0x08000000, width: 32, fault: true }] }],
  settle: { looks: 1, manyResets: 1, limitMs: 1, what: "the options to load" },
};

/** STM32F405/407: the options behind OPTCR; level 2 is irreversible. */
export const stm32F4: ProtectionScheme = {
  family: "STM32F4",
  groups: [
    {
      name: "option control register OPTCR",
      place: "register",
      start: 0x40023c14,
      length: 4,
      erased: 0xff,
      fields: [
        {
          name: "RDP",
          what: "read protection",
          address: 0x40023c14,
          width: 4,
          mask: 0x0000ff00,
          states: LEVELS,
          open: 0xaa,
          opening: [{ mask: 0xff, value: 0xaa }],
          effective: "at-once",
          sequence: { last: true },
        },
        {
          name: "nWRP",
          what: "write protection",
          address: 0x40023c14,
          width: 4,
          mask: 0x0fff0000,
          states: [],
          regions: protects(sectors(0x08000000, [16 * KB, 4], [64 * KB, 1], [128 * KB, 7])),
          effective: "at-once",
        },
      ],
      fillings: [],
      write: writeOptcr,
    },
  ],
  combinations: [],
  lock: F4_LOCK,
  exits: [{ name: "level 0", procedure: { ...writeOptcr, loses: "Everything in main flash and backup SRAM." } }],
};

/** STM32F1: half-words with complements in flash of their own; blank means protected. */
export const stm32F1: ProtectionScheme = {
  family: "STM32F1",
  groups: [
    {
      name: "option bytes",
      place: "flash",
      start: 0x1ffff800,
      length: 16,
      erased: 0xff,
      fields: [
        {
          name: "RDP",
          what: "read protection",
          address: 0x1ffff800,
          width: 1,
          complement: { address: 0x1ffff801, broken: "protected" },
          states: [
            { state: "open", when: { mask: 0xff, value: 0xa5 }, words: "open", debug: "open", act: "ok" },
            {
              state: "protected",
              words: "protected",
              debug: "partial",
              act: "refuse",
              need: "only an erase of everything opens it again",
              finding: { id: "rdp-protects", severity: "lock", why: LEVEL_1_WHY, remedy: "open-or-secure" },
            },
          ],
          open: 0xa5,
          opening: [{ mask: 0xff, value: 0xa5 }],
          effective: "reset",
          sequence: { withErase: true },
        },
        {
          name: "WRP0",
          what: "write protection",
          address: 0x1ffff808,
          width: 1,
          complement: { address: 0x1ffff809, broken: "none" },
          states: [],
          regions: protects(sectors(0x08000000, [4 * KB, 8])),
          effective: "reset",
        },
      ],
      fillings: [],
    },
  ],
  combinations: [],
  exits: [],
};

/** STM32G0: two registers; level 1 with BOOT_LOCK closes the chip for ever (unsure). */
export const stm32G0: ProtectionScheme = {
  family: "STM32G0",
  groups: [
    {
      name: "option register OPTR",
      place: "register",
      start: 0x40022020,
      length: 4,
      erased: 0xff,
      fields: [
        {
          name: "RDP",
          what: "read protection",
          address: 0x40022020,
          width: 4,
          mask: 0xff,
          states: LEVELS,
          open: 0xaa,
          opening: [{ mask: 0xff, value: 0xaa }],
          effective: "launch",
        },
      ],
      fillings: [],
    },
    {
      name: "security register SECR",
      place: "register",
      start: 0x40022080,
      length: 4,
      erased: 0x00,
      fields: [
        {
          name: "BOOT_LOCK",
          what: "boot lock",
          address: 0x40022080,
          width: 4,
          mask: 1 << 16,
          states: [
            { state: "free", when: { mask: 1, value: 0 }, words: "free", debug: "open", act: "ok" },
            {
              state: "locked",
              words: "boots from flash only",
              debug: "open",
              act: "warn",
              finding: {
                id: "boot-lock",
                severity: "warn",
                why: "The boot loader is out of reach.",
                remedy: "set-erased-byte",
              },
            },
          ],
          open: 0,
          effective: "launch",
        },
      ],
      fillings: [],
    },
  ],
  combinations: [
    {
      when: [
        { field: "RDP", states: ["level-1"] },
        { field: "BOOT_LOCK", states: ["locked"] },
      ],
      about: "RDP",
      what: "is level 1, and BOOT_LOCK is set.",
      act: {
        act: "refuse",
        forEver: true,
        need: "no debugger reaches the chip again",
        finding: {
          id: "rdp-with-boot-lock",
          severity: "brick",
          why: "The two together close the chip to every debugger for ever (unsure).",
          remedy: "open-or-secure-for-ever",
        },
      },
    },
  ],
  exits: [],
};
