import type { LogVerdict } from "../../../../src/doctor/logs/verdict.ts";

/** A console of test/cases/logs and what is right to say of it; its `.expected` file has the truth in words. */
export interface LogCase {
  readonly name: string;
  readonly verdict: LogVerdict;
  /** Ids that may stand first. */
  readonly first: readonly string[];
  /** Ids that may not occur at all. */
  readonly never?: readonly string[];
  /** Whether the first cause may be called certain: only where the console states it. */
  readonly certain?: boolean;
  readonly tool?: string;
  /** What the first cause's sentence or evidence has to name. */
  readonly names?: RegExp;
}

const QUOTED_SEED = { verdict: "failed", first: ["loader-kept-open"], tool: "jlink", names: /0x0000040C/ } as const;

/** Every console of the folder. */
export const LOG_CASES: readonly LogCase[] = [
  {
    name: "01",
    verdict: "failed",
    first: ["target-silent"],
    never: ["no-failure"],
    tool: "openocd",
    names: /rp2040\.dap0/,
  },
  { name: "02", verdict: "failed", first: ["erase-protected", "protected-region"], certain: true, names: /BOOTPROT/ },
  { name: "03", verdict: "failed", first: ["write-failed"], names: /0x08004000/ },
  { name: "04", verdict: "failed", first: ["erase-protected"], certain: true, names: /FPROT/ },
  {
    name: "05",
    verdict: "failed",
    first: ["locked-chip"],
    never: ["target-silent"],
    tool: "probe-rs",
    names: /FAULT is an answer/,
  },
  { name: "06", verdict: "fine", first: ["no-failure"], never: ["wrong-chip"] },
  { name: "07", verdict: "fine", first: ["no-failure"], never: ["wrong-chip"] },
  { name: "08", verdict: "unknown", first: ["unknown"], never: ["no-failure"] },
  {
    name: "09",
    verdict: "failed",
    first: ["outside-flash"],
    never: ["ram-image"],
    certain: true,
    names: /option bytes/,
  },
  { name: "10", ...QUOTED_SEED },
  { name: "11", ...QUOTED_SEED },
  { name: "12", ...QUOTED_SEED },
  {
    name: "13",
    verdict: "failed",
    first: ["core-not-found", "target-silent"],
    never: ["no-failure"],
    tool: "linkserver",
  },
  { name: "14", verdict: "failed", first: ["stuck-bits"], tool: "nrfjprog", names: /0x20.*0x60/ },
  { name: "15", verdict: "failed", first: ["blank"], never: ["field-byte-changed"] },
  { name: "16", verdict: "failed", first: ["target-silent"], tool: "jflash" },
  { name: "17", verdict: "failed", first: ["locked-chip"], never: ["memory-refused"], names: /APPROTECT/ },
  { name: "18", verdict: "failed", first: ["locked-chip", "mass-erase-failed"], never: ["mass-erased-on-connect"] },
  { name: "19", ...QUOTED_SEED },
];
