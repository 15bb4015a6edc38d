/**
 * Chips that went wrong in a known way: each case is an image, what the chip holds, what is known of the job, and the
 * label of what was done to it. Nothing here is shared with the code that has to find the label out again.
 */

/** What was done. */
export type Label =
  | "declared-change"
  | "loader-kept-open"
  | "programmed-over-FE"
  | "over-programmed"
  | "blank"
  | "shifted"
  | "byte-swapped"
  | "stuck-bits"
  | "protected-region"
  | "locked-chip"
  | "stale-image"
  | "cut-while-programming"
  | "unknown";

/** One chip that does not hold what the image says. */
export interface Case {
  readonly label: Label;
  readonly start: number;
  readonly image: Uint8Array;
  /** What reads return; `unreadable` addresses cannot be read. */
  readonly chip: Uint8Array;
  readonly unreadable: ReadonlySet<number>;
  readonly history: {
    massErased?: boolean;
    sectorErased?: boolean;
    interrupted?: boolean;
    locked?: boolean;
    device?: string;
  };
  /** A change of FSEC that was declared before. */
  readonly declared?: { readonly from: number; readonly to: number };
}

const FPROT = 0x408;
const FSEC = 0x40c;
const SECTOR = 4096;
const REGION = 32 * 1024;

/** Random numbers, the same for the same seed (mulberry32). */
export class Dice {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** From 0 up to `limit`, which is excluded. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * limit);
  }

  chance(part: number): boolean {
    return this.below(1_000_000) < part * 1_000_000;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }
}

/** Makes the n-th case of a seed; labels take turns. What was done must have left more than a byte or two. */
export function makeCase(seed: number, index: number): Case {
  const labels = Object.keys(MAKERS) as Label[];
  const dice = new Dice(seed * 1_000_003 + index);
  const label = labels[index % labels.length];
  for (;;) {
    const made = MAKERS[label](dice);
    const marks = made.image.filter((byte, i) => byte !== made.chip[i] || made.unreadable.has(i)).length;
    if (marks >= (SINGLE.includes(label) ? 1 : 8)) return made;
  }
}

/** What is done to one byte, or to a few. */
const SINGLE: readonly Label[] = ["declared-change", "loader-kept-open", "programmed-over-FE", "unknown"];

/** Every label, in the order of the matrix. */
export const allLabels = (): readonly Label[] => Object.keys(MAKERS) as Label[];

/** Firmware as it looks: code, tables of small numbers, text, gaps; the field open and unprotected. */
function firmware(dice: Dice, sectors = 2 + dice.below(14)): Uint8Array {
  const bytes = new Uint8Array(sectors * SECTOR - 8 * dice.below(400));
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 16 + dice.below(700));
    fillPart(dice, bytes, at, end);
    at = end;
  }
  bytes.set([0, 0, 3, 0x20, 1 + 2 * dice.below(100), 5, 0, 0], 0);
  bytes.set([255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0xfe, 255, 255, 255], 0x400);
  return bytes;
}

function fillPart(dice: Dice, bytes: Uint8Array, from: number, to: number): void {
  const kind = dice.below(10);
  for (let i = from; i < to; i++) {
    if (kind < 6) bytes[i] = dice.below(256);
    else if (kind === 6) bytes[i] = i % 4 === 0 ? dice.below(200) : 0;
    else if (kind === 7) bytes[i] = 32 + dice.below(90);
    else bytes[i] = kind === 8 ? 0xff : 0x00;
  }
}

const plain = (label: Label, image: Uint8Array, chip: Uint8Array, history: Case["history"] = {}): Case => ({
  label,
  start: 0,
  image,
  chip,
  unreadable: new Set(),
  history,
});

/** A security byte whose last two bits are as given, and that a cut cannot make dangerous. */
const fsecWith = (dice: Dice, sec: number): number => (dice.below(64) << 2) | 0x10 | sec;

const withByte = (bytes: Uint8Array, at: number, value: number): Uint8Array => {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
};

/** SEC to 10, and MEEN to 11 where its low bit is 0. */
const opened = (byte: number): number => ((byte & 0xfc) | 2 | ((byte & 0x10) === 0 ? 0x30 : 0)) & 0xff;

/** Whole sectors in the middle, never up to the image's end. */
function someSectors(dice: Dice, length: number): readonly [number, number] {
  const sectors = Math.floor(length / SECTOR);
  const first = dice.below(sectors);
  const count = 1 + dice.below(Math.max(1, sectors - first - 1));
  return [first * SECTOR, Math.min(length, (first + count) * SECTOR)];
}

