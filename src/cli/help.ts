import type { Command } from "commander";

const PURPOSE = "Programs microcontrollers, proves what is in them, and says why when it isn't what you asked for.";

const MORE = `
  commander [options] [script]   the J-Link Commander language; its options are J-Link's own

Without hardware, on a simulated board:
  flashproof info  --chip MK24FN1M0xxx12 --probe twin:MK24FN1M0xxx12
  flashproof flash firmware.hex --chip MK24FN1M0xxx12 --probe twin:MK24FN1M0xxx12,state=board.k24

Exit codes: 0 ok, 1 failed, 2 usage, 3 no probe, 4 no target, 5 protected or consent missing,
            6 verify found a difference, 7 file, 8 unknown chip, 130 interrupted
`;

/** Says on a command what the program is for, what stands outside the table of verbs, and how to try it. */
export const describeProgram = (program: Command): Command =>
  program
    .usage("VERB [options]")
    .description(PURPOSE)
    .addHelpText("after", MORE)
    .helpCommand("help [verb]", "this, or a verb's options");
