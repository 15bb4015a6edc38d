import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";
import { flashIn } from "../support/twin-state.ts";

const CHIP = "MK24FN1M0xxx12";
const FIRMWARE = "examples/k24-bootloader/bootloader-open.raw.bin";
const SMALL = "examples/k24-bootloader/small.hex";
const LOCKING = "examples/k24-bootloader/bootloader.raw.bin";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-plan-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a verb on the test's own board; answers its exit code, stdout and stderr. */
const fp = (...argv: string[]) =>
  inTerminal({ FLASHPROOF_PROBE: `twin:${CHIP},flash=zero,state=${join(folder, "board.bin")}` }, argv);

/** The same where no probe is named. */
const withoutProbe = (...argv: string[]) => inTerminal({}, argv);

async function inTerminal(
  env: { readonly [name: string]: string },
  argv: readonly string[],
): Promise<{ exit: number; out: string; err: string }> {
  const printed = { out: "", err: "" };
  const terminal = {
    out: (text: string) => {
      printed.out += text;
    },
    err: (text: string) => {
      printed.err += text;
    },
    errIsTerminal: false,
    inIsTerminal: false,
    env: { ...env, HOME: folder, XDG_CONFIG_HOME: folder },
    folder,
  };
  return { exit: await main(argv, terminal), ...printed };
}

const path = (name: string): string => join(folder, name);
const flashBytes = (): Buffer => Buffer.from(flashIn(path("board.bin"), 0, 0x100000));

describe("a plan that is kept", () => {
  it("is done as it was planned", async () => {
    expect((await fp("plan", FIRMWARE, "--chip", CHIP, "--out", path("plan.json"))).exit).toBe(0);
    expect((await fp("flash", "--plan", path("plan.json"))).exit).toBe(0);
    expect(flashBytes().subarray(0, 77_252).equals(readFileSync(FIRMWARE))).toBe(true);
  });

  it("stops with nothing written when the chip has changed in between", async () => {
    await fp("plan", FIRMWARE, "--chip", CHIP, "--out", path("plan.json"));
    await fp("flash", SMALL, "--chip", CHIP);
    const before = flashBytes();
    const { exit, out } = await fp("flash", "--plan", path("plan.json"), "--json");
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: "flash-plan-stale" } });
    expect(flashBytes().equals(before)).toBe(true);
  });

  it("stops when the image has changed in between", async () => {
    writeFileSync(path("image.bin"), readFileSync(FIRMWARE));
    await fp("plan", path("image.bin"), "--chip", CHIP, "--out", path("plan.json"));
    writeFileSync(path("image.bin"), readFileSync(FIRMWARE).fill(0, 0x5000, 0x5004));
    expect(await fp("flash", "--plan", path("plan.json"))).toMatchObject({ exit: 1 });
  });

  it("is named by --plan, or files are named: neither is a usage error", async () =>
    expect((await fp("flash", "--chip", CHIP)).exit).toBe(2));

  it("may have its own files named beside it, and no others", async () => {
    await fp("plan", SMALL, "--chip", CHIP, "--out", path("plan.json"));
    const other = await fp("flash", FIRMWARE, "--plan", path("plan.json"), "--chip", CHIP);
    expect(other).toMatchObject({ exit: 2, err: expect.stringContaining("this command says") });
    expect((await fp("flash", SMALL, "--plan", path("plan.json"))).exit).toBe(0);
  });

  it("names its files before it is done", async () => {
    await fp("plan", SMALL, "--chip", CHIP, "--out", path("plan.json"));
    const run = await fp("flash", "--plan", path("plan.json"));
    expect(run.err).toContain(`planned: ${SMALL} on ${CHIP}`);
  });

  it("is not run where it was made without a probe", async () => {
    const made = await withoutProbe("plan", SMALL, "--chip", CHIP, "--out", path("plan.json"));
    expect(made).toMatchObject({ exit: 0, err: expect.stringContaining("flash --plan will not run it") });
    const run = await fp("flash", "--plan", path("plan.json"));
    expect(run).toMatchObject({ exit: 1, err: expect.stringContaining("was made without a probe") });
  });

  it("does not mass-erase a chip that was locked in between, whatever is allowed", async () => {
    await fp("plan", SMALL, "--chip", CHIP, "--out", path("plan.json"));
    await fp("flash", LOCKING, "--security", "as-image", "--chip", CHIP);
    const run = await fp("flash", "--plan", path("plan.json"), "--allow-mass-erase", "--json");
    expect(run.exit).toBe(5);
    expect(JSON.parse(run.out)).toMatchObject({ error: { code: "target-locked" } });
    expect((await fp("info", "--chip", CHIP)).out).toContain("locked: yes");
  });
});

