import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommander } from "../../../src/cli/commander/commander-host.ts";
import type { Caller, Judgement } from "./callers.ts";
import { RttClient, rttPort, startCommander, talkingBoard } from "./staying.ts";

/** What a caller gets to see. */
export interface Seen {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

const DEVICE = "MK24FN1M0xxx12";

/** Makes a caller's call on a board with the given twin keys, under the given device name. */
export async function call(caller: Caller, board: string, device = DEVICE): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-caller-"));
  try {
    layOut(folder);
    const script = caller.script.replace("DEVICE", device);
    if (!caller.stdin) writeFileSync(join(folder, "run.jlink"), script);
    const args = caller.args.map((arg) => arg.replace("SCRIPT", "run.jlink").replace("DEVICE", device));
    if (caller.terminal !== undefined) return await byTerminal(args, caller.terminal, folder, board);
    const env = { FLASHPROOF_PROBE: `twin:${DEVICE}${board}`, XDG_CONFIG_HOME: folder };
    return caller.stdin ? byProcess(args, script, folder, env) : await inProcess(args, folder, env);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function layOut(folder: string): void {
  copyFileSync("examples/k24-bootloader/small.hex", join(folder, "small.hex"));
  writeFileSync(
    join(folder, "app.bin"),
    Uint8Array.from({ length: 0x1800 }, (_, i) => (i * 7) & 0xff),
  );
}

async function inProcess(args: readonly string[], folder: string, env: Record<string, string>): Promise<Seen> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    errIsTerminal: false,
    inIsTerminal: false,
    env,
    folder,
  };
  const exit = await runCommander(args, terminal);
  return { exit, out: out.join(""), err: err.join("") };
}

/** stdin belongs to a process, so these calls get one of their own. */
function byProcess(args: readonly string[], input: string, cwd: string, env: Record<string, string>): Seen {
  const loader = new URL(`file://${resolve("tools/lib/ts-loader.mjs")}`).href;
  const main = resolve("test/golden/callers/process.ts");
  const done = spawnSync(process.execPath, ["--import", loader, main, ...args], {
    cwd,
    input,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  return { exit: done.status, out: done.stdout, err: done.stderr };
}

/** The call stays in the background with stdin at its end, until its caller has read enough. */
async function byTerminal(args: readonly string[], text: string, folder: string, board: string): Promise<Seen> {
  const probe = `${await talkingBoard(folder)}${board}`;
  for (;;) {
    const staying = startCommander(args, { cwd: folder, probe });
    const port = await rttPort(staying);
    if (port !== undefined) await listenOnce(port, text);
    staying.child.kill("SIGTERM");
    const exit = await staying.ended;
    // Another process on this machine has J-Link's port: another run of these tests.
    if (!staying.err.includes("RTT isn't served")) return { exit, out: staying.out, err: staying.err };
  }
}

async function listenOnce(port: number, text: string): Promise<void> {
  const client = new RttClient(port);
  await client.waitFor(text);
  client.leave();
}

/** What of a judgement doesn't hold; nothing where all of it does. */
export function complaints({ exit, out }: Seen, { exit: wanted, has = [], lacks = [] }: Judgement): readonly string[] {
  const holds = (text: string | RegExp) => (typeof text === "string" ? out.includes(text) : text.test(out));
  return [
    ...(exit === wanted ? [] : [`exit ${exit}, not ${wanted}`]),
    ...has.filter((text) => !holds(text)).map((text) => `lacks ${text}`),
    ...lacks.filter(holds).map((text) => `has ${text}`),
  ];
}
