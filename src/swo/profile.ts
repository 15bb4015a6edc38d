import { ASLEEP } from "./tally.ts";

/** A function of the program, or another place with a name. */
export interface CodeSymbol {
  readonly name: string;
  readonly start: number;
  /** In bytes; 0 where the assembler has not said it. */
  readonly size: number;
  /** The source file, where the symbols name it. */
  readonly file: string | undefined;
}

/** How often the core was seen in one function. */
export interface ProfileRow {
  readonly name: string;
  readonly file: string | undefined;
  /** Where the function begins; undefined for samples outside of all functions, and for sleep. */
  readonly start: number | undefined;
  readonly samples: number;
  /** Of all samples, sleep included. */
  readonly percent: number;
  /** The places in it by their samples, the most first. */
  readonly places: readonly { readonly pc: number; readonly samples: number }[];
}

/** Samples by function, the most first; a place in no function is a row of its own by its address's page. */
export function profileOf(samples: ReadonlyMap<number, number>, symbols: readonly CodeSymbol[]): readonly ProfileRow[] {
  const sorted = [...symbols].sort((one, other) => one.start - other.start);
  const total = [...samples.values()].reduce((sum, count) => sum + count, 0);
  const rows = new Map<string, { symbol: CodeSymbol | undefined; name: string; places: [number, number][] }>();
  for (const [pc, count] of samples) {
    const symbol = pc === ASLEEP ? undefined : symbolAt(sorted, pc);
    const name = symbol?.name ?? (pc === ASLEEP ? "(asleep)" : `(no symbol, ${hexPage(pc)})`);
    const key = symbol ? `${symbol.start}` : name;
    const row = rows.get(key) ?? { symbol, name, places: [] };
    row.places.push([pc, count]);
    rows.set(key, row);
  }
  return [...rows.values()]
    .map(({ symbol, name, places }) => {
      const own = places.reduce((sum, [, count]) => sum + count, 0);
      return {
        name,
        file: symbol?.file,
        start: symbol?.start,
        samples: own,
        percent: total === 0 ? 0 : (100 * own) / total,
        places: places.map(([pc, count]) => ({ pc, samples: count })).sort((one, other) => other.samples - one.samples),
      };
    })
    .sort((one, other) => other.samples - one.samples || one.name.localeCompare(other.name));
}

const hexPage = (pc: number): string => `0x${(pc >>> 12).toString(16).toUpperCase().padStart(5, "0")}...`;

/** The last symbol that begins at or before an address and reaches it; one without a size reaches to the next. */
function symbolAt(sorted: readonly CodeSymbol[], pc: number): CodeSymbol | undefined {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].start <= pc) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low - 1];
  if (!found) return undefined;
  return found.size === 0 || pc < found.start + found.size ? found : undefined;
}
