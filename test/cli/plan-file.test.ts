import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../../src/cli/main.ts";

const CHIP = "MK24FN1M0xxx12";
const FIRMWARE = "examples/k24-bootloader/bootloader-open.raw.bin";
const SMALL = "examples/k24-bootloader/small.hex";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-plan-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a verb on the test's own board; answers its exit code, stdout and stderr. */
async function fp(...argv: string[]): Promise<{ exit: number; out: string; err: string }> {
  const said = { out: "", err: "" };
  const terminal = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    errIsTerminal: false,
    inIsTerminal: false,
    env: { FLASHPROOF_PROBE: `twin:${CHIP},flash=zero,state=${join(folder, "board.bin")}` },
    folder,
  };
  return { exit: await main(argv, terminal), ...said };
}

const path = (name: string): string => join(folder, name);
const flashBytes = async (): Promise<Buffer> => {
  await fp("read", "0:0x100000", "-o", path("flash.bin"), "--chip", CHIP);
  return readFileSync(path("flash.bin"));
};

describe("a plan that is kept", () => {
  it("is done as it was planned", async () => {
    expect((await fp("plan", FIRMWARE, "--chip", CHIP, "--out", path("plan.json"))).exit).toBe(0);
    expect((await fp("flash", "--plan", path("plan.json"))).exit).toBe(0);
    expect((await flashBytes()).subarray(0, 77_252).equals(readFileSync(FIRMWARE))).toBe(true);
  });

  it("stops with nothing written when the chip has changed in between", async () => {
    await fp("plan", FIRMWARE, "--chip", CHIP, "--out", path("plan.json"));
    await fp("flash", SMALL, "--chip", CHIP);
    const before = await flashBytes();
    const { exit, out } = await fp("flash", "--plan", path("plan.json"), "--json");
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ ok: false, error: { code: "flash-plan-stale" } });
    expect((await flashBytes()).equals(before)).toBe(true);
  });

  it("stops when the image has changed in between", async () => {
    writeFileSync(path("image.bin"), readFileSync(FIRMWARE));
    await fp("plan", path("image.bin"), "--chip", CHIP, "--out", path("plan.json"));
    writeFileSync(path("image.bin"), readFileSync(FIRMWARE).fill(0, 0x5000, 0x5004));
    expect(await fp("flash", "--plan", path("plan.json"))).toMatchObject({ exit: 1 });
  });

  it("is refused where the file is no plan, or files are named beside it", async () => {
    writeFileSync(path("other.json"), "{}");
    expect((await fp("flash", "--plan", path("other.json"))).exit).toBe(2);
    expect((await fp("flash", SMALL, "--plan", path("other.json"), "--chip", CHIP)).exit).toBe(2);
    expect((await fp("flash", "--chip", CHIP)).exit).toBe(2);
  });
});

describe("a flash after an interrupted one", () => {
  it("says what state it found, and brings the chip up", async () => {
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
  it("is kept where --keep says so, and stored where --save does", async () => {
    await fp("flash", FIRMWARE, "--chip", CHIP);
    const saved = path("saved.hex");
    const done = await fp("erase", "--chip-all", "--keep", "0x5400:+0x20", "--save", saved, "--chip", CHIP);
    expect(done.exit).toBe(0);
    const after = await flashBytes();
    expect(after.subarray(0x5400, 0x5420).equals(readFileSync(FIRMWARE).subarray(0x5400, 0x5420))).toBe(true);
    expect(after[0x5000]).toBe(0xff);
    expect((await fp("flash", saved, "--chip", CHIP)).exit).toBe(0);
    expect((await flashBytes()).subarray(0, 77_252).equals(readFileSync(FIRMWARE))).toBe(true);
  });

  it("is not taken from a locked chip that was to be saved first", async () => {
    await fp("flash", "examples/k24-bootloader/bootloader.raw.bin", "--security", "as-image", "--chip", CHIP);
    const refused = await fp("unlock", "--allow-mass-erase", "--save", path("saved.hex"), "--chip", CHIP);
    expect(refused.exit).toBe(5);
    expect(existsSync(path("saved.hex"))).toBe(false);
    expect((await fp("info", "--chip", CHIP)).out).toContain("locked: yes");
  });
});
