// The part of a bench that runs in a network of its own: the served board, and the programs that use it. Takes one
// JSON line a call on stdin and answers one on stdout; ends with stdin.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { startBeacon } from "../../../src/node/servers/beacon.ts";
import { JLINK_PORT, serveJlink } from "../../../src/node/servers/jlink-server.ts";
import { decodeState, encodeState } from "../../../src/host/state-format.ts";
import type { TcpServer } from "../../../src/node/servers/tcp-server.ts";
import { createTwin, type Twin, type TwinOptions } from "../../../src/twin/usb.ts";
import { assertApart, bringLoopbackUp } from "./namespace.ts";

/** What a program printed on both streams, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** The calls that a bench takes, by name. */
export type BenchCalls = typeof CALLS;

/** A program that runs beside the bench, and what it has printed so far. */
interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
}

const HOST = "127.0.0.1";
const TCL_PORT = 6666;
/** Ends each command and each answer on OpenOCD's Tcl port. */
const TCL_END = "\x1a";
const END_MS = 2000;
/** How much of a program's last words is shown. */
const SHOWN = 2000;

let twin: Twin | undefined;
let server: TcpServer | undefined;
let openocd: Started | undefined;
const besides: Started[] = [];
let tclSocket: Socket | undefined;

const CALLS = {
  /** A new board in the old one's place; `state` is a state file in base64 (JSON knows no undefined). */
  async board(options: TwinOptions, state: string | null = null): Promise<void> {
    await server?.close();
    const left = state === null ? {} : { state: decodeState(Buffer.from(state, "base64"), "state") };
    twin = createTwin({ ...options, ...left });
    server = await serveJlink(twin, { host: HOST, port: JLINK_PORT }, { lockstep: true });
  },

  /** Runs a program to its end. */
  run(command: string, args: readonly string[], timeoutMs: number): Promise<Ran> {
    assertApart();
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        stdio: ["ignore", "pipe", "pipe"],
        timeout: timeoutMs,
        killSignal: "SIGKILL",
      });
      const output = outputOf(child);
      child.on("error", reject).on("close", (code) => resolve({ code: code ?? -1, output: output() }));
    });
  },

  /** Starts an OpenOCD that runs until `stop`. */
  async start(args: readonly string[]): Promise<void> {
    const started = begin("openocd", args);
    tclSocket = await dial(TCL_PORT, started);
    openocd = started;
  },

  /** Starts a program that listens on a port, and ends it with the bench. */
  async aside(command: string, args: readonly string[], port: number): Promise<void> {
    const started = begin(command, args);
    besides.push(started);
    (await dial(port, started)).destroy();
  },

  /** One Tcl command to the OpenOCD that was started; its response, with what it logged until then. */
  tcl(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = tclSocket;
      if (!socket) return reject(new Error("no OpenOCD was started"));
      let answer = "";
      const onClose = () =>
        reject(new Error(`OpenOCD has gone during ${command}:\n${openocd?.output().slice(-SHOWN)}`));
      const onData = (chunk: Buffer) => {
        answer += chunk.toString("latin1");
        if (!answer.endsWith(TCL_END)) return;
        socket.off("data", onData).off("close", onClose);
        resolve(answer.slice(0, -1));
      };
      socket.on("data", onData).once("close", onClose);
      socket.write(`${command}${TCL_END}`);
    });
  },

  /** Ends the OpenOCD that was started, and answers what it printed. */
  async stop(): Promise<string> {
    const was = openocd;
    openocd = undefined;
    tclSocket?.destroy();
    return was === undefined ? "" : end(was);
  },

  /** Flash as silicon holds it, in base64. */
  peek: async (address: number, count: number): Promise<string> =>
    Buffer.from(theTwin().peekFlash(address, count)).toString("base64"),

  /** The board's state as a state file in base64. */
  state: async (): Promise<string> => Buffer.from(encodeState(theTwin().snapshot())).toString("base64"),

  /** SHA-256 of a range of a part of the board's state. */
  async digest(part: string, { start, length }: { readonly start: number; readonly length: number }): Promise<string> {
    const bytes = theTwin().snapshot().parts.get(part) ?? new Uint8Array();
    return createHash("sha256")
      .update(bytes.subarray(start, start + length))
      .digest("hex");
  },

  /** Cuts the target's power; answers when it is back, so many microseconds later. */
  async powerCut(backUs: number): Promise<void> {
    theTwin().powerCut();
    await theTwin().clock.sleep(backUs);
  },

  /** Virtual time, in picoseconds. */
  time: async (): Promise<number> => theTwin().clock.now(),
} as const;

function theTwin(): Twin {
  if (twin === undefined) throw new Error("the bench has no board yet");
  return twin;
}

function outputOf(child: ChildProcess): () => string {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString("latin1");
    });
  }
  return () => output;
}

function begin(command: string, args: readonly string[]): Started {
  assertApart();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  return { child, output: outputOf(child) };
}

function end({ child, output }: Started): Promise<string> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve(output());
    child.once("close", () => resolve(output()));
    child.kill("SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), END_MS).unref();
  });
}

/** Connects as soon as the program listens; throws with its words when it ends before. */
async function dial(port: number, { child, output }: Started): Promise<Socket> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output()}`);
    const socket = connect({ host: HOST, port, noDelay: true });
    const connected = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    if (connected) return socket;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function answer(line: string): Promise<void> {
  const { id, call, args } = JSON.parse(line) as { id: number; call: keyof BenchCalls; args: never[] };
  const response = await (CALLS[call] as (...args: never[]) => Promise<unknown>)(...args).then(
    (value) => ({ id, value }),
    (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
  );
  process.stdout.write(`${JSON.stringify(response)}\n`);
}

bringLoopbackUp();
const advertised = { host: HOST, serial: "59304712", product: "J-Link", hardwareVersion: 93_000 };
const beacon = startBeacon([advertised], 5);
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void answer(line));
lines.on("close", () => {
  beacon.stop();
  void Promise.all([CALLS.stop(), ...besides.map(end), server?.close()]).then(() => process.exit());
});