const MAKERS: { readonly [L in Label]: (dice: Dice) => Case } = {
  "declared-change": (dice) => {
    const from = fsecWith(dice, dice.pick([0, 1, 3]));
    const image = withByte(firmware(dice), FSEC, from);
    const to = opened(from);
    return { ...plain("declared-change", image, withByte(image, FSEC, to)), declared: { from, to } };
  },

  "loader-kept-open": (dice) => {
    const from = fsecWith(dice, dice.pick([0, 1, 3]));
    const image = withByte(firmware(dice), FSEC, from);
    const to = dice.chance(0.3) ? 0xfe : opened(from);
    const history = dice.chance(0.5) ? { massErased: true } : { massErased: false };
    return plain("loader-kept-open", image, withByte(image, FSEC, to), history);
  },

  "programmed-over-FE": (dice) => {
    const isNamed = dice.chance(0.5);
    const from = fsecWith(dice, isNamed ? 3 : 1);
    const image = withByte(firmware(dice), FSEC, from);
    const history = { massErased: true, ...(isNamed ? { device: "MK24FN1M0XXX12 (allow security)" } : {}) };
    return plain("programmed-over-FE", image, withByte(image, FSEC, from & 0xfe), history);
  },

  "over-programmed": (dice) => {
    const image = firmware(dice);
    const old = firmware(dice, 16);
    const [from, end] = someSectors(dice, image.length);
    const to = dice.chance(0.3) ? from + 8 * (8 + dice.below(60)) : end;
    const chip = image.map((byte, i) => (i >= from && i < to && i !== FSEC ? byte & old[i] : byte));
    const unreadable = new Set<number>();
    const broken = dice.pick([0, 0, 0.3]);
    for (let phrase = from; phrase < to; phrase += 8) {
      const differs = [0, 1, 2, 3, 4, 5, 6, 7].some((i) => chip[phrase + i] !== image[phrase + i]);
      if (differs && phrase !== 0x408 && dice.chance(broken)) for (let i = 0; i < 8; i++) unreadable.add(phrase + i);
    }
    return { ...plain("over-programmed", image, chip), unreadable };
  },

  blank: (dice) => {
    const image = firmware(dice);
    const [from, to] = dice.chance(0.3) ? [0, image.length] : someSectors(dice, image.length);
    const chip = image.map((byte, i) => (i >= from && i < to ? 0xff : byte));
    return plain("blank", image, dice.chance(0.5) ? withByte(chip, FSEC, 0xfe) : chip);
  },

  shifted: (dice) => {
    const image = firmware(dice);
    const distance = dice.pick([1 + dice.below(64), 4 * (1 + dice.below(512)), 1 << dice.below(13)]);
    const shift = dice.chance(0.5) ? distance : -distance;
    const rest = dice.chance(0.5) ? new Uint8Array(image.length).fill(0xff) : firmware(dice, 16);
    const chip = image.map((_, i) => image[i - shift] ?? rest[i]);
    return plain("shifted", image, chip);
  },

  "byte-swapped": (dice) => {
    const image = firmware(dice);
    const flip = dice.pick([1, 2, 3]);
    const [from, to] = dice.chance(0.5) ? [0, image.length] : someSectors(dice, image.length);
    const chip = image.map((byte, i) => (i >= from && i < to ? image[i ^ flip] : byte));
    return plain("byte-swapped", image, chip);
  },

  "stuck-bits": (dice) => {
    const image = firmware(dice);
    const bit = dice.below(32);
    const high = dice.chance(0.5);
    const mask = 1 << (bit & 7);
    const hit = (i: number) => (i & 3) === bit >>> 3 && i !== FSEC;
    const chip = image.map((byte, i) => (hit(i) ? (high ? byte | mask : byte & ~mask) : byte));
    return plain("stuck-bits", image, chip);
  },

  "protected-region": (dice) => {
    const image = firmware(dice, 20 + dice.below(20));
    const regions = Math.ceil(image.length / REGION);
    const region = 1 + dice.below(regions - 1);
    image[FPROT + (region >>> 3)] &= ~(1 << (region & 7));
    const old = dice.chance(0.5) ? firmware(dice, 48) : new Uint8Array(image.length).fill(0xff);
    const inside = (i: number) => i >= region * REGION && i < (region + 1) * REGION;
    return plain(
      "protected-region",
      image,
      image.map((byte, i) => (inside(i) ? old[i] : byte)),
    );
  },

  "locked-chip": (dice) => {
    const image = firmware(dice);
    const unreadable = new Set(image.keys());
    return { ...plain("locked-chip", image, image, dice.chance(0.5) ? { locked: true } : {}), unreadable };
  },

  "stale-image": (dice) => {
    const image = firmware(dice);
    const other = dice.chance(0.5) ? firmware(dice, 16) : otherBuild(dice, image);
    return plain(
      "stale-image",
      image,
      image.map((_, i) => other[i] ?? 0xff),
    );
  },

  "cut-while-programming": (dice) => {
    const image = firmware(dice);
    const cut = 0x800 + 8 * dice.below((image.length - 0x1000) / 8);
    const isNamed = dice.chance(0.5);
    const old = isNamed && dice.chance(0.5) ? firmware(dice, 16) : new Uint8Array(image.length).fill(0xff);
    const erased = (cut | (SECTOR - 1)) + 1;
    const chip = image.map((byte, i) => (i < cut ? byte : i < erased ? 0xff : old[i]));
    return plain("cut-while-programming", image, chip, isNamed ? { interrupted: true } : {});
  },

  unknown: (dice) => {
    const image = firmware(dice);
    const chip = image.slice();
    const count = 3 + dice.below(8);
    for (let n = 0; n < count; n++) {
      const at = 0x1000 + dice.below(image.length - 0x1000);
      chip[at] = image[at] ^ (1 + dice.below(255));
    }
    return plain("unknown", image, chip);
  },
};

/** The same source after a change: a few constants differ, and from somewhere on all code lies some words further. */
function otherBuild(dice: Dice, image: Uint8Array): Uint8Array {
  const other = image.slice();
  const at = 0x500 + 4 * dice.below((image.length - 0x600) / 4);
  const words = 4 * (1 + dice.below(60));
  for (let i = other.length - 1; i >= at + words; i--) other[i] = image[i - words];
  for (let i = at; i < Math.min(at + words, other.length); i++) other[i] = dice.below(256);
  for (let n = 0; n < 40; n++) other[0x410 + dice.below(image.length - 0x410)] = dice.below(256);
  return other;
}