describe("--allow-mass-erase on a locked chip", () => {
  it.each([
    ["--keep", ["--keep", "0x5000:+16"]],
    ["--save", ["--save", "saved.bin"]],
  ])("erases nothing beside %s, whose bytes can't be read there", async (_, words) => {
    await fp("flash", LOCKING, "--security", "as-image", "--chip", CHIP);
    const verb = words[0] === "--save" ? ["erase", "--chip-all"] : ["flash", SMALL];
    const run = await fp(...verb, "--allow-mass-erase", ...words, "--chip", CHIP, "--json");
    expect(run.exit).toBe(5);
    expect(JSON.parse(run.out)).toMatchObject({ error: { code: "target-locked" } });
    expect((await fp("info", "--chip", CHIP)).out).toContain("locked: yes");
  });
});

describe("a saved plan carries no consent", () => {
  const plan = () => path("plan.json");
  const isLocked = async () => (await fp("info", "--chip", CHIP)).out.includes("locked: yes");
  const edit = (change: (plan: { [key: string]: unknown }) => void) => {
    const made = JSON.parse(readFileSync(plan(), "utf8")) as { [key: string]: unknown };
    change(made);
    writeFileSync(plan(), JSON.stringify(made));
  };

  it("a plan made with as-image is refused without the flag, and beside refuse, and done with it", async () => {
    const made = await fp("plan", LOCKING, "--security", "as-image", "--chip", CHIP, "--out", plan());
    expect(made.exit).toBe(0);
    const bare = await fp("flash", "--plan", plan(), "--json");
    expect(bare.exit).toBe(5);
    expect(JSON.parse(bare.out)).toMatchObject({ error: { code: "consent-missing" } });
    const refused = await fp("flash", "--plan", plan(), "--security", "refuse", "--json");
    expect(refused.exit).toBe(5);
    expect(JSON.parse(refused.out)).toMatchObject({ error: { code: "consent-missing" } });
    await fp("reset", "--chip", CHIP);
    expect(await isLocked()).toBe(false);
    expect((await fp("flash", "--plan", plan(), "--security", "as-image")).exit).toBe(0);
    expect(await isLocked()).toBe(true);
  });

  it("a token that plan was given is asked for again", async () => {
    writeFileSync(path("brick.bin"), readFileSync(LOCKING).fill(0x64, 0x40c, 0x40d));
    const words = ["plan", `${path("brick.bin")}@0`, "--chip", CHIP, "--out", plan()];
    const [token] = /irrev-lock-for-ever-[0-9a-f]{8}/.exec((await fp(...words)).out) ?? [""];
    expect((await fp(...words, "--allow-irreversible", token)).exit).toBe(0);
    expect((await fp("flash", "--plan", plan())).exit).toBe(5);
    expect((await fp("flash", "--plan", plan(), "--security", "as-image")).exit).toBe(5);
    expect((await fp("flash", "--plan", plan(), "--security", "refuse", "--allow-irreversible", token)).exit).toBe(5);
    await fp("reset", "--chip", CHIP);
    expect(await isLocked()).toBe(false);
  });

  it("a plan made with keep-open is stale under as-image, and nothing is written", async () => {
    await fp("plan", LOCKING, "--security", "keep-open", "--chip", CHIP, "--out", plan());
    const before = flashBytes();
    const run = await fp("flash", "--plan", plan(), "--security", "as-image");
    expect(run).toMatchObject({ exit: 1, err: expect.stringContaining("now: --security as-image") });
    expect(flashBytes().equals(before)).toBe(true);
    expect((await fp("flash", "--plan", plan(), "--security", "keep-open")).exit).toBe(0);
  });

  it("a policy written into the file is no plan's key", async () => {
    await fp("plan", LOCKING, "--chip", CHIP, "--out", plan());
    edit((made) => Object.assign(made, { security: "as-image" }));
    expect(await fp("flash", "--plan", plan())).toMatchObject({ exit: 7 });
    expect(await isLocked()).toBe(false);
  });

  it("--keep and --base have to be given again, and those of an edited plan file are refused", async () => {
    const keep = ["--keep", "0x5400:+0x20"];
    await fp("flash", FIRMWARE, "--chip", CHIP);
    await fp("plan", SMALL, ...keep, "--chip", CHIP, "--out", plan());
    expect(await fp("flash", "--plan", plan())).toMatchObject({
      exit: 2,
      err: expect.stringContaining("made with --keep 0x00005400:+32, this command says none"),
    });
    expect((await fp("flash", "--plan", plan(), "--keep", "0x5400:+0x10", "--keep", "0x5410:0x5420")).exit).toBe(0);
    await fp("plan", SMALL, "--chip", CHIP, "--out", plan());
    edit((made) => Object.assign(made, { keep: ["0x0000040C:+1"] }));
    expect((await fp("flash", "--plan", plan())).exit).toBe(2);
    edit((made) => Object.assign(made, { keep: [], base: "0x00080000" }));
    expect((await fp("flash", "--plan", plan())).exit).toBe(2);
    expect((await fp("flash", "--plan", plan(), "--base", "0x1000")).exit).toBe(2);
  });

  it("another digest, file or chip in the file writes nothing", async () => {
    await fp("plan", SMALL, "--chip", CHIP, "--out", plan());
    const before = flashBytes();
    const made = readFileSync(plan());
    edit((each) => Object.assign(each, { digest: "0".repeat(64) }));
    expect((await fp("flash", "--plan", plan())).exit).toBe(1);
    writeFileSync(plan(), made);
    const sha256 = createHash("sha256").update(readFileSync(FIRMWARE)).digest("hex");
    edit((each) => Object.assign(each, { files: [{ file: FIRMWARE, sha256 }] }));
    expect((await fp("flash", "--plan", plan())).exit).toBe(1);
    writeFileSync(plan(), made);
    edit((each) => Object.assign(each, { chip: "MK99" }));
    expect((await fp("flash", "--plan", plan())).exit).toBe(8);
    expect(flashBytes().equals(before)).toBe(true);
  });
});

