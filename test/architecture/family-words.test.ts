import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXCEPTIONS, familyWords } from "../../tools/lib/family-words.mjs";

const paths = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
const files = paths.map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(`src/${path}`, "utf8") }));
const found = (text: string, path = "session/a.ts") => familyWords([{ path, text }]).map(({ word }) => word);

describe("words of a family", () => {
  it("stand in chips, families, the twin, Commander texts and log data only", () => {
    expect(files.length).toBeGreaterThan(400);
    expect(familyWords(files)).toEqual([]);
  });

  it("have exceptions only in files that are there and that hold such words", () => {
    for (const path of Object.keys(EXCEPTIONS)) {
      const text = readFileSync(`src/${path}`, "utf8");
      expect([path, found(text).length > 0]).toEqual([path, true]);
    }
  });

  it.each([
    ["const fsecAddress = 1;", "fsec"],
    ["import { MDM_AP_INDEX } from './x.ts';", "mdm"],
    ['import { a } from "../families/kinetis-ftfe/a.ts";', "kinetis"],
    ["// as a Kinetis does", "kinetis"],
    ['const text = "FPROT protects it";', "fprot"],
    ["type OpenFsec = 1;", "fsec"],
    ["const NVMC_READY = 1;", "nvmc"],
    ["const rdp = 1;", "rdp"],
  ])("are found in %s", (text, word) => expect(found(text)).toContain(word));

  it.each(['const chip = "MK24FN1M0xxx12";', "const k24fold = 1;", "const overdpi = 1;"])(
    "are not found in %s",
    (text) => expect(found(text)).toEqual([]),
  );

  it("are not looked for in a family's own folder", () =>
    expect(found("const fsec = 1;", "families/kinetis-ftfe/a.ts")).toEqual([]));
});
