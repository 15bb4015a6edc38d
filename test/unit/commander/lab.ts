import type { Clock } from "../../../src/base/clock.ts";
import { HostError } from "../../../src/base/errors.ts";
import type { CommanderOptions } from "../../../src/commander/language/command-line.ts";
import type { CommanderHost, StoredAnswer } from "../../../src/commander/host.ts";
import { runCommander } from "../../../src/commander/run/run-commander.ts";
import type { Twin } from "../../../src/twin/usb.ts";
import { board, probeOf } from "../../support/board.ts";

/** What a run left behind. */
export interface Ran {
  readonly exit: number;
  /** stdout, line by line. */
  readonly out: readonly string[];
  /** What the commands printed: everything behind the script's first echo, without echoes and the closing text. */
  readonly answers: readonly string[];
  readonly notes: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What a run starts from; the board is an open, blank one unless another is given. */
export interface Lab extends Omit<CommanderOptions, "script"> {
  readonly twin?: Twin;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  readonly stored?: StoredAnswer["answer"];
  /** What a person types, in place of a script. */
  readonly typed?: readonly string[];
  /** What a person types behind a script that doesn't end by itself. */
  readonly behind?: readonly string[];
  /** What comes by stdin behind such a script, without a terminal. */
  readonly piped?: readonly string[];
  /** Serves RTT; a host that can't never waits for clients. */
  readonly serveRtt?: NonNullable<CommanderHost["serveRtt"]>;
  readonly signal?: AbortSignal;
  /** Ctrl-C at the prompt, asked for before each command. */
  readonly commandSignal?: () => AbortSignal;
  /** No probe is plugged in. */
  readonly noProbe?: boolean;
  /** Devices that the user has added. */
  readonly findDevice?: NonNullable<CommanderHost["findDevice"]>;
}

/** Runs a script, one command a line, by the engine alone: a host of arrays, and a board behind real drivers. */
export async function run(script: string | readonly string[], lab: Lab = {}): Promise<Ran> {
  const {
    twin = board(),
    files = {},
    stored,
    typed,
    signal,
    noProbe,
    commandSignal,
    behind,
    piped,
    serveRtt,
    findDevice,
    ...options
  } = lab;
  const text = typeof script === "string" ? script : script.join("\n");
  const store = new Map([...Object.entries(files), ["script", new TextEncoder().encode(text)]] as [
    string,
    Uint8Array,
  ][]);
  const printed: string[] = [];
  const notes: string[] = [];
  const lines = [...(typed ?? behind ?? piped ?? [])];
  const host: CommanderHost = {
    openProbe: async () => {
      if (noProbe) throw new HostError("probe-not-found", "No probe was found");
      const probe = await probeOf(twin);
      return { probe, clock: twin.clock, close: () => probe.close() };
    },
    listProbes: async () => [{ serial: "59304712", product: "J-Link" }],
    readFile: (path) => {
      const bytes = store.get(path);
      if (!bytes) throw new HostError("file-not-found", `The file ${path} does not exist`);
      return bytes;
    },
    writeFile: (path, bytes) => void store.set(path, bytes),
    out: (words) => void printed.push(words),
    note: (line) => void notes.push(line),
    clock: noClock,
    isInteractive: (typed ?? behind) !== undefined,
    ...(serveRtt ? { serveRtt } : {}),
    ...(findDevice ? { findDevice } : {}),
    ...(commandSignal ? { commandSignal } : {}),
    readLine: async () => lines.shift(),
    ...(stored ? { storedAnswer: { answer: stored, from: "the test" } } : {}),
  };
  const all = {
    device: "MK24FN1M0xxx12",
    wire: "SWD",
    speed: "4000",
    ...options,
    ...(typed ? {} : { script: "script" }),
  };
  const exit = await runCommander(all, host, signal);
  const out = printed.join("").replace(/\n$/, "").split("\n");
  return { exit, out, answers: answersIn(out), notes, files: store };
}

/** A host whose clock is not needed: everything here runs on the board's. */
const noClock: Clock = {
  now: () => 0,
  sleep: async () => {},
  alarm: () => () => {},
};

function answersIn(out: readonly string[]): readonly string[] {
  const start = out.indexOf("Processing script file...") + 1;
  const end = out.indexOf("Script processing completed.");
  return out.slice(start, end < 0 ? undefined : end - 1).filter((line) => !line.startsWith("J-Link>"));
}

/** What one command printed: the lines behind its echo. */
export function answerTo(command: string, { out }: Ran): readonly string[] {
  const start = out.indexOf(`J-Link>${command}`) + 1;
  if (start === 0) throw new Error(`never echoed: ${command}`);
  const rest = out.slice(start);
  const end = rest.findIndex((line) => line.startsWith("J-Link>"));
  const completed = rest.indexOf("Script processing completed.") - 1;
  return rest.slice(0, end < 0 ? completed : end);
}

/** An image of one page at 0 with usable vectors, an open field, and the bytes that are given. */
export function smallImage(bytes: Readonly<Record<number, number>> = {}, length = 0x1000): Uint8Array {
  const image = new Uint8Array(length).fill(0x5a);
  image.set([0x00, 0x10, 0x00, 0x20, 0x11, 0x04, 0x00, 0x00]);
  image.fill(0xff, 0x400, 0x410);
  image[0x40c] = 0xfe;
  for (const [address, byte] of Object.entries(bytes)) image[Number(address)] = byte;
  return image;
}

/** The image with firmware that does nothing: its reset vector, 0x411, leads to a branch to itself. */
export function loopForEver(image: Uint8Array): Uint8Array {
  image.set([0xfe, 0xe7], 0x410);
  return image;
}
