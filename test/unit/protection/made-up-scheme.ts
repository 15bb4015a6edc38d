import type { Combination, FieldGroup, FieldState, ProtectionField } from "../../../src/chips/protection-scheme.ts";

/** Open at 0xFE, warned of at 0xFD, locked for ever at 0xEE, locked with every other value. */
export const STATES: readonly FieldState[] = [
  { state: "open", when: { mask: 0xff, value: 0xfe }, words: "open", debug: "open", act: "ok" },
  {
    state: "odd",
    when: { mask: 0xff, value: 0xfd },
    words: "odd",
    debug: "open",
    act: "warn",
    finding: { id: "odd", severity: "warn", why: "It is odd.", remedy: "set-erased-byte" },
  },
  {
    state: "for-ever",
    when: { mask: 0xff, value: 0xee },
    words: "closed for ever",
    debug: "closed",
    act: "refuse",
    forEver: true,
    need: "no tool opens it",
    finding: { id: "closed-for-ever", severity: "brick", why: "No way out.", remedy: "open-or-secure-for-ever" },
  },
  {
    state: "closed",
    words: "closed",
    debug: "closed",
    act: "refuse",
    need: "a mass erase opens it",
    finding: { id: "closed", severity: "lock", why: "Closed.", remedy: "open-or-secure" },
  },
];

/** A lock byte at 0x400 whose open value is 0xFE. */
export const LOCK: ProtectionField = {
  name: "LOCK",
  what: "lock byte",
  address: 0x400,
  width: 1,
  states: STATES,
  open: 0xfe,
  effective: "reset",
};

/** A byte at 0x401 of which every value is open. */
export const PLAIN: ProtectionField = { ...LOCK, name: "PLAIN", address: 0x401, states: STATES.slice(0, 1) };

/** Both bytes in flash, erased to 0xFF. */
export const GROUP: FieldGroup = {
  name: "lock field",
  place: "flash",
  start: 0x400,
  length: 2,
  erased: 0xff,
  fields: [LOCK, PLAIN],
  fillings: [],
};

/** What lint says of a combination of both fields, as a lock, a lock for ever or a warning. */
export const combinationOf = (kind: "warn" | "lock" | "for-ever", states: readonly string[]): Combination => {
  const finding = { id: "together", severity: "warn", why: "Both.", remedy: "open-or-secure" } as const;
  const refuse = { act: "refuse", finding, need: "n" } as const;
  return {
    when: [{ field: "LOCK", states }],
    what: "closes with PLAIN",
    about: "LOCK",
    act: kind === "warn" ? { act: "warn", finding } : kind === "lock" ? refuse : { ...refuse, forEver: true },
  };
};
