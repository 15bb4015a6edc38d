import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TwinOptions } from "../../../src/twin/usb.ts";
import { board } from "../../support/board.ts";
import { type Check, tryAll } from "../check.ts";
import { flashedByUs, theyWrite, weWrote } from "./checks.ts";
import { compareRp2040 } from "./diff.ts";
import { type Plugged, withOpenocd } from "./machine.ts";
import type { Openocd } from "./tcl.ts";

/** What is done in one boot. */
export interface Rp2040Run {
  /** The checks whose titles have this; none where it is undefined. */
  readonly only: string | undefined;
  /** Random operations that are compared. */
  readonly count: number;
  readonly seed: number;
}

/** Longest for the boot and the checks, and for each operation that is compared, in milliseconds. */
const PATIENCE_MS = { checks: 240_000, operation: 20_000 } as const;

/** A board of one boot, and what is done with it; answers how many failed or differed. */
interface Part {
  readonly board: Plugged;
  work(openocd: Openocd): Promise<number>;
}

/** OpenOCD's `rp2040` by CMSIS-DAP: the checks, then the comparison, in one boot; answers how many failed or differed. */
export async function runRp2040({ only, count, seed }: Rp2040Run): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-vm-"));
  const parts = [
    ...(only === undefined ? [] : [blank(folder, only), await flashed(folder, only)]),
    ...(count === 0 ? [] : [compared(folder, count, seed)]),
  ];
  const patienceMs = PATIENCE_MS.checks + count * PATIENCE_MS.operation;
  const boards = parts.map(({ board }) => board);
  try {
    return await withOpenocd(boards, { config: "target/rp2040.cfg", patienceMs }, async (openocds) => {
      let failed = 0;
      for (const [n, { work }] of parts.entries()) failed += await work(openocds[n]);
      return failed;
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const plugged = (serial: string, options: Partial<TwinOptions> = {}): Plugged => ({
  serial,
  twin: board({ chip: "RP2040", flash: "zero", probe: "cmsis-dap-hs", serial, ...options }),
});

function blank(folder: string, only: string): Part {
  const board = plugged("DAP-BLANK");
  return { board, work: (openocd) => tryThose(theyWrite({ twin: board.twin, openocd, folder }), only) };
}

async function flashed(folder: string, only: string): Promise<Part> {
  const board = plugged("DAP-FLASHED", { state: await flashedByUs(folder) });
  return { board, work: (openocd) => tryThose(weWrote({ twin: board.twin, openocd, folder }), only) };
}

function compared(folder: string, count: number, seed: number): Part {
  const theirs = plugged("DAP-COMPARED", { seed });
  const ours = board({ chip: "RP2040", flash: "zero", seed });
  return {
    board: theirs,
    work: (openocd) => compareRp2040({ ours, theirs: theirs.twin, openocd, folder }, count, seed),
  };
}

const tryThose = (checks: readonly Check[], only: string): Promise<number> =>
  tryAll(
    checks.filter(({ title }) => title.includes(only)),
    () => "",
  );
