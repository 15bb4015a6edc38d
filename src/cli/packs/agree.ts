import { createInterface } from "node:readline/promises";
import type { AgreeTo, License } from "../../node/packs/store/install.ts";
import type { OptionsOf } from "../options/sets.ts";
import { type Invocation, note } from "../verb.ts";

/** How much of a licence is shown: the whole of it is in the pack. */
const MOST_LINES = 40;

/**
 * Shows a licence on stderr and asks for agreement on a terminal; elsewhere only `--accept-license` agrees. One of `known`
 * texts was agreed to before.
 */
export function agreeTo(given: Invocation<OptionsOf<"pack">>, known: readonly string[] = []): AgreeTo {
  return async (license) => {
    if (known.includes(license.text)) return true;
    for (const line of licenseLines(license)) note(given, line);
    const { options, terminal, signal } = given;
    if (options.acceptLicense) return true;
    return terminal.inIsTerminal && asked(`agree to the licence of ${license.pack}? [y/N] `, signal);
  };
}

function licenseLines({ pack, file, text }: License): readonly string[] {
  const lines = text.trim().split(/\r?\n/);
  const more = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} more lines in ${file})`] : [];
  return [`licence of ${pack} (${file}):`, ...lines.slice(0, MOST_LINES).map((line) => `  ${line}`), ...more];
}

async function asked(prompt: string, signal: AbortSignal): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(prompt, { signal })).trim());
  } finally {
    reader.close();
  }
}
