import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { elfWith, sectionsWith } from "../unit/packs/made-flm.ts";
import { hasJudge, requiredJudges } from "../../tools/judges.mjs";
import { inProject } from "../../tools/lib/project.mjs";
import { ALGORITHMS, buildFlm, makePack, ownFlm, ownPdsc } from "../../tools/make-pack.mjs";
import { Chance } from "../support/chance.ts";
import { CHIP, example, Workspace } from "./workspace.ts";

let workspace: Workspace;
beforeEach(() => {
  workspace = new Workspace();
});
afterEach(() => workspace.clear());

describe("pack show", () => {
  it("prints what is in a pack: its name and version, its licence, its devices and their variants", async () => {
    const { exit, out } = await workspace.fp("pack", "show", workspace.write("Flashproof.Own_DFP.pdsc", ownPdsc()));
    expect(exit).toBe(0);
    expect(out.split("\n").slice(0, 5)).toEqual([
      "Flashproof.Own_DFP 1.0.0: Chips whose twins Flashproof has, with its own loaders as flash algorithms",
      "licence: LICENSE.txt in the pack",
      "7 devices:",
      "  OWN-K24",
      "  OWN-K24VLL12",
    ]);
  });

  it("prints a device with everything that it inherits, and why its algorithm can't be used", async () => {
    const pdsc = workspace.write("Flashproof.Own_DFP.pdsc", ownPdsc());
    const { exit, result } = await workspace.json("pack", "show", pdsc, "own-f407vg");
    expect(exit).toBe(0);
    expect(result).toMatchObject({
      device: {
        name: "OWN-F407VG",
        variantOf: "OWN-F407",
        processors: [{ core: "Cortex-M4", fpu: "single" }],
        memories: [
          { name: "IROM1", start: "0x08000000", length: 0x100000, access: "rx" },
          { name: "IRAM1", start: "0x20000000", length: 0x20000, access: "rwx" },
        ],
        algorithms: [{ file: "Flash/stm32f4.FLM", default: true, refused: { code: "pack-not-found" } }],
      },
    });
  });

  it("prints an algorithm by itself", async () => {
    const flm = workspace.write("made.FLM", elfWith(sectionsWith({ start: 0x08000000 })));
    const { result } = await workspace.json("pack", "show", flm);
    expect(result).toMatchObject({
      algorithm: {
        flash: { start: "0x08000000", length: 0x10000 },
        page: 0x200,
        functions: expect.arrayContaining(["init"]),
      },
    });
  });

  it.each([
    [8, "pack-device-unknown", ["Flashproof.Own_DFP.pdsc", "STM32H743"]],
    [7, "pack-invalid", ["broken.pdsc"]],
    [7, "algorithm-invalid", ["broken.FLM"]],
    [7, "file-not-found", ["nothing.pack"]],
    [2, "usage", []],
  ])("ends with exit %i and %s for %j", async (exit, code, words) => {
    workspace.write("Flashproof.Own_DFP.pdsc", ownPdsc());
    workspace.write("broken.pdsc", "<package>");
    workspace.write("broken.FLM", "no ELF file, and long enough for the header of one");
    const [file, ...rest] = words;
    const run = await workspace.json("pack", "show", ...(file === undefined ? [] : [workspace.path(file), ...rest]));
    expect([run.exit, run.error?.code]).toEqual([exit, code]);
  });
});

const GCC = "arm-none-eabi-gcc";

