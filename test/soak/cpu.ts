import { BOARDS, type BoardName } from "../clients/qemu/boards.ts";
import { judge } from "../clients/qemu/judge.ts";

/** What `npm run soak -- cpu` takes. */
interface Request {
  readonly count: number;
  readonly seed: number;
  readonly core?: string;
  out(line: string): void;
}

const NAMES = Object.keys(BOARDS) as BoardName[];

/** Random vectors on the twin's core and on QEMU 7.2: all cores, or the one that `--core` names; 0 without a difference. */
export function run({ count, seed, core, out }: Request): Promise<number> {
  const chosen = core === undefined ? NAMES : NAMES.filter((name) => name === core);
  if (chosen.length === 0) throw new RangeError(`--core is one of: ${NAMES.join(", ")}`);
  const wrong = chosen.map((name) => {
    const { vectors, exceptions, differences, unknown } = judge(BOARDS[name], count, seed);
    for (const line of [...differences.slice(0, 20), ...unknown.slice(0, 20)]) out(line);
    const ends = [...exceptions].sort(([a], [b]) => a - b).map(([number, times]) => `${number}: ${times}`);
    out(`${name}: ${vectors} vectors, ${differences.length} differences (ends by exception ${ends.join(", ")})`);
    return differences.length + unknown.length;
  });
  return Promise.resolve(wrong.some((found) => found > 0) ? 1 : 0);
}
