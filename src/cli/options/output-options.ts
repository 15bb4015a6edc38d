import { HostError } from "../../base/errors.ts";
import { isStandardOutput } from "../../node/files/descriptors.ts";
import { checkOutput, writeWhole } from "../../node/files.ts";
import type { Terminal } from "../output.ts";
import { type Declaration, keyOf, type OptionSet } from "./declaration.ts";

/** Values by the names of their options. */
interface Values {
  readonly [name: string]: unknown;
}

/**
 * Looks at the files that a verb's options name for writing, before anything is done. Answers whether one of them is
 * stdout. Throws `usage` where stdout would hold two results, and what `checkOutput` throws.
 */
export function checkOutputs(options: OptionSet, values: Values): { readonly takesStdout: boolean } {
  const named = Object.entries(options).flatMap(([name, declaration]) => namedIn(name, declaration, values));
  const onStdout = named.filter(({ writes, path }) => writes === "bytes" && isStandardOutput(path));
  for (const { writes, path } of named) if (!(writes === "text" && path === "stdout")) checkOutput(path);
  const flags = onStdout.map(({ flag }) => flag);
  if (values["json"] === true) flags.push("--json");
  if (onStdout.length > 0 && flags.length > 1)
    throw new HostError("usage", `stdout holds one result, and ${flags.join(" and ")} each want it`);
  return { takesStdout: onStdout.length > 0 };
}

/** A file that an option names for writing. */
interface Named {
  readonly flag: string;
  readonly path: string;
  readonly writes: "bytes" | "text";
}

function namedIn(name: string, { kind: { writes } }: Declaration<unknown>, values: Values): readonly Named[] {
  const path = values[name];
  return writes !== undefined && typeof path === "string" ? [{ flag: `--${keyOf(name)}`, path, writes }] : [];
}

/** Writes a file that was named, or stdout; throws what `writeWhole` throws, `usage` where stdout takes no bytes. */
export function writeOutput(path: string, data: Uint8Array | string, terminal: Terminal): void {
  if (!isStandardOutput(path)) writeWhole(path, data);
  else if (typeof data === "string") terminal.out(data);
  else if (terminal.outBytes) terminal.outBytes(data);
  else throw new HostError("usage", "stdout takes no bytes here; name a file");
}
