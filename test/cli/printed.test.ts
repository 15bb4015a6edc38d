import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { everyOption, VERBS } from "../../src/cli/verbs.ts";
import { readImage } from "../../src/image/read-image.ts";
import { encodeState } from "../../src/host/state-format.ts";
import { CHIP, Workspace, example, type Run } from "./workspace.ts";

/** One of each kind: CSI, OSC 0, 8 and 52, C1, CR, BS, DEL, BEL, an override of the direction of text. */
const EVIL = "\u001b[2J\u001b]0;t\u0007\u001b]8;;u\u0007\u001b]52;c;QQ\u0007\u009b31m\u0085\r\b\u007f\u202e\u2066x";
/** The same with a line that pretends to be the program's. */
const FORGED = `${EVIL}\nerror: forged`;

const workspace = new Workspace();
afterAll(() => workspace.clear());
beforeEach(() => {
  workspace.terminal = {};
});

/** What a terminal would obey in a text, by number. */
function obeyed(text: string): readonly string[] {
  const isObeyed = (code: number) =>
    (code < 0x20 && code !== 0x0a && code !== 0x09) ||
    (code >= 0x7f && code <= 0x9f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069);
  return [...text]
    .filter((character) => isObeyed(character.charCodeAt(0)))
    .map((character) => JSON.stringify(character));
}

/** What was printed is safe, and says the hostile words all the same: it is escaped, not left out. */
function expectSafe({ out, err }: Run, expectsOutput = true): void {
  expect(obeyed(out + err)).toEqual([]);
  expect(out + err).not.toMatch(/^error: forged/m);
  if (expectsOutput) expect(out + err).toContain("\\u001b[2J");
}

/** Words with hostile ones in them, by what the case is about; each ends by itself, as an error or not. */
const WORDS: { readonly [route: string]: () => readonly string[] } = {
  "a file that is not there": () => ["explain", FORGED],
  "a file to flash": () => ["flash", `${FORGED}.hex`, ...workspace.board()],
  "a file with a hostile name": () => ["explain", workspace.write(`${EVIL}.hex`, readFileSync(example("small.hex")))],
  "an unknown verb": () => [FORGED],
  "help on an unknown verb": () => ["help", FORGED],
  "an unknown option": () => ["list", `--${EVIL}`],
  "a chip": () => ["chips", FORGED],
  "a chip to flash": () => ["info", "--chip", FORGED, "--probe", workspace.twin()],
  "a probe": () => ["info", "--probe", FORGED],
  "a board": () => ["info", "--probe", `twin:${FORGED}`],
  "a board's key": () => ["info", "--probe", `twin:${CHIP},${EVIL}=1`],
  "a serial": () => ["info", "--probe", `twin:${CHIP},serial=${EVIL}`],
  "a fault": () => ["info", "--probe", `twin:${CHIP},fault=${EVIL}`],
  "a state file's name": () => ["info", "--probe", `twin:${CHIP},state=${workspace.path("no")}/${EVIL}`],
  "a number": () => ["read", FORGED, ...workspace.board()],
  "a word to write": () => ["write", "0x20000000", FORGED, ...workspace.board()],
  "a speed": () => ["info", "--speed", FORGED, ...workspace.board()],
  "an output": () => ["read", "0x0:+4", "-o", `${workspace.path("no")}/${FORGED}`, ...workspace.board()],
  "a port": () => ["twin", CHIP, `--jlink=${FORGED}`],
  "a board to serve": () => ["twin", FORGED, "--jlink=0"],
  "a script": () => ["commander", "-CommandFile", FORGED],
  "an option of the Commander": () => ["commander", `-${EVIL}`],
};

/** Routes on which only a part of the word is printed, or none. */
const CUT = ["a serial", "a chip"];

