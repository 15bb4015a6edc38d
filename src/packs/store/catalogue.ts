import { commonStart, FITS, type Fit, fitOf } from "./device-names.ts";

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
const HEAD = "flashproof-catalogue 2";

/**
 * All packs in a store as one text, so that one file answers what is there: the number of packs and the length of all that
 * follows, a line for each pack with the length of its devices' lines, then those.
 */
export function catalogueText(packs: readonly CataloguedPack[]): string {
  const devices = packs.map(({ devices }) => devices.map((device) => `${deviceLine(device)}\n`).join(""));
  const rest = [...packs.map(({ pack }, n) => `${packLine(pack, devices[n].length)}\n`), ...devices].join("");
  return `${HEAD}\t${packs.length}\t${rest.length}\n${rest}`;
}

const packLine = ({ file, id, version, vendor, format, devices }: StoredPack, length: number): string =>
  [file, id, version, vendor, format, devices, length].map(field).join("\t");

const deviceLine = ({ name, vendor, family, core, flash }: StoredDevice): string =>
  [name, vendor, family, core, flash].map(field).join("\t");

/** Names are the vendor's: a tab or a line's end in one would be a field of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
const field = (value: string | number): string => String(value).replace(/[\u0000-\u001f\u2028\u2029]/g, " ");

/** A pack, and where its devices' lines are. */
interface Section {
  readonly pack: StoredPack;
  readonly from: number;
  readonly to: number;
}

/** What a store has, from its catalogue; of the devices' lines only those are taken apart that fit what is looked for. */
export class Catalogue {
  /** Of a store without packs. */
  static readonly EMPTY = new Catalogue("", []);
  readonly packs: readonly StoredPack[];
  private readonly sections: readonly Section[];
  private readonly text: string;
  /** The same text in lower case, made where something is looked for in it. */
  private lower: string | undefined;

  private constructor(text: string, sections: readonly Section[]) {
    this.text = text;
    this.sections = sections;
    this.packs = sections.map(({ pack }) => pack);
  }

  /** Reads a catalogue; undefined for a text that is none, or was cut off. */
  static read(text: string): Catalogue | undefined {
    const headEnd = text.indexOf("\n");
    const [head, count, length] = text.slice(0, Math.max(headEnd, 0)).split("\t");
    if (head !== HEAD || Number(length) !== text.length - headEnd - 1) return undefined;
    const lines: string[] = [];
    let at = headEnd + 1;
    for (let n = 0; n < Number(count); n++) {
      const end = text.indexOf("\n", at);
      if (end < 0) return undefined;
      lines.push(text.slice(at, end));
      at = end + 1;
    }
    const sections = sectionsOf(lines, at);
    return sections && (sections.at(-1)?.to ?? at) === text.length ? new Catalogue(text, sections) : undefined;
  }

  /** How many devices there are in all packs. */
  get count(): number {
    return this.packs.reduce((sum, { devices }) => sum + devices, 0);
  }

  /** Devices whose name, vendor or family holds a text, whatever its case: the first `most` of them, and how many there are. */
  search(text: string, most: number): { readonly count: number; readonly first: readonly FoundDevice[] } {
    if (text === "") return { count: this.count, first: this.firstOf(most) };
    const first: FoundDevice[] = [];
    let count = 0;
    // No field has one: a text with it would be found across two of them.
    if (/[\t\n]/.test(text)) return { count, first };
    this.eachWith(text.toLowerCase(), (line, hit, section) => {
      if (hit > thirdTab(this.text, line)) return;
      count += 1;
      if (first.length < most) first.push(this.deviceAt(line, section));
    });
    return { count, first };
  }

  /** The devices that a name is one of, by the best fit that there is. */
  find(name: string): readonly FoundDevice[] {
    const found = new Map<Fit, FoundDevice[]>(FITS.map((fit) => [fit, []]));
    const start = commonStart(name);
    if (start === "") return [];
    this.eachWith(`\n${start}`, (line, _, section) => {
      const device = this.deviceAt(line, section);
      const fit = fitOf(name, device);
      if (fit) found.get(fit)?.push(device);
    });
    const [fit, devices] = [...found].find(([, some]) => some.length > 0) ?? [];
    // Of two devices whose names begin an order code, the longer name is the closer one.
    const longest = Math.max(...(devices ?? []).map((device) => device.name.length));
    return (devices ?? []).filter((device) => fit !== "order-code" || device.name.length === longest);
  }

  /** The devices of a pack. */
  devicesOf(pack: StoredPack): readonly StoredDevice[] {
    const section = this.sections[this.packs.indexOf(pack)];
    return this.text.slice(section.from, section.to).split("\n").slice(0, -1).map(deviceIn);
  }

  private firstOf(most: number): readonly FoundDevice[] {
    const first: FoundDevice[] = [];
    for (const section of this.sections) {
      for (let at = section.from; at < section.to && first.length < most; at = this.lineEnd(at) + 1)
        first.push(this.deviceAt(at, section));
    }
    return first;
  }

  /** Each line of a device that has a text in lower case, and where that ends; a line's end at its beginning counts. */
  private eachWith(wanted: string, take: (line: number, hitEnd: number, section: Section) => void): void {
    this.lower ??= inLowerCase(this.text);
    const inLine = wanted.startsWith("\n") ? 1 : 0;
    let n = 0;
    let hit = this.lower.indexOf(wanted, (this.sections[0]?.from ?? this.text.length) - inLine);
    while (hit >= 0) {
      const line = this.text.lastIndexOf("\n", hit + inLine - 1) + 1;
      while (n < this.sections.length && this.sections[n].to <= line) n += 1;
      if (n === this.sections.length) return;
      take(line, hit + wanted.length, this.sections[n]);
      hit = this.lower.indexOf(wanted, this.lineEnd(line) + 1 - inLine);
    }
  }

  private deviceAt(line: number, { pack }: Section): FoundDevice {
    return { ...deviceIn(this.text.slice(line, this.lineEnd(line))), pack };
  }

  private lineEnd(at: number): number {
    const end = this.text.indexOf("\n", at);
    return end < 0 ? this.text.length : end;
  }
}

/** Where each pack's devices are, one pack behind the other; undefined for a line that is none of a pack. */
function sectionsOf(lines: readonly string[], devices: number): readonly Section[] | undefined {
  const sections: Section[] = [];
  let from = devices;
  for (const line of lines) {
    const [file, id, version, vendor, format, count, length] = line.split("\t");
    const [all, to] = [Number(count), from + Number(length)];
    if (!(Number.isSafeInteger(all) && all >= 0 && Number.isSafeInteger(to) && to >= from)) return undefined;
    sections.push({ pack: { file, id, version, vendor, format, devices: all }, from, to });
    from = to;
  }
  return sections;
}

/** The one letter whose lower case is longer than itself would shift all that stand behind it. */
const inLowerCase = (text: string): string => text.replaceAll("\u0130", "I").toLowerCase();

/** Where the first three fields of a line end: its name, vendor and family. */
function thirdTab(text: string, line: number): number {
  let at = line - 1;
  for (let i = 0; i < 3; i++) at = text.indexOf("\t", at + 1);
  return at;
}

function deviceIn(line: string): StoredDevice {
  const [name, vendor = "", family = "", core = "", flash = ""] = line.split("\t");
  return { name, vendor, family, core, flash: Number(flash) || 0 };
}
