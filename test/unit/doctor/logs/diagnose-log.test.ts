import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diagnoseLog } from "../../../../src/doctor/logs/diagnose-log.ts";
import { formOf } from "../../../../src/doctor/logs/reading/line-reader.ts";
import { isLog } from "../../../../src/doctor/logs/reading/log-reading.ts";
import { buildImage } from "../../../../src/image/build-image.ts";
import { noise } from "../inputs.ts";
import { LOG_FIXTURES } from "./fixture-table.ts";

const folder = "test/fixtures/logs";
const log = (name: string) => readFileSync(`${folder}/${name}.txt`, "utf8");
const first = (name: string) => diagnoseLog(log(name)).causes[0].id;

describe.each(LOG_FIXTURES)("$log", (fixture) => {
  it(`shows ${fixture.first}`, () => expect(first(fixture.log)).toBe(fixture.first));

  it(`with one fact changed shows ${fixture.second}`, () => {
    expect(log(`${fixture.log}.sibling`)).toBe(log(fixture.log).replaceAll(fixture.from, fixture.to));
    expect(first(`${fixture.log}.sibling`)).toBe(fixture.second);
    expect(fixture.second).not.toBe(fixture.first);
  });

  it("has no line without a form, and each form a source", () => {
    for (const line of [...log(fixture.log).split("\n"), ...log(`${fixture.log}.sibling`).split("\n")]) {
      if (line.trim() !== "" && !formOf(line)?.form.source) expect.fail(`no form: ${line}`);
    }
  });

  it("quotes lines that stand in the log, has a test and a remedy for every cause", () => {
    const lines = log(fixture.log).split("\n");
    for (const cause of diagnoseLog(log(fixture.log)).causes) {
      expect(cause.test).not.toBe("");
      expect(cause.remedy.length).toBeGreaterThan(0);
      for (const { line, quote } of [...cause.for, ...cause.against]) {
        if (line !== undefined) expect(lines[line - 1].trim()).toBe(quote);
      }
    }
  });
});

describe("the fixtures", () => {
  it("are all in the table, each with a sibling", () => {
    const files = readdirSync(folder).sort();
    const expected = LOG_FIXTURES.flatMap(({ log }) => [`${log}.txt`, `${log}.sibling.txt`]);
    expect(files).toEqual([...expected, "seed.txt"].sort());
    expect(LOG_FIXTURES.length).toBeGreaterThanOrEqual(20);
  });
});

describe("the log that started this project", () => {
  const seed = diagnoseLog(log("seed"));

  it("names tool, version and device", () => {
    expect(seed.tool).toMatchObject({ name: "J-Link Commander", version: "V7.86e" });
    expect(seed.device).toBe("MK24FN1M0XXX12");
  });

  it("names address, expected and read byte with their lines", () => {
    expect(seed.failures).toEqual([{ address: "0x0000040C", expected: "0x7B", read: "0x7A", lines: [92, 93] }]);
  });

  it("has the two causes that it cannot distinguish, the likelier first", () => {
    expect(seed.causes.map(({ id, likelihood }) => `${likelihood} ${id}`)).toEqual([
      "likely loader-kept-open",
      "possible programmed-over-FE",
    ]);
  });

  it("has evidence for and against both, and the experiment that decides", () => {
    for (const cause of seed.causes) {
      expect(cause.for.some(({ line }) => line !== undefined)).toBe(true);
      expect(cause.against.length).toBeGreaterThan(0);
      expect(cause.test).toMatch(/0x54.*0x56.*0x54/);
    }
  });

  it("names the mass erase before, and that it was done without a prompt", () => {
    expect(seed.history.massErase?.map(({ line }) => line)).toEqual([25, 28, 29]);
    expect(seed.support).toContain("without asking");
  });

  it("leaves no line unread, and has a paragraph to send", () => {
    expect(seed.unknownLines).toBe(0);
    expect(seed.support).toMatch(
      /^Your log is of J-Link Commander V7\.86e in MCUXpresso IDE, working on MK24FN1M0XXX12\./,
    );
    expect(seed.support).not.toContain("\n");
  });
});

describe("the image that a log is about", () => {
  const image = (fsec: number) => {
    const bytes = noise(77_252).with(0x40c, fsec);
    return buildImage({ format: "raw", segments: [{ name: "app.bin", address: 0, bytes }] });
  };

  it("is compared with the log's statements", () => {
    expect(diagnoseLog(log("seed"), { image: image(0x7b) }).imageChecks).toMatchObject([
      { claim: "the file has 0x7B at 0x0000040C", agrees: true },
      { claim: "the file has 77252 bytes", agrees: true },
      { claim: "its sectors have 77824 bytes", agrees: true },
      { agrees: true, found: "0x7B (secured)" },
    ]);
  });

  it("that holds another byte is not the one of the log", () => {
    const { causes, imageChecks } = diagnoseLog(log("seed"), { image: image(0xfe) });
    expect(causes[0].id).toBe("stale-image");
    expect(imageChecks[0]).toMatchObject({ agrees: false, found: "0xFE" });
  });
});

describe("a text that is no log", () => {
  it("is called unknown", () => {
    const diagnosis = diagnoseLog("Dear Sirs,\nyour board does not work.\n");
    expect(diagnosis).toMatchObject({ kind: "unknown", causes: [{ id: "unknown" }], steps: [], failures: [] });
    expect(isLog("Dear Sirs,\nyour board does not work.\n")).toBe(false);
  });

  it("never stops the doctor, whatever it holds", () => {
    const words = fc.constantFrom(...log("seed").split("\n"), ...log("openocd-field-denied").split("\n"));
    const text = fc.array(fc.oneof(words, fc.string()), { maxLength: 40 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, (lines) => {
        const { causes, support } = diagnoseLog(lines);
        expect(causes.length).toBeGreaterThan(0);
        expect(support).not.toContain("undefined");
        expect(support).not.toContain("NaN");
      }),
    );
  });

  it("may have Windows line ends and a terminal's colours", () => {
    const coloured = log("seed").replaceAll("\n", "\r\n").replace("Verify failed", "\u001b[31mVerify failed");
    expect(diagnoseLog(coloured).causes[0].id).toBe("loader-kept-open");
  });
});
