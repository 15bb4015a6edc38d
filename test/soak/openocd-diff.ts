import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FamilyName } from "../../src/chips/chip.ts";
import type { Twin } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { hasJudge } from "../../tools/judges.mjs";
import { asText } from "../clients/boards.ts";
import { type Bench, openBench } from "../clients/openocd/bench.ts";
import { board, onTarget, twinNamed } from "../support/board.ts";
import { Chance } from "../support/chance.ts";
import { type Both, type Comparison, hex, RESET, type Range, tcl, theirRead } from "./openocd-diff/both.ts";
import { kinetis } from "./openocd-diff/kinetis.ts";
import { nrf52 } from "./openocd-diff/nrf52.ts";
import { stm32f4 } from "./openocd-diff/stm32f4.ts";

/** What is compared of one chip of a family, the one that the comparison names. */
const FAMILIES: { readonly [name in FamilyName]?: Comparison } = { "kinetis-ftfe": kinetis, stm32f4, nrf52 };

/** The same random operations once by our stack and once by OpenOCD, on two boards of one seed, compared after each. */
export async function run({ count, seed, chip = kinetis.twin, out }: SoakOptions): Promise<number> {
  if (!hasJudge("openocd")) {
    out("skipped: openocd (apt-get install openocd)");
    return process.env["FLASHPROOF_REQUIRE"]?.includes("openocd") ? 1 : 0;
  }
  const comparison = comparisonOf(chip);
  const folder = mkdtempSync(join(tmpdir(), "flashproof-diff-"));
  const bench = await openBench();
  try {
    const both = await twoBoards(comparison, bench, seed, join(folder, "image.bin"));
    const done = new Map<string, number>();
    let differences = 0;
    for (let i = 0; i < count && differences < MOST_DIFFERENCES; i++) {
      const name = both.locked && comparison.unlock ? comparison.unlock : both.chance.pick(comparison.often);
      const what = await difference(comparison, both, name);
      done.set(name, (done.get(name) ?? 0) + 1);
      if ((i + 1) % 100 === 0) process.stderr.write(`${i + 1} of ${count}\n`);
      if (what === undefined) continue;
      differences++;
      process.stderr.write(`operation ${i} (${name}): ${what}\n`);
    }
    out(`${[...done].map(([name, n]) => `${name} ${n}`).join(" ")} differences ${differences}`);
    return differences === 0 ? 0 : 1;
  } finally {
    await bench.close();
    rmSync(folder, { recursive: true });
  }
}

/** One is enough to fail; a few more tell what kind it is. */
const MOST_DIFFERENCES = 5;

function comparisonOf(name: string): Comparison {
  const { chip, twin } = twinNamed(name);
  const comparison = chip.familyName && FAMILIES[chip.familyName];
  if (comparison?.twin === twin) return comparison;
  const known = Object.values(FAMILIES).map((one) => one.twin);
  throw new Error(`OpenOCD is not compared on ${name}; it is on ${known.join(", ")}`);
}

async function twoBoards(
  { twin: chip, openocd, start }: Comparison,
  bench: Bench,
  seed: number,
  file: string,
): Promise<Both> {
  const state = await start();
  const options = { chip, flash: "zero", seed } as const;
  await bench.ask("board", options, asText(state));
  await bench.startOpenocd(openocd);
  await tcl(bench, RESET);
  const twin = board({ ...options, state });
  await onTarget(twin, (session) => session.reset("system", "halt"));
  return { twin, bench, openocd, file, chance: new Chance(seed), locked: false };
}

async function difference(comparison: Comparison, both: Both, operation: string): Promise<string | undefined> {
  const seen = await comparison.operations[operation](both);
  if (seen && seen[0] !== seen[1]) return `ours saw ${seen[0]}, OpenOCD ${seen[1]}`;
  for (const [name, part, range] of comparison.parts) {
    const [ours, theirs] = [digest(both.twin, part, range), await both.bench.ask("digest", part, range)];
    if (ours !== theirs) return `${name} differs`;
  }
  if (both.locked) return undefined;
  const [ours, theirs] = [await ourWords(comparison, both.twin), await theirWords(comparison, both.bench)];
  const at = ours.findIndex((word, i) => word !== theirs[i]);
  return at < 0 ? undefined : `${comparison.words[at].name} is ${ours[at]}, with OpenOCD ${theirs[at]}`;
}

function digest(twin: Twin, part: string, { start, length }: Range): string {
  const bytes = twin.snapshot().parts.get(part);
  if (!bytes) throw new Error(`the board's state has no part "${part}"`);
  return createHash("sha256")
    .update(bytes.subarray(start, start + length))
    .digest("hex");
}

/** The words that are compared, in hex digits, with nothing but the bits that count. */
const ourWords = ({ words }: Comparison, twin: Twin): Promise<readonly string[]> =>
  onTarget(twin, async ({ core: { memory } }) => {
    const read = [];
    for (const { address, width, mask } of words)
      read.push(masked(hex(await memory.read(address, width / 8, width)), mask));
    return read;
  });

async function theirWords({ words }: Comparison, bench: Bench): Promise<readonly string[]> {
  const read = [];
  for (const { address, width, mask } of words) read.push(masked(await theirRead(bench, address, width, 1), mask));
  return read;
}

function masked(digits: string, mask = 0xffffffff): string {
  const bytes = Buffer.from(digits, "hex");
  return hex(bytes.map((byte, i) => byte & (mask >>> (8 * i))));
}
