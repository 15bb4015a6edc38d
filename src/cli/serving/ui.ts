import { spawn } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../../node/package-root.ts";
import { MachineHost } from "../../web/machine/machine-host.ts";
import { serveUi } from "../../web/machine/ui-server.ts";
import { printableLine } from "../../base/printable.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { errorLines, errorReport } from "../../report/error-report.ts";
import { EXIT, exitCodeFor } from "../exit-codes.ts";
import type { OptionsOf } from "../options/sets.ts";
import type { Answer } from "../output.ts";
import { type Invocation, note } from "../verb.ts";
import { pageServers } from "./page-servers.ts";

/** What opens an address, by system. */
const OPENERS: { readonly [platform: string]: readonly string[] } = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/**
 * `ui`: the page with this machine's probes, on 127.0.0.1, until Ctrl-C. What no page shows is printed: a job that was
 * broken off because its page has gone, or by Ctrl-C, which then is the answer, too.
 */
export async function ui(invocation: Invocation<OptionsOf<"ui">>): Promise<Answer> {
  const { port, probe, noOpen, json } = invocation.options;
  const host = new MachineHost(
    probe,
    pageServers((line) => note(invocation, line)),
  );
  const left: unknown[] = [];
  const onLeft = (error: unknown) => {
    left.push(error);
    for (const line of errorLines(error, inCliWords, false)) invocation.terminal.err(`${printableLine(line)}\n`);
  };
  const server = await serveUi({ folder: join(packageRoot(), "dist", "page"), port, host, onLeft });
  // One object stands on stdout with --json: the answer.
  const print = json ? invocation.terminal.err : invocation.terminal.out;
  print(`${server.url}\n`);
  if (!noOpen)
    openAddress(server.url, () => note(invocation, "no browser could be started: open the address yourself"));
  await calledOff(invocation.signal);
  const before = left.length;
  await server.close();
  const result = { port: server.port, pages: server.accepted, brokenOff: left.length };
  if (left.length === before) return { result, text: [], exit: EXIT.ok };
  const [error] = left.slice(before);
  return { result, text: [], exit: exitCodeFor(error), error: errorReport(error, inCliWords) };
}

const calledOff = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

function openAddress(url: string, onFailure: () => void): void {
  const [program, ...words] = OPENERS[process.platform] ?? OPENERS.linux;
  const child = spawn(program, [...words, url], { stdio: "ignore", detached: true });
  child.on("error", onFailure);
  child.unref();
}
