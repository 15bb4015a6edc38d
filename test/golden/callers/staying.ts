import { type ChildProcess, spawn } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join, resolve } from "node:path";
import { runCommander } from "../../../src/cli/commander/commander-host.ts";

/** A Commander in a process of its own that may stay. */
export interface Staying {
  readonly child: ChildProcess;
  readonly out: string;
  readonly err: string;
  /** Resolves once stderr says something that matches, or the process is gone; answers the match. */
  waitForErr(what: RegExp): Promise<RegExpExecArray | null>;
  /** Resolves with the exit code, null where a signal ended the process. */
  readonly ended: Promise<number | null>;
}

const DEVICE = "MK24FN1M0xxx12";

/** Programs the firmware that talks by RTT into a board of its own and lets it run; answers the board's selector. */
export async function talkingBoard(folder: string): Promise<string> {
  copyFileSync("examples/k24-rtt/firmware.hex", join(folder, "firmware.hex"));
  writeFileSync(join(folder, "burn.seg"), "ExitOnError 1\nloadfile firmware.hex\nr\ng\nexit\n");
  const selector = `twin:${DEVICE},state=${join(folder, "board.k24")}`;
  const terminal = {
    out: () => {},
    err: () => {},
    errIsTerminal: false,
    inIsTerminal: false,
    env: { FLASHPROOF_PROBE: selector, XDG_CONFIG_HOME: folder },
    folder,
  };
  const exit = await runCommander(["-device", DEVICE, "-if", "SWD", "-CommandFile", "burn.seg"], terminal);
  if (exit !== 0) throw new Error("the firmware could not be programmed");
  return selector;
}

/** Starts the Commander as a process; `stdin` is what it finds there: nothing, or a pipe that stays open. */
export function startCommander(
  args: readonly string[],
  at: { readonly cwd: string; readonly probe: string; readonly stdin?: "ignore" | "pipe" },
): Staying {
  const loader = new URL(`file://${resolve("tools/lib/ts-loader.mjs")}`).href;
  const main = resolve("test/golden/callers/process.ts");
  const child = spawn(process.execPath, ["--import", loader, main, ...args], {
    cwd: at.cwd,
    env: { ...process.env, FLASHPROOF_PROBE: at.probe, XDG_CONFIG_HOME: at.cwd },
    stdio: [at.stdin ?? "ignore", "pipe", "pipe"],
  });
  const printed = { out: "", err: "" };
  const note = (key: "out" | "err") => (bytes: Buffer) => {
    printed[key] += bytes.toString();
  };
  child.stdout?.on("data", note("out"));
  child.stderr?.on("data", note("err"));
  const ended = new Promise<number | null>((done) => child.once("close", done));
  return {
    child,
    get out() {
      return printed.out;
    },
    get err() {
      return printed.err;
    },
    waitForErr: (what) => matchIn(child, () => printed.err, what, ended),
    ended,
  };
}

function matchIn(child: ChildProcess, text: () => string, what: RegExp, ended: Promise<unknown>) {
  return new Promise<RegExpExecArray | null>((done) => {
    const look = () => {
      const found = what.exec(text());
      if (found) done(found);
    };
    child.stderr?.on("data", look);
    void ended.then(() => done(what.exec(text())));
    look();
  });
}

/** The port at which RTT is served, once it is; undefined where the process ends without. */
export async function rttPort(staying: Staying): Promise<number | undefined> {
  const found = await staying.waitForErr(/RTT is served at 127\.0\.0\.1:(\d+)/);
  return found ? Number(found[1]) : undefined;
}

/** A client of the RTT server. */
export class RttClient {
  text = "";
  private readonly socket: Socket;
  private woken = () => {};

  constructor(port: number, first?: string) {
    this.socket = connect(port, "127.0.0.1", () => first !== undefined && this.send(first));
    this.socket.on("data", (bytes) => {
      this.text += bytes.toString("latin1");
      this.woken();
    });
    this.socket.on("error", () => {}).on("close", () => this.woken());
  }

  send(text: string): void {
    this.socket.write(text);
  }

  /** Resolves once the text has come; rejects where the server hangs up before. */
  async waitFor(text: string): Promise<void> {
    while (!this.text.includes(text)) {
      if (this.socket.destroyed) throw new Error(`never received ${text} in ${this.text}`);
      await new Promise<void>((done) => {
        this.woken = done;
      });
    }
  }

  /** Resolves once the connection is closed. */
  async isLeft(): Promise<void> {
    while (!this.socket.destroyed)
      await new Promise<void>((done) => {
        this.woken = done;
      });
  }

  leave(): void {
    this.socket.destroy();
  }
}
