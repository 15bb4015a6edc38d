import { codeOf } from "../../base/errors.ts";
import type { Debuggee } from "../debuggee.ts";
import { CURRENT } from "../rtos/threads.ts";
import { hexOf, hexOfText, numberOfHex } from "../rsp.ts";
import type { RunAction } from "../run.ts";
import { SIGNAL, stopReply } from "../stop.ts";
import { type PacketTable, type Reply, REFUSED, type Sender } from "./packet.ts";

/** Running, stepping, and the ends of a session. */
export const RUN: PacketTable = {
  "vCont?": () => "vCont;c;C;s;S;t;r",
  "vCont;": (debuggee, { text }, send) => {
    const action = actionOf(text);
    if (debuggee.isNonStop) return beginNonStop(debuggee, action, send);
    return action && action.action !== "stop" ? begin(debuggee, action, send) : REFUSED;
  },
  "QNonStop:": (debuggee, { text }) => {
    if (debuggee.run.isRunning) return REFUSED;
    debuggee.isNonStop = text === "1";
    return "OK";
  },
  // One thread has one stop to report: there never is another one.
  vStopped: () => "OK",
  vCtrlC: ({ run }) => {
    run.interrupt();
    return "OK";
  },
  "?": async (debuggee, _rest, send) => {
    if (debuggee.isNonStop && (await debuggee.run.look()) !== "halted") {
      await debuggee.prepare();
      if (!debuggee.run.isRunning) watchNonStop(debuggee, { action: "watch" }, send);
      return "OK";
    }
    return stopReply(debuggee.stop ?? (await debuggee.halt()), debuggee.understood);
  },
  c: (debuggee, { text }, send) => resume(debuggee, text, { action: "continue" }, send),
  C: (debuggee, _rest, send) => begin(debuggee, { action: "continue" }, send),
  s: (debuggee, { text }, send) => resume(debuggee, text, { action: "step" }, send),
  S: (debuggee, _rest, send) => begin(debuggee, { action: "step" }, send),
  // The answer to a request of File-I/O.
  F: ({ semihosting }, { text }) => {
    semihosting.fileIo.answered(text);
    return undefined;
  },
  D: async (debuggee) => {
    await debuggee.leave("run");
    debuggee.isDetached = true;
    return "OK";
  },
  vKill: () => "OK",
  k: async (debuggee) => {
    if (debuggee.isExtended) await debuggee.resetAndHalt();
    return undefined;
  },
  "vRun;": async (debuggee) => stopReply(await debuggee.resetAndHalt(), debuggee.understood),
  R: async (debuggee) => {
    await debuggee.resetAndHalt();
    return undefined;
  },
};

/** `c ADDR` and `s ADDR` go on at another place. */
const resume = async (debuggee: Debuggee, text: string, action: RunAction, send: Sender) => {
  const address = numberOfHex(text);
  if (address !== undefined) await debuggee.core.writeRegisters({ PC: (address & ~1) >>> 0 });
  return begin(debuggee, action, send);
};

/** The leftmost action, whichever thread it is for: there is one core to step or run: `s:1;c`, `r2000,2010:1;c`, `C05`. Signals mean nothing here. */
export function actionOf(text: string): RunAction | { readonly action: "stop" } | undefined {
  const mine = text.split(";").find((action) => /^[^:]*(?::[-0-9a-fp.]+)?$/.test(action));
  const [, word, range] = /^([csCSrt])([^:]*)/.exec(mine ?? "") ?? [];
  if (word === "c" || word === "C") return { action: "continue" };
  if (word === "s" || word === "S") return { action: "step" };
  if (word === "t") return { action: "stop" };
  const [start, end] = (range ?? "").split(",").map(numberOfHex);
  return word === "r" && start !== undefined && end !== undefined ? { action: "range", start, end } : undefined;
}

/** In non-stop mode each action is answered at once, and a core that runs already goes on. */
async function beginNonStop(debuggee: Debuggee, action: ReturnType<typeof actionOf>, send: Sender): Promise<Reply> {
  const { run } = debuggee;
  if (action?.action === "stop") {
    run.interrupt(SIGNAL.none);
    return "OK";
  }
  if (!action) return REFUSED;
  if (run.isRunning) return action.action === "continue" ? "OK" : REFUSED;
  watchNonStop(debuggee, action, send);
  return "OK";
}

/** Sends the stop as a notification, which the client asks on with `vStopped`. */
function watchNonStop(debuggee: Debuggee, action: RunAction, send: Sender): void {
  void debuggee.run.go(action).then(
    (stop) => stop && send.notify(`Stop:${stopReply(stop, debuggee.understood)}`),
    (error: unknown) => {
      debuggee.report(debuggee.host.explain(error));
      return send.notify(
        `Stop:${isEnd(error) || !debuggee.stop ? TERMINATED : stopReply(debuggee.stop, debuggee.understood)}`,
      );
    },
  );
}

/** All-stop: the answer comes when the core stops; Ctrl-C is taken while it runs. */
async function begin(debuggee: Debuggee, action: RunAction, send: Sender): Promise<Reply> {
  if (debuggee.isNonStop) return beginNonStop(debuggee, action, send);
  if (debuggee.run.isRunning) return REFUSED;
  // The client takes the thread of the stop for the selected one; in non-stop mode it keeps its own.
  debuggee.threads.selected = CURRENT;
  await sendNews(debuggee, send);
  const ended = attachOutput(debuggee, send);
  void debuggee.run
    .go(action)
    .finally(ended)
    .then(
      async (stop) => {
        await sendNews(debuggee, send);
        if (stop) await send.reply(stopReply(stop, debuggee.understood));
      },
      async (error: unknown) => {
        debuggee.report(debuggee.host.explain(error));
        await sendNews(debuggee, send);
        await send.reply(debuggee.stop && !isEnd(error) ? stopReply(debuggee.stop, debuggee.understood) : TERMINATED);
      },
    );
  return undefined;
}

/** While GDB waits for a stop it prints what it gets, and answers requests of File-I/O; until the call of what is answered. */
function attachOutput({ semihosting, run }: Debuggee, send: Sender): () => void {
  semihosting.toGdb = (bytes) => send.reply(`O${hexOf(bytes)}`);
  semihosting.fileIo.client = { send: (packet) => send.reply(packet), interrupt: () => run.interrupt() };
  return () => {
    semihosting.toGdb = undefined;
    semihosting.fileIo.client = undefined;
  };
}

/** The program has ended by SIGKILL: there is nothing to debug any more. */
const TERMINATED = "X09";

/** A target that is locked now, and a probe that has gone. */
const isEnd = (error: unknown): boolean => /^(?:target-locked|pipe-|usb-|probe-)/.test(codeOf(error) ?? "");

/** GDB prints `O` packets only while it waits for a stop. */
async function sendNews({ news }: Debuggee, send: Sender): Promise<void> {
  for (const line of news.take()) await send.reply(`O${hexOfText(`${line}\n`)}`);
}
