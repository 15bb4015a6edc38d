import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FORM_TEXT_NAMES, FORMS, formOf } from "../../../src/commander/texts/forms.ts";

describe("a form", () => {
  it("is found by its version in either case, and is V7.86e's without one", () => {
    expect(formOf("v6.44").version).toBe("V6.44");
    expect(formOf().version).toBe("V7.86e");
  });

  it("throws usage for a version that no log shows, and names those that it has", () =>
    expect(() => formOf("V5.00")).toThrow("--compat takes V7.86e, V8.10, V7.58, V6.44"));

  it("begins its banner with its version", () => {
    for (const { version, texts } of FORMS)
      expect(texts.banner()[0]).toMatch(new RegExp(`^SEGGER J-Link Commander ${version.replace(".", "\\.")} `));
  });

  it("of V8.10 adds the address of an access port", () =>
    expect(formOf("V8.10").texts.apFound(1, 0x001c0000)).toEqual([
      "AP[1]: JTAG-AP (IDR: 0x001C0000, ADDR: 0x01000000)",
    ]));

  it("of V7.58 has neither uptime nor a line about CoreSight, and one line for a failed connection", () => {
    const { texts } = formOf("V7.58");
    expect(texts.uptimeLine()).toEqual([]);
    expect(texts.debugPortFound(0x2ba01477)).toEqual(["Found SW-DP with ID 0x2BA01477", "DPIDR: 0x2BA01477"]);
    expect(texts.targetNotConnected()).toEqual(["Cannot connect to target."]);
    expect(texts.vtref(3314)).toBe("VTref=3.314V");
  });

  it("of V6.44 has blanks in VTref, commas in components, and no line for a chip erase or an implicit reset", () => {
    const { texts } = formOf("V6.44");
    expect(texts.vtref(3314)).toBe("VTref = 3.314V");
    expect(texts.componentFound({ table: 0, entry: 2, address: 0xe0002000, cid: 0xb105e00d, pid: 0x2bb003 })).toEqual([
      "ROMTbl[0][2]: E0002000, CID: B105E00D, PID: 002BB003 FPB",
    ]);
    expect([texts.eraseChipChosen(), texts.implicitReset("loadbin")]).toEqual([[], []]);
  });
});

describe("the texts that differ between versions", () => {
  const names = FORM_TEXT_NAMES.join("|");
  const imported = new RegExp(`import \\{[^}]*\\b(${names})\\b[^}]*\\} from "[^"]*texts/v7-86e/`);
  const called = new RegExp(`(?<!\\.)\\b(texts|probeTexts)\\.(${names})\\(`);
  /** Files that call their form's texts by the name `texts`. */
  const destructured = /\{[^}]*\btexts\b[^}]*\}: (Context|Opening|Call)/;

  it("are taken from no version's own module outside of the forms", () => {
    const sources = readdirSync("src/commander", { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts") && !path.startsWith("texts"))
      .map((path) => `src/commander/${path}`);
    const faults = sources.filter((path) => {
      const text = readFileSync(path, "utf8");
      return imported.test(text) || (called.test(text) && !destructured.test(text));
    });
    expect(sources.length).toBeGreaterThan(50);
    expect(faults).toEqual([]);
  });
});
