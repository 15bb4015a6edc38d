import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { forbiddenEdges, forbiddenTime, layerOf } from "../../tools/lib/forbidden.mjs";
import { importCycles, importEdges } from "../../tools/lib/imports.mjs";
import { root } from "../../tools/lib/project.mjs";
import { parse, readSources } from "../../tools/lib/sources.mjs";

/** A tree of sources that lives in the test only. */
const tree = (files: Record<string, string>) =>
  Object.entries(files).map(([path, text]) => ({ path, ast: parse(path, text) }));

const edgesOf = (files: Record<string, string>) => importEdges(tree(files));
const forbidden = (files: Record<string, string>) => forbiddenEdges(edgesOf(files));

describe("the imports of src", () => {
  const sources = readSources(join(root, "src")).filter(({ path }) => !path.endsWith(".d.ts"));
  const edges = importEdges(sources);

  it("are more than twenty, so that the check has read them", () => expect(edges.length).toBeGreaterThan(20));
  it("has no file outside a layer", () => expect(sources.filter(({ path }) => !layerOf(path))).toEqual([]));
  it("has no import cycle, type imports included", () => expect(importCycles(edges)).toEqual([]));
  it("has no forbidden import", () => expect(forbiddenEdges(edges)).toEqual([]));
  it("knows the wall clock only in its hosts", () => expect(forbiddenTime(sources)).toEqual([]));
});

describe("an edge", () => {
  const found = (text: string) =>
    edgesOf({ "adi/memory.ts": text }).map(({ to, typeOnly, names }) => ({ to, typeOnly, names }));

  it("is an import of values", () =>
    expect(found('import { a, b as c } from "./dp.ts";')).toEqual([
      { to: "adi/dp.ts", typeOnly: false, names: ["a", "b"] },
    ]));
  it("is an import of types", () =>
    expect(found('import type { A } from "../base/u32.ts";')).toEqual([
      { to: "base/u32.ts", typeOnly: true, names: ["A"] },
    ]));
  it("is of types only when each of its names is marked as a type", () =>
    expect(found('import { type A, type B } from "./dp.ts";')).toMatchObject([{ typeOnly: true }]));
  it("carries values when one name does", () =>
    expect(found('import { type A, b } from "./dp.ts";')).toMatchObject([{ typeOnly: false }]));
  it("is an export from elsewhere", () =>
    expect(found('export * from "./dp.ts";')).toEqual([{ to: "adi/dp.ts", typeOnly: false, names: ["*"] }]));
  it("is an import that runs later", () =>
    expect(found('await import("./dp.ts");')).toMatchObject([{ to: "adi/dp.ts" }]));
  it("is an import that runs later, by a constant that names an optional package", () =>
    expect(edgesOf({ "node/a.ts": 'const PACKAGE = "node-hid"; await import(PACKAGE);' })).toMatchObject([
      { to: "node-hid", external: true },
    ]));
  it("is forbidden where the import's path is computed", () =>
    expect(forbidden({ "node/a.ts": "const load = (name: string) => import(name);" })).toEqual([
      "node/a.ts:1: node may not import import(name)",
    ]));
  it("is a type named in passing", () =>
    expect(found('type A = import("./dp.ts").Port;')).toEqual([{ to: "adi/dp.ts", typeOnly: true, names: ["Port"] }]));
  it("leads to a package where the path isn't relative", () =>
    expect(edgesOf({ "adi/a.ts": 'import "node:fs";' })).toMatchObject([{ to: "node:fs", external: true }]));
});

describe("a cycle", () => {
  const cyclesOf = (files: Record<string, string>) => importCycles(edgesOf(files)).map((files) => files.sort());

  it("is two files that import each other", () =>
    expect(cyclesOf({ "a.ts": 'import "./b.ts";', "b.ts": 'import "./a.ts";' })).toEqual([["a.ts", "b.ts"]]));
  it("is found among types too", () =>
    expect(
      cyclesOf({
        "a.ts": 'import type { B } from "./b.ts";',
        "b.ts": 'import type { C } from "./c.ts";',
        "c.ts": 'import type { A } from "./a.ts";',
      }),
    ).toEqual([["a.ts", "b.ts", "c.ts"]]));
  it("is a file that imports itself", () => expect(cyclesOf({ "a.ts": 'import "./a.ts";' })).toEqual([["a.ts"]]));
  it("isn't two ways to the same file", () =>
    expect(cyclesOf({ "a.ts": 'import "./b.ts"; import "./c.ts";', "b.ts": 'import "./c.ts";', "c.ts": "" })).toEqual(
      [],
    ));
  it("is reported once for each group of files", () =>
    expect(
      cyclesOf({
        "a.ts": 'import "./b.ts"; import "./c.ts";',
        "b.ts": 'import "./a.ts";',
        "c.ts": 'import "./d.ts";',
        "d.ts": 'import "./c.ts";',
      }),
    ).toHaveLength(2));
});

