import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHIPS } from "../../src/chips/list.ts";
import { MODELLED_FAMILIES } from "../../src/twin/usb.ts";
import { CPU_PROFILES } from "../../src/twin/cpu/profiles/list.ts";
import { MODELS } from "../../src/twin/chips.ts";
import { loadFamilyModels } from "../../src/twin/chips-by-family.ts";
import { buildPage } from "../../tools/web.mjs";
import { type BuiltPage, builtPage } from "./built-page.ts";

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

  it("loads at most 30 KB before the worker, and none of the core's sources", () => {
    const [first] = built.named("index");
    expect(built.gzip([...built.loadedWith(first), ...built.styles])).toBeLessThan(30 * KB);
    const foreign = built
      .sources(first)
      .filter((source) => !/src\/web\/(page|index\.html|style\.css|wire\.ts)|preact|^\0|^vite\//.test(source));
    expect(foreign).toEqual([]);
  });

  it("starts a worker of at most 40 KB, without simulated boards and log forms", () => {
    const [worker] = built.named("worker");
    expect(built.gzip(built.loadedWith(worker))).toBeLessThan(40 * KB);
  });

  it("flashes a simulated board with at most 200 KB, and at most 30 KB for each further family", () => {
    const families = built.named("chips");
    expect(families).toHaveLength(MODELLED_FAMILIES.length);
    const common = built.loadedWith(...built.named("worker"), ...built.named("rehearse"));
    for (const family of families) {
      const others = families.filter((other) => other !== family).flatMap((other) => built.loadedWith(other));
      const loaded = built.loadedWith(family);
      expect(built.gzip([...new Set([...common, ...loaded])])).toBeLessThan(200 * KB);
      const own = loaded.filter((chunk) => !common.includes(chunk) && !others.includes(chunk));
      expect(built.gzip(own)).toBeLessThan(30 * KB);
    }
  });

  it("leaves out the compiler of the twin's loops, which its policy forbids", () => {
    const chunks = built.loadedWith(...built.named("worker"), ...built.named("rehearse"), ...built.named("chips"));
    expect(chunks.filter((chunk) => built.text(chunk).includes("compiles no loop"))).toHaveLength(1);
  });

  it("leaves out decoders of cores that no chip of the page has: FPv5 and ARMv8-M", () => {
    const types = Object.values(CPU_PROFILES).filter(
      ({ fpu, architecture }) => fpu.startsWith("v5") || architecture.startsWith("v8"),
    );
    const absent = types.map(({ type }) => type);
    for (const { name, cores } of CHIPS.filter((chip) => chip.name in MODELS))
      for (const { type } of cores) expect(absent, name).not.toContain(type);
    const cpu = built.loadedWith(...built.named("chips"));
    expect(cpu.some((chunk) => built.text(chunk).includes("No chip of the page has this core"))).toBe(true);
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
