import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Chip } from "../../../../src/chips/chip.ts";
import { keepRehearsal, type RehearsedBank, wasRehearsed } from "../../../../src/node/packs/rehearsals.ts";
import { readFlm } from "../../../../src/packs/flm/read-flm.ts";
import { packChip } from "../../../../src/packs/pack-chip.ts";
import { readPack } from "../../../../src/packs/read-pack.ts";
import { FLM, pdsc } from "../../../support/made-packs.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flashproof-rehearsed-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = (): NodeJS.ProcessEnv => ({ XDG_DATA_HOME: folder });
const records = (): string => join(folder, "flashproof", "rehearsed");

const pack = readPack("a.pdsc", new TextEncoder().encode(pdsc("P", "1", ["D"])));
const device = pack.device(pack.devices[0]);
const algorithm = readFlm(FLM, "made.FLM");
const chip = packChip(pack, device, [{ use: device.algorithms[0], algorithm }]);
const [bank] = chip.banks;
const REHEARSED: RehearsedBank = { chip, bank, algorithm, version: "1.0.0" };

const others: readonly (readonly [string, Partial<RehearsedBank>])[] = [
  ["another RAM", { chip: { ...chip, workRam: [{ start: 0x20000000, length: 0x4000 }] } }],
  ["another core", { chip: { ...chip, cores: [{ ...chip.cores[0], type: "M0" }] } satisfies Chip }],
  ["another chip", { chip: { ...chip, name: "E" } }],
  ["other sectors", { bank: { ...bank, sectors: [{ size: 0x800, count: 0x20 }] } }],
  ["other code", { algorithm: { ...algorithm, blob: algorithm.blob.map((byte) => byte ^ 1) } }],
  ["another version of Flashproof", { version: "1.0.1" }],
];

describe("the record of a rehearsal", () => {
  it.each(others)("does not count for %s", (_, other) => {
    keepRehearsal(env(), REHEARSED);
    expect([wasRehearsed(env(), REHEARSED), wasRehearsed(env(), { ...REHEARSED, ...other })]).toEqual([true, false]);
  });

  it.each([
    ["a folder", (path: string) => void mkdirSync(path)],
    ["an empty file", (path: string) => writeFileSync(path, "")],
    ["a file with other words", (path: string) => writeFileSync(path, "{}")],
  ])("is none where %s has its name", (_, put) => {
    keepRehearsal(env(), REHEARSED);
    const [name] = readdirSync(records());
    rmSync(join(records(), name));
    put(join(records(), name));
    expect(wasRehearsed(env(), REHEARSED)).toBe(false);
  });
});
