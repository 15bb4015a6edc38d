import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { diagnoseFacts, diagnoseLog, type LogDiagnosis } from "../../../../src/doctor/logs/diagnose-log.ts";
import { LogCollector } from "../../../../src/doctor/logs/reading/log-facts.ts";
import { LogLines } from "../../../../src/doctor/logs/reading/log-lines.ts";
import { LOG_CASES } from "./cases-table.ts";

const folder = "test/cases/logs";

/** A file read as `explain` reads it: bytes, in pieces. */
function diagnosed(bytes: Uint8Array, piece = 1_000): LogDiagnosis {
  const collector = new LogCollector();
  const lines = new LogLines((line, cut) => collector.add(line, cut));
  for (let at = 0; at < bytes.length; at += piece) lines.write(bytes.subarray(at, at + piece));
  lines.end();
  return diagnoseFacts(collector.finish());
}

const textOf = ({ causes: [first] }: LogDiagnosis) => `${first.what} ${first.for.map(({ text }) => text).join(" ")}`;

describe("the consoles of test/cases/logs", () => {
  it("are all in the table, each with its truth beside it", () => {
    const names = LOG_CASES.flatMap(({ name }) => [`${name}.expected`, `${name}.txt`]);
    expect(readdirSync(folder).sort()).toEqual(names.sort());
  });

  it.each(LOG_CASES)("$name: the verdict is $verdict, and $first first", (expected) => {
    const diagnosis = diagnosed(readFileSync(`${folder}/${expected.name}.txt`));
    const ids = diagnosis.causes.map(({ id }) => id as string);
    expect(diagnosis.verdict).toBe(expected.verdict);
    expect(expected.first).toContain(ids[0]);
    for (const id of expected.never ?? []) expect(ids).not.toContain(id);
    if (!expected.certain) expect(diagnosis.causes[0].likelihood).not.toBe("certain");
    if (expected.tool) expect(diagnosis.tool?.id).toBe(expected.tool);
    if (expected.names) expect(textOf(diagnosis)).toMatch(expected.names);
  });

  it.each(LOG_CASES)("$name: has the same diagnosis however the text is cut into pieces", ({ name }) => {
    const bytes = readFileSync(`${folder}/${name}.txt`);
    expect(diagnosed(bytes, 513)).toEqual(diagnosed(bytes, bytes.length));
  });
});

describe("a protection that J-Link states", () => {
  const console = (line: string) =>
    ["SEGGER J-Link Commander V7.94 (Compiled Dec  6 2023 16:00:00)", 'Device "MK64FN1M0XXX12" selected.', line].join(
      "\n",
    );
  const words =
    "Failed to erase sectors 0 @ address 0x00000000 (Algo135: Flash protection violation. Flash is write-protected.)";

  it.each(["****** Error: ", "", "ERROR: "])("is erase-protected behind %j", (before) => {
    expect(diagnoseLog(console(before + words)).causes[0]).toMatchObject({
      id: "erase-protected",
      likelihood: "certain",
    });
  });
});
