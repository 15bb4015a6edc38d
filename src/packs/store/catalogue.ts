import { type Fit, fitOf } from "./device-names.ts";

/** A pack in the store. */
export interface StoredPack {
  /** Its file or folder in the store. */
  readonly file: string;
  readonly id: string;
  /** Empty where it has none. */
  readonly version: string;
  readonly vendor: string;
  readonly format: string;
  /** How many devices and variants it describes. */
  readonly devices: number;
}

/** A device of a pack in the store. */
export interface StoredDevice {
  readonly name: string;
  readonly vendor: string;
  readonly family: string;
  /** `Cortex-M4`, as the pack spells it; of its first processor. */
  readonly core: string;
  /** Bytes that its default algorithms program; 0 where it has none. */
  readonly flash: number;
}

/** A device, and the pack that describes it. */
export interface FoundDevice extends StoredDevice {
  readonly pack: StoredPack;
}

/** A pack and its devices, as they are catalogued. */
export interface CataloguedPack {
  readonly pack: StoredPack;
  readonly devices: readonly StoredDevice[];
}

/** What begins a catalogue; another version is not read, but made anew. */
const HEAD = "flashproof-catalogue 1";

/**
 * All packs in a store as one text, so that one file answers what is there: a line for each pack, then its devices' lines.
 */
export const catalogueText = (packs: readonly CataloguedPack[]): string =>
  [HEAD, ...packs.flatMap(({ pack, devices }) => [packLine(pack), ...devices.map(deviceLine)]), ""].join("\n");

const packLine = ({ file, id, version, vendor, format, devices }: StoredPack): string =>
  ["=", file, id, version, vendor, format, devices].map(field).join("\t");

const deviceLine = ({ name, vendor, family, core, flash }: StoredDevice): string =>
  [name, vendor, family, core, flash].map(field).join("\t");

/** Names are the vendor's: a tab or a line's end in one would be a field of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const field = (value: string | number): string => String(value).replace(/[\u0000-\u001f\u2028\u2029]/g, " ");

/** What a store has, from its catalogue; nothing of a line is split before it is wanted. */
export class Catalogue {
  readonly packs: readonly StoredPack[];
  private readonly lines: readonly string[];
  /** The line of each pack. */
  private readonly starts: readonly number[];

  private constructor(lines: readonly string[], packs: readonly StoredPack[], starts: readonly number[]) {
    this.lines = lines;
    this.packs = packs;
    this.starts = starts;
  }

  /** Reads a catalogue; undefined for a text that is none, or was cut off. */
  static read(text: string): Catalogue | undefined {
    const lines = text.split("\n");
    if (lines[0] !== HEAD || lines.at(-1) !== "") return undefined;
    const packs: StoredPack[] = [];
    const starts: number[] = [];
    let at = 1;
    while (at < lines.length - 1) {
      const pack = packIn(lines[at]);
      if (!pack || at + 1 + pack.devices > lines.length - 1) return undefined;
      packs.push(pack);
      starts.push(at);
      at += 1 + pack.devices;
    }
    return at === lines.length - 1 ? new Catalogue(lines, packs, starts) : undefined;
  }

  /** How many devices there are in all packs. */
  get count(): number {
    return this.packs.reduce((sum, { devices }) => sum + devices, 0);
  }

  /** Devices whose name, vendor or family holds a text, whatever its case: the first `most` of them, and how many there are. */
  search(text: string, most: number): { readonly count: number; readonly first: readonly FoundDevice[] } {
    const wanted = text.toLowerCase();
    const first: FoundDevice[] = [];
    let count = 0;
    this.each((line, pack) => {
      if (wanted !== "" && !line.slice(0, nthTab(line, 3)).toLowerCase().includes(wanted)) return;
      count += 1;
      if (first.length < most) first.push({ ...deviceIn(line), pack });
    });
    return { count, first };
  }

  /** The devices that a name is one of, by the best fit that there is. */
  find(name: string): readonly FoundDevice[] {
    const found = new Map<Fit, FoundDevice[]>([
      ["same", []],
      ["wildcard", []],
      ["order-code", []],
    ]);
    const start = name.slice(0, 2).toLowerCase();
    this.each((line, pack) => {
      if (!couldFit(line, start)) return;
      const fit = fitOf(name, line.slice(0, line.indexOf("\t")));
      if (fit) found.get(fit)?.push({ ...deviceIn(line), pack });
    });
    return [...found.values()].find((devices) => devices.length > 0) ?? [];
  }

  /** The devices of a pack. */
  devicesOf(pack: StoredPack): readonly StoredDevice[] {
    const start = this.starts[this.packs.indexOf(pack)] + 1;
    return this.lines.slice(start, start + pack.devices).map(deviceIn);
  }

  private each(take: (line: string, pack: StoredPack) => void): void {
    for (const [n, pack] of this.packs.entries()) {
      const from = this.starts[n] + 1;
      for (let i = from; i < from + pack.devices; i++) take(this.lines[i], pack);
    }
  }
}

/** The first two characters decide most lines. */
const couldFit = (line: string, start: string): boolean => line.slice(0, 2).toLowerCase() === start;

function nthTab(line: string, n: number): number {
  let at = -1;
  for (let i = 0; i < n; i++) at = line.indexOf("\t", at + 1);
  return at < 0 ? line.length : at;
}

function packIn(line: string): StoredPack | undefined {
  const [mark, file, id, version, vendor, format, count] = line.split("\t");
  const devices = Number(count);
  if (mark !== "=" || !Number.isSafeInteger(devices) || devices < 0) return undefined;
  return { file, id, version, vendor, format, devices };
}

function deviceIn(line: string): StoredDevice {
  const [name, vendor = "", family = "", core = "", flash = ""] = line.split("\t");
  return { name, vendor, family, core, flash: Number(flash) || 0 };
}
