import { OPTIONS } from "../../commander/language/command-line.ts";
import { EXIT } from "../exit-codes.ts";
import type { Terminal } from "../output.ts";

const INTRO = `Usage: flashproof commander [options] [SCRIPT]

Runs a script written for J-Link Commander, or without a script the prompt of its language.

Options (one dash, no regard to case, the value behind a blank):`;

const EXAMPLES = `
Examples:
  flashproof commander -Device MK24FN1M0xxx12 -If SWD -Speed 4000 -CommandFile flash.jlink
  flashproof commander --lint flash.jlink -Device MK24FN1M0xxx12   # what may not have been meant; connects nothing
  flashproof commander --dry-run flash.jlink                       # on a simulated board of the device it names

At the prompt ? lists the commands, ? loadfile explains one, Tab completes, q or Ctrl-D leaves.
docs/commander.md has every command with what it prints.`;

/** `commander --help` and `help commander`. */
export function printHelp({ out }: Pick<Terminal, "out">): number {
  const lines = OPTIONS.map(({ names, help, value }) => {
    const flags = names.map((name) => `-${name}`).join(", ");
    return `  ${`${flags}${value === "flag" ? "" : " VALUE"}`.padEnd(34)} ${help}`;
  });
  out([INTRO, ...lines, EXAMPLES, ""].join("\n"));
  return EXIT.ok;
}
