import { createInterface } from "node:readline/promises";
import { printableLine } from "../../base/printable.ts";
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
    // A licence whose file is missing is never the same as another one.
    if (license.text.trim() !== "" && known.includes(license.text)) return true;
    const { options, terminal, signal } = given;
    // What is asked about is shown, even with --quiet.
    const isAsked = !options.acceptLicense && terminal.inIsTerminal;
    for (const line of licenseLines(license)) {
      if (isAsked) terminal.err(`${printableLine(line)}\n`);
      else note(given, line);
    }
    if (options.acceptLicense) return true;
    return isAsked && asked(`agree to the licence of ${license.pack}? [y/N] `, signal);
  };
}

/** A line that is longer has its end cut off. */
const MOST_COLUMNS = 400;

function licenseLines({ pack, file, text }: License): readonly string[] {
  const lines = text.trim().split(/\r?\n/);
  const more = lines.length > MOST_LINES ? [`(${lines.length - MOST_LINES} more lines in ${file})`] : [];
  return [
    `licence of ${pack} (${file}):`,
    ...lines.slice(0, MOST_LINES).map((line) => `  ${line.slice(0, MOST_COLUMNS)}`),
    ...more,
  ];
}

async function asked(prompt: string, signal: AbortSignal): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await reader.question(printableLine(prompt), { signal })).trim());
  } finally {
    reader.close();
  }
}
