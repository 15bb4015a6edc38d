import { existsSync } from "node:fs";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { main } from "../../src/cli/main.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { Chance } from "../support/chance.ts";
import { beyond } from "./consents/allowance.ts";
import { type Case, distractors, nativeCase } from "./consents/native.ts";
import { commanderCase } from "./consents/script.ts";
import { CHIP, makeStarts, type Start, World } from "./consents/world.ts";

const PROBES = ["jlink", "jlink-hs", "cmsis-dap-hs"] as const;

/**
 * Command lines, scripts, plan files, environments and settings files at random, held against a model of what the
 * command line allowed: nothing beyond that is erased, programmed or locked, and no success is reported that is none.
 */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  const chance = new Chance(seed);
  const starts = await makeStarts();
  const totals = { beyond: 0, untrue: 0, changed: 0, refused: 0 };
  for (let i = 0; i < count; i++) {
    const start = chance.pick(starts);
    const found = await oneCase(chance, start);
    totals.beyond += found.beyond.length;
    totals.untrue += found.untrue.length;
    totals.changed += found.changed ? 1 : 0;
    totals.refused += found.exit === EXIT.protected ? 1 : 0;
    for (const fault of [...found.beyond, ...found.untrue])
      process.stderr.write(`case ${i}, ${found.what}: ${fault}\n`);
  }
  out(
    `${count} cases, flash changed in ${totals.changed}, refused ${totals.refused}, beyond what was allowed ${totals.beyond}, ` +
      `outcomes reported falsely ${totals.untrue}`,
  );
  return totals.beyond + totals.untrue === 0 ? 0 : 1;
}

/** What one case showed. */
interface Found {
  readonly what: string;
  readonly exit: number;
  readonly beyond: readonly string[];
  readonly untrue: readonly string[];
  readonly changed: boolean;
}

async function oneCase(chance: Chance, start: Start): Promise<Found> {
  const world = new World(start);
  try {
    const { env, project, user } = distractors(chance);
    const isScript = chance.below(3) === 0;
    const each = isScript ? commanderCase(chance, start, user.includes("unsecure")) : nativeCase(chance, start);
    if (project !== "") world.write("flashproof.toml", project);
    if (user !== "") world.writeUserSettings(user);
    if (each.script !== undefined) world.write("script.jlink", each.script);
    const board = `twin:${CHIP},state=${world.board},flash=zero,probe=${chance.pick(PROBES)}`;
    const call = new Call(world, { ...env, FLASHPROOF_PROBE: board, FLASHPROOF_CHIP: CHIP });
    if (each.before) {
      await call.fp(each.before.argv);
      if (each.before.tamper && existsSync(`${world.folder}/p.json`))
        world.write("p.json", each.before.tamper(world.read("p.json")));
    }
    const before = world.flash();
    const abortAt = chance.below(6) === 0 ? chance.below(40) : undefined;
    const json = !isScript && chance.below(3) === 0;
    const ran = await call.fp([...each.argv, ...(json ? ["--json"] : [])], abortAt);
    const after = world.flash();
    return {
      what: `${start.name} ${JSON.stringify(each.argv)}${each.script ? ` ${JSON.stringify(each.script)}` : ""} ${JSON.stringify(env)} ${project}${user} exit ${ran.exit}`,
      exit: ran.exit,
      beyond: each.raw && /warning/i.test(ran.err) ? [] : beyond(each.allowed, before, after),
      untrue: untruths(each, ran, { before, after, json, start }),
      changed: !same(before, after),
    };
  } finally {
    world.clear();
  }
}

interface Ran {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/** Calls of the program in a world, with a captured terminal. */
class Call {
  private readonly world: World;
  private readonly env: NodeJS.ProcessEnv;

  constructor(world: World, env: NodeJS.ProcessEnv) {
    this.world = world;
    this.env = { HOME: world.home, XDG_CONFIG_HOME: world.home, ...env };
  }

  /** With `abortAt` the work is called off at that progress event, as a signal does. */
  async fp(argv: readonly string[], abortAt?: number): Promise<Ran> {
    const written = { out: "", err: "" };
    const stop = new AbortController();
    let events = 0;
    const cwd = process.cwd();
    process.chdir(this.world.folder);
    try {
      const exit = await main(
        abortAt === undefined || argv[0] === "commander" ? argv : [...argv, "--events", "ndjson"],
        {
          out: (text) => {
            written.out += text;
          },
          err: (text) => {
            written.err += text;
            if (abortAt !== undefined && events++ === abortAt) stop.abort("interrupted");
          },
          errIsTerminal: false,
          inIsTerminal: false,
          env: this.env,
          folder: this.world.folder,
          signal: stop.signal,
        },
      );
      return { exit, ...written };
    } catch (error) {
      return { exit: -1, out: written.out, err: error instanceof Error ? (error.stack ?? "") : String(error) };
    } finally {
      process.chdir(cwd);
    }
  }
}

const EXITS: ReadonlySet<number> = new Set(Object.values(EXIT));

/** Exit codes that say that nothing was done to the chip. */
const UNTOUCHED: ReadonlySet<number> = new Set([EXIT.usage, EXIT.file, EXIT.unknownChip]);

interface Around {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly json: boolean;
  readonly start: Start;
}

/** What was reported and is not so: one line each. */
function untruths(each: Case, { exit, out, err }: Ran, { before, after, json }: Around): readonly string[] {
  const faults: string[] = [];
  if (!EXITS.has(exit)) faults.push(`ended with ${exit}: ${err.slice(0, 300)}`);
  if (/\n\s+at \S+ \(/.test(err)) faults.push("printed a stack trace");
  if (json && out !== "" && !isJson(out)) faults.push("--json printed no JSON");
  if (each.argv[0] !== "commander" && UNTOUCHED.has(exit) && !same(before, after)) faults.push("changed the flash");
  if (exit !== 0 || !each.success) return faults;
  return [...faults, ...brokenPromise(each.success, after, out, before)];
}

function brokenPromise(
  success: NonNullable<Case["success"]>,
  after: Uint8Array,
  out: string,
  before: Uint8Array,
): readonly string[] {
  switch (success.kind) {
    case "unchanged":
      return same(before, after) && /dry.?run/i.test(out)
        ? []
        : ["a dry run changed the board, or does not say what it is"];
    case "erased":
      return after.subarray(success.from, success.to).every((byte) => byte === 0xff) ? [] : ["the range is not erased"];
    case "holds": {
      const isEqual = success.image.segments.every(({ address, bytes }) =>
        same(bytes, after.subarray(address, address + bytes.length)),
      );
      const isDeclared = /declared|kept/i.test(out);
      return isEqual || isDeclared ? [] : ["success, but the flash is not as the file says and nothing is declared"];
    }
  }
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a.buffer, a.byteOffset, a.length).equals(b);

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === "object";
  } catch {
    return false;
  }
}
