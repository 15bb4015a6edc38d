// @ts-check
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @typedef {import("../../src/cli/output.ts").Terminal} Terminal */
/** @typedef {{ main(argv: readonly string[], terminal: Terminal): Promise<number> }} Program */

/**
 * One command of the demonstration: its command line, the board it runs on (a K24 where no chip is named), and the exit
 * code that is expected.
 *
 * @typedef {{ title?: string, argv: readonly string[], chip?: string, board: string, exit: number }} Line
 */

const CHIP = "MK24FN1M0xxx12";
const IMAGE = "examples/k24-bootloader/bootloader.raw.bin";
const SCRIPT = "examples/seed/seed.jlink";
const SETTINGS = ["-SettingsFile", "examples/seed/settings.toml"];
const WIRE = ["-If", "SWD", "-Speed", "4000", "-ExitOnError", "1"];

const KEPT_OPEN = ["flash", IMAGE, "--security", "keep-open", "--chip", CHIP];

/** One file for each family's twin, and what its firmware prints on its UART. */
const REHEARSED = [
  { chip: CHIP, file: "examples/k24-bootloader/small.hex", until: "tick 1" },
  { chip: "STM32F407xG", file: "examples/stm32f407-blinky/firmware.hex", until: "on" },
  { chip: "nRF52840_xxAA", file: "examples/nrf52840-blinky/firmware.hex", until: "blink 1" },
  { chip: "RP2040", file: "examples/rp2040-blinky/firmware.hex", until: "blink 1" },
];

/**
 * The session of the seed in three parts, and one of each family; `board` keys are added to the board's own state file.
 *
 * @type {readonly { readonly title: string, readonly lines: readonly Line[] }[]}
 */
const PARTS = [
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
    title: "2. He really wants the chip secured: the same script, with the device name that allows it.",
    lines: [
      {
        argv: ["commander", "-Device", `${CHIP} (allow security)`, ...WIRE, ...SETTINGS, "-CommandFile", SCRIPT],
        board: "",
        exit: 0,
      },
      { title: "After a reset the chip is locked for real:", argv: ["reset", "--chip", CHIP], board: "", exit: 0 },
      { argv: ["info", "--chip", CHIP], board: "", exit: 0 },
      { title: "and can't be read any more:", argv: ["read", "0:16", "--chip", CHIP], board: "", exit: 5 },
    ],
  },
  {
    title: "3. What most people want: the chip stays open, and the changed byte is declared.",
    lines: [{ argv: [...KEPT_OPEN, "--uart", "stdout", "--until", "tick 1"], board: "", exit: 0 }],
  },
  {
    title: "4. One file for each of four families: programmed, compared and started, each on its own simulated board.",
    lines: REHEARSED.map(({ chip, file, until }) => ({
      argv: ["flash", file, "--chip", chip, "--uart", "stdout", "--until", until],
      chip,
      board: "",
      exit: 0,
    })),
  },
];

const NEXT = [
  `node bin/flashproof.js explain ${IMAGE} --chip ${CHIP}`,
  `node bin/flashproof.js flash ${IMAGE} --chip ${CHIP} --probe twin:${CHIP},state=my-board.bin --security keep-open`,
  `node bin/flashproof.js commander -Device ${CHIP} -If SWD -Speed 4000      (with FLASHPROOF_PROBE=twin:${CHIP})`,
];

/**
 * Runs the demonstration on simulated boards; resolves to 0 when every command ended with the exit code expected of it.
 *
 * @param {Program} program
 * @param {Terminal} terminal
 * @returns {Promise<number>}
 */
export async function runDemo(program, terminal) {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-demo-"));
  try {
    terminal.out("Flashproof, with no hardware: probe, chip and wire are simulated down to the edges on SWD.\n");
    let wrong = 0;
    for (const [i, part] of PARTS.entries()) {
      terminal.out(`\n--- ${part.title}\n`);
      for (const line of part.lines) {
        const chip = line.chip ?? CHIP;
        const probe = `twin:${chip},state=${join(folder, `board${i + 1}-${chip}.bin`)}${line.board}`;
        if (!(await runLine(program, line, probe, terminal))) wrong++;
      }
    }
    terminal.out(`\nTry next:\n${NEXT.map((line) => `  ${line}\n`).join("")}`);
    return wrong === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Program} program @param {Line} line @param {string} probe @param {Terminal} terminal */
async function runLine(program, line, probe, terminal) {
  if (line.title !== undefined) terminal.out(`\n${line.title}\n`);
  terminal.out(`\n$ fp ${line.argv.map(quoted).join(" ")}\n`);
  // Both streams as one, so that results and notes stay in order in a pipe too.
  const exit = await program.main(line.argv, {
    ...terminal,
    err: terminal.out,
    env: { ...terminal.env, FLASHPROOF_PROBE: probe },
  });
  terminal.out(`(exit ${exit})\n`);
  return exit === line.exit;
}

/** @param {string} word */
const quoted = (word) => (/[ ()]/.test(word) ? `"${word}"` : word);
