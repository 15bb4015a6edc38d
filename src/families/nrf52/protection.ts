import type { FieldState, LockTable, ProtectionScheme } from "../../chips/protection-scheme.ts";
import { APPROTECT_OPEN, nrf52EraseAll } from "./procedures.ts";
import { APPROTECTSTATUS, CTRL_AP } from "./registers-ctrl-ap.ts";
import { UICR } from "./registers-nvmc.ts";

/** The lock as the CTRL-AP reports it, without any access to memory. */
const LOCK: LockTable = {
  port: CTRL_AP,
  status: APPROTECTSTATUS,
  states: [
    {
      state: "open",
      words: "open",
      debug: "open",
      tests: [{ on: "port", register: APPROTECTSTATUS.address, mask: 1, value: 1 }],
    },
    { state: "protected", words: "access port protected", debug: "closed", tests: [] },
  ],
  exits: [{ exit: "erase all", tests: [] }],
  settle: { looks: 1, manyResets: 1, limitMs: 1, what: "the CTRL-AP" },
};

/** What closes a chip; on which builds, and what it says. */
const closed = (state: string, words: string, where: string): FieldState => ({
  state,
  words,
  debug: "closed",
  act: "refuse",
  need: `after the next power-up or pin reset ${where}only an erase of everything by the CTRL-AP opens the chip again`,
  finding: {
    id: `approtect-${state}`,
    severity: "lock",
    why: `After the next power-up or pin reset ${where}the debugger is shut out; only an erase of everything by the CTRL-AP opens the chip.`,
    remedy: "open-or-secure",
  },
});

const statesFor = (hardened: string): readonly FieldState[] => [
  { state: "open", when: { mask: 0xff, value: APPROTECT_OPEN }, words: "open", debug: "open", act: "ok" },
  { ...closed("protected", "access port protected", ""), when: { mask: 0xff, value: 0x00 } },
  closed("protected-when-hardened", `access port protected on ${hardened}`, `of ${hardened} `),
];

/**
 * The locks of an nRF52. A debugger can't tell its build before the port is open, so the table is that of both: 0x00
 * closes every build, and what is neither 0x00 nor 0x5A, blank ones included, closes `hardened` builds, in words:
 * `builds F0 and later`.
 */
export const nrf52Protection = (hardened: string): ProtectionScheme => ({
  family: "nRF52",
  groups: [
    {
      name: "UICR word APPROTECT",
      place: "flash",
      start: UICR.APPROTECT,
      length: 4,
      erased: 0xff,
      fields: [
        {
          name: "APPROTECT",
          what: "access port protection",
          address: UICR.APPROTECT,
          width: 4,
          mask: 0xff,
          states: statesFor(hardened),
          open: APPROTECT_OPEN,
          opening: [{ mask: 0xff, value: APPROTECT_OPEN }],
          effective: "power-on",
          sequence: { withErase: true },
        },
      ],
      fillings: [],
    },
  ],
  combinations: [],
  lock: LOCK,
  exits: [{ name: "erase all", procedure: nrf52EraseAll }],
});