describe("what comes from outside is printed escaped:", () => {
  it.each(Object.keys(WORDS))("%s", async (route) => {
    const argv = WORDS[route]();
    const text = await workspace.fp(...argv);
    // A selector or a board that can't be had may not be quoted; what is quoted is escaped.
    expectSafe(text, !CUT.includes(route));
    if (argv[0] === "commander") return;
    const json = await workspace.fp(...argv, "--json");
    expectSafe(json, false);
    if (json.out !== "") expect(json.out.trimEnd().split("\n")).toHaveLength(1);
    if (json.out !== "") JSON.parse(json.out);
  });

  it("another tool's log", async () => {
    const log = `SEGGER J-Link Commander V7.86e (Compiled Mar 22 2023 16:27:49)
J-Link>verifybin ${EVIL}.bin 0x0
Verify failed @ address 0x0000040C.
Expected 7B read 7A
Info: ${EVIL} OpenOCD
Error: ${EVIL} flash write failed
`;
    expectSafe(await workspace.fp("explain", workspace.write("hostile.log", log)), false);
    expectSafe(await workspace.fp("explain", workspace.write(`${EVIL}.log`, log)));
  });

  it("flashproof.toml: values, names of keys, and its parser's messages", async () => {
    for (const toml of [
      `chip = "\\u001b[2Jx"\n`,
      `"\\u001b[2J" = 1\n`,
      `chip = \u001b[2J\n`,
      `speed = "\\u001b[2J\\nerror: forged"\n`,
    ]) {
      writeFileSync(workspace.path("flashproof.toml"), toml);
      expectSafe(await workspace.fp("info", "--probe", workspace.twin()), false);
    }
    writeFileSync(workspace.path("flashproof.toml"), "");
  });

  it("environment", async () => {
    workspace.terminal = {
      env: { HOME: workspace.folder, FLASHPROOF_CHIP: FORGED, FLASHPROOF_PROBE: workspace.twin() },
    };
    expectSafe(await workspace.fp("info"));
  });

  it("a state file's header", async () => {
    const state = { chip: EVIL, uid: EVIL, clockPs: 0, parts: new Map() };
    workspace.write("evil.k24", encodeState(state));
    expectSafe(await workspace.fp("info", ...workspace.board("evil.k24")), false);
  });

  it("a J-Link script's lines, the console's messages about them, and its log file", async () => {
    const lines = [
      `loadfile ${EVIL}.hex`,
      EVIL,
      `device ${EVIL}`,
      `exec ${EVIL}`,
      `mem ${EVIL}`,
      `// ${EVIL}`,
      `log ${workspace.path("con.log")}`,
    ];
    const script = workspace.write("evil.jlink", `${lines.join("\n")}\n${EVIL}\nexit\n`);
    workspace.terminal = { env: { HOME: workspace.folder, FLASHPROOF_PROBE: workspace.twin() } };
    const options = ["-Device", CHIP, "-If", "SWD", "-Speed", "4000"];
    for (const more of [[], ["--lint"], ["--dry-run"]])
      expectSafe(await workspace.fp("commander", ...options, "-CommandFile", script, ...more));
    expect(obeyed(Buffer.from(workspace.bytes("con.log")).toString("utf8"))).toEqual([]);
  });

  it("symbols of an ELF file", async () => {
    const elf = readFileSync(example("bootloader-open.elf"));
    const other = new Uint8Array(readFileSync(example("bootloader-open.raw.bin")));
    other[0x9000] ^= 0x01;
    const board = workspace.board("symbols.k24", ",flash=zero");
    expect((await workspace.fp("flash", workspace.write("other.bin", other), ...board)).exit).toBe(0);
    const plain = await workspace.fp("verify", example("bootloader-open.elf"), ...board);
    const [, symbol] = /0x00009000 in ([\w.$]+)/.exec(plain.out) ?? [];
    const name = Buffer.from(`\0${symbol}\0`);
    for (let at = elf.indexOf(name); at >= 0; at = elf.indexOf(name, at + 1)) elf.write("\u001b[2J", at + 1, "latin1");
    const run = await workspace.fp("verify", workspace.write("evil.elf", elf), ...board);
    expect(run.exit).toBe(6);
    expectSafe(run);
  });
});

describe("a UART's text", () => {
  const FIRST_LINE = "application ok, crc ";
  const uart = () => {
    const image = readFileSync(example("bootloader-open.raw.bin"));
    image.write("\u001b[2J\u0007\u007f\u009b1m\r\b...", image.indexOf(FIRST_LINE), "utf8");
    return workspace.write("uart.bin", image);
  };

  it("is printed escaped where it is a verb's result", async () => {
    const argv = ["flash", uart(), ...workspace.board("uart.k24"), "--uart", "stdout", "--for", "200"];
    const text = await workspace.fp(...argv);
    expect(text.exit).toBe(0);
    expectSafe(text);
    const json = await workspace.json("flash", ...argv.slice(1));
    expectSafe(json);
    expect(JSON.stringify(json.result)).toContain("\\u001b[2J");
  });
});

describe("RTT", () => {
  const board = workspace.board("rtt.k24");
  beforeAll(async () => {
    const { segments } = readImage(readFileSync(resolve("examples/k24-rtt/firmware.hex")), { name: "firmware.hex" });
    const end = Math.max(...segments.map(({ address, bytes }) => address + bytes.length));
    const image = Buffer.alloc(end, 0xff);
    for (const { address, bytes } of segments) image.set(bytes, address);
    image.write("\u001b[2J", image.indexOf("RTT on a K24: hello") + 4, "latin1");
    const run = await workspace.fp("flash", workspace.write("rtt.bin", image), "--base", "0", ...board);
    expect(run.err + run.out).not.toContain("error");
  });

  it("is a terminal session: the firmware's escapes come as they are", async () => {
    const { out } = await workspace.fp("rtt", ...board, "--for", "1500");
    expect(out).toContain("\u001b[2J");
  });

  it("is escaped in the report of --json", async () => {
    const run = await workspace.json("rtt", ...board, "--channel", "0", "--for", "1500");
    expectSafe(run, false);
  });
});

describe("every verb", () => {
  /** Verbs that end by themselves whatever they are given; `rtt` and `twin` have an end given, `bench` its shortest job. */
  const ENDS: { readonly [verb: string]: readonly string[] } = {
    rtt: ["--for", "1"],
    twin: ["--for", "1"],
    bench: ["--job", "a", "--model", "jlink"],
  };
  const evilWord = fc
    .array(fc.constantFrom(...EVIL, "\n", "error: forged", "0x0", "state=", "twin:", "--", "é", "a", "1", ","), {
      maxLength: 8,
    })
    .map((parts) => parts.join(""));

  it("prints no control character but line end and tab, whatever its words are", async () => {
    const options = VERBS.flatMap((verb) => Object.keys(everyOption(verb))).map(
      (name) => `--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`,
    );
    const words = fc.array(fc.oneof(evilWord, fc.constantFrom(...options, "--json", "--chip", "--probe")), {
      maxLength: 5,
    });
    // Both serve until Ctrl-C, where their words let them: `ui` wherever the page is built.
    const verbs = VERBS.map(({ name }) => name).filter((name) => !["twin", "ui"].includes(name));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...verbs), words, async (verb, argv) => {
        workspace.terminal = {
          env: { HOME: workspace.folder, XDG_CONFIG_HOME: workspace.folder, FLASHPROOF_PROBE: "twin:none" },
        };
        const run = await workspace.fp(verb, ...argv, ...(ENDS[verb] ?? []));
        expect(obeyed(run.out + run.err)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    // A bench among them takes seconds of CPU.
  }, 240_000);
});
