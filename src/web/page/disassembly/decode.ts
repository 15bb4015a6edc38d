import type { CodeBytes, CodeReply, CodeRequest, ShownInstruction } from "../../code-protocol.ts";
import { FailedRequest } from "../client.ts";
import { later } from "../clock.ts";

/** How long the disassembler has for an answer, with the megabyte that it loads first, in milliseconds. */
const PATIENCE_MS = 30_000;

const HINTS = [
  "Load the page once more with a network: the disassembler is kept by this browser after its first use only.",
  "A server that sends a policy of its own has to allow 'wasm-unsafe-eval' to assets/disassembler-*.js, as docs/web.md describes.",
] as const;

interface Pending {
  readonly resolve: (found: readonly ShownInstruction[]) => void;
  readonly reject: (error: Error) => void;
  readonly inTime: () => void;
}

let worker: Worker | undefined;
let next = 1;
const pending = new Map<number, Pending>();

/** Decodes instructions in the disassembler's worker, begun at the first call. Rejects with `FailedRequest`. */
export function decode(code: CodeBytes): Promise<readonly ShownInstruction[]> {
  worker ??= begin();
  const id = next++;
  const request: CodeRequest = { ...code, id };
  worker.postMessage(request);
  return new Promise((resolve, reject) => {
    pending.set(id, { resolve, reject, inTime: later(PATIENCE_MS, () => end("there was no answer within 30 s")) });
  });
}

function begin(): Worker {
  const made = new Worker(new URL("../../disassembly/disassembler.ts", import.meta.url), { type: "module" });
  made.addEventListener("message", ({ data }: MessageEvent<CodeReply>) => take(data));
  made.addEventListener("error", ({ message }) => end(message ?? "its script can't be loaded"));
  return made;
}

function take(reply: CodeReply): void {
  if ("why" in reply) {
    end(reply.why);
    return;
  }
  const found = pending.get(reply.id);
  pending.delete(reply.id);
  found?.inTime();
  found?.resolve(reply.instructions);
}

/** Ends the worker, so that the next call begins another one, and everything that it was asked. */
function end(why: string): void {
  worker?.terminate();
  worker = undefined;
  const message = `The disassembler can't be used: ${why}`;
  for (const { reject, inTime } of pending.values()) {
    inTime();
    reject(new FailedRequest({ code: "disassembler-unavailable", message, hints: HINTS }));
  }
  pending.clear();
}
