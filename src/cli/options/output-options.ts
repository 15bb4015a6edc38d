import { Option } from "commander";
import { HostError } from "../../base/errors.ts";
import { isStandardOutput } from "../../node/files/descriptors.ts";
import { checkOutput, writeWhole } from "../../node/files.ts";
import { everyOption } from "./options.ts";
import type { Terminal } from "../output.ts";
import type { Invocation, OptionSpec, Verb } from "../verb.ts";

/**
 * Looks at the files that a verb's options name for writing, before anything is done. Answers whether one of them is
 * stdout. Throws `usage` where stdout would hold two results, and what `checkOutput` throws.
 */
export function checkOutputs(verb: Verb, options: Invocation["options"]): { readonly takesStdout: boolean } {
  const named = everyOption(verb).flatMap((spec) => namedIn(spec, options));
  const onStdout = named.filter(({ spec, path }) => spec.output === "bytes" && isStandardOutput(path));
  for (const { spec, path } of named) if (!isStdoutText(spec, path)) checkOutput(path);
  const flags = onStdout.map(({ flag }) => flag);
  if (options["json"] === true) flags.push("--json");
  if (onStdout.length > 0 && flags.length > 1)
    throw new HostError("usage", `stdout holds one result, and ${flags.join(" and ")} each want it`);
  return { takesStdout: onStdout.length > 0 };
}

interface Named {
  readonly spec: OptionSpec;
  readonly flag: string;
  readonly path: string;
}

function namedIn(spec: OptionSpec, options: Invocation["options"]): readonly Named[] {
  if (spec.output === undefined) return [];
  const option = new Option(spec.flags);
  const path = options[option.attributeName()];
  return typeof path === "string" ? [{ spec, flag: option.long ?? spec.flags, path }] : [];
}

const isStdoutText = ({ output }: OptionSpec, path: string): boolean => output === "text" && path === "stdout";

/** Writes a file that was named, or stdout; throws what `writeWhole` throws, `usage` where stdout takes no bytes. */
export function writeOutput(path: string, data: Uint8Array | string, terminal: Terminal): void {
  if (!isStandardOutput(path)) writeWhole(path, data);
  else if (typeof data === "string") terminal.out(data);
  else if (terminal.outBytes) terminal.outBytes(data);
  else throw new HostError("usage", "stdout takes no bytes here; name a file");
}
