import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHIP, Workspace, example } from "./workspace.ts";

const workspace = new Workspace();
const board = workspace.board();
const CHIP_ONLY = ["--chip", CHIP];
const OPEN = readFileSync(example("bootloader-open.raw.bin"));
afterAll(() => workspace.clear());

/** The example's text file without its last record. */
function cutShort(name: string): string {
  const lines = readFileSync(example(name), "utf8").trimEnd().split("\n");
  return workspace.write(name, `${lines.slice(0, -1).join("\n")}\n`);
}

/** A UF2 file of two blocks of three, at 0x8000. */
function twoOfThreeBlocks(): string {
  const blocks = [0, 2].map((number) => {
    const block = Buffer.alloc(512);
    const words = [0x0a324655, 0x9e5d5157, 0x2000, 0x8000 + number * 256, 256, number, 3, 0xe48bff56];
    for (const [i, word] of words.entries()) block.writeUInt32LE(word, i * 4);
    block.writeUInt32LE(0x0ab16f30, 508);
    return block;
  });
  return workspace.write("two-of-three.uf2", Buffer.concat(blocks));
}

const INCOMPLETE: readonly (readonly [what: string, file: () => string, finding: string])[] = [
  ["a HEX file without its end record", () => cutShort("bootloader-open.hex"), "file-cut-short"],
  ["an S-record file without its end record", () => cutShort("bootloader-open.srec"), "file-cut-short"],
  ["a UF2 file without one of its blocks", twoOfThreeBlocks, "file-blocks-missing"],
];

describe("a file of which a part may be missing", () => {
  it.each(INCOMPLETE)("%s exits 7 and programs nothing", async (_, file, finding) => {
    const before = await workspace.memory("0:0x14000", ...board);
    for (const verb of ["plan", "flash", "verify"]) {
      const run = await workspace.json(verb, file(), ...board);
      expect(run).toMatchObject({ exit: 7, error: { code: "image-incomplete" }, details: { finding } });
      expect(run.err).toContain("--allow-incomplete");
    }
    expect(await workspace.memory("0:0x14000", ...board)).toEqual(before);
  });

  it.each(INCOMPLETE)(
    "%s is programmed with --allow-incomplete, and what is missing is printed",
    async (_, file, id) => {
      const run = await workspace.json("flash", file(), "--allow-incomplete", ...board);
      expect(run.exit).toBe(0);
      expect(run.err).toContain(`[${id}]`);
      expect(run.result["findings"]).toContainEqual(expect.objectContaining({ id, severity: "warn" }));
      expect((await workspace.json("verify", file(), "--allow-incomplete", ...board)).exit).toBe(0);
    },
  );

  it("is not agreed to by environment or flashproof.toml", async () => {
    workspace.write("flashproof.toml", "allow-incomplete = true\n");
    workspace.terminal = { env: { ...workspace.terminal.env, FLASHPROOF_ALLOW_INCOMPLETE: "1" } };
    const run = await workspace.fp("plan", cutShort("bootloader-open.hex"), ...CHIP_ONLY);
    workspace.terminal = {};
    workspace.write("flashproof.toml", "");
    expect(run.exit).not.toBe(0);
  });

  it("explain reads it and prints what is missing", async () => {
    const run = await workspace.json("explain", cutShort("bootloader-open.hex"), ...CHIP_ONLY);
    expect(run).toMatchObject({ exit: 0, result: { findings: [{ id: "file-cut-short", severity: "warn" }] } });
  });
});

describe("a file whose content contradicts its name", () => {
  const named = () => workspace.write("named.bin", readFileSync(example("bootloader-open.hex")));

  it("HEX called .bin is programmed as what it is, with a warning", async () => {
    const run = await workspace.json("flash", named(), ...board);
    expect(run.exit).toBe(0);
    expect(run.err).toMatch(/^warn: About the file: the name named\.bin says otherwise.*\[file-format\]$/m);
    expect(await workspace.memory("0:0x12DC4", ...board)).toEqual(new Uint8Array(OPEN));
  });

  it.each(["flash", "plan", "verify", "explain"])("HEX called .bin at an address: %s exits 7", async (verb) => {
    const target = verb === "explain" ? CHIP_ONLY : board;
    expect(await workspace.json(verb, `${named()}@0x20000`, ...target)).toMatchObject({
      exit: 7,
      error: { code: "image-format" },
    });
  });

  it("a UF2 file for another family of chips gets the warning uf2-family", async () => {
    const run = await workspace.fp("plan", twoOfThreeBlocks(), "--allow-incomplete", ...CHIP_ONLY);
    expect(run.exit).toBe(0);
    expect(run.err).toMatch(/^warn: The UF2 file says that it is for chips of family 0xE48BFF56\. \[uf2-family\]$/m);
  });
});

