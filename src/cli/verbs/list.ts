import type { Json } from "../../base/errors.ts";
import { codeOf, HostError } from "../../base/errors.ts";
import type { TraceSink } from "../../base/trace.ts";
import { listProbes, type ProbeListing } from "../../node/usb/list-probes.ts";
import { openProbe } from "../../node/probes.ts";
import { inCliWords } from "../../report/advice-words.ts";
import { EXIT } from "../exit-codes.ts";
import type { Answer } from "../output.ts";
import { nameOf, probeJson } from "../../report/probe-report.ts";
import { refusal } from "../../report/error-report.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note, noteHints } from "../verb.ts";

/** `list`: the probes on USB, and those that --probe names. */
export async function list(invocation: Invocation<OptionsOf<"list">>): Promise<Answer> {
  const named: Seen[] = [];
  for (const selector of invocation.options.probe) named.push(await askProbe(selector, invocation.trace));
  const seen = [...named, ...(await onThisMachine(invocation))];
  const result = { probes: seen.map((s) => s.json) };
  if (seen.length > 0) return { result, text: seen.map((s) => s.line), exit: EXIT.ok };
  const no = refusal(new HostError("probe-not-found", "no probe was found"), inCliWords);
  noteHints(invocation, no.error.hints);
  return { result, text: [no.error.message], exit: EXIT.noProbe, ...no };
}

/** The probes on USB; where USB can't be looked at, that is a note and no error. */
async function onThisMachine(invocation: Invocation): Promise<readonly Seen[]> {
  try {
    return (await listProbes()).map((listing) => seenFrom(listing, invocation));
  } catch (error) {
    if (codeOf(error) !== "probe-not-found" || !(error instanceof HostError)) throw error;
    note(invocation, `note: ${error.message}`);
    return [];
  }
}

function seenFrom({ kind, name, info, why, wayOut }: ProbeListing, invocation: Invocation): Seen {
  if (why !== undefined) note(invocation, `${name}: ${why}`);
  noteHints(invocation, wayOut);
  const trouble = kind === "ok" ? "" : `  (${kind})`;
  const json = { name, ...(info ? probeJson(info) : {}), inaccessible: kind === "inaccessible", kind };
  return { line: `${info ? nameOf(info) : name}${trouble}`, json };
}

interface Seen {
  readonly line: string;
  readonly json: { readonly [key: string]: Json };
}

async function askProbe(selector: string, trace: TraceSink | undefined): Promise<Seen> {
  try {
    const open = await openProbe(selector, trace);
    await open.probe.readDetails?.();
    const { info } = open.probe;
    await open.close();
    return { line: `${nameOf(info)}  (${selector})`, json: { selector, ...probeJson(info), inaccessible: false } };
  } catch (error) {
    if (codeOf(error) !== "usb-access") throw error;
    return { line: `${selector}  (inaccessible)`, json: { selector, inaccessible: true } };
  }
}
