/** A guard that is taken out of the source as it is loaded; the files stay as they are. */
export interface BrokenGuard {
  /** The rule that holds no more. */
  readonly rule: string;
  readonly file: string;
  /** Stands once in the file, as written and with its types stripped. */
  readonly from: string;
  readonly to: string;
}

/** One that tests near it notice. */
export interface TestedGuard extends BrokenGuard {
  readonly tests: string;
}

/** Guards whose removal no near test noticed once: each now has one. */
export const TESTED: readonly TestedGuard[] = [
  {
    rule: "a second reading of differences that finds more than the first is unsteady",
    file: "src/flash/verify.ts",
    from: "!isSame(difference, again[i])",
    to: "!again.some((one) => isSame(difference, one))",
    tests: "test/unit/flash/verify.test.ts",
  },
  {
    rule: "registers that are given back are read twice and compared",
    file: "src/flash/kept-registers.ts",
    from: "first[i] !== second[i]",
    to: "first[i] !== first[i]",
    tests: "test/unit/session/guards.test.ts",
  },
  {
    rule: "RAM that is given back is read again where no check of the target proves it",
    file: "src/flash/kept/kept-target.ts",
    from: "!ahead?.isProven(part)",
    to: "ahead?.isProven(part)",
    tests: "test/unit/flash/kept-target.test.ts",
  },
  {
    rule: "no RAM is given back while code of ours may still run in it",
    file: "src/flash/kept/kept-target.ts",
    from: "if (this.isLent) return;",
    to: "",
    tests: "test/unit/flash/kept-target.test.ts",
  },
  {
    rule: "write units that can't be read are compared between two readings",
    file: "src/flash/read-flash.ts",
    from: "unreadable.join() !== before?.unreadable.join()",
    to: "false",
    tests: "test/unit/flash/verify.test.ts",
  },
  {
    rule: "a fault's address behind the end of a block is none of the block's",
    file: "src/adi/mem-ap.ts",
    from: "tar < address + count) ? tar",
    to: "tar <= address + count) ? tar",
    tests: "test/unit/adi/mem-ap.test.ts",
  },
  {
    rule: "what SELECT holds is unknown after a failed batch",
    file: "src/adi/debug-port.ts",
    from: "[this.selected, this.wire.selected] = [undefined, undefined];",
    to: "this.wire.selected = undefined;",
    tests: "test/unit/adi/debug-port.test.ts",
  },
  {
    rule: "ORUNDETECT is set in CTRL/STAT alone, and not in another bank's register",
    file: "src/probe/swd/swd-plan.ts",
    from: "reg.a === CTRL_STAT.address && this.dpBank === 0",
    to: "reg.a === CTRL_STAT.address",
    tests: "test/unit/probe/swd-port.test.ts",
  },
  {
    rule: "DEMCR is read twice before it is written back",
    file: "src/cortex/core-reset.ts",
    from: "demcr !== again",
    to: "false",
    tests: "test/unit/cortex/cortex-core.test.ts",
  },
  {
    rule: "a mass erase that fails releases what it holds, the reset line among it",
    file: "src/session/procedure.ts",
    from: "await runSteps(run, procedure.cleanup, {});",
    to: "",
    tests: "test/unit/session/guards.test.ts",
  },
  {
    rule: "only a permit for a mass erase unlocks",
    file: "src/session/session.ts",
    from: '!permits.some((p) => p.allows === "mass-erase")',
    to: "permits.length === 0",
    tests: "test/unit/session/guards.test.ts",
  },
  {
    rule: "--keep forbids the mass erase of a locked chip",
    file: "src/cli/target.ts",
    from: "allowMassErase && keep.length === 0",
    to: "allowMassErase",
    tests: "test/cli/plan-file.test.ts",
  },
];

/** Guards of session, plan and consent, which the model of a board's flash finds without knowing of them. */
export const MODELLED: readonly BrokenGuard[] = [
  {
    rule: "a permit allows its own act alone",
    file: "src/flash/permit.ts",
    from: "p.allows === need.act && (need.token",
    to: "(need.token",
  },
  {
    rule: "the policy refuse locks nothing, whatever is permitted",
    file: "src/flash/run.ts",
    from: 'policy === "refuse" ? needs[0] : undefined',
    to: "undefined",
  },
  {
    rule: "unlocking needs a permit",
    file: "src/session/session.ts",
    from: '!permits.some((p) => p.allows === "mass-erase")',
    to: "false",
  },
  {
    rule: "keep-open leaves the chip open",
    file: "src/protection/effective-image.ts",
    from: 'policy === "keep-open" ? named',
    to: 'policy === "none" ? named',
  },
  {
    rule: "a difference makes the verdict different",
    file: "src/flash/verify.ts",
    from: "found.flatMap((d) => without(d, declared))",
    to: "[]",
  },
  {
    rule: "a locked chip is opened only where that was asked for",
    file: "src/session/connecting/look-at-lock.ts",
    from: '(await draft.onLocked?.(draft.lock)) === "unlock"',
    to: "true",
  },
  {
    rule: "an erase leaves the configuration field open",
    file: "src/flash/plan/plan.ts",
    from: "content: openSector(chip, sector), kept: 0, lost: blank",
    to: "content: new Uint8Array(size).fill(0xff), kept: 0, lost: blank",
  },
  {
    rule: "a job that is called off brings an erased sector to its end",
    file: "src/flash/run.ts",
    from: "if (isErase(step))",
    to: "if (true)",
  },
  {
    rule: "the rest of a touched sector is kept",
    file: "src/flash/plan/plan.ts",
    from: "keepRest && now ? keptSector",
    to: "false ? keptSector",
  },
  {
    rule: "an erase of some sectors is never done by a mass erase",
    file: "src/session/erase-job.ts",
    from: "whole ? (options.permits ?? []) : []",
    to: "options.permits ?? []",
  },
];
