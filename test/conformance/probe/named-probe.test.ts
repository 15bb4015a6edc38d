import { afterEach, describe, it } from "vitest";
import { type OpenProbe, openProbe } from "../../../src/node/probes.ts";
import type { Bench } from "./bench.ts";
import { K24_BOARD } from "./k24-board.ts";
import { probeSuite } from "./suite.ts";

/**
 * The same suite on whatever probe `FLASHPROOF_TEST_PROBE` names, wired to a K24 board that may be overwritten: silicon
 * is judged as the twin is. A twin's selector works too, which is how this file itself is tried.
 */
const selector = process.env["FLASHPROOF_TEST_PROBE"];

/** Transfers can't be counted behind a host's own pipe, so the budgets are the twins' business. */
const UNCOUNTED = {
  write64K: Number.POSITIVE_INFINITY,
  read64K: Number.POSITIVE_INFINITY,
  registers: Number.POSITIVE_INFINITY,
};

let held: OpenProbe | undefined;

async function open(): Promise<Bench> {
  await held?.close().catch(() => {});
  held = await openProbe(selector);
  const { probe, clock } = held;
  return { probe, clock, device: { transfers: 0 } as Bench["device"] };
}

if (selector === undefined) {
  describe("probe named by FLASHPROOF_TEST_PROBE", () => it.skip("is not named: the suite runs on twins only"));
} else {
  afterEach(async () => {
    await held?.close().catch(() => {});
    held = undefined;
  });
  const board = { ...K24_BOARD, voltageMv: { min: 1_700, max: 3_600 } };
  probeSuite({ name: selector, board, budget: UNCOUNTED, open, reopen: async () => (await open()).probe });
}
