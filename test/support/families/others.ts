import type { Procedure } from "../../../src/chips/procedure.ts";
import type { FieldState, LockTable, ProtectionScheme } from "../../../src/chips/protection-scheme.ts";

/*
 * Protection of nRF52, SAM D21 and old LPCs as tables, from the facts of OpenOCD, pyOCD and the vendors' headers; they
 * prove that the evaluator knows no family, and move to src/families with the families themselves.
 */

const CTRL_AP = { v: 1, index: 1 } as const;
const ctrl = (register: number) => ({ in: "ap", ap: CTRL_AP, register }) as const;

/** Erases flash and UICR by the CTRL-AP, which opens the chip until a reset that looks at UICR again. */
const eraseAll: Procedure = {
  name: "erase all by the CTRL-AP",
  what: "Erases flash and UICR, which opens the chip.",
  loses: "Everything in flash and UICR.",
  steps: [
    { step: "write", name: "start", at: ctrl(0x04), value: 1 },
    {
      step: "until",
      name: "erased",
      at: ctrl(0x08),
      mask: 1,
      value: 0,
      otherwise: "the erase did not end",
      deadlineMs: 15_000,
    },
    { step: "write", name: "hold in reset", at: ctrl(0x00), value: 1 },
    { step: "write", name: "let go", at: ctrl(0x00), value: 0 },
    { step: "write", name: "end", at: ctrl(0x04), value: 0 },
  ],
  cleanup: [{ step: "write", name: "end", at: ctrl(0x04), value: 0 }],
  source: "OpenOCD nrf5.c; pyOCD target_nRF52.py",
};

const LOCK: LockTable = {
  port: { index: 1, idr: 0x02880000 },
  states: [
    { state: "open", words: "open", debug: "open", tests: [{ on: "port", register: 0x0c, mask: 1, value: 1 }] },
    { state: "protected", words: "protected", debug: "closed", tests: [] },
  ],
  exits: [{ exit: "erase all", tests: [] }],
  settle: { looks: 1, manyResets: 1, limitMs: 1, what: "the CTRL-AP" },
};

const OPEN = { words: "open", debug: "open", act: "ok" } as const;

const PROTECTED = {
  state: "protected",
  words: "protected",
  debug: "closed",
  act: "refuse",
  need: "only an erase of everything by the CTRL-AP opens it again",
  finding: {
    id: "approtect-protects",
    severity: "lock",
    why: "After the next power-up the debugger is shut out; only an erase of everything opens it.",
    remedy: "open-or-secure",
  },
} as const satisfies FieldState;

const nrf52 = (states: readonly FieldState[], open: { readonly value: number } | undefined): ProtectionScheme => ({
  family: "nRF52",
  groups: [
    {
      name: "UICR word APPROTECT",
      place: "flash",
      start: 0x10001208,
      length: 4,
      erased: 0xff,
      fields: [
        {
          name: "APPROTECT",
          what: "access port protection",
          address: 0x10001208,
          width: 4,
          mask: 0xff,
          states,
          ...(open ? { open: open.value, sequence: { withErase: true } } : {}),
          opening: [{ mask: 0xff, value: open?.value ?? 0xff }],
          effective: "power-on",
        },
      ],
      fillings: [],
    },
  ],
  combinations: [],
  lock: LOCK,
  exits: [{ name: "erase all", procedure: eraseAll }],
});

/** nRF52 of hardened silicon (52840 F0 and later): blank locks. */
export const nrf52Hardened = nrf52([{ state: "open", when: { mask: 0xff, value: 0x5a }, ...OPEN }, PROTECTED], {
  value: 0x5a,
});

/** nRF52 before that: only 00 locks. */
export const nrf52Early = nrf52(
  [
    { ...PROTECTED, when: { mask: 0xff, value: 0x00 } },
    { state: "open", ...OPEN },
  ],
  undefined,
);

/** SAM D21: the security bit is set by a command and shows in the DSU; BOOTPROT is in the user row. */
export const samD21: ProtectionScheme = {
  family: "SAM D21",
  groups: [
    {
      name: "DSU STATUSB",
      place: "command",
      start: 0x41002002,
      length: 1,
      erased: 0x00,
      fields: [
        {
          name: "PROT",
          what: "security bit",
          address: 0x41002002,
          width: 1,
          mask: 0x01,
          states: [
            { state: "open", when: { mask: 1, value: 0 }, ...OPEN },
            {
              ...PROTECTED,
              need: "only a chip erase by the DSU opens it again",
              finding: { ...PROTECTED.finding, id: "security-bit" },
            },
          ],
          open: 0,
          opening: [{ mask: 1, value: 0 }],
          effective: "reset",
        },
      ],
      fillings: [],
    },
  ],
  combinations: [],
  lock: {
    states: [
      {
        state: "open",
        words: "open",
        debug: "open",
        tests: [{ on: "memory", address: 0x41002002, width: 8, mask: 1, value: 0 }],
      },
      { state: "protected", words: "protected", debug: "closed", tests: [] },
    ],
    exits: [],
    settle: { looks: 1, manyResets: 1, limitMs: 1, what: "the DSU" },
  },
  exits: [],
};

const crp = (state: string, value: number, words: string, forEver: boolean): FieldState => ({
  state,
  when: { mask: 0xffffffff, value },
  words,
  debug: forEver ? "closed" : "partial",
  act: "refuse",
  ...(forEver ? { forEver: true as const } : {}),
  need: forEver ? "no tool opens the chip again" : "only an erase of everything opens the flash again",
  finding: {
    id: `code-${state}`,
    severity: forEver ? "brick" : "lock",
    why: "The boot ROM reads this word after each reset.",
    remedy: forEver ? "open-or-secure-for-ever" : "open-or-secure",
  },
});

/** Old LPCs: the code read protection word among the program's own words; blank is open. */
export const lpc: ProtectionScheme = {
  family: "LPC",
  groups: [
    {
      name: "code read protection word",
      place: "flash",
      start: 0x2fc,
      length: 4,
      erased: 0xff,
      fields: [
        {
          name: "CRP",
          what: "code read protection",
          address: 0x2fc,
          width: 4,
          states: [
            crp("crp1", 0x12345678, "CRP1", false),
            crp("crp2", 0x87654321, "CRP2", false),
            crp("crp3", 0x43218765, "CRP3, for ever", true),
            {
              state: "no-isp",
              when: { mask: 0xffffffff, value: 0x4e697370 },
              words: "NO_ISP",
              debug: "open",
              act: "warn",
              finding: {
                id: "no-isp",
                severity: "warn",
                why: "The boot loader's pin does nothing.",
                remedy: "set-erased-byte",
              },
            },
            { state: "none", words: "no protection", debug: "open", act: "ok" },
          ],
          opening: [{ mask: 0xffffffff, value: 0xffffffff }],
          effective: "reset",
        },
      ],
      fillings: [],
    },
  ],
  combinations: [],
  exits: [],
};
