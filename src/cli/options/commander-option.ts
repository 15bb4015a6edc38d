import { Option } from "commander";
import { type Declaration, flagsOf, helpOf } from "./declaration.ts";

/** An option as the parser of the command line wants it. Values stay as they were typed; one that may be given again gathers them. */
export function commanderOption(name: string, declaration: Declaration<unknown>): Option {
  const option = new Option(flagsOf(name, declaration), helpOf(declaration));
  // `--no-open` is a switch of that name, not the opposite of an `--open` that is on by default.
  option.negate = false;
  if (declaration.form === "count") {
    return option.argParser((_, before: readonly true[] | undefined) => [...(before ?? []), true as const]);
  }
  if (declaration.form !== "many") return option;
  return option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value]);
}
