import type { Chance } from "../../support/chance.ts";
import { type Allowance, bytesOf, EVERYTHING, NOTHING, ranges } from "./allowance.ts";
import { anyImage, CHIP, IMAGES, type ImageFile, type Start } from "./world.ts";

/** What has to be true of the flash after an exit code of 0. */
export type Promise0 =
  | { readonly kind: "holds"; readonly image: ImageFile; readonly kept: boolean }
  | { readonly kind: "erased"; readonly from: number; readonly to: number }
  | { readonly kind: "unchanged" };

/** One command line, what it allows, and what its success means. */
export interface Case {
  readonly argv: readonly string[];
  readonly allowed: Allowance;
  readonly success?: Promise0;
  /** Text for a script in the project's folder. */
  readonly script?: string;
  /** A command line that runs first, and what becomes of the plan file that it wrote. */
  readonly before?: { readonly argv: readonly string[]; readonly tamper?: (plan: string) => string };
  /** The script writes raw to what erases or locks: it may do so beyond `allowed`, with a warning on stderr. */
  readonly raw?: boolean;
}

/** Consents that a command line may give, at random. */
interface Consents {
  readonly argv: readonly string[];
  readonly lock: boolean;
  readonly lockForEver: boolean;
  readonly massErase: boolean;
}

function anyConsents(chance: Chance, image: ImageFile): Consents {
  const policy = chance.pick([undefined, undefined, "refuse", "keep-open", "as-image"]);
  const token =
    chance.below(3) > 0 ? undefined : chance.below(2) ? (image.token ?? "irrev-lock-00000000") : OTHER_TOKEN;
  const massErase = chance.below(4) === 0;
  return {
    argv: [
      ...(policy === undefined ? [] : ["--security", policy]),
      ...(token === undefined ? [] : ["--allow-irreversible", token]),
      ...(massErase ? ["--allow-mass-erase"] : []),
    ],
    lock: policy === "as-image",
    // A token names its act: without a policy beside it, it stands for that one.
    lockForEver: (policy === "as-image" || policy === undefined) && token !== undefined && token === image.token,
    massErase,
  };
}

/** A token of another image. */
const OTHER_TOKEN = "irrev-lock-for-ever-12345678";

/** One native command line on a board that starts so. */
export function nativeCase(chance: Chance, start: Start): Case {
  const make = chance.pick([
    flashCase,
    flashCase,
    flashCase,
    planFileCase,
    eraseCase,
    eraseCase,
    unlockCase,
    writeCase,
    lookCase,
  ]);
  return make(chance, start);
}

function flashCase(chance: Chance, start: Start): Case {
  const image = anyImage(chance);
  const consents = anyConsents(chance, image);
  const keep = chance.below(5) === 0 ? ["--keep", chance.pick(["0x40C:+1", "0x8000:+16", "0x500:0x600"])] : [];
  const dry = chance.below(6) === 0;
  const more = chance.pick([
    [],
    [],
    ["--halt"],
    ["--loader", "direct"],
    ["--save", "saved.hex"],
    ["--allow-incomplete"],
  ]);
  return {
    argv: ["flash", image.name, ...consents.argv, ...keep, ...(dry ? ["--dry-run"] : []), ...more],
    allowed: dry ? NOTHING : flashAllowance(image, consents, start),
    success: dry ? { kind: "unchanged" } : { kind: "holds", image, kept: keep.length > 0 },
  };
}

const flashAllowance = (image: ImageFile, consents: Consents, start: Start): Allowance => ({
  ranges: bytesOf(image),
  all: consents.massErase && start.name.includes("lock"),
  lock: consents.lock,
  lockForEver: consents.lockForEver,
});

/** A saved plan, at times edited by hand, is run by another command line: only that one's own flags consent. */
function planFileCase(chance: Chance, start: Start): Case {
  const image = anyImage(chance);
  const planned = anyConsents(chance, image);
  const consents = anyConsents(chance, image);
  const tamper = chance.pick([undefined, undefined, ...TAMPERS]);
  return {
    before: {
      argv: ["plan", image.name, ...planned.argv.filter((word) => word !== "--allow-mass-erase"), "--out", "p.json"],
      ...(tamper ? { tamper } : {}),
    },
    argv: ["flash", "--plan", "p.json", ...consents.argv],
    allowed: {
      ...flashAllowance(image, consents, start),
      // A tampered plan may name other files of the folder: which image is written, the plan says.
      ranges: ranges((tamper ? IMAGES : [image]).flatMap(bytesOf)),
    },
  };
}

