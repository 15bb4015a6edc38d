import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flashIn } from "../support/twin-state.ts";
import { CHIP, Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
const board = workspace.board();
afterAll(() => workspace.clear());

/** Files and addresses that can't be flashed, each with the code that says why. */
const BAD: readonly { what: string; file: () => string; code: string; details?: object }[] = [
  { what: "a file that does not exist", file: () => workspace.path("missing.bin"), code: "file-not-found" },
  { what: "a file of 0 bytes", file: () => workspace.write("empty.bin", ""), code: "image-empty" },
  {
    what: "a file larger than the flash",
    file: () => `${workspace.write("large.bin", new Uint8Array(0x100001).fill(0x55))}@0`,
    code: "image-outside-chip",
  },
  { what: "a HEX file with a wrong checksum", file: brokenHex, code: "hex-checksum", details: { line: 3 } },
  { what: "an ELF file cut in half", file: halfElf, code: "elf-truncated" },
  {
    what: "an address outside the chip",
    file: () => `${example("bootloader.raw.bin")}@0x200000`,
    code: "image-outside-chip",
  },
];

function brokenHex(): string {
  const lines = readFileSync(example("bootloader.hex"), "utf8").split("\n");
  lines[2] = lines[2].replace(/^(:.{8})(.)/, (_, head: string, digit: string) => head + (digit === "0" ? "1" : "0"));
  return workspace.write("broken.hex", lines.join("\n"));
}

function halfElf(): string {
  const whole = readFileSync(example("bootloader.elf"));
  return workspace.write("half.elf", whole.subarray(0, whole.length / 2));
}

describe("a file that can't be flashed costs nothing", () => {
  let before: Uint8Array;

  beforeAll(async () => {
    await workspace.fp("flash", example("small.hex"), ...board);
    before = flashIn(workspace.path("board.k24"), 0, 0x100000);
  });

  it.each(BAD)("$what: flash exits 7 with $code", async ({ file, code, details = {} }) => {
    const run = await workspace.json("flash", file(), "--security", "as-image", ...board);
    expect(run).toMatchObject({ exit: 7, error: { code }, details });
    expect(run.err).toMatch(/^error: /);
  });

  it("the flash is what it was, all of it", () => {
    expect(before.length).toBe(0x100000);
    expect(new Set(before).size).toBeGreaterThan(100);
    expect(flashIn(workspace.path("board.k24"), 0, 0x100000)).toEqual(before);
  });

  it.each(["plan", "verify"])("%s reports the same errors for them", async (verb) => {
    for (const { file, code } of BAD) {
      expect(await workspace.json(verb, file(), ...board)).toMatchObject({ exit: 7, error: { code } });
    }
  });

  it("explain reports them without --chip", async () => {
    expect(await workspace.json("explain", brokenHex())).toMatchObject({ exit: 7, error: { code: "hex-checksum" } });
  });
});

describe("words that are not understood", () => {
  it.each([
    [["flash", "x.bin", "--chip", "NOPE"], 7],
    [["chips", "--nonsense"], 2],
    [["flash"], 2],
    [["nonsense"], 2],
    [["read", "5"], 2],
    [["read", "8:4"], 2],
    [["read", "12z:16"], 2],
    [["read", "0:4", "--speed", "fast"], 2],
    [["read", "0:4", "--connect", "gently"], 2],
    [["read", "0:4", "--probe", "no such probe"], 2],
    [["write", "0x20000000", "256", "--width", "8"], 2],
    [["write", "0x20000000", "1", "--width", "9"], 2],
    [["explain", example("small.hex"), "--fail-on", "rain"], 2],
    [["verify", example("small.hex")], 2],
    [["flash", example("small.hex"), "--events", "xml", ...board], 2],
  ])("%j exits %i", async (argv, exit) => {
    const run = await workspace.fp(...argv);
    expect(run.exit).toBe(exit);
    expect(run.err).toMatch(/^error: /);
    expect(run.out).toBe("");
  });

  it("with --json are reported on stdout as well, under the verb's own name", async () => {
    const run = await workspace.fp("program", "--json");
    expect(run.exit).toBe(2);
    expect(JSON.parse(run.out)).toMatchObject({ command: "flash", ok: false, error: { code: "usage" } });
  });

  it("an unknown chip exits 8 and names those that look alike", async () => {
    const run = await workspace.json("info", "--chip", "MK24FN1M0VLL99", "--probe", workspace.twin());
    expect(run).toMatchObject({ exit: 8, error: { code: "chip-unknown" } });
    expect(run.error?.message).toContain(CHIP);
    expect((await workspace.json("info", "--probe", "twin:NOPE")).exit).toBe(8);
  });

  it.each([
    "fault=rain@ms=1",
    "fault=late@usb=1",
    "fault=wait@dap=0",
    "probe=parrot",
    "flash=fast",
    "seed=x",
    "nonsense=1",
  ])("a twin with %s is a usage error", async (key) => {
    const run = await workspace.json("info", "--probe", `twin:${CHIP},${key}`);
    expect(run).toMatchObject({ exit: 2, error: { code: "twin-unknown-key" } });
  });
});