describe("a raw file without an address", () => {
  const application = () => workspace.write("app.bin", OPEN.subarray(0x5000));
  const noVectors = () => workspace.write("data.bin", OPEN.subarray(0x9000, 0x9100));

  it.each(["flash", "plan", "verify"])("%s exits 2 where the vectors fit another place, and names it", async (verb) => {
    const run = await workspace.json(verb, application(), ...board);
    expect(run).toMatchObject({ exit: 2, error: { code: "image-address" }, details: { places: ["0x5000"] } });
    expect(run.error?.message).toContain("app.bin@0x5000");
  });

  it.each(["flash", "plan", "verify"])("%s exits 2 where it has no vectors", async (verb) => {
    const run = await workspace.json(verb, noVectors(), ...board);
    expect(run).toMatchObject({ exit: 2, error: { code: "image-address" }, details: { places: [] } });
    expect(run.error?.message).toContain("data.bin@ADDRESS");
  });

  it("is placed at 0x0 where its vectors fit there, with a note on stderr", async () => {
    const run = await workspace.fp("plan", example("bootloader-open.raw.bin"), ...CHIP_ONLY);
    expect(run.exit).toBe(0);
    expect(run.err).toMatch(/bootloader-open\.raw\.bin was given without an address: its vectors fit 0x0\n/);
  });

  it.each([
    // Its bytes at 0x40C would lock the chip, which is another matter.
    ["@0", application, "@0", 5],
    ["@0x5000", application, "@0x5000", 0],
    ["@0x20000", noVectors, "@0x20000", 0],
  ])("with %s is placed at the address given", async (_, file, at, exit) => {
    const run = await workspace.fp("plan", `${file()}${at}`, ...CHIP_ONLY);
    expect(run.exit).toBe(exit);
    expect(run.err).not.toContain("without an address");
  });

  it("with --base is taken there as well", async () => {
    expect((await workspace.fp("plan", noVectors(), "--base", "0x20000", ...CHIP_ONLY)).exit).toBe(0);
  });

  it("explain guesses its address, and prints that it is a guess", async () => {
    const run = await workspace.json("explain", application(), ...CHIP_ONLY);
    expect(run).toMatchObject({ exit: 0, result: { segments: [{ address: "0x00005000" }] } });
    expect(run.err).toMatch(/app\.bin was given without an address: explained at 0x5000, a guess/);
  });

  it("larger than the flash is refused for that", async () => {
    const file = workspace.write("large.bin", new Uint8Array(0x100001));
    expect(await workspace.json("plan", file, ...CHIP_ONLY)).toMatchObject({
      exit: 7,
      error: { code: "image-outside-chip" },
    });
  });
});

describe("an image whose maker may not have meant it", () => {
  const protecting = (fsec: number): string => {
    const bytes = Uint8Array.from(OPEN);
    bytes.set([0, 0, 0, 0, fsec], 0x408);
    return `${workspace.write("protecting.bin", bytes)}@0`;
  };
  let fresh: readonly string[];

  beforeAll(() => {
    fresh = workspace.board("protected.k24");
  });

  it("plan prints that it protects the whole flash, and exits 0", async () => {
    const run = await workspace.json("plan", protecting(0xfe), ...CHIP_ONLY);
    expect(run).toMatchObject({ exit: 0, result: { findings: [{ id: "fprot-protects-all", severity: "warn" }] } });
    expect(run.err).toMatch(/^warn: FPROT at 0x00000408 protects the whole flash\. \[fprot-protects-all\]$/m);
  });

  it("flash prints the same before it programs it", async () => {
    const run = await workspace.json("flash", protecting(0xfe), "--halt", ...fresh);
    expect(run).toMatchObject({ exit: 0, result: { findings: [{ id: "fprot-protects-all" }] } });
    expect(run.err).toContain("warn: FPROT at 0x00000408 protects the whole flash.");
  });

  it("is refused with one need where nothing reopens it", async () => {
    const run = await workspace.json("plan", protecting(0xef), "--security", "as-image", ...CHIP_ONLY);
    expect(run).toMatchObject({ exit: 5, error: { code: "consent-missing" } });
    expect(run.result["needs"]).toEqual([expect.objectContaining({ act: "lock-for-ever" })]);
    expect(run.result["findings"]).toContainEqual(
      expect.objectContaining({ id: "fprot-protects-all", severity: "lock" }),
    );
    expect(run.err).not.toContain("[f");
  });

  it("is judged as it will be programmed: kept open, it no longer locks", async () => {
    const run = await workspace.json("plan", example("bootloader.hex"), "--security", "keep-open", ...CHIP_ONLY);
    expect(run).toMatchObject({ exit: 0, result: { findings: [] } });
  });
});

it("a file with more pieces than any chip needs exits 7", async () => {
  const records = Array.from({ length: 0x10001 }, (_, i) => {
    const body = [1, (i & 0x7fff) >>> 7, (i << 1) & 0xff, 0, 0];
    const hex = (bytes: readonly number[]) => bytes.map((b) => b.toString(16).padStart(2, "0")).join("");
    const base = i % 0x8000 === 0 ? `:02000004${hex([0, i >>> 15, -(6 + (i >>> 15)) & 0xff])}\n` : "";
    return `${base}:${hex([...body, -body.reduce((a, b) => a + b) & 0xff])}\n`;
  });
  const file = workspace.write("pieces.hex", `${records.join("")}:00000001FF\n`);
  expect(await workspace.json("plan", file, ...CHIP_ONLY)).toMatchObject({
    exit: 7,
    error: { code: "image-too-large" },
  });
});
