import type { OptionSet, ValuesOf } from "./declaration.ts";
import * as all from "./named.ts";

// Which verb takes which options. A function that works with those of `flash` takes an `Invocation<FlashOptions>`.

const {
  probe,
  chip,
  pack,
  speed,
  connect,
  base,
  security,
  allowIrreversible,
  allowMassErase,
  allowIncomplete,
  keep,
  save,
} = all;

/** Options that every verb has. */
export const EVERYWHERE = {
  json: all.json,
  events: all.events,
  verbose: all.verbose,
  logFile: all.logFile,
  quiet: all.quiet,
} satisfies OptionSet;

const TARGET = { probe, chip, pack, speed, connect, restoreBreakpoints: all.restoreBreakpoints };
const CONSENTS = { security, allowIrreversible };
const LOSSES = { allowMassErase, keep, save };
const WATCH = { ...all.watching, until: all.until };

/** The options of each verb, by the verb's name. */
export const OPTIONS = {
  list: all.listing,
  doctor: { ...all.listing, udev: all.udev },
  chips: {},
  pack: all.packing,
  info: TARGET,
  explain: {
    chip,
    base,
    image: all.image,
    full: all.full,
    keepPrivate: all.keepPrivate,
    failOn: all.failOn,
  },
  plan: { ...TARGET, base, bank: all.bank, ...CONSENTS, allowIncomplete, keep, erase: all.eraseBy, out: all.out },
  flash: {
    ...TARGET,
    base,
    bank: all.bank,
    ...CONSENTS,
    allowIncomplete,
    ...LOSSES,
    erase: all.eraseBy,
    plan: all.plan,
    dryRun: all.dryRun,
    halt: all.halt,
    keepRam: all.keepRam,
    verify: all.verifyBy,
    loader: all.loader,
    ...WATCH,
  },
  verify: { ...TARGET, base, bank: all.bank, security, allowIncomplete, keep: all.keptBefore, verify: all.verifyBy },
  erase: { ...TARGET, ...LOSSES, chipAll: all.chipAll, sectors: all.sectors, ...all.wholeBank, ...all.erasing },
  read: { ...TARGET, ...all.wholeBank, output: all.output, once: all.once, verify: all.verifyBy },
  write: { ...TARGET, width: all.width, raw: all.raw },
  reset: { ...TARGET, halt: all.halt },
  run: { ...TARGET, base, allowIncomplete, ...WATCH, ...all.semihostingOptions },
  rtt: { ...TARGET, ...all.rttOptions, until: all.until },
  swo: { ...TARGET, ...all.swoOptions, ...all.swoContent, until: all.until },
  profile: { ...TARGET, ...all.swoOptions, ...all.profiling },
  gdbserver: {
    ...TARGET,
    base,
    ...CONSENTS,
    allowIncomplete,
    raw: all.raw,
    ...all.debugging,
    ...all.debuggedSemihosting,
  },
  ui: { probe, ...all.page },
  unlock: { ...TARGET, ...LOSSES },
  twin: all.serving,
  bench: { chip, speed, ...all.benching },
  vscode: { chip },
  jlinkShims: { windows: all.windows },
} satisfies { readonly [verb: string]: OptionSet };

/** Values of the options of each verb, and of groups of them that several verbs share. */
export type EveryOption = ValuesOf<typeof EVERYWHERE>;
/** What `withTarget` reads; a verb that may not lose anything lacks the second half. */
export type TargetOptions = ValuesOf<typeof TARGET> &
  Partial<LossOptions> & { readonly plan?: string | undefined; readonly flashBreakpoints?: "off" | "ask" | "on" };
/** What may be lost, and what may not. */
export type LossOptions = ValuesOf<typeof LOSSES>;
/** What the user agrees to about security bytes. */
export type ConsentOptions = ValuesOf<typeof CONSENTS>;
/** How a board's UART is watched. */
export type WatchOptions = ValuesOf<typeof WATCH>;
/** The values that one verb gets, by its name in `OPTIONS`. */
export type OptionsOf<V extends keyof typeof OPTIONS> = ValuesOf<(typeof OPTIONS)[V]>;
