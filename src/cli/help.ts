import type { Command } from "commander";
import { EXIT, EXIT_WORDS } from "./exit-codes.ts";

const PURPOSE = "Programs microcontrollers, proves what is in them, and says why when it isn't what you asked for.";

const EXIT_LINES = (Object.keys(EXIT) as (keyof typeof EXIT)[]).map(
  (name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_WORDS[name]}`,
);

const MORE = `
  commander [options] [script]   the J-Link Commander language; its options are J-Link's own

Without hardware, on a simulated board:
  flashproof info --chip MK24FN1M0xxx12 --probe twin:MK24FN1M0xxx12
  flashproof flash firmware.hex --chip MK24FN1M0xxx12 --probe twin:MK24FN1M0xxx12,state=board.k24

Exit codes:
${EXIT_LINES.join("\n")}
`;

/** Says on a command what the program is for, what stands outside the table of verbs, and how to try it. */
export const describeProgram = (program: Command): Command =>
  program
    .usage("VERB [options]")
    .description(PURPOSE)
    .helpCommand("help [verb]", "this, or a verb's options")
    .addHelpText("after", MORE);