describe.runIf(hasJudge(GCC) || requiredJudges().includes(GCC))("--pack", () => {
  it("flashes a device of a pack by the pack's algorithm: locks unknown, verified, equal", async () => {
    const pack = workspace.write("own.pack", await makePack());
    const bytes = new Chance(3).bytes(0x1800);
    const file = workspace.write("random.bin", bytes);
    const open = await workspace.fp(
      "flash",
      example("bootloader-open.hex"),
      "--allow-mass-erase",
      ...workspace.board(),
    );
    expect(open.exit).toBe(0);
    const words = ["--pack", pack, "--chip", "own-k24vll12", "--probe", workspace.twin()];
    const planned = await workspace.fp("plan", `${file}@0x8000`, ...words);
    expect(planned.out).toContain("chip data: out of its vendor's pack\n");
    expect(planned.out).toContain("flash algorithm: Flash/kinetis-ftfe.FLM, not rehearsed");
    expect(planned.out).toContain("its locks are unknown to Flashproof");
    const { exit, err } = await workspace.fp("flash", `${file}@0x8000`, ...words);
    expect([exit, err.includes("error")]).toEqual([0, false]);
    expect(await workspace.memory("0x8000:+0x1800", ...workspace.board())).toEqual(bytes);
  });

  it("programs the twin of a device that it checks, which its plans name from then on", async () => {
    const pack = workspace.write("own.pack", await makePack());
    const file = workspace.write("random.bin", new Chance(4).bytes(0x400));
    const words = [`${file}@0x8000`, "--pack", pack, "--chip", CHIP, "--probe", workspace.twin()];
    await workspace.fp("flash", example("bootloader-open.hex"), "--allow-mass-erase", ...workspace.board());
    const before = await workspace.json("plan", ...words);
    expect(before.result["algorithms"]).toEqual([{ name: "Flash/kinetis-ftfe.FLM", rehearsal: "possible" }]);
    const { exit, out } = await workspace.fp("pack", "check", pack, CHIP);
    expect([exit, out.split("\n")[0]]).toEqual([
      0,
      `Flash/kinetis-ftfe.FLM for ${CHIP}, on a Cortex-M4 with RAM and nothing else`,
    ]);
    expect(out).toMatch(/^ {2}Init\(erase\) returned 0$/m);
    expect(out).toMatch(/^ {2}R9 and SP are kept$/m);
    expect(out).toMatch(/^rehearsed on a twin of the MK24FN1M0xxx12: 2 parts programmed twice, .* flash equal$/m);
    const after = await workspace.fp("plan", ...words);
    expect(after.out).toContain("flash algorithm: Flash/kinetis-ftfe.FLM, rehearsed on a twin; the chip is reset");
  }, 60_000);

  it("keeps no rehearsal that its check speaks against", async () => {
    const folder = workspace.path("pack");
    mkdirSync(join(folder, "Flash"), { recursive: true });
    writeFileSync(join(folder, "Flashproof.Own_DFP.pdsc"), ownPdsc());
    const source = inProject("test", "support", "faulty-algorithm.c");
    writeFileSync(join(folder, "Flash", "kinetis-ftfe.FLM"), buildFlm(source, ["-DWRITES_WITHOUT_A_CHIP"]));
    await workspace.fp("flash", example("bootloader-open.hex"), "--allow-mass-erase", ...workspace.board());
    const check = await workspace.json("pack", "check", folder, CHIP);
    expect([check.exit, check.error?.code, check.result["rehearsal"]]).toEqual([
      1,
      "algorithm-stray-write",
      expect.objectContaining({ twin: CHIP }),
    ]);
    const file = workspace.write("random.bin", new Chance(4).bytes(0x400));
    const planned = await workspace.json("plan", `${file}@0x8000`, "--pack", folder, ...workspace.board());
    expect(planned.result["algorithms"]).toEqual([{ name: "Flash/kinetis-ftfe.FLM", rehearsal: "possible" }]);
  }, 60_000);

  it("checks the other algorithms where one of a pack can't be read", async () => {
    const folder = workspace.path("pack");
    mkdirSync(join(folder, "Flash"), { recursive: true });
    writeFileSync(join(folder, "Flashproof.Own_DFP.pdsc"), ownPdsc());
    for (const name of ALGORITHMS.slice(1)) writeFileSync(join(folder, "Flash", `${name}.FLM`), ownFlm(name));
    const { exit, error, result } = await workspace.json("pack", "check", folder);
    expect([exit, error?.code]).toEqual([7, "pack-not-found"]);
    expect(result["checks"]).toHaveLength(ALGORITHMS.length - 1);
    expect(result["refused"]).toMatchObject([{ algorithm: "Flash/kinetis-ftfe.FLM", code: "pack-not-found" }]);
  });

  it("does a plan of a device of a pack that was added, or that --pack names again, and refuses one without either", async () => {
    const pack = workspace.write("own.pack", await makePack());
    const bytes = new Chance(6).bytes(0x800);
    const file = workspace.write("random.bin", bytes);
    await workspace.fp("flash", example("bootloader-open.hex"), "--allow-mass-erase", ...workspace.board());
    const words = ["--chip", "OWN-K24VLL12", "--probe", workspace.twin()];
    const plan = workspace.path("plan.json");
    await workspace.fp("plan", `${file}@0x8000`, "--pack", pack, "--out", plan, ...words);
    const none = await workspace.json("flash", "--plan", plan, "--probe", workspace.twin());
    expect([none.exit, none.error?.code, none.error?.message]).toEqual([
      8,
      "chip-unknown",
      expect.stringContaining("give flash the same --chip and --pack as plan"),
    ]);
    const dry = await workspace.json("flash", "--plan", plan, "--pack", pack, ...words);
    expect(dry.exit).toBe(0);
    await workspace.fp("erase", "0x8000:+0x1000", ...workspace.board());
    await workspace.fp("pack", "add", pack);
    await workspace.fp("plan", `${file}@0x8000`, "--out", plan, ...words);
    const done = await workspace.json("flash", "--plan", plan, "--probe", workspace.twin());
    expect(done.exit).toBe(0);
    expect(await workspace.memory("0x8000:+0x800", ...workspace.board())).toEqual(bytes);
  }, 60_000);

  it("does not do a plan by another algorithm than it was made for", async () => {
    const pack = workspace.write("own.pack", await makePack());
    const folder = workspace.path("pack");
    mkdirSync(join(folder, "Flash"), { recursive: true });
    writeFileSync(join(folder, "Flashproof.Own_DFP.pdsc"), ownPdsc());
    const source = inProject("test", "support", "faulty-algorithm.c");
    writeFileSync(join(folder, "Flash", "kinetis-ftfe.FLM"), buildFlm(source, ["-DWRITES_WITHOUT_A_CHIP"]));
    await workspace.fp("flash", example("bootloader-open.hex"), "--allow-mass-erase", ...workspace.board());
    const file = workspace.write("random.bin", new Chance(6).bytes(0x800));
    const words = ["--chip", "OWN-K24VLL12", "--probe", workspace.twin()];
    const plan = workspace.path("plan.json");
    await workspace.fp("plan", `${file}@0x8000`, "--pack", pack, "--out", plan, ...words);
    const other = await workspace.json("flash", "--plan", plan, "--pack", folder, ...words);
    expect([other.exit, other.error?.code]).toEqual([1, "flash-plan-stale"]);
  }, 60_000);

  it("checks all algorithms of a pack, and names a device without a twin", async () => {
    const pack = workspace.write("own.pack", await makePack());
    const all = await workspace.json("pack", "check", pack);
    expect(all.exit).toBe(0);
    expect(all.result["checks"]).toHaveLength(ALGORITHMS.length);
    const one = await workspace.json("pack", "check", pack, "OWN-F407VG");
    expect([one.exit, one.result["rehearsal"]]).toEqual([0, { twin: null }]);
  });

  it.each(["WRITES_BEHIND_BUFFER", "LOSES_STATIC_BASE", "OVERFLOWS_STACK"])(
    "refuses an algorithm that changes what is not its own when it is checked alone: %s",
    async (fault) => {
      const source = inProject("test", "support", "faulty-algorithm.c");
      const flm = workspace.write("faulty.FLM", buildFlm(source, [`-D${fault}`]));
      const { exit, error, result } = await workspace.json("pack", "check", flm);
      expect([exit, error?.code]).toEqual([1, "algorithm-stray-write"]);
      expect(result["checks"]).toHaveLength(1);
    },
  );

  it("needs --chip, and a device that the pack has", async () => {
    const pdsc = workspace.write("Flashproof.Own_DFP.pdsc", ownPdsc());
    const none = await workspace.json("info", "--pack", pdsc, "--probe", workspace.twin());
    expect([none.exit, none.error?.code]).toEqual([2, "usage"]);
    const other = await workspace.json("info", "--pack", pdsc, "--chip", "STM32H743", "--probe", workspace.twin());
    expect([other.exit, other.error?.code]).toEqual([8, "pack-device-unknown"]);
  });
});
