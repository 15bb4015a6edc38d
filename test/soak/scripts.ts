import fc from "fast-check";
import type { Clock } from "../../src/base/clock.ts";
import { findCommand } from "../../src/commander/language/command.ts";
import type { CommanderHost } from "../../src/commander/host.ts";
import { lexScript, type ScriptLine } from "../../src/commander/language/lexer.ts";
import { parseArguments } from "../../src/commander/language/parse-args.ts";
import { runCommander } from "../../src/commander/run/run-commander.ts";
import { equalBytes } from "../../src/base/bytes.ts";
import { buildImage } from "../../src/image/build-image.ts";
import type { Twin, TwinState } from "../../src/twin/usb.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";
import { board, flashBoard, probeOf } from "../support/board.ts";
import { ALL, DEVICE, FILES, script } from "./scripts/generate.ts";

/** A host whose clock is not needed: everything here runs on the board's. */
const noTime: Clock = { now: () => 0, sleep: async () => {}, alarm: () => () => {} };

/** A script that needs more than this on the wall hangs. */
const HANG_MS = 60_000;

/** Runs a script on a board; its console is dropped. Throws what the engine throws. */
async function runOn(twin: Twin, text: string): Promise<void> {
  const files = new Map([...Object.entries(FILES), ["script", new TextEncoder().encode(text)]] as [
    string,
    Uint8Array,
  ][]);
  const host: CommanderHost = {
    openProbe: async () => {
      const probe = await probeOf(twin);
      return { probe, clock: twin.clock, close: () => probe.close() };
    },
    listProbes: async () => [{ serial: "59304712", product: "J-Link" }],
    readFile: (path) => files.get(path) ?? FILES["empty.bin"],
    writeFile: () => {},
    out: () => {},
    note: () => {},
    clock: noTime,
    isInteractive: false,
  };
  const options = { device: DEVICE, wire: "SWD", speed: "4000", quiet: true, script: "script" };
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort("it hangs"), HANG_MS);
  await runCommander(options, host, stop.signal).finally(() => clearTimeout(timer));
}

/** Whether a line is no command with arguments as it takes them. */
function isUnparsable(each: ScriptLine): boolean {
  const command = findCommand(ALL, each.name);
  return each.name !== "" && (!command || !parseArguments(command, each).ok);
}

/** Of a script, the lines that don't parse, written without comments so that none of them hides another. */
function unparsable(text: string): readonly string[] {
  const rewritten = lexScript(text)
    .filter(isUnparsable)
    .map(({ name, args }) => [name, ...args].map((word) => `"${word}"`).join(" "));
  return rewritten.filter((line) => lexScript(line).every(isUnparsable));
}

/** Whether two boards hold the same in everything that outlives a process. */
function sameParts(one: TwinState["parts"], other: TwinState["parts"]): boolean {
  return one.size === other.size && [...one].every(([name, bytes]) => equalBytes(bytes, other.get(name) ?? NOTHING));
}

const NOTHING = new Uint8Array();

/** A vector table and a core that sleeps for ever, in a chip that stays open: a board at rest costs a script little. */
async function boardAtRest(): Promise<TwinState> {
  const bytes = new Uint8Array(0x414).fill(0xff);
  const words = new DataView(bytes.buffer);
  words.setUint32(0, 0x20001000, true);
  words.setUint32(4, 0x411, true);
  bytes[0x40c] = 0xfe;
  words.setUint16(0x410, 0xbf30, true); // WFI
  words.setUint16(0x412, 0xe7fd, true); // B to the WFI
  const twin = board({ flash: "zero" });
  const image = buildImage({ format: "raw", segments: [{ name: "rest", address: 0, bytes }] });
  await flashBoard(twin, image);
  return twin.snapshot();
}

/** Lines that don't parse leave the board exactly as a connection alone does: no byte written, no flash command. */
class Untouched {
  private readonly start: TwinState;
  private readonly after: TwinState;
  private readonly commands: number;
  private lines: string[] = [];

  private constructor(start: TwinState, connected: Twin) {
    this.start = start;
    this.after = connected.snapshot();
    this.commands = connected.flashCommands;
  }

  static async on(start: TwinState): Promise<Untouched> {
    const twin = board({ state: start, flash: "zero" });
    await runOn(twin, "connect");
    return new Untouched(start, twin);
  }

  /** Keeps lines for the next check, and makes it when there are enough for one. Throws when the chip was touched. */
  async keep(lines: readonly string[]): Promise<void> {
    this.lines.push(...lines);
    if (this.lines.length >= LINES_AT_ONCE) await this.check();
  }

  /** Throws with the line that touched the chip. */
  async check(): Promise<void> {
    const { lines } = this;
    this.lines = [];
    if (await this.leave(lines)) return;
    for (const line of lines) if (!(await this.leave([line]))) throw new Error(`a line has touched the chip: ${line}`);
    throw new Error(`these lines together have touched the chip:\n${lines.join("\n")}`);
  }

  private async leave(lines: readonly string[]): Promise<boolean> {
    const twin = board({ state: this.start, flash: "zero" });
    await runOn(twin, ["connect", ...lines].join("\n"));
    return twin.flashCommands === this.commands && sameParts(twin.snapshot().parts, this.after.parts);
  }
}

/** So many lines that don't parse run as one script. */
const LINES_AT_ONCE = 64;

/** One script in so many runs on a blank chip, which resets itself all the time. */
const BLANK_EVERY = 16;

/** Runs random scripts by seed: none may throw or hang, and what doesn't parse may not touch the chip. */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  let [scripts, lines, refused] = [0, 0, 0];
  const rest = await boardAtRest();
  const untouched = await Untouched.on(rest);
  const property = fc.asyncProperty(script, async (text) => {
    lines += text.split("\n").length;
    await runOn(board({ flash: "zero", ...(scripts++ % BLANK_EVERY === 0 ? {} : { state: rest }) }), text);
    const bad = unparsable(text);
    refused += bad.length;
    await untouched.keep(bad);
  });
  const result = await fc.check(property, { numRuns: count, seed, endOnFailure: true });
  await untouched.check();
  out(`${result.numRuns} scripts, ${lines} lines, ${refused} of them unparsable, ${result.failed ? 1 : 0} wrong`);
  if (result.failed) console.error(fc.defaultReportMessage(result));
  return result.failed ? 1 : 0;
}
