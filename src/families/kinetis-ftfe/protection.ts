import type {
  Combination,
  FieldGroup,
  FieldState,
  LockTable,
  ProtectionField,
  ProtectionScheme,
  Reading,
} from "../../chips/protection-scheme.ts";
import { kinetisMassErase } from "./procedures.ts";
import { FOPT, FSEC } from "./registers-flash.ts";
import { MDM_AP_INDEX, MDM_CONTROL, MDM_STATUS } from "./registers-mdm-ap.ts";

/** FSEC of an open chip, as shipped and as a mass erase leaves it: no backdoor key access, mass erase enabled (MK24F12.h; AN4835). */
export const OPEN_FSEC = 0xfe;

/** Bytes in the flash configuration field. */
export const FIELD_LENGTH = 16;

/** Offsets in the flash configuration field (NXP MK24F12.h, NV_Type). FPROT3, for the lowest regions, comes first. */
const FIELD = { KEY: 0, FPROT: 8, FSEC: 12, FOPT: 13, FEPROT: 14, FDPROT: 15 } as const;

/** Regions that FPROT protects, each one thirty-second of the flash. */
const REGIONS = 32;

/** SEC's one open pattern; 00, 01 and 11 are secured (NXP MK24F12.h). */
const SEC_OPEN = { mask: FSEC.mask("SEC"), value: FSEC.of({ SEC: 0b10 }) };
/** MEEN's pattern of an erased byte: bit 4 stays 1, so no cut on the way from 0xFF can leave the one that disables mass erase. */
const MEEN_ENABLED = { mask: FSEC.mask("MEEN"), value: FSEC.of({ MEEN: 0b11 }) };
/** MEEN's one pattern that disables mass erase (NXP MK24F12.h). */
const MEEN_DISABLED = { mask: FSEC.mask("MEEN"), value: FSEC.of({ MEEN: 0b10 }) };
/** The same with KEYEN's one pattern that enables backdoor key access (NXP MK24F12.h). */
const BACKDOOR_ONLY = {
  mask: FSEC.mask("KEYEN") | FSEC.mask("MEEN"),
  value: FSEC.of({ KEYEN: 0b10, MEEN: 0b10 }),
};

/** What a chip with an FSEC is after its next reset: SEC and MEEN together decide. MEEN counts only while it is secured. */
const FSEC_STATES: readonly FieldState[] = [
  { state: "open", when: SEC_OPEN, words: "open", debug: "open", act: "ok" },
  {
    state: "locked-backdoor-only",
    when: BACKDOOR_ONLY,
    words: "secured, mass erase disabled, back door only",
    debug: "closed",
    act: "refuse",
    forEver: true,
    need: "no mass erase opens the chip again",
    finding: {
      id: "fsec-locks-backdoor-only",
      severity: "brick",
      why: "After the next reset no debugger can open the chip: mass erase is disabled, and only its own firmware could take the back door key.",
      remedy: "open-or-secure-for-ever",
    },
  },
  {
    state: "locked-for-ever",
    when: MEEN_DISABLED,
    words: "secured for ever",
    debug: "closed",
    act: "refuse",
    forEver: true,
    need: "no mass erase opens the chip again",
    finding: {
      id: "fsec-locks-for-ever",
      severity: "brick",
      why: "After the next reset nothing can open the chip: it is secured, mass erase is disabled, and there is no back door.",
      remedy: "open-or-secure-for-ever",
    },
  },
  {
    state: "locked",
    words: "secured",
    debug: "closed",
    act: "refuse",
    need: "after the next reset only a mass erase, which loses everything, opens the chip",
    finding: {
      id: "fsec-locks",
      severity: "lock",
      why: "After the next reset no debugger reads or programs the chip; only a mass erase, which loses everything, opens it.",
      remedy: "open-or-secure",
    },
  },
];

const keyField = (at: number): ProtectionField => ({
  name: "backdoor key",
  what: "key that firmware may compare",
  address: at + FIELD.KEY,
  width: 8,
  states: [],
  readings: [
    {
      name: "backdoor key",
      bits: [63, 0],
      texts: [
        { when: { all: 0xff }, text: UNUSABLE_KEY },
        { when: { all: 0x00 }, text: UNUSABLE_KEY },
        {
          when: { field: "FSEC", mask: FSEC.mask("KEYEN"), value: FSEC.of({ KEYEN: 0b10 }) },
          text: "back door key, which firmware may compare",
        },
        { text: "back door key, without effect: KEYEN disables it" },
      ],
      sure: true,
    },
  ],
  effective: "reset",
});

