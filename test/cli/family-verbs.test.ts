import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readImage } from "../../src/image/read-image.ts";
import { hex } from "../support/hex.ts";
import { Workspace } from "./workspace.ts";

/** A file for the table of all probe models; without it two of them are tried. */
const TABLE = process.env["FAMILY_VERBS"];
const PROBES =
  TABLE === undefined
    ? ["jlink-hs", "cmsis-dap-hs"]
    : ["jlink", "jlink-hs", "cmsis-dap", "cmsis-dap-hs", "cmsis-dap-v1"];

/** A chip of one family, and what its example says and does. */
interface Tried {
  readonly chip: string;
  /** What Commander's scripts call it. */
  readonly device: string;
  readonly file: string;
  readonly flash: number;
  readonly sector: number;
  /** The UART's text. */
  readonly text: RegExp;
  /** The command that Commander opens it by, or refuses. */
  readonly unlock: string;
  /** No lock closes it to a debugger. */
  readonly hasNoLock?: boolean;
}

const CHIPS: readonly Tried[] = [
  {
    ...{ chip: "STM32F407xG", device: "STM32F407VG", file: "stm32f407-blinky", text: /on\noff\n/ },
    ...{ flash: 0x08000000, sector: 0x4000, unlock: "unlock STM32" },
  },
  {
    ...{ chip: "nRF52840_xxAA", device: "NRF52840_XXAA", file: "nrf52840-blinky", text: /blink 2\n/ },
    ...{ flash: 0, sector: 0x1000, unlock: "unlock nRF" },
  },
  {
    ...{ chip: "RP2040", device: "RP2040_M0_0", file: "rp2040-blinky", text: /blink 2\n/ },
    ...{ flash: 0x10000000, sector: 0x1000, unlock: "unlock RP2040", hasNoLock: true },
  },
];

/** Exit codes of each verb on one chip behind one probe. */
type Codes = { readonly [verb: string]: number };

let workspace: Workspace;
const table: string[] = [];
beforeAll(() => {
  workspace = new Workspace();
});
afterAll(() => {
  workspace.clear();
  if (TABLE !== undefined) writeFileSync(TABLE, table.join(""));
});

describe.each(CHIPS)("$chip", (tried) => {
  it.each(PROBES)("takes every verb and Commander's commands through %s", async (probe) => {
    const codes = { ...(await verbs(tried, probe)), ...(await commander(tried, probe)) };
    table.push(
      `${tried.chip} ${probe}: ${Object.entries(codes)
        .map(([verb, code]) => `${verb} ${code}`)
        .join(", ")}\n`,
    );
    expect(codes).toEqual(expected(tried, probe));
  });
});

/** Reading two megabytes back takes seconds: once is enough for the tests. */
const erasesAll = (probe: string) => TABLE !== undefined || probe === PROBES[0];

const expected = ({ hasNoLock = false }: Tried, probe: string): Codes => ({
  info: 0,
  plan: 0,
  flash: 0,
  verify: 0,
  read: 0,
  reset: 0,
  "run --uart": 0,
  erase: 0,
  "verify of an erased chip": 6,
  unlock: 0,
  "unlock of a locked chip without consent": hasNoLock ? 0 : 5,
  "unlock of a locked chip": 0,
  loadfile: 0,
  verifybin: 0,
  "erase range": 0,
  ...(erasesAll(probe) && { "erase all": 0 }),
  // Commander has none for a chip that no lock closes.
  "unlock of a locked chip by Commander": hasNoLock ? 1 : 0,
});

const imageOf = ({ file }: Tried) => resolve("examples", file, "firmware.hex");

/** Our own verbs, in an order in which each finds what it needs. */
async function verbs(tried: Tried, probe: string): Promise<Codes> {
  const { chip, flash, sector, text } = tried;
  const image = imageOf(tried);
  const at = (name: string, keys = "") => [
    ...["--chip", chip],
    ...["--probe", `twin:${chip},flash=zero,probe=${probe},state=${workspace.path(`${chip}-${probe}-${name}`)}${keys}`],
  ];
  const exit = async (...argv: readonly string[]) => (await workspace.fp(...argv)).exit;
  const board = at("board");
  const before = {
    info: await exit("info", ...board),
    plan: await exit("plan", image, ...board, "--connect", "halt"),
    flash: await exit("flash", image, ...board),
    verify: await exit("verify", image, ...board),
    read: await exit("read", `${hex(flash)}:+16`, "-o", workspace.path("read.bin"), ...board),
    reset: await exit("reset", ...board),
  };
  const run = await workspace.fp("run", ...board, "--uart", "stdout", "--for", "350");
  expect(run.out).toMatch(text);
  const erase = ["erase", "--sectors", `${hex(flash)}:${hex(flash + sector)}`, ...board];
  const locked = at("locked", ",locked=1");
  return {
    ...before,
    "run --uart": run.exit,
    erase: await exit(...erase),
    "verify of an erased chip": await exit("verify", image, ...board),
    unlock: await exit("unlock", ...board),
    "unlock of a locked chip without consent": await exit("unlock", ...locked),
    "unlock of a locked chip": await exit("unlock", "--allow-mass-erase", ...locked),
  };
}

/** Commander's commands, each a script of its own that ends with the first command that fails. */
async function commander(tried: Tried, probe: string): Promise<Codes> {
  const { chip, device, flash, sector, unlock } = tried;
  const image = imageOf(tried);
  const [first] = readImage(readFileSync(image), { name: image }).segments;
  const bytes = workspace.write(`${chip}.bin`, first.bytes);
  const state = workspace.path(`${chip}-${probe}-commander`);
  const script = async (command: string, keys = "") => {
    const lines = [`device ${device}`, "si SWD", "speed 4000", ...(keys === "" ? ["connect"] : []), command, "q"];
    const path = workspace.write("script.jlink", lines.join("\n"));
    const FLASHPROOF_PROBE = `twin:${chip},flash=zero,probe=${probe},state=${state}${keys && `-locked${keys}`}`;
    workspace.terminal = { env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE } };
    const { exit } = await workspace.fp("commander", "-ExitOnError", "1", path);
    workspace.terminal = {};
    return exit;
  };
  return {
    loadfile: await script(`loadfile ${image}`),
    verifybin: await script(`verifybin ${bytes} ${hex(first.address)}`),
    "erase range": await script(`erase ${hex(flash)} ${hex(flash + sector)}`),
    ...(erasesAll(probe) && { "erase all": await script("erase") }),
    "unlock of a locked chip by Commander": await script(unlock, ",locked=1"),
  };
}
