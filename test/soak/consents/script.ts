import type { Chance } from "../../support/chance.ts";
import { type Allowance, EVERYTHING, NOTHING, sectorsOf, together } from "./allowance.ts";
import type { Case } from "./native.ts";
import { anyImage, CHIP, type Start } from "./world.ts";

/** One line of a script: what it allows by itself, and whether it is a raw write that erases or locks. */
interface Line {
  readonly text: string;
  readonly allowed: Allowance;
  readonly raw?: boolean;
}

/** In the Commander the script's own lines are the consent; locking is the device name's business. */
export function commanderCase(chance: Chance, start: Start, isUnsecureStored: boolean): Case {
  const allowsSecurity = chance.below(3) === 0;
  const lines = Array.from({ length: 1 + chance.below(4) }, () => anyLine(chance));
  const script = ["r", "h", ...lines.map(({ text }) => text), "exit"].join("\n");
  const stored: Allowance = isUnsecureStored && start.name.includes("lock") ? EVERYTHING : NOTHING;
  const raw = lines.some((each) => each.raw);
  const allowed = together([stored, ...lines.map((line) => line.allowed)]);
  return {
    argv: [
      ...["commander", "-Device", allowsSecurity ? `${CHIP} (allow security)` : CHIP, "-If", "SWD", "-Speed", "4000"],
      ...(chance.below(2) ? ["-ExitOnError", "1"] : []),
      ...(chance.below(3) === 0 ? ["-q"] : []),
      ...["-CommandFile", "script.jlink"],
    ],
    script,
    allowed: { ...allowed, ...(allowsSecurity ? { lock: true } : {}) },
    ...(raw ? { raw } : {}),
  };
}

function anyLine(chance: Chance): Line {
  const image = anyImage(chance);
  const load: Line = { text: `loadfile ${image.name}`, allowed: { ranges: sectorsOf(image) } };
  return chance.pick<Line>([load, load, load, ...LINES]);
}

const line = (text: string, allowed: Allowance = NOTHING): Line => ({ text, allowed });
const rawLine = (text: string): Line => ({ text, allowed: NOTHING, raw: true });

const LINES: readonly Line[] = [
  line("erase", EVERYTHING),
  line("erase 8000 9FFF", { ranges: [[0x8000, 0xa000]] }),
  line("erase 0 FFF", { ranges: [[0, 0x1000]] }),
  line("erase 1000000 1000FFF"),
  line("erase 20000000 20001000"),
  line("erase FF000 101000"),
  line("erase 0 1FFFFF"),
  line("unlock Kinetis", EVERYTHING),
  line("mem8 400 10"),
  line("w4 20000000 12345678"),
  line("verifybin open.hex, 0"),
  line("r"),
  line("g"),
  // CCOB0 = 0x44 (Erase All Blocks), then CCIF (K24 reference manual, FTFE).
  rawLine("w1 40020007 44\nw1 40020000 80"),
  // MDM-AP Control, bit 0: mass erase.
  rawLine("SWDSelect\nSWDWriteDP 2 01000000\nSWDWriteAP 1 1"),
];