const UNUSABLE_KEY = "no back door key: all ones and all zeroes are never accepted";

/** FPROT3 holds regions 0 to 7 and lies first, so the four bytes are one little-endian word of 32 regions. */
const fprotField = (at: number, flash: FlashRange): ProtectionField => ({
  name: "FPROT",
  what: "program flash protection",
  address: at + FIELD.FPROT,
  width: 4,
  states: [],
  regions: {
    protects: 0,
    ranges: regionsOf(flash),
    bytes: ["FPROT3", "FPROT2", "FPROT1", "FPROT0"],
    some: {
      id: "fprot-protects",
      severity: "warn",
      why: "After the next reset these ranges can be erased and programmed only after a mass erase.",
      remedy: "set-unprotected",
    },
    all: {
      id: "fprot-protects-all",
      severity: "warn",
      why: "After the next reset no sector can be erased or programmed before a mass erase, which loses everything.",
      remedy: "set-unprotected",
    },
  },
  effective: "reset",
});

const regionsOf = ({ start, length }: FlashRange) =>
  Array.from({ length: REGIONS }, (_, i) => ({ start: start + (i * length) / REGIONS, length: length / REGIONS }));

const fsecField = (at: number): ProtectionField => ({
  name: "FSEC",
  what: "security byte",
  address: at + FIELD.FSEC,
  width: 1,
  states: FSEC_STATES,
  register: FSEC,
  open: OPEN_FSEC,
  opening: [SEC_OPEN, MEEN_ENABLED],
  neighbour: {
    id: "fsec-neighbour",
    mark: "with bit 4 cleared",
    steady: "MEEN = 11",
    why: "Its bits fall one by one while it is programmed: a power cut in between can leave MEEN = 10 with SEC = 11, locked for ever.",
  },
  effective: "reset",
  sequence: { last: true, withErase: true },
});

const foptField = (at: number): ProtectionField => ({
  name: "FOPT",
  what: "boot option",
  address: at + FIELD.FOPT,
  width: 1,
  states: [
    {
      state: "restricted",
      when: { mask: 0xff, value: 0x00 },
      words: "",
      debug: "open",
      act: "warn",
      finding: {
        id: "fopt-zero",
        severity: "warn",
        why: "NXP restricts this value (unsure for K24); it means low-power boot with EzPort disabled.",
        remedy: "set-erased-byte",
      },
    },
    { state: "plain", words: "", debug: "open", act: "ok" },
  ],
  readings: [
    {
      name: "FOPT",
      bits: [7, 2],
      texts: [{ when: { all: 0x00 }, text: "reserved; FOPT 0x00 is a value that NXP restricts" }, { text: "reserved" }],
      sure: false,
    },
  ],
  register: FOPT,
  effective: "reset",
});

const unusedField = (name: string, address: number, memory: string): ProtectionField => ({
  name,
  what: `${memory} protection`,
  address,
  width: 1,
  states: [],
  readings: [unusedReading(name, memory)],
  effective: "reset",
});

function unusedReading(name: string, memory: string): Reading {
  const none = `protects ${memory} on parts with FlexNVM; this one has none`;
  const texts = [{ when: { all: 0xff }, text: none }, { text: `${none}: leave it at 0xFF` }];
  return { name, bits: [7, 0], texts, sure: false };
}

const fieldGroup = (at: number, flash: FlashRange): FieldGroup => ({
  name: "flash configuration field",
  place: "flash",
  start: at,
  length: FIELD_LENGTH,
  erased: 0xff,
  fields: [
    keyField(at),
    fprotField(at, flash),
    fsecField(at),
    foptField(at),
    unusedField("FEPROT", at + FIELD.FEPROT, "EEPROM"),
    unusedField("FDPROT", at + FIELD.FDPROT, "data flash"),
  ],
  fillings: [
    {
      byte: 0x00,
      id: "field-zero-filled",
      what: "The flash configuration field is all zeroes.",
      why: "That looks like a gap that a tool filled with 00 rather than a field that was written; FSEC 00 secures the chip and FPROT 00 protects all of it.",
    },
    {
      byte: 0xff,
      id: "field-erased",
      what: "The flash configuration field is all ones, as erased flash is.",
      why: "That looks like a gap that was filled with FF; FSEC FF secures the chip, unlike the FE of a shipped one.",
    },
  ],
});

