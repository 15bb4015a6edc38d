import type { AddressRange } from "./control-block.ts";
import { parseBlockAddress, parseSearchRanges } from "./place-text.ts";

/** What a client may say within its first 100 ms (wiki.segger.com/J-Link_RTT_TELNET_Channel). */
export interface TelnetRequest {
  readonly channel?: number;
  readonly address?: number;
  readonly ranges?: readonly AddressRange[];
}

/** A client's first bytes: still open, plain input, or a request with the input behind it. */
export type FirstBytes =
  | { readonly kind: "incomplete" }
  | { readonly kind: "input" }
  | { readonly kind: "request"; readonly request: TelnetRequest; readonly rest: Uint8Array };

/** How long a client may take to send its request, in milliseconds; later the same bytes are input. */
export const REQUEST_MS = 100;

const HEAD = "$$SEGGER_TELNET_ConfigStr=";
const TAIL = "$$";

/** Longer than any valid request. */
const MOST = 1024;

/** What the server sends first (seen in logs of RTT clients, V8.68); the process is ours. */
export const banner = (version: string, probe: string, serial: string): string =>
  [`SEGGER J-Link ${version} - Real time terminal output`, `${probe}, SN=${serial}`, "Process: flashproof", ""].join(
    "\r\n",
  );

/** Looks at a client's first bytes: `$$SEGGER_TELNET_ConfigStr=RTTCh;1;SetRTTAddr;0x20000000$$`, or anything else. */
export function readFirst(bytes: Uint8Array): FirstBytes {
  const text = latin1(bytes.subarray(0, MOST));
  if (!text.startsWith(HEAD)) return { kind: HEAD.startsWith(text) ? "incomplete" : "input" };
  const end = text.indexOf(TAIL, HEAD.length);
  if (end < 0) return { kind: bytes.length < MOST ? "incomplete" : "input" };
  const request = parseRequest(text.slice(HEAD.length, end));
  return { kind: "request", request, rest: bytes.subarray(end + TAIL.length) };
}

/** Names and values alternate; what cannot be parsed is left out, as the protocol has no error response. */
function parseRequest(text: string): TelnetRequest {
  const words = text.split(";").map((word) => word.trim());
  const after = (name: string) => words[words.findIndex((word) => word.toLowerCase() === name.toLowerCase()) + 1];
  const has = (name: string) => words.some((word) => word.toLowerCase() === name.toLowerCase());
  const channel = has("RTTCh") && /^\d{1,3}$/.test(after("RTTCh")) ? Number(after("RTTCh")) : undefined;
  const address = has("SetRTTAddr") ? parseBlockAddress(after("SetRTTAddr")) : undefined;
  const ranges = has("SetRTTSearchRanges") ? parseSearchRanges(after("SetRTTSearchRanges")) : undefined;
  return {
    ...(channel === undefined ? {} : { channel }),
    ...(address === undefined ? {} : { address }),
    ...(ranges ? { ranges } : {}),
  };
}

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