describe("a forbidden import", () => {
  const fails = (from: string, text: string) => expect(forbidden({ [from]: text })).toHaveLength(1);
  const passes = (from: string, text: string) => expect(forbidden({ [from]: text })).toEqual([]);

  it("goes up a layer", () => fails("cortex/core.ts", 'import "../session/session.ts";'));
  it("skips a layer", () => fails("cortex/core.ts", 'import type { Probe } from "../probe/probe.ts";'));
  it("crosses from one driver's host to another's", () => fails("probe/swd/line.ts", 'import "../jlink/driver.ts";'));
  it("leads from a chip's data up to a service", () => fails("chips/k24.ts", 'import "../flash/plan.ts";'));
  it("reaches a family around its list", () =>
    fails("session/flash-job.ts", 'import "../families/kinetis-ftfe/ram.ts";'));
  it("leads from a chip's file to a family's code", () =>
    fails("chips/nxp/k24.ts", 'import "../../families/kinetis-ftfe/ram.ts";'));
  it("leads from a family's tables to its code", () =>
    fails("families/kinetis-ftfe/registers-flash.ts", 'import "./ram.ts";'));
  it("takes our registers into the twin", () => fails("twin/chip/ftfe.ts", 'import "../../registers/scs.ts";'));
  it("lets the twin's chip see the twin's probe", () => fails("twin/chip/bus.ts", 'import "../probe/jlink.ts";'));
  it("lets the twin's probe see its board", () => fails("twin/probe/jlink.ts", 'import "../board.ts";'));
  it("lets the twin's processor see its chip", () => fails("twin/cpu/bus.ts", 'import "../chip/seam.ts";'));
  it("takes values of the USB layer into the twin", () =>
    fails("twin/usb.ts", 'import { UsbError } from "../usb/usb-error.ts";'));
  it("goes around the twin's entry (twin/usb.ts)", () => fails("cli/dry-run.ts", 'import "../twin/chip/bus.ts";'));
  it("takes the twin into the core", () => fails("session/session.ts", 'import "../twin/usb.ts";'));
  it("takes Node into the core", () => fails("rtt/server.ts", 'import "node:net";'));
  it("takes a package into the twin", () => fails("twin/chip/uid.ts", 'import "@noble/hashes/sha2.js";'));
  it("comes from a folder that no layer claims", () => fails("helpers/misc.ts", 'import "../base/u32.ts";'));
  it("leads to a folder that no layer claims", () => fails("cli/main.ts", 'import "../helpers/misc.ts";'));
  it("gives a pure file the time", () => fails("image/elf.ts", 'import type { Clock } from "../base/clock.ts";'));
  it("gives a pure file something to wait for", () =>
    fails("twin/cpu/run.ts", 'import type { Io } from "../../base/clock.ts";'));

  it("isn't one that goes a layer down", () => passes("cortex/core.ts", 'import "../adi/memory.ts";'));
  it("isn't one within a layer", () => passes("cortex/core.ts", 'import "./halt.ts";'));
  it("isn't a type of the USB layer in the twin", () =>
    passes("twin/usb.ts", 'import type { UsbDevice } from "../usb/usb-device.ts";'));
  it("isn't the twin's entry (twin/usb.ts) in a host", () => passes("node/selector.ts", 'import "../twin/usb.ts";'));
  it("isn't a picosecond in a pure file", () =>
    passes("flash/plan.ts", 'import type { Picoseconds } from "../base/clock.ts";'));
  it("isn't the session's error in doctor", () => passes("doctor/advice.ts", 'import "../session/session-error.ts";'));
});

describe("the wall clock", () => {
  const uses = (path: string, text: string) => forbiddenTime(tree({ [path]: text })).length;

  it("is asked by name", () => expect(uses("flash/run.ts", "const t = Date.now();")).toBe(1));
  it("is asked through the global object", () => expect(uses("flash/run.ts", "globalThis.setTimeout(f, 1);")).toBe(1));
  it("is asked by constructing a date", () => expect(uses("cli/main.ts", "new Date();")).toBe(1));
  it("is the hosts' to ask", () => expect(uses("host/wall-clock.ts", "performance.now();")).toBe(0));
  it("isn't a member of ours that shares a name", () =>
    expect(uses("flash/run.ts", "const o = { Date: 1 }; o.Date;")).toBe(0));
});
