import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bootloaderWith, CHIP, example, Workspace } from "./workspace.ts";

const FIRMWARE = example("bootloader-open.raw.bin");
const SECTOR = 0x1000;
/** A byte of the flash configuration field whose bits each protect a region of 32 KB where they are 0. */
const FPROT0 = 0x408;

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

/** A board of a chip with what it was left with. */
const boardOf = (chip: string, keys = "") => [
  ...["--chip", chip],
  ...["--probe", `twin:${chip},flash=zero,state=${workspace.path(chip)}${keys}`],
];
const k24 = (keys = "") => boardOf(CHIP, keys);

/** A file of bytes that are not erased ones. */
const fileOf = (name: string, length: number, value = 0x5a) =>
  workspace.write(name, new Uint8Array(length).fill(value));

/** A data page far behind the firmware. */
async function withPage(board: readonly string[]): Promise<void> {
  expect((await workspace.fp("flash", `${fileOf("page.bin", SECTOR)}@0x80000`, ...board)).exit).toBe(0);
}

describe("flash --erase", () => {
  it.each(["ram", "direct"])("chip: the image stands and all else is blank, by the %s loader", async (loader) => {
    await withPage(k24());
    const run = await workspace.json("flash", `${FIRMWARE}@0`, "--erase", "chip", "--loader", loader, ...k24());
    expect(run).toMatchObject({
      exit: 0,
      result: { erase: "chip", locked: false, verify: { verdict: "equal" }, erased: 1 },
    });
    expect(run.err).toMatch(/a power cut in the \d+ ms of that erase leaves the chip locked/);
    expect((await workspace.memory("0x80000:+16", ...k24())).every((byte) => byte === 0xff)).toBe(true);
    expect([...(await workspace.memory("0x40C:+1", ...k24()))]).toEqual([0x7a]);
  });

  it.each(["auto", "sectors"])("%s: sectors beside the image stay", async (how) => {
    await withPage(k24());
    const run = await workspace.json("flash", `${FIRMWARE}@0`, "--erase", how, ...k24());
    expect(run).toMatchObject({ exit: 0, result: { erase: how, lockWindowMs: null } });
    expect((await workspace.memory("0x80000:+16", ...k24())).every((byte) => byte === 0x5a)).toBe(true);
  });

  it("chip: with --keep it is refused before the probe is opened, with the code flash-keep", async () => {
    const run = await workspace.json(
      "flash",
      `${FIRMWARE}@0`,
      "--erase",
      "chip",
      "--keep",
      "0x80000:+16",
      "--chip",
      CHIP,
      "--probe",
      "jlink:1",
    );
    expect(run.error).toMatchObject({ code: "flash-keep" });
  });

  it("chip: --save stores what is lost beside the image, too", async () => {
    await withPage(k24());
    const saved = workspace.path("saved.hex");
    const run = await workspace.json("flash", `${FIRMWARE}@0`, "--erase", "chip", "--save", saved, ...k24());
    expect(run.exit).toBe(0);
    expect((await workspace.json("flash", saved, "--security", "as-image", ...k24())).exit).toBe(0);
    expect((await workspace.memory("0x80000:+16", ...k24())).every((byte) => byte === 0x5a)).toBe(true);
  });

  it("chip: protected regions refuse it, and nothing is erased", async () => {
    await withPage(k24());
    const protecting = workspace.write("protecting.bin", bootloaderWith(FPROT0, 0xfe));
    expect((await workspace.fp("flash", `${protecting}@0`, "--security", "keep-open", ...k24())).exit).toBe(0);
    const run = await workspace.json("flash", `${FIRMWARE}@0`, "--erase", "chip", ...k24());
    expect(run.error).toMatchObject({ code: "flash-protected" });
    expect((await workspace.memory("0x80000:+16", ...k24())).every((byte) => byte === 0x5a)).toBe(true);
  });

  it("chip: a power cut within the erase locks the chip, and a mass erase opens it for the same job", async () => {
    await withPage(k24());
    const job = ["flash", `${FIRMWARE}@0`, "--erase", "chip"];
    const cut = await workspace.json(...(job as [string]), ...k24(",fault=power-cut@ftfe=1:50"));
    expect(cut.exit).not.toBe(0);
    expect((await workspace.json(...(job as [string]), ...k24())).error).toMatchObject({ code: "target-locked" });
    const again = await workspace.json(...(job as [string]), "--allow-mass-erase", ...k24());
    expect(again).toMatchObject({ exit: 0, result: { massErased: true, verify: { verdict: "equal" } } });
  });

  it("chip: a dry run shows the plan on a simulated board", async () => {
    const run = await workspace.json("flash", `${FIRMWARE}@0`, "--erase", "chip", "--dry-run", "--chip", CHIP);
    expect(run).toMatchObject({ exit: 0, result: { erase: "chip", dryRun: true } });
  });

  it("a plan made with another --erase is stale", async () => {
    await withPage(k24());
    const plan = workspace.path("plan.json");
    expect((await workspace.fp("plan", `${FIRMWARE}@0`, "--erase", "chip", "--out", plan, ...k24())).exit).toBe(0);
    expect((await workspace.json("flash", "--plan", plan, ...k24())).error).toMatchObject({ code: "flash-plan-stale" });
    expect((await workspace.json("flash", "--plan", plan, "--erase", "chip", ...k24())).exit).toBe(0);
  });

  it.each([["RP2040", 0x10000000, 0x20000]])(
    "auto: on the %s one command erases many sectors, and the image stands",
    async (chip, start, length) => {
      const board = boardOf(chip);
      const at = `@0x${start.toString(16)}`;
      for (const value of [0x5a, 0xa5]) {
        const run = await workspace.json("flash", `${fileOf(`${value}.bin`, length, value)}${at}`, ...board);
        expect(run).toMatchObject({ exit: 0, result: { erase: "auto", verify: { verdict: "equal" } } });
        if (value === 0xa5) expect(run.err).toMatch(/by one command/);
      }
    },
  );

  it.each(["nRF52840_xxAA", "STM32F407xG", "RP2040"])(
    "chip: on the %s the image stands and all else is blank",
    async (chip) => {
      const board = boardOf(chip);
      const start = { nRF52840_xxAA: 0, STM32F407xG: 0x08000000, RP2040: 0x10000000 }[chip] ?? 0;
      const at = (offset: number) => `0x${(start + offset).toString(16)}`;
      await workspace.fp("flash", `${fileOf("page.bin", SECTOR)}@${at(0x20000)}`, ...board);
      const run = await workspace.json(
        "flash",
        `${fileOf("image.bin", 2 * SECTOR, 0xa5)}@${at(0)}`,
        "--erase",
        "chip",
        ...board,
      );
      expect(run).toMatchObject({ exit: 0, result: { verify: { verdict: "equal" }, lockWindowMs: null } });
      expect(
        (await workspace.memory(`${at(0x20000)}:+16`, "--connect", "halt", ...board)).every((byte) => byte === 0xff),
      ).toBe(true);
    },
  );
});
