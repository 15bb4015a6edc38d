import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommander } from "../../../src/cli/commander/commander-host.ts";

const FOLDER = "test/golden/scripts";
const DEVICE = "MK24FN1M0xxx12";

/** What the comments at a script's head ask for. */
interface Setup {
  /** Keys of the twin. */
  readonly board: string;
  readonly options: readonly string[];
  /** The stored answer about a secured device. */
  readonly settings: string | undefined;
}

/** Where a golden script, or the console it has to give, stands. */
export const pathOf = (name: string, kind: "jlink" | "out"): string => join(FOLDER, `${name}.${kind}`);

/** Runs a golden script on a board of its own; answers its whole console, with what was measured taken out. */
export async function consoleOf(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "flashproof-script-"));
  try {
    const script = readFileSync(pathOf(name, "jlink"), "utf8");
    layOut(folder, script);
    return await runIn(folder, script);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function layOut(folder: string, script: string): void {
  writeFileSync(join(folder, "script.jlink"), script);
  writeFileSync(join(folder, "app.bin"), application());
  writeFileSync(join(folder, "brick.bin"), application(0x64));
  writeFileSync(
    join(folder, "words.bin"),
    Uint8Array.from({ length: 16 }, (_, i) => i * 0x11),
  );
  copyFileSync("examples/k24-bootloader/small.hex", join(folder, "small.hex"));
  copyFileSync("examples/k24-bootloader/bootloader.raw.bin", join(folder, "bootloader.raw.bin"));
}

/** 4 KB with vectors, an open field, and code at 0x410 that writes 1 << 29 to that address and loops for ever. */
function application(fsec = 0xfe): Uint8Array {
  const image = new Uint8Array(0x1000).fill(0x5a);
  image.set([0x00, 0x10, 0x00, 0x20, 0x11, 0x04, 0x00, 0x00]);
  image.fill(0xff, 0x400, 0x410);
  image[0x40c] = fsec;
  // movs r0, #1; lsls r0, r0, #29; str r0, [r0]; b to the store
  image.set([0x01, 0x20, 0x40, 0x07, 0x00, 0x60, 0xfd, 0xe7], 0x410);
  return image;
}

async function runIn(folder: string, script: string): Promise<string> {
  const { board, options, settings } = setupOf(script);
  if (settings) {
    mkdirSync(join(folder, "flashproof"));
    writeFileSync(join(folder, "flashproof", "flashproof.toml"), `[commander]\nsecured-device = "${settings}"\n`);
  }
  const out: string[] = [];
  const err: string[] = [];
  const terminal = {
    out: (text: string) => void out.push(text),
    err: (text: string) => void err.push(text),
    errIsTerminal: false,
    inIsTerminal: false,
    env: { FLASHPROOF_PROBE: `twin:${DEVICE}${board}`, XDG_CONFIG_HOME: folder },
    folder,
  };
  const exit = await runCommander([...options, "-CommandFile", "script.jlink"], terminal);
  const text = `${out.join("")}--- stderr ---\n${err.join("")}--- exit ${exit} ---\n`;
  return unmeasured(text.replaceAll("\r", "").replaceAll(folder, "FOLDER"));
}

function setupOf(script: string): Setup {
  const header = (key: string) => new RegExp(`^// ${key}: (.*)$`, "m").exec(script)?.[1];
  const keys = header("board");
  const own = words(header("options") ?? "");
  // A script that answers connect's prompts gives everything itself.
  const asks = /^connect\nMK24/m.test(script) || own.includes("UNSET");
  const common = asks ? [] : ["-Device", DEVICE, "-If", "SWD", "-Speed", "4000"];
  return {
    board: keys === undefined ? "" : `,${keys}`,
    options: [...common, ...(own.includes("UNSET") ? [] : own)],
    settings: header("settings"),
  };
}

const words = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare);

/** Virtual times are the same on every machine, but not after every change of a driver: they are no text. */
const MEASURED: readonly (readonly [RegExp, string])[] = [
  [/\b\d+\.\d{3}s/g, "TIME"],
  [/\b\d+\.\dms/g, "TIME"],
  [/ speed: \d+ KB\/s/g, " speed: SPEED"],
  [/^\d+ kByte\/sec/gm, "SPEED"],
  [/CycleCnt = [0-9A-F]{8}/g, "CycleCnt = CYCLES"],
];

const unmeasured = (text: string): string => MEASURED.reduce((all, [what, word]) => all.replaceAll(what, word), text);
