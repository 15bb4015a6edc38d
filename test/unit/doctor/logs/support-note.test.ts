import { describe, expect, it } from "vitest";
import { diagnosisOf, type Line } from "./log-of.ts";

/** A user's folder, and a host on a private network. */
const HOME = ["", "home", "jane"].join("/");
const HOST = [192, 168, 10, 7].join(".");

const noteOf = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).support;
const errors = (count: number) => ({
  count,
  first: Array.from({ length: count }, (_, i) => ({ number: 7 + i, text: "quux" })),
});

describe("the note to send", () => {
  it.each([
    [["probe-silent"], {}, /^Your log is of OpenOCD\. /],
    [[{ kind: "version", values: { version: "0.12.0" } }, "probe-silent"], {}, /^Your log is of OpenOCD 0\.12\.0\. /],
    [
      [{ kind: "device", values: { device: "quux" } }, "probe-silent"],
      {},
      /^Your log is of OpenOCD, working on quux\. /,
    ],
    [[{ kind: "version", tool: "west" }, "probe-silent"], {}, /^Your log is of OpenOCD in west\. /],
    [[{ kind: "version", tool: "west" }], {}, /^Your log is of west\. /],
    [[], { tools: [] }, /^Your text has no line that Flashproof knows/],
  ] as const)("of %j, %j begins with tool, wrapper and device: %s", (lines, parts, words) =>
    expect(noteOf(lines as readonly Line[], parts)).toMatch(words),
  );

  it("has cause, evidence, test and remedy one after the other", () => {
    const { support, causes } = diagnosisOf(["version", "target-silent"]);
    const { what, test, remedy } = causes[0];
    expect(support).toBe(
      `Your log is of OpenOCD. ${what} For that speaks line 2 of the log ("a line with target-silent"). Test: ${test} What to do: ${remedy.join(" ")}`,
    );
  });

  it("names each line that speaks for the cause once, in order, and quotes 160 characters of the first", () => {
    const long: Line = { kind: "wire-broken", text: "w".repeat(200) };
    const note = noteOf(["version", long, "wire-broken", "wire-broken"]);
    expect(note).toContain(`For that speak lines 2, 3, 4 of the log ("${"w".repeat(160)}").`);
    expect(noteOf(["mass-erase", "lock-seen", "mass-erase-done"])).toContain(
      'speak lines 1, 2, 3 of the log ("a line with mass-erase")',
    );
  });

  it("names no line where none speaks for the cause", () => expect(noteOf(["version"])).not.toContain("For that"));

  it("names the first byte that differs with the line that states it", () => {
    const bytes = [
      [0x40c, 0x7b, 0x7a],
      [0x500, 1, 2],
    ] as const;
    expect(noteOf(["version", "verify-failed"], { bytes })).toContain(
      "In line 2 it finds 0x7A at 0x0000040C where the file has 0x7B.",
    );
    expect(noteOf(["version", "verify-failed"])).not.toContain("it finds");
  });

  it("names a mass erase, and whether it was asked for", () => {
    expect(noteOf(["version", "mass-erase"])).toContain(
      "Before that (line 2) the chip was found locked and mass-erased.",
    );
    expect(noteOf(["mass-erase", "mass-erase-default"])).toContain(
      "mass-erased, on a stored answer and without asking.",
    );
    expect(noteOf(["version"])).not.toContain("mass-erased");
  });

  it("names the second cause of a failure where it isn't unlikely", () => {
    const { support, causes } = diagnosisOf(["id-garbled"]);
    expect(support).toContain(`It may also be this: ${causes[1].what}`);
    expect(noteOf(["probe-silent"])).not.toContain("It may also");
    expect(noteOf(["mass-erase"])).not.toContain("It may also");
    const denied = diagnosisOf(["field-denied"], { bytes: [[0x900, 0x12, 0x34]] }, { chip: "MK24FN1M0XXX12" });
    expect(denied.causes.map(({ likelihood }) => likelihood)).toEqual(["possible", "unlikely"]);
    expect(denied.support).not.toContain("It may also");
  });

  it("counts the lines that look like errors and are not understood, unless the cause is that", () => {
    expect(noteOf(["probe-silent"], { errors: errors(1) })).toContain(
      "One more line looks like an error and is not understood, first line 7.",
    );
    expect(noteOf(["probe-silent"], { errors: errors(2) })).toContain(
      "2 more lines look like an error and are not understood, first line 7.",
    );
    for (const kinds of [["version"], ["done"], ["probe-silent"]] as const)
      expect(noteOf(kinds, { errors: errors(kinds[0] === "probe-silent" ? 0 : 1) })).not.toContain("more line");
  });
});

describe("what belongs to one person or machine", () => {
  const quoted = (text: string, keepPrivate = false) =>
    /log \("(.*?)"\)\. Test/.exec(noteOf([{ kind: "probe-silent", text }], {}, { keepPrivate }))?.[1];

  it.each([
    ["of jane.doe+x@mail.example.org now", "of <mail> now"],
    ["see https://host.example/a?b=c) now", "see <address>) now"],
    ["see FTP://host/a, now", "see <address> now"],
    ["see ssh://me@host 'x'", "see <address> 'x'"],
    ["see file:///a/b now", "see <address> now"],
    ["open C:\\Users\\jane doe\\app.hex: no", "open <path>: no"],
    ["open d:/fw/app.hex, no", "open <path>, no"],
    ["open \\\\server\\share\\app.hex no", "open <path> no"],
    [`open ${HOME}/app.hex: no`, "open <path>: no"],
    ["open ~/fw/app.hex no", "open <path> no"],
    ["open ./app.hex no", "open <path> no"],
    ["open ../fw/app.hex; no", "open <path>; no"],
    [`at ${HOST}:4444 no`, "at <address> no"],
    ["at 10.0.0.1 no", "at <address> no"],
    ["mac 00:1a:2B:3c:4d:5e no", "mac <address> no"],
    ["mac 00-1a-2b-3c-4d-5e no", "mac <address> no"],
    ["S/N: 12345 no", "S/N: <serial> no"],
    ["serial number 'ab12cd' no", "serial number <serial> no"],
    ["Serial no. = 0042 no", "Serial no. = <serial> no"],
    ["serial #7777 no", "serial #<serial> no"],
    ["unique id is abcd1234 no", "unique id is <serial> no"],
    ["UID 0240 no", "UID <serial> no"],
    ["user: jane no", "user: <name> no"],
    ["hostname = box7 no", "hostname = <name> no"],
    ["login:jane no", "login:<name> no"],
    ["jane@box7:~$ no", "<name>:~$ no"],
    ["jane@box7 no", "<name> no"],
    ["probe 801012345 no", "probe <serial> no"],
    ["probe 066dff485550755187121723 no", "probe <serial> no"],
  ])("%j is left out: %j", (text, left) => {
    expect(quoted(text)).toBe(left);
    expect(quoted(text, true)).toBe(text);
  });

  it.each([
    "read 0x2BA01477 at 0x0000000012345678",
    "12345678 bytes of version 7.94.1",
    "and/or a rate of 3 KiB/s",
    "abcdefabcdefabcdef",
    "1.2.3 is no address",
    "SN abc",
    "0.123456789 s",
    "mail at example",
  ])("%j is kept", (text) => expect(quoted(text)).toBe(text));
});
