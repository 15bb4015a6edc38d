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
  {
    name: "20",
    verdict: "failed",
    first: ["target-silent"],
    never: ["device-unknown"],
    tool: "st-flash",
    names: /swapped/,
  },
  { name: "21", verdict: "failed", first: ["target-silent"], never: ["device-unknown"], tool: "st-flash" },
  { name: "22", verdict: "failed", first: ["device-unknown"], certain: true, tool: "st-flash", names: /bb11477/ },
  { name: "23", verdict: "failed", first: ["probe-driver"], never: ["probe-not-found"] },
  { name: "24", verdict: "failed", first: ["probe-access"], never: ["probe-not-found"], certain: true },
  { name: "25", verdict: "failed", first: ["ram-loader-failed"], tool: "st-flash" },
  { name: "26", verdict: "failed", first: ["read-protected"] },
  { name: "27", verdict: "failed", first: ["wrong-chip"], never: ["device-unknown"], tool: "openocd", names: /stm32x/ },
  { name: "28", verdict: "failed", first: ["wrong-chip"], tool: "openocd" },
  { name: "29", verdict: "failed", first: ["probe-firmware"], never: ["probe-lost"], certain: true, tool: "openocd" },
  { name: "30", verdict: "failed", first: ["tool-too-old"], tool: "openocd", names: /cmsis-dap/ },
  { name: "31", verdict: "failed", first: ["tool-too-old"], tool: "openocd" },
  { name: "32", verdict: "failed", first: ["config-not-found"], certain: true, tool: "openocd" },
  { name: "33", verdict: "failed", first: ["config-not-found"], certain: true, tool: "openocd" },
  { name: "34", verdict: "failed", first: ["file-invalid"], certain: true, tool: "openocd" },
  { name: "35", verdict: "failed", first: ["locked-chip"], tool: "openocd", names: /APPROTECT/ },
  { name: "36", verdict: "failed", first: ["core-not-found"], tool: "openocd" },
  { name: "37", verdict: "failed", first: ["target-silent"], never: ["wire-unreliable"], tool: "openocd" },
  { name: "38", verdict: "failed", first: ["erase-protected", "protected-region"], certain: true, tool: "openocd" },
  { name: "39", verdict: "failed", first: ["loader-missing"], certain: true, tool: "probe-rs" },
  { name: "40", verdict: "failed", first: ["locked-chip"], tool: "probe-rs" },
  { name: "41", verdict: "failed", first: ["locked-chip"], never: ["target-silent"], tool: "probe-rs" },
  { name: "42", verdict: "failed", first: ["mass-erase-failed"], tool: "probe-rs" },
  { name: "43", verdict: "failed", first: ["outside-flash"], certain: true, names: /0x10000000/ },
  {
    name: "44",
    verdict: "failed",
    first: ["probe-access"],
    never: ["probe-not-found"],
    certain: true,
    tool: "probe-rs",
  },
  { name: "45", verdict: "failed", first: ["device-unknown"], certain: true, tool: "pyocd" },
  { name: "46", verdict: "failed", first: ["tool-not-found"], tool: "pyocd" },
  { name: "47", verdict: "fine", first: ["no-failure"], tool: "pyocd" },
  { name: "48", verdict: "failed", first: ["target-no-power"], certain: true, tool: "nrfjprog" },
  { name: "49", verdict: "failed", first: ["locked-chip"], certain: true },
  { name: "50", verdict: "failed", first: ["bootloader-silent"], tool: "nrfutil" },
  { name: "51", verdict: "failed", first: ["locked-chip"], never: ["target-silent"], certain: true },
  { name: "52", verdict: "failed", first: ["target-no-power", "target-silent"], tool: "jlink" },
  { name: "53", verdict: "failed", first: ["bootloader-silent"], tool: "stm32flash" },
  { name: "54", verdict: "failed", first: ["not-erased"], tool: "stm32flash" },
  { name: "55", verdict: "failed", first: ["probe-access"], never: ["bootloader-silent"], tool: "picotool" },
  { name: "56", verdict: "failed", first: ["bootloader-silent"], tool: "picotool" },
  { name: "57", verdict: "failed", first: ["port-busy"], certain: true, tool: "avrdude", names: /ttyACM0/ },
  { name: "58", verdict: "failed", first: ["probe-access"], certain: true, tool: "avrdude" },
  { name: "59", verdict: "failed", first: ["port-busy"], certain: true },
  { name: "60", verdict: "failed", first: ["image-too-large"], certain: true },
  { name: "61", verdict: "failed", first: ["tool-not-found"], certain: true, names: /nrfjprog/ },
  { name: "62", verdict: "failed", first: ["probe-driver"], tool: "dfu-util" },
  { name: "63", verdict: "failed", first: ["target-silent"], tool: "blackmagic" },
  { name: "64", verdict: "failed", first: ["target-no-power"], tool: "blackmagic" },
  { name: "65", verdict: "fine", first: ["no-failure"], tool: "pyocd" },
];
