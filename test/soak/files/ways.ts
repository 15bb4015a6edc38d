import { dirname, join } from "node:path";
import { codeOf } from "../../../src/base/errors.ts";
import { main } from "../../../src/cli/main.ts";
import type { Streams } from "../../../src/cli/output.ts";
import { writeWhole } from "../../../src/node/files.ts";
import { appendTo } from "../../../src/node/files/output-stream.ts";
import { parseSelector } from "../../../src/node/selector.ts";
import { plugInTwin } from "../../../src/node/boards/twins.ts";
import type { Chance } from "../../support/chance.ts";

/** One way in which the program writes a file. */
export interface Way {
  readonly name: string;
  /** Writes; answers the code of the error that refused it. What it throws is no error of ours. */
  write(path: string, bytes: Uint8Array, chance: Chance): Promise<string | undefined>;
  /** Files that it makes beside the one that is named. */
  makes?(path: string): readonly string[];
  /** It has reasons of its own to refuse a target that can be written: what stands there, or how it is spelled. */
  readonly mayRefuse?: true;
  readonly setsMode?: true;
  /** It may leave the target alone: it names its files itself, or has nothing to write. */
  readonly leavesTarget?: true;
  readonly appends?: true;
}

const CHIP = "MK24FN1M0xxx12";
const IMAGE = "examples/k24-bootloader/small.hex";

/** The code of what it throws; anything but one of our errors is thrown on. */
function coded(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined) throw error;
    return code;
  }
}

/** Runs the program in this process; answers the code of its error. */
async function program(argv: readonly string[]): Promise<string | undefined> {
  const printed = { out: "", err: "" };
  const terminal: Streams = {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    errIsTerminal: false,
    inIsTerminal: false,
    env: { XDG_CONFIG_HOME: "/nonexistent" },
    folder: process.cwd(),
  };
  const exit = await main(argv, terminal);
  if (printed.err.includes("bug in Flashproof")) throw new Error(printed.err);
  if (exit === 0) return undefined;
  const json = /^\{.*\}$/m.exec(printed.out);
  return json ? ((JSON.parse(json[0]) as { error?: { code: string } }).error?.code ?? `exit-${exit}`) : `exit-${exit}`;
}

/** Where a Commander line or a selector can't spell a path, its own grammar refuses it. */
const canSpell = (path: string): boolean => !/[\n\r\t"',;= ]|\/\/|\0|@/.test(path) && path.trim() === path;

/** Ways that cost milliseconds. */
export const WAYS: readonly Way[] = [
  { name: "writeWhole of bytes", write: async (path, bytes) => coded(() => writeWhole(path, bytes)) },
  { name: "writeWhole of text", write: async (path) => coded(() => writeWhole(path, "text\n")) },
  {
    name: "writeWhole of a program",
    setsMode: true,
    write: async (path, bytes) => coded(() => writeWhole(path, bytes, { mode: 0o755 })),
  },
  {
    name: "uart=FILE",
    appends: true,
    // A file with several names is replaced under one of them, but not appended to.
    mayRefuse: true,
    write: async (path, bytes) =>
      coded(() => {
        const uart = appendTo(path);
        for (let at = 0; at < bytes.length; at += 1000) uart.take(bytes.subarray(at, at + 1000));
        uart.finish();
      }),
  },
  { name: "plan --out", write: (path) => program(["plan", IMAGE, "--chip", CHIP, "--out", path, "--json"]) },
];

/** Ways that need a simulated board. */
export const SLOW_WAYS: readonly Way[] = [
  {
    name: "state=FILE",
    // What stands there is no board's state, and the lock is made beside it.
    mayRefuse: true,
    write: async (path) =>
      coded(() => {
        const selector = parseSelector(`twin:${CHIP}`);
        if (selector.kind !== "twin") return;
        const { keep, unplug } = plugInTwin({ ...selector, stateFile: path });
        try {
          keep();
        } finally {
          unplug();
        }
      }),
  },
  {
    name: "read -o",
    write: (path) => program(["read", "0:64", "-o", path, "--probe", `twin:${CHIP}`, "--chip", CHIP, "--json"]),
  },
  {
    name: "erase --save",
    mayRefuse: true,
    leavesTarget: true,
    write: (path) =>
      program(["erase", "--range", "0:0x1000", "--save", path, "--probe", `twin:${CHIP}`, "--chip", CHIP, "--json"]),
  },
  {
    name: "jlink-shims",
    mayRefuse: true,
    leavesTarget: true,
    setsMode: true,
    makes: (path) => ["JLinkExe", "libjlinkarm.so", "libjlinkarm.dylib"].map((name) => join(dirname(path), name)),
    write: async (path) => program(["jlink-shims", "install", dirname(path), "--json"]),
  },
  {
    name: "commander -Log",
    // The Commander's exit code is J-Link's, whatever becomes of the log.
    mayRefuse: true,
    write: async (path) => {
      if (!canSpell(path)) return "usage";
      await program(["commander", "-Log", path, "-CommandFile", "/dev/null"]);
      return "file-unwritable";
    },
  },
];
