import type { MemoryOp } from "../../adi/memory.ts";
import { type Clock, type Io, within } from "../../base/clock.ts";
import { codeOf } from "../../base/errors.ts";
import type { FlashBank } from "../../chips/flash-bank.ts";
import type { Core } from "../../cortex/core.ts";
import { FlashError } from "../../flash/flash-error.ts";
import { checkFlashAddress } from "../../flash/flash-range.ts";
import type { Loader } from "../../flash/loader.ts";
import type { Write } from "../../flash/plan/steps.ts";
import { startChecks, wordsOf } from "./start-checks.ts";
import { NVMC_CONFIG, NVMC_ERASEPAGE, NVMC_ERASEUICR, NVMC_READY } from "./registers-nvmc.ts";

/** Drives the NVMC through the AHB-AP while the core is halted, word by word; needs no code on the target. */
export function directLoader(core: Core, clock: Clock): Loader {
  const run = (what: string, limitMs: number, ops: readonly MemoryOp[], io: Io = {}) =>
    runOps(core, clock, { what, limitMs, ops }, io);
  const program = async (bank: FlashBank, { address, bytes }: Write, io?: Io) => {
    checkFlashAddress(address, bank);
    const words = wordsOf(bytes).flatMap((value, i) => [write(address + 4 * i, value), untilReady]);
    await run("write to flash", 5_000, [...config(WRITE), ...words, ...config(READ_ONLY)], io);
  };
  return {
    name: "direct",
    caps: { runsOn: false, eraseThen: false, marginBlank: false, provesErase: false, restores: "ram-and-core" },
    start: async (io = {}) => {
      await startChecks(core, io);
      await run("an earlier operation", 1_000, [untilReady], io);
    },
    eraseSector: async (bank, address, _then, io) => {
      checkFlashAddress(address, bank);
      const erase = bank.kind === "main" ? write(NVMC_ERASEPAGE, address) : write(NVMC_ERASEUICR, 1);
      await run("erase", 5_000, [...config(ERASE), erase, untilReady, ...config(READ_ONLY)], io);
    },
    program: (bank, address, bytes, io) => program(bank, { address, bytes }, io),
    settle: async () => {},
    stop: async () => {},
  };
}

const READ_ONLY = NVMC_CONFIG.of({ WEN: 0 });
const WRITE = NVMC_CONFIG.of({ WEN: 1 });
const ERASE = NVMC_CONFIG.of({ WEN: 2 });

const write = (address: number, value: number): MemoryOp => ({ op: "write", address, width: 32, value });

const untilReady: MemoryOp = {
  op: "until",
  address: NVMC_READY.address,
  width: 32,
  mask: NVMC_READY.mask("READY"),
  value: NVMC_READY.mask("READY"),
};

const config = (value: number): readonly MemoryOp[] => [untilReady, write(NVMC_CONFIG.address, value)];

interface Ops {
  readonly what: string;
  readonly limitMs: number;
  readonly ops: readonly MemoryOp[];
}

/** Throws `flash-busy` where the controller does not become ready in time. */
async function runOps(core: Core, clock: Clock, { what, limitMs, ops }: Ops, io: Io): Promise<void> {
  try {
    await core.memory.run(ops, within(clock, limitMs, io));
  } catch (cause) {
    if (codeOf(cause) !== "dap-until-timeout") throw cause;
    const text = `The flash controller did not end in time (${what})`;
    throw new FlashError("flash-busy", text, { details: { command: what }, cause });
  }
}
