import { codeOf } from "../../base/errors.ts";
import type { Debuggee } from "../debuggee.ts";
import { hexOfText, numberOfHex } from "../rsp.ts";
import type { RunAction } from "../run.ts";
import { stopReply } from "../stop.ts";
import { type PacketHandler, type PacketTable, type Reply, REFUSED } from "./packet.ts";

/** Running, stepping, and the ends of a session. */
export const RUN: PacketTable = {
  "vCont?": () => "vCont;c;C;s;S;r",
  "vCont;": (debuggee, { text }, send) => {
    const action = actionOf(text);
    return action ? begin(debuggee, action, send) : REFUSED;
  },
  c: (debuggee, { text }, send) => resume(debuggee, text, { action: "continue" }, send),
  C: (debuggee, _rest, send) => begin(debuggee, { action: "continue" }, send),
  s: (debuggee, { text }, send) => resume(debuggee, text, { action: "step" }, send),
  S: (debuggee, _rest, send) => begin(debuggee, { action: "step" }, send),
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
const resume = async (debuggee: Debuggee, text: string, action: RunAction, send: Parameters<PacketHandler>[2]) => {
  const address = numberOfHex(text);
  if (address !== undefined) await debuggee.core.writeRegisters({ PC: (address & ~1) >>> 0 });
  return begin(debuggee, action, send);
};

/** The leftmost action that thread 1 gets: `s:1;c`, `r2000,2010:1;c`, `C05`. Signals mean nothing here. */
export function actionOf(text: string): RunAction | undefined {
  const mine = text.split(";").find((action) => /^[^:]*(?::(?:0*1|-1|p1\.1|p1\.-1))?$/.test(action));
  const [, word, range] = /^([csCSr])([^:]*)/.exec(mine ?? "") ?? [];
  if (word === "c" || word === "C") return { action: "continue" };
  if (word === "s" || word === "S") return { action: "step" };
  const [start, end] = (range ?? "").split(",").map(numberOfHex);
  return word === "r" && start !== undefined && end !== undefined ? { action: "range", start, end } : undefined;
}

/** The answer comes when the core stops; packets and Ctrl-C are taken meanwhile. */
async function begin(debuggee: Debuggee, action: RunAction, send: Parameters<PacketHandler>[2]): Promise<Reply> {
  if (debuggee.run.isRunning) return REFUSED;
  await sendNews(debuggee, send);
  void debuggee.run.go(action).then(
    async (stop) => {
      await sendNews(debuggee, send);
      await send(stopReply(stop, debuggee.understood));
    },
    async (error: unknown) => {
      debuggee.report(debuggee.host.explain(error));
      await sendNews(debuggee, send);
      await send(debuggee.stop && !isEnd(error) ? stopReply(debuggee.stop, debuggee.understood) : TERMINATED);
    },
  );
  return undefined;
}

/** The program has ended by SIGKILL: there is nothing to debug any more. */
const TERMINATED = "X09";

/** A target that is locked now, and a probe that has gone. */
const isEnd = (error: unknown): boolean => /^(?:target-locked|pipe-|usb-|probe-)/.test(codeOf(error) ?? "");

/** GDB prints `O` packets only while it waits for a stop. */
async function sendNews({ news }: Debuggee, send: Parameters<PacketHandler>[2]): Promise<void> {
  for (const line of news.splice(0)) await send(`O${hexOfText(`${line}\n`)}`);
}
