import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { elfWith, sectionsWith } from "../unit/packs/made-flm.ts";
import { ownPdsc } from "../../tools/make-pack.mjs";
import { Workspace } from "./workspace.ts";

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
