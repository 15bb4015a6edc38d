/** Operations by their numbers (Arm abi-aa, "Semihosting for AArch32 and AArch64", 2022Q3, section 6). */
const OPERATIONS = {
  0x01: "SYS_OPEN",
  0x02: "SYS_CLOSE",
  0x03: "SYS_WRITEC",
  0x04: "SYS_WRITE0",
  0x05: "SYS_WRITE",
  0x06: "SYS_READ",
  0x07: "SYS_READC",
  0x08: "SYS_ISERROR",
  0x09: "SYS_ISTTY",
  0x0a: "SYS_SEEK",
  0x0c: "SYS_FLEN",
  0x0d: "SYS_TMPNAM",
  0x0e: "SYS_REMOVE",
  0x0f: "SYS_RENAME",
  0x10: "SYS_CLOCK",
  0x11: "SYS_TIME",
  0x12: "SYS_SYSTEM",
  0x13: "SYS_ERRNO",
  0x15: "SYS_GET_CMDLINE",
  0x16: "SYS_HEAPINFO",
  0x18: "SYS_EXIT",
  0x20: "SYS_EXIT_EXTENDED",
  0x30: "SYS_ELAPSED",
  0x31: "SYS_TICKFREQ",
} as const satisfies { readonly [number: number]: string };

/** An operation's name. */
export type OperationName = (typeof OPERATIONS)[keyof typeof OPERATIONS];

/** The name of an operation's number; undefined for one that the specification does not have. */
export const operationName = (number: number): OperationName | undefined =>
  (OPERATIONS as { readonly [number: number]: OperationName })[number];

/** The instruction that asks for an operation on M-profile cores: BKPT 0xAB (section 3). */
export const SEMIHOSTING_BKPT = 0xbeab;

/** ADP_Stopped_ApplicationExit: the reason of an ordinary end (section 6.4). */
export const APPLICATION_EXIT = 0x20026;

/** Reasons of SYS_EXIT in words, where they are no ordinary end (section 6.4, table of reason codes). */
export const EXIT_REASONS: { readonly [reason: number]: string } = {
  0x20000: "branch through zero",
  0x20001: "undefined instruction",
  0x20002: "software interrupt",
  0x20003: "prefetch abort",
  0x20004: "data abort",
  0x20005: "address exception",
  0x20006: "interrupt",
  0x20007: "fast interrupt",
  0x20020: "breakpoint",
  0x20021: "watchpoint",
  0x20022: "step complete",
  0x20023: "run-time error",
  0x20024: "internal error",
  0x20025: "interrupted by the user",
  0x20027: "stack overflow",
  0x20028: "division by zero",
  0x20029: "operating system specific",
};