const TAMPERS: readonly ((plan: string) => string)[] = [
  (plan) => plan.replaceAll('"refuse"', '"as-image"'),
  (plan) => plan.replaceAll('"keep-open"', '"as-image"'),
  (plan) => plan.replace("{", '{"security": "as-image", "permits": ["lock"], "allowMassErase": true,'),
  (plan) => plan.replace(/"digest": "[0-9a-f]/, '"digest": "0'),
  () => "null",
  (plan) => plan.replaceAll("flashproof-plan/", "flashproof-plan/9"),
];

function eraseCase(chance: Chance, start: Start): Case {
  const keep = chance.below(6) === 0 ? ["--keep", "0x500:+16"] : [];
  const massErase = chance.below(3) === 0;
  const flags = [...keep, ...(massErase ? ["--allow-mass-erase"] : [])];
  const [what, range] = chance.pick(ERASES);
  if (what === "--chip-all") return { argv: ["erase", what, ...flags], allowed: EVERYTHING };
  const allowed: Allowance = { ranges: range ? ranges([range]) : [], all: massErase && start.name.includes("lock") };
  const [from, to] = range ?? [0, 0];
  const erased = from > 0x1000 && keep.length === 0 ? { success: { kind: "erased", from, to } as const } : {};
  return { argv: ["erase", ...what.split(" "), ...flags], allowed, ...erased };
}

const ERASES: readonly (readonly [string, (readonly [number, number])?])[] = [
  ["--chip-all"],
  ["--sectors 0:0x1000", [0, 0x1000]],
  ["--sectors 0x8000:0xA000", [0x8000, 0xa000]],
  ["--range 0x8100:0x8180", [0x8100, 0x8180]],
  ["--range 0x400:0x410", [0x400, 0x410]],
  ["--range 0x500:+0x20", [0x500, 0x520]],
  ["--sectors 0x1000000:0x1001000"],
  ["--sectors 0xFF000:0x101000"],
  ["--range 0xFFFFF000:+0x2000"],
  ["--range 0x20000000:+4"],
  [""],
];

function unlockCase(chance: Chance): Case {
  const allowed = chance.below(2) === 0;
  return { argv: ["unlock", ...(allowed ? ["--allow-mass-erase"] : [])], allowed: allowed ? EVERYTHING : NOTHING };
}

/** Native writes: without --raw nothing that could erase or lock may be reached. */
function writeCase(chance: Chance): Case {
  const [address, value, width] = chance.pick([
    ["0x20000000", "0x12345678", "32"],
    ["0x40020000", "0x80", "8"],
    ["0x40020007", "0x09", "8"],
    ["0x40020004", "0x44000000", "32"],
    ["0x400", "0", "32"],
    ["0xE000ED0C", "0x05FA0004", "32"],
  ]);
  const raw = chance.below(3) === 0;
  const argv = ["write", address, value, "--width", width, ...(raw ? ["--raw"] : [])];
  return { argv, allowed: raw ? { ranges: [], all: true, lock: true, lockForEver: true } : NOTHING };
}

function lookCase(chance: Chance): Case {
  const image = anyImage(chance);
  const line = chance.pick([
    ["verify", image.name],
    ["plan", image.name],
    ["explain", image.name],
    ["read", "0x400:+16"],
    ["info"],
    ["reset"],
    ["reset", "--halt"],
    ["chips"],
  ]);
  return {
    argv: line,
    allowed: NOTHING,
    ...(line[0] === "verify" ? { success: { kind: "holds", image, kept: false } } : {}),
  };
}

/** Environment variables and settings that must not widen what a command line allowed. */
export function distractors(chance: Chance): {
  readonly env: Record<string, string>;
  readonly project: string;
  readonly user: string;
} {
  const env: Record<string, string> = {};
  if (chance.below(5) === 0)
    env[chance.pick(VARIABLES)] = chance.pick(["1", "yes", "as-image", "on", "no", "p.json", "0:0x1000"]);
  const line = () => chance.pick(SETTINGS);
  return {
    env,
    project: chance.below(8) === 0 ? `${line()}\n` : "",
    user: chance.below(10) === 0 ? `${line()}\n` : "",
  };
}

const VARIABLES = [
  "FLASHPROOF_SECURITY",
  "FLASHPROOF_ALLOW_MASS_ERASE",
  "FLASHPROOF_ALLOW_IRREVERSIBLE",
  "FLASHPROOF_CHIP_ALL",
  "FLASHPROOF_SECTORS",
  "FLASHPROOF_PLAN",
  "FLASHPROOF_KEEP",
  "FLASHPROOF_RAW",
];

const SETTINGS = [
  'security = "as-image"',
  "allow-mass-erase = true",
  "chip-all = true",
  'plan = "p.json"',
  'sectors = "0:0x1000"',
  "raw = true",
  'speed = "4M"',
  `chip = "${CHIP}"`,
  '[commander]\nsecured-device = "unsecure"',
];
