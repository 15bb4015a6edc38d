import wasmUrl from "@alexaltea/capstone-js/dist/capstone.wasm?url";
import { disassembleAround } from "../../cortex/disasm.ts";
import type { CodeReply, CodeRequest } from "../code-protocol.ts";

// The page's disassembler, a worker of its own: it compiles WebAssembly, which the page's policy forbids. A worker that comes
// from an address has the policy of its own response (CSP Level 3, 4.2 and HTML, "run a worker"), see `policy.ts`.

/** Fetched as bytes: a file server that has no type for WebAssembly serves it as well. Throws what `fetch` throws. */
async function loadWasm(): Promise<Uint8Array> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`${new URL(wasmUrl, location.href).pathname}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function replyTo({ id, start, bytes, at }: CodeRequest): Promise<CodeReply> {
  try {
    return { id, instructions: await disassembleAround({ start, bytes, at }, loadWasm) };
  } catch (error) {
    return { id, why: error instanceof Error ? error.message : String(error) };
  }
}

addEventListener(
  "message",
  ({ data }: MessageEvent<CodeRequest>) => void replyTo(data).then((reply) => postMessage(reply)),
);
