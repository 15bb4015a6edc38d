import { describe, expect, it } from "vitest";
import { diagnoseLog } from "../../../../src/doctor/logs/diagnose-log.ts";
import { looksLikeError } from "../../../../src/doctor/logs/reading/error-words.ts";
import { formOf, readLine } from "../../../../src/doctor/logs/reading/line-reader.ts";
import { literalStarts } from "../../../../src/doctor/logs/reading/literal-starts.ts";
import { LogLines, LONGEST_LINE } from "../../../../src/doctor/logs/reading/log-lines.ts";

const MESSAGE = "Error connecting DP: cannot read IDR";

describe("a message is found", () => {
  it.each([
    ["a mail's quotes", `> > ${MESSAGE}`],
    ["a table's bar", `| ${MESSAGE}`],
    ["colours", `\u001b[1;31mError:\u001b[0m ${MESSAGE}`],
    ["colours whose escape is lost", `[31mError: ${MESSAGE}[0m`],
    ["tags", `<p><code>Error: ${MESSAGE}</code></p>`],
    ["a time", `10:11:12.345 ${MESSAGE}`],
    ["an ISO time and a zone", `2024-02-03T10:11:12.345678+01:00 ${MESSAGE}`],
    ["a time in brackets", `[2024-02-03 10:11:12] ${MESSAGE}`],
    ["a German date", `03.02.2024 10:11:12 ${MESSAGE}`],
    ["seconds", `[   12.345678] ${MESSAGE}`],
    ["syslog", `Feb  3 10:11:12 build42 openocd[1234]: ${MESSAGE}`],
    ["GitHub Actions", `2024-02-03T10:11:12.1234567Z ##[error]${MESSAGE}`],
    ["GitHub's commands", `::error file=a.c,line=1::${MESSAGE}`],
    ["GitLab", `2024-05-22T12:43:46.962646Z 00O ${MESSAGE}`],
    ["Jenkins", `[Pipeline] [board-3] ${MESSAGE}`],
    ["docker compose", `flasher_1  | ${MESSAGE}`],
    ["a line's number", `   17  Error: ${MESSAGE}`],
    ["a place in a script", `embedded:startup.tcl:1516: Error: ${MESSAGE}`],
    ["west's runner", `-- runners.openocd: Error: ${MESSAGE}`],
    ["OpenOCD's debug level", `Error: 123 456 adi_v5_swd.c:99 swd_connect(): ${MESSAGE}`],
  ])("behind %s", (_, line) => expect(formOf(line)?.form.fact).toBe("target-silent"));

  it("in lines that lost their ends", () => {
    const chatter = "Info : clock speed 1000 kHz ".repeat(12);
    const read = readLine(`Open On-Chip Debugger 0.12.0 ${chatter}Error: ${MESSAGE} shutdown command invoked`);
    expect(read.map(({ found }) => found?.form.fact)).toContain("target-silent");
    expect(read.every(({ found }) => found)).toBe(true);
  });
});

describe("a line looks like an error", () => {
  it.each([
    "Error: the quux is gone",
    "could not bar the foo",
    "Zugriff verweigert",
    "Accès refusé.",
    "エラー: アクセスが拒否されました",
    "错误: 拒绝访问",
    "Timed out after 5 s",
  ])("%s", (line) => expect(looksLikeError(line)).toBe(true));

  it.each(["0 Error(s), 0 Warning(s)", "no errors", "Erasing sector 3", "errors: 0", "J-Link>ExitOnError 1"])(
    "but not %s",
    (line) => expect(looksLikeError(line)).toBe(false),
  );
});

describe("a line that is too long", () => {
  it("is cut, counted, and keeps the log from being fine", () => {
    const lines: [string, boolean][] = [];
    const reader = new LogLines((line, cut) => lines.push([line, cut]));
    const long = Buffer.from("x".repeat(LONGEST_LINE));
    for (let piece = 0; piece < 3; piece++) reader.write(long);
    reader.write(Buffer.from("\nshort\n"));
    reader.end();
    expect(lines.map(([line, cut]) => [line.length, cut])).toEqual([
      [LONGEST_LINE, true],
      [5, false],
    ]);
  });
});

describe("chips of two families in one log", () => {
  it("give no statement about either chip", () => {
    const log =
      'Device "MK24FN1M0XXX12" selected.\nInfo : [stm32f4x.cpu] Cortex-M4 r0p1 processor detected\nWarn : no flash bank found for address 0x1fffc000';
    expect(diagnoseLog(log).causes[0]).toMatchObject({ id: "outside-flash" });
  });
});

describe("what a pattern begins with", () => {
  it.each([
    [/^Verify failed/, ["veri"]],
    [/^(?:SWD|JTAG) x/, ["swd ", "jtag"]],
    [/^(?:No )?Error/, ["no e", "erro"]],
    [/^\*+ Error/, ["*"]],
    [/^\w+ failed/, []],
    [/failed/, []],
  ])("%s", (pattern, starts) => expect([...literalStarts(pattern)].sort()).toEqual([...starts].sort()));
});