/** Nothing but a mass erase loosens FPROT; where FSEC forbids that one, nothing does. */
const PROTECTED_FOR_EVER: Combination = {
  when: [
    { field: "FPROT", states: ["all"] },
    { field: "FSEC", states: ["locked-backdoor-only", "locked-for-ever"] },
  ],
  about: "FPROT",
  what: "protects the whole flash.",
  act: {
    act: "refuse",
    forEver: true,
    need: "no sector can be erased or programmed again",
    finding: {
      id: "fprot-protects-all",
      severity: "lock",
      why: "After the next reset no sector can be erased or programmed, and FSEC forbids the mass erase that could undo it.",
      remedy: "set-unprotected",
    },
  },
};

const STATUS = { on: "port", register: MDM_STATUS.address } as const;
type StatusBit = Parameters<typeof MDM_STATUS.mask>[0];
const isSet = (bit: StatusBit) => ({ ...STATUS, mask: MDM_STATUS.mask(bit), value: MDM_STATUS.mask(bit) });
const isClear = (bit: StatusBit) => ({ ...STATUS, mask: MDM_STATUS.mask(bit), value: 0 });

/** The lock as the MDM-AP reports it, without any access to memory. */
const LOCK: LockTable = {
  port: { index: MDM_AP_INDEX, idr: 0x001c0000 },
  status: MDM_STATUS,
  // While the flash is not ready the security bit reads 1 whatever the chip is.
  certain: isSet("FLASH_READY"),
  inReset: isClear("SYSTEM_RESET"),
  states: [
    { state: "open", words: "open", debug: "open", tests: [isClear("SYSTEM_SECURITY")] },
    { state: "locked", words: "secured", debug: "closed", tests: [isSet("MASS_ERASE_ENABLED")] },
    {
      state: "locked-backdoor-only",
      words: "secured, mass erase disabled, back door only",
      debug: "closed",
      tests: [isSet("BACKDOOR_KEY_ENABLED")],
    },
    { state: "locked-for-ever", words: "secured for ever", debug: "closed", tests: [] },
  ],
  exits: [{ exit: "mass erase", tests: [isSet("MASS_ERASE_ENABLED")] }],
  byFirmware: isSet("BACKDOOR_KEY_ENABLED"),
  settle: {
    // At 4 MHz a look takes 11.5 us, and a round of a blank K24 about 150 us (unsure).
    looks: 15,
    // A chip that was seen to reset so often, within a few milliseconds, does it over and over.
    manyResets: 4,
    // Flash initialisation takes tens to hundreds of microseconds after a reset (unsure).
    limitMs: 50,
    what: "the flash controller to start",
  },
  portErase: {
    portName: "MDM-AP",
    register: MDM_CONTROL.address,
    bit: MDM_CONTROL.mask("MASS_ERASE"),
    enabled: isSet("MASS_ERASE_ENABLED"),
    // The acknowledge bit outlives the erase, and not a reset (unsure).
    done: isSet("MASS_ERASE_ACK"),
  },
  hold: {
    register: MDM_CONTROL.address,
    bit: MDM_CONTROL.mask("CORE_HOLD_RESET"),
    // 11.5 us each at 4 MHz: none is taken while the flash starts, which is tens of microseconds of each round (unsure),
    // and a round trip with the probe may hit it at the same point of each reset for ever.
    writes: 12,
    // The hold takes effect at the next reset: a chip that locks up does one at least every few milliseconds.
    roundUs: 5_000,
    catchMs: 3_000,
  },
};

/** The program flash, whose regions FPROT protects. */
interface FlashRange {
  readonly start: number;
  readonly length: number;
}

/** The locks of a Kinetis with FTFE: `field` is the address of its flash configuration field. */
export const ftfeProtection = (field: number, flash: FlashRange): ProtectionScheme => ({
  family: "Kinetis",
  allowingName: "(allow security)",
  groups: [fieldGroup(field, flash)],
  combinations: [PROTECTED_FOR_EVER],
  lock: LOCK,
  exits: [{ name: "mass erase", procedure: kinetisMassErase }],
});
