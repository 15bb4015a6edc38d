import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main as runMain, processTerminal } from "./main.ts";
import type { Terminal } from "./output.ts";

/** One command of the story: what the user types, the board it runs on, and the exit code it has to end with. */
interface Line {
  readonly say?: string;
  readonly argv: readonly string[];
  readonly board: string;
  readonly exit: number;
}

const CHIP = "MK24FN1M0xxx12";
const IMAGE = "examples/k24-bootloader/bootloader.raw.bin";
const SCRIPT = "examples/seed/seed.jlink";
const SETTINGS = ["-SettingsFile", "examples/seed/settings.toml"];
const WIRE = ["-If", "SWD", "-Speed", "4000", "-ExitOnError", "1"];

const KEPT_OPEN = ["flash", IMAGE, "--security", "keep-open", "--chip", CHIP];

/** The story of the seed in three acts; `board` keys are added to the act's own state file. */
const ACTS: readonly { readonly title: string; readonly lines: readonly Line[] }[] = [
  {
    title: "1. An engineer programs his bootloader with a command file. The chip starts locked.",
    lines: [
      {
        argv: ["commander", "-Device", CHIP, ...WIRE, ...SETTINGS, "-CommandFile", SCRIPT],
        board: ",locked=1",
        exit: 1,
      },
    ],
  },
  {
    title: "2. He really wants the chip secured: the same script, with the device name that says so.",
    lines: [
      {
        argv: ["commander", "-Device", `${CHIP} (allow security)`, ...WIRE, ...SETTINGS, "-CommandFile", SCRIPT],
        board: "",
        exit: 0,
      },
      { say: "After a reset the chip is locked for real:", argv: ["reset", "--chip", CHIP], board: "", exit: 0 },
      { argv: ["info", "--chip", CHIP], board: "", exit: 0 },
      { say: "and nobody reads it any more:", argv: ["read", "0:16", "--chip", CHIP], board: "", exit: 5 },
    ],
  },
  {
    title: "3. What most people want: the chip stays open, and that is said, not hidden.",
    lines: [{ argv: [...KEPT_OPEN, "--uart", "stdout", "--until", "tick 1"], board: "", exit: 0 }],
  },
];

const NEXT = [
  `node bin/flashproof.js explain ${IMAGE} --chip ${CHIP}`,
  `node bin/flashproof.js flash ${IMAGE} --chip ${CHIP} --probe twin:${CHIP},state=my-board.bin --security keep-open`,
  `node bin/flashproof.js commander -Device ${CHIP} -If SWD -Speed 4000      (with FLASHPROOF_PROBE=twin:${CHIP})`,
];

/** Entry of `npm start`. */
export const main = (): Promise<number> => tellStory();

/** Tells the story on simulated boards; answers 0 when every command ended as it has to. */
export async function tellStory(terminal: Terminal = processTerminal()): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-story-"));
  try {
    terminal.out("Flashproof, with no hardware: probe, chip and wire are simulated down to the edges on SWD.\n");
    let wrong = 0;
    for (const [i, act] of ACTS.entries()) wrong += await tellAct(act, join(folder, `board${i + 1}.bin`), terminal);
    terminal.out(`\nTry next:\n${NEXT.map((line) => `  ${line}\n`).join("")}`);
    return wrong === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tellAct(act: (typeof ACTS)[number], state: string, terminal: Terminal): Promise<number> {
  terminal.out(`\n--- ${act.title}\n`);
  let wrong = 0;
  for (const line of act.lines) {
    if (line.say !== undefined) terminal.out(`\n${line.say}\n`);
    terminal.out(`\n$ fp ${line.argv.map(quoted).join(" ")}\n`);
    // Both streams as one, so that words and explanation stay in order in a pipe too.
    const board = {
      ...terminal,
      err: terminal.out,
      env: { ...terminal.env, FLASHPROOF_PROBE: `twin:${CHIP},state=${state}${line.board}` },
    };
    const exit = await runMain(line.argv, board);
    terminal.out(`(exit ${exit})\n`);
    if (exit !== line.exit) wrong++;
  }
  return wrong;
}

const quoted = (word: string): string => (/[ ()]/.test(word) ? `"${word}"` : word);
