import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as pageChips from "../../src/chips/built-in-by-family.ts";
import { CHIPS, findChip, shownChips } from "../../src/chips/list.ts";
import { FAMILIES, familyOf } from "../../src/families/list.ts";
import * as pageFamilies from "../../src/families/list-by-family.ts";
import { HASH_CODE } from "../../src/flash/hash/hash-code.ts";
import { PatchedFlash } from "../../src/session/patches/patched-flash.ts";
import * as traced from "../../src/session/traced.ts";
import { MODELLED_FAMILIES } from "../../src/twin/usb.ts";
import { CPU_PROFILES } from "../../src/twin/cpu/profiles/list.ts";
import { MODELS } from "../../src/twin/chips.ts";
import { loadFamilyModels } from "../../src/twin/chips-by-family.ts";
import { Traffic } from "../../src/web/work/timeline.ts";
import { buildPage, OF_THE_PAGE } from "../../tools/web.mjs";
import { type BuiltPage, builtPage } from "./support/built-page.ts";

/** Kilobytes of gzip. */
const KB = 1024;

describe("the page as built", () => {
  let folder: string;
  let built: BuiltPage;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "flashproof-sizes-"));
    built = builtPage(await buildPage(folder), folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The one chunk of a name. */
  function one(name: string): string {
    const [chunk, ...more] = built.named(name);
    expect([name, chunk === undefined, more]).toEqual([name, false, []]);
    return chunk;
  }

  /** What a simulated board of a family is flashed with, but for its probe and the file. */
  const boardOf = (family: string) =>
    ["worker", "job", "board", `family-${family}`, `board-${family}`].map((name) => one(name));

  it("loads at most 30 KB before the worker, and none of the core's sources", () => {
    const [first] = built.named("index");
    expect(built.gzip([...built.loadedWith(first), ...built.styles])).toBeLessThan(30 * KB);
    const foreign = built
      .sources(first)
      .filter((source) => !/src\/web\/(page|index\.html|style\.css|wire\.ts)|preact|^\0|^vite\//.test(source));
    expect(foreign).toEqual([]);
  });

  it("starts a worker of at most 5 KB, without chips, simulated boards and log forms", () => {
    const [worker] = built.named("worker");
    expect(built.gzip(built.loadedWith(worker))).toBeLessThan(5 * KB);
  });

  it("flashes a simulated board of any one family with at most 160 KB, whatever the probe and the file", () => {
    for (const family of MODELLED_FAMILIES)
      for (const kind of [
        ["jlink-probe", "jlink-model"],
        ["cmsis-dap-probe", "cmsis-dap-model"],
      ])
        for (const reader of ["intel-hex", "s-record", "uf2", "elf-reader", "guess-place"]) {
          const loaded = built.loadedWith(...boardOf(family), ...kind.map((name) => one(name)), one(reader));
          expect(built.gzip(loaded), `${family} ${kind[0]} ${reader}`).toBeLessThan(160 * KB);
        }
  });

  /** What a family's simulated board and code need that no other family's do. */
  const ownOf = (family: string) => {
    const others = MODELLED_FAMILIES.filter((other) => other !== family).flatMap((other) =>
      built.loadedWith(...boardOf(other)),
    );
    return built.loadedWith(...boardOf(family)).filter((chunk) => !others.includes(chunk));
  };

  it("fetches at most 30 KB of a family beside the first, in chunks for its chips alone, and at most 30 KB at once of each", () => {
    for (const family of MODELLED_FAMILIES) {
      expect(ownOf(family).length, family).toBeGreaterThan(1);
      for (const chunk of ownOf(family)) expect(built.gzip([chunk]), chunk).toBeLessThan(30 * KB);
    }
    for (const family of MODELLED_FAMILIES.slice(1)) expect(built.gzip(ownOf(family)), family).toBeLessThan(30 * KB);
  });

  it("has no two chunks that need each other, one of which would run before what it needs", () => {
    for (const chunk of built.named(".+")) {
      const needed = built.loadedWith(chunk).filter((other) => other !== chunk);
      const circle = needed.filter((other) => built.loadedWith(other).includes(chunk));
      expect(circle, chunk).toEqual([]);
    }
  });

  it("has its terminals with the Live view, and its plots, in chunks of at most 4 KB and 1 KB", () => {
    expect(built.gzip([one("live-view")])).toBeLessThan(4 * KB);
    expect(built.gzip([one("plot")])).toBeLessThan(KB);
    expect(built.gzip([one("serial")])).toBeLessThan(3 * KB);
    const [first] = built.named("index");
    const early = built.loadedWith(first, one("worker"));
    for (const name of ["live-view", "serial", "servers", "plot", "time-chart", "history-view", "instructions"])
      expect(
        early.some((chunk) => built.named(name).includes(chunk)),
        name,
      ).toBe(false);
  });

  it("has its disassembler in a worker of its own: 2 KB beside the view, 90 KB of script and 1 MB of WebAssembly when it is opened", () => {
    expect(built.gzip([one("instructions")])).toBeLessThan(2 * KB);
    expect(built.gzip(built.loadedWith(one("disassembler")))).toBeLessThan(2 * KB);
    expect(built.gzip([one("capstone")])).toBeLessThan(90 * KB);
    const wasm = readdirSync(join(folder, "assets")).filter((file) => file.endsWith(".wasm"));
    expect(wasm).toEqual([expect.stringMatching(/^capstone-/)]);
    expect(built.gzip(wasm)).toBeLessThan(1000 * KB);
    const others = built.named(".+").filter((chunk) => chunk !== one("capstone") && chunk !== one("disassembler"));
    for (const chunk of others) expect(built.text(chunk), chunk).not.toMatch(/capstone/i);
  });

  it("reads packs with 4 to 34 KB for each format and 24 KB for archives, and shows a document with 4 KB, none of it at first", () => {
    const budgets = { "explain-pack": 5, "cmsis-pack": 12, "probe-rs-pack": 34, "own-pack": 8, "pack-archive": 24 };
    const views = { "explain-document": 1, "explain-state": 2, "document-view": 4, "pack-view": 1, things: 1 };
    const early = built.loadedWith(one("index"), one("worker"), one("explain"));
    for (const [name, most] of Object.entries({ ...budgets, ...views })) {
      expect(built.gzip([one(name)]), name).toBeLessThan(most * KB);
      expect(early, name).not.toContain(one(name));
    }
  });

  it("lists the disassembler's licence with those of what else is bundled", () => {
    const licences = readFileSync(join(folder, "licences.txt"), "utf8");
    expect(licences).toContain("@alexaltea/capstone-js");
    expect(licences).toContain("Nguyen Anh Quynh");
  });

  it("leaves out the compiler of the twin's loops, which its policy forbids", () => {
    const chunks = MODELLED_FAMILIES.flatMap((family) => built.loadedWith(...boardOf(family)));
    const found = new Set(chunks.filter((chunk) => built.text(chunk).includes("compiles no loop")));
    expect(found.size).toBe(1);
  });

  it("leaves out decoders of cores that no chip of the page has: FPv5 and ARMv8-M", () => {
    const types = Object.values(CPU_PROFILES).filter(
      ({ fpu, architecture }) => fpu.startsWith("v5") || architecture.startsWith("v8"),
    );
    const absent = types.map(({ type }) => type);
    for (const { name, cores } of CHIPS.filter((chip) => chip.name in MODELS))
      for (const { type } of cores) expect(absent, name).not.toContain(type);
    expect(built.text(one("board"))).toContain("No chip of the page has this core");
  });

  it("leaves out the loaders without code on the chip, as no job of the page names one", () => {
    const chunks = built.named(".+").map((chunk) => built.text(chunk));
    const left = chunks.filter((text) => text.includes("No job of the page names this loader"));
    expect(left).toHaveLength(MODELLED_FAMILIES.length - 1);
    for (const text of chunks) expect(text).not.toMatch(/\bloader:["`]/);
  });

  it("leaves out what runs a pack's algorithm, which no chip of the page has", () => {
    for (const { name, banks } of CHIPS)
      expect(
        banks.filter(({ algorithm }) => algorithm),
        name,
      ).toEqual([]);
    expect(built.text(one("job"))).toContain("No chip of the page has an algorithm");
  });

  it("leaves out the hash routine for ARMv6-M, in whose place every such chip of the page has one of its family", () => {
    const chips = CHIPS.filter(({ cores }) => cores.some(({ type }) => /^M[01]/.test(type)));
    expect(chips.length).toBeGreaterThan(0);
    for (const chip of chips)
      expect(familyOf(chip)?.beforeHash?.({ chip } as never).code, chip.name).toMatch(/^[0-9a-f]+$/);
    expect(built.text(one("job"))).not.toContain(HASH_CODE.slice(0, 64));
  });

  it("leaves out what keeps breakpoints in flash, with nothing missing of what a session asks it for", async () => {
    const text = OF_THE_PAGE["session/patches/patched-flash"] ?? "";
    const { PatchedFlash: InPage } = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as {
      PatchedFlash: new () => object;
    };
    const page = new InPage();
    const isPrivate = new Set(["constructor", "hasGone"]);
    for (const name of Object.getOwnPropertyNames(PatchedFlash.prototype).filter((each) => !isPrivate.has(each)))
      expect(name in page, name).toBe(true);
    // What a debugger does with it.
    expect(built.text(one("job"))).not.toMatch(/patched\.(hide|note|countErase|journal)\b/);
  });

  it("leaves out the layers of the trace above USB, which its time line does not count", () => {
    const traffic = new Traffic();
    traffic.write({ layer: "dp", event: "in 1", fields: { length: 8 } } as never);
    traffic.write({ layer: "usb", event: "in 1", fields: { length: 8 } } as never);
    expect(traffic).toMatchObject({ roundTrips: 1, bytesIn: 8 });
    expect(built.text(one("job"))).not.toMatch(/targetVoltage:\{level/);
    for (const name of Object.keys(traced)) expect(OF_THE_PAGE["session/traced"], name).toContain(`as ${name}`);
  });

  it("leaves out SWO of CMSIS-DAP and the core's comparators, which no source of the page uses", () => {
    const sources = readdirSync("src/web", { recursive: true, encoding: "utf8" }).filter((name) =>
      /\.tsx?$/.test(name),
    );
    for (const name of sources)
      expect(readFileSync(join("src/web", name), "utf8"), name).not.toMatch(/\bswo\b|watchpoint|breakpoint/i);
    expect(built.text(one("cmsis-dap-probe"))).not.toContain("DAP_SWO_Data");
    for (const register of ["DWT_FUNCTION0", "FP_COMP0"]) expect(built.text(one("job"))).not.toContain(register);
  });

  it("has every name of the modules of SWO, of SWD's fast paths and of the components that it has something else for", async () => {
    const modules = {
      "twin/cpu/debug/dwt-trace": await import("../../src/twin/cpu/debug/dwt-trace.ts"),
      "twin/probe/cmsis-dap/cmsis-dap-swo": await import("../../src/twin/probe/cmsis-dap/cmsis-dap-swo.ts"),
      "twin/probe/swo-receiver": await import("../../src/twin/probe/swo-receiver.ts"),
      "twin/chip/debug/swd-dp": await import("../../src/twin/chip/debug/swd-dp.ts"),
      "twin/chip/debug/swd-shift": await import("../../src/twin/chip/debug/swd-shift.ts"),
      "session/connecting/rom-table": await import("../../src/session/connecting/rom-table.ts"),
    };
    // What only the CPU's own traces name.
    const inside = ["TRACED"];
    for (const [path, module] of Object.entries(modules))
      for (const name of Object.keys(module).filter((each) => !inside.includes(each)))
        expect(OF_THE_PAGE[path], `${path}: ${name}`).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it("lists every built-in chip, and has each chip and family as the command line has them once it is named", async () => {
    expect(pageChips.shownChips()).toEqual(shownChips());
    for (const { name, familyName } of CHIPS) {
      await pageChips.loadChips(name);
      await pageFamilies.loadFamily({ familyName });
      expect(pageChips.CHIPS.find((chip) => chip.name === name)).toEqual(findChip(name));
    }
    await pageChips.loadChips();
    expect(pageChips.CHIPS).toEqual(CHIPS);
    expect(pageFamilies.FAMILIES).toEqual(FAMILIES);
  });

  it("has every chip model in the list of its family", async () => {
    const byFamily = await Promise.all(MODELLED_FAMILIES.map((family) => loadFamilyModels(family)));
    expect(byFamily.flatMap((models) => Object.keys(models)).sort()).toEqual(Object.keys(MODELS).sort());
    for (const { name, familyName } of CHIPS) {
      const models = await loadFamilyModels(familyName);
      if (name in MODELS) expect(Object.keys(models)).toContain(name);
    }
  });
});
