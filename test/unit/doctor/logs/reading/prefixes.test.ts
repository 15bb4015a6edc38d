import { describe, expect, it } from "vitest";
import {
  isOnlyPrefix,
  peeled,
  type PrefixMark,
  withoutModule,
} from "../../../../../src/doctor/logs/reading/prefixes.ts";

/** Prefixes of tools, loggers, mails and CI systems, one each, with the mark that they leave. */
const PREFIXES: readonly (readonly [prefix: string, mark?: PrefixMark, subject?: string])[] = [
  // moments
  ["10:11:12 "],
  ["1:11:12.123456789 "],
  ["10:11:12,345 AM "],
  ["10:11:12:345 | "],
  ["2024-02-03T10:11:12.345Z "],
  ["2024-02-03_10:11:12+01:00 "],
  ["2024/02/03 10:11:12 CET> "],
  ["2024.2.3 "],
  ["3.2.24, 10:11:12 EST; "],
  ["2024-05-22T12:43:46.962646Z 00O "],
  ["2024-05-22T12:43:46.962646Z 01E+"],
  ["3 Feb 2024, 10:11:12: "],
  ["12.345678 "],
  ["+12 ms - "],
  ["+3.5s, "],
  ["0000365 D ", "info"],
  ["0000365 E ", "error"],
  ["0000365 W ", "warning"],
  ["0000365:CRITICAL:board:", "error"],
  ["0000365 ERROR:board: ", "error"],
  ["17: "],
  ["17) "],
  ["17] "],
  ["17| "],
  ["17 "],
  // brackets
  ["[   12.345678] "],
  ["[2024-02-03 10:11:12]: "],
  ["[10:11:12], "],
  ["[ERROR] ", "error"],
  ["[FATAL ERROR]: ", "error"],
  ["[warn ]", "warning"],
  ["[INFO]", "info"],
  ["[Pipeline] "],
  ["[openocd run 3]: "],
  ["[stdout]"],
  ["[nRF52] - ", undefined, "nRF52"],
  ["[board-3] ", undefined, "board-3"],
  ["[kx.cpu]: ", undefined, "kx.cpu"],
  // quotes and lists
  ["<inf> ", "info"],
  ["<err> ", "error"],
  ["<wrn> ", "warning"],
  ["> > "],
  ["| "],
  ["\u2502 "],
  ["\u2514\u2500 "],
  ["\u2718 "],
  ["- ", "dash"],
  ["* "],
  ["\u2022 "],
  ["# "],
  ["$ "],
  ["+ "],
  // levels
  ["Info : ", "info"],
  ["Error: 123 456 adi_v5_swd.c:99 swd_connect(): ", "error"],
  ["User : 1 2 a.c:9 f(): ", "info"],
  ["Warn : ", "warning"],
  ["WARNING:pyocd.core: ", "warning"],
  ["ERROR probe_rs::flashing > ", "error"],
  ["WARN probe_rs: ", "warning"],
  ["WARN probe_rs::a>", "warning"],
  ["ERROR src/common.c: ", "error"],
  ["Critical - ", "error"],
  ["notice| ", "info"],
  ["TRACE>> ", "info"],
  ["E: ", "error"],
  ["W ", "warning"],
  ["I ", "info"],
  // CI
  ["##[error]", "error"],
  ["##[warning]", "warning"],
  ["##[group]"],
  ["::error file=a.c,line=1::", "error"],
  ["::notice::", "info"],
  // dates and threads
  ["Feb  3 10:11:12 build42 openocd[1234]: "],
  ["Sat, Feb 3 2024 10:11:12 GMT 2024 | "],
  ["T0A1B2C3D 012:345.678   "],
  ["T0A1B 012:345 "],
  // names
  ["runners.openocd: "],
  ["west.flash: "],
  ["board.jlink: "],
  ["stderr: "],
  ["make[2]: "],
  ["openocd 12| "],
  ["probe-rs:"],
  ["Nc: "],
  ["Ed:02: "],
  ["embedded:startup.tcl:1516: "],
  ["src/main.c:12:3: in main: "],
  ["/opt/x.py:7: "],
  ["_init.py:7: "],
  ["pyocd.core.exceptions.TransferError: ", "error"],
  ["ValueError: ", "error"],
  ["flasher_1  | "],
];

const TEXTS: readonly string[] = PREFIXES.map(([prefix]) => prefix);

const MESSAGE = "quux gone";

describe("a prefix before a message", () => {
  it.each(PREFIXES)("%j is cut off, and leaves %s, %s", (prefix, mark, subject) =>
    expect(peeled(prefix + MESSAGE)).toEqual({
      text: MESSAGE,
      ...(mark ? { mark } : {}),
      ...(subject ? { subject } : {}),
    }),
  );

  it.each(TEXTS)("%j with nothing behind it leaves no empty message", (prefix) =>
    expect(peeled(prefix.trimEnd())?.text).not.toBe(""),
  );

  it("of asterisks is one before an error only", () => {
    expect(peeled("*** Error gone")).toEqual({ text: "Error gone" });
    expect(peeled("**Warning gone")).toEqual({ text: "Warning gone" });
    expect(peeled("*** gone")).toBeUndefined();
    expect(peeled("Error failed to go")).toEqual({ text: "failed to go", mark: "error" });
  });

  it.each(TEXTS)("%j behind another letter stays there", (prefix) =>
    expect(peeled(`\u00e4${prefix}${MESSAGE}`)).toBeUndefined(),
  );
});

describe("what only looks like a prefix stays", () => {
  it.each([
    "0x20000000 refused",
    "100% done",
    "10:11 gone",
    "quux gone",
    "Error",
    "Wrong: chip",
    "Erased 3 sectors",
    "[quux]",
    "[12 gone",
    "<b> gone",
    "a.b gone",
    "Nx: gone",
    "quux| gone",
    "quux |gone",
    "-gone",
    "*gone",
    "#gone",
    ":gone",
    "+gone",
    "",
  ])("%j", (text) => expect(peeled(text)).toBeUndefined());
});

describe("a line that is only a prefix", () => {
  it.each(["", ">", "> |", "10:11:12", "[10:11:12]", "> 2024-02-03 10:11:12", "2024-05-22T12:43:46Z 00O ", "12.5"])(
    "%j is one",
    (text) => expect(isOnlyPrefix(text)).toBe(true),
  );

  it.each(["quux", "10:11:12 quux", "> quux", "-", `${">".repeat(48)}`])("%j is none", (text) =>
    expect(isOnlyPrefix(text)).toBe(false),
  );

  it("is shorter than 48 characters", () => expect(isOnlyPrefix(">".repeat(47))).toBe(true));
});

describe("a module's name behind a message", () => {
  it.each([
    ["gone [board]", "gone"],
    ["gone [pyusb_backend]", "gone"],
    ["gone [board] x", "gone [board] x"],
    ["gone[board]", "gone[board]"],
    ["gone [a b]", "gone [a b]"],
    ["gone []", "gone []"],
    ["gone", "gone"],
  ])("%j leaves %j", (text, left) => expect(withoutModule(text)).toBe(left));
});