describe("a file that is no plan", () => {
  const good = {
    schema: "flashproof-plan/2",
    chip: CHIP,
    keep: [],
    files: [{ file: SMALL, sha256: "0".repeat(64) }],
    digest: "0".repeat(64),
  };
  const run = async (text: string) => {
    writeFileSync(path("plan.json"), text);
    const ran = await fp("flash", "--plan", path("plan.json"), "--json");
    return {
      exit: ran.exit,
      ...(JSON.parse(ran.out) as { error: { code: string; message: string; hints: string[] } }),
    };
  };

  it("is refused by its version where it is an older plan, with the way on", async () => {
    const old = { ...good, schema: "flashproof-plan/1", security: "as-image" };
    const { exit, error } = await run(JSON.stringify(old));
    expect({ exit, code: error.code }).toEqual({ exit: 7, code: "plan-file-version" });
    expect(error.message).toContain("is a flashproof-plan/1 file; this version of Flashproof runs flashproof-plan/2");
    expect(error.hints[0]).toContain("Make the plan again");
  });

  it.each([
    ["null", "null"],
    ["a list", "[]"],
    ["a number", "7"],
    ["nothing", ""],
    ["half a plan", JSON.stringify(good).slice(0, 60)],
    ["brackets in brackets", "[".repeat(500_000)],
    ["longer than 1 MiB", " ".repeat(0x10_0001)],
    ["of another schema", JSON.stringify({ ...good, schema: "toString" })],
    ["of a schema that is no text", JSON.stringify({ ...good, schema: ["flashproof-plan/2"] })],
    ["without files", JSON.stringify({ ...good, files: [] })],
    ["with files that are no objects", JSON.stringify({ ...good, files: [null] })],
    ["with files by number", JSON.stringify({ ...good, files: [{ file: 3, sha256: "0".repeat(64) }] })],
    ["with a chip that is a list", JSON.stringify({ ...good, chip: [CHIP] })],
    ["without a digest", JSON.stringify({ ...good, digest: undefined })],
    ["with a digest in capitals", JSON.stringify({ ...good, digest: "A".repeat(64) })],
    ["with ranges that are none", JSON.stringify({ ...good, keep: ["everything"] })],
    ["with a base by number", JSON.stringify({ ...good, base: 0 })],
    ["with a key that plans don't have", JSON.stringify({ ...good, toString: 1 })],
  ])("is one typed error with exit 7: %s", async (_, text) => {
    const { exit, error } = await run(text);
    expect({ exit, code: error.code }).toEqual({ exit: 7, code: "plan-file-invalid" });
  });

  it("is file-is-folder with exit 7 where it is a folder", async () => {
    const ran = await fp("flash", "--plan", folder, "--json");
    expect(ran.exit).toBe(7);
    expect(JSON.parse(ran.out)).toMatchObject({ error: { code: "file-is-folder" } });
  });
});

describe("a flash after an interrupted one", () => {
  it("prints the state that it found, and brings the chip up", async () => {
    const small = ["flash", SMALL, "--chip", CHIP];
    const cut = await fp(...small, "--probe", `twin:${CHIP},state=${path("board.bin")},fault=power-cut@ftfe=5:50`);
    expect(cut.exit).not.toBe(0);
    const again = await fp(...small);
    expect(again.exit).toBe(0);
    expect(again.err).toContain("as an interrupted run leaves them, at 0x00001000");
    expect(again.err).toContain("resumed: ");
    expect((await fp("verify", SMALL, "--chip", CHIP)).exit).toBe(0);
  });
});

describe("what an erase would take", () => {
  it("is kept with --keep, and stored with --save", async () => {
    await fp("flash", FIRMWARE, "--chip", CHIP);
    const saved = path("saved.hex");
    const done = await fp("erase", "--chip-all", "--keep", "0x5400:+0x20", "--save", saved, "--chip", CHIP);
    expect(done.exit).toBe(0);
    const after = flashBytes();
    expect(after.subarray(0x5400, 0x5420).equals(readFileSync(FIRMWARE).subarray(0x5400, 0x5420))).toBe(true);
    expect(after[0x5000]).toBe(0xff);
    expect((await fp("flash", saved, "--chip", CHIP)).exit).toBe(0);
    expect(flashBytes().subarray(0, 77_252).equals(readFileSync(FIRMWARE))).toBe(true);
  });

  it("is not taken from a locked chip that was to be saved first", async () => {
    await fp("flash", "examples/k24-bootloader/bootloader.raw.bin", "--security", "as-image", "--chip", CHIP);
    const refused = await fp("unlock", "--allow-mass-erase", "--save", path("saved.hex"), "--chip", CHIP);
    expect(refused.exit).toBe(5);
    expect(existsSync(path("saved.hex"))).toBe(false);
    expect((await fp("info", "--chip", CHIP)).out).toContain("locked: yes");
  });
});
