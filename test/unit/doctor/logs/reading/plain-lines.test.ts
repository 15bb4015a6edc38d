import { describe, expect, it } from "vitest";
import { looksLikeError } from "../../../../../src/doctor/logs/reading/error-words.ts";
import { FormIndex } from "../../../../../src/doctor/logs/reading/form-index.ts";
import { literalStarts } from "../../../../../src/doctor/logs/reading/literal-starts.ts";
import { encodingOf, LogLines, LONGEST_LINE } from "../../../../../src/doctor/logs/reading/log-lines.ts";
import { plainLines } from "../../../../../src/doctor/logs/reading/plain-line.ts";
import type { FactKind, LineForm } from "../../../../../src/doctor/logs/forms/line-form.ts";

describe("a line without what terminals and web pages add", () => {
  it.each([
    ["", []],
    ["   ", []],
    ["  quux gone ", ["quux gone"]],
    ["quux  \t gone", ["quux gone"]],
    ["quux\u00a0gone", ["quux gone"]],
    ["quux\tgone", ["quux gone"]],
    ["\u001b[1;31mquux\u001b[0m gone", ["quux gone"]],
    ["\u001b]0;title\u0007quux gone", ["quux gone"]],
    ["\u001b]0;title\u001b\\quux gone", ["quux gone"]],
    ["\u001b=quux\u001b> gone", ["quux gone"]],
    ["[31mquux [0mgone", ["quux gone"]],
    ["[1;31mquux [mgone", ["quux gone"]],
    ["quux[31m gone", ["quux[31m gone"]],
    ["[331mquux gone", ["[331mquux gone"]],
    ["quux\u0000\u0008\u000b\u001f\u007f\u200b\ufeff gone", ["quux gone"]],
    ["<b>quux</b> <span class='x'>gone</span><img/>", ["quux gone"]],
    ["quux<br>gone", ["quux", "gone"]],
    ["<p>quux</p><li class=x>gone</li>", ["quux", "gone"]],
    ["<h2>quux</h2>gone", ["quux", "gone"]],
    ["quux <unknown> gone", ["quux <unknown> gone"]],
    ["a &lt;b&gt; &amp; &quot;c&quot; &apos;d&apos;&nbsp;e", ["a <b> & \"c\" 'd' e"]],
    ["&LT;b&Gt;", ["<b>"]],
    ["&#65;&#x42;&#x1F600;", ["AB\u{1F600}"]],
    ["a&#xfffff;b", ["a\u{fffff}b"]],
    ["a&#1114112;b", ["a&#1114112;b"]],
    ["a&#xd7ff;b", ["a\ud7ffb"]],
    ["a&#xd800;b", ["a b"]],
    ["a&#xdfff;b", ["a b"]],
    ["a&#xe000;b", ["a\ue000b"]],
    ["a&quux;b", ["a&quux;b"]],
    ["[====    ] 40%quux gone", ["quux gone"]],
    ["[====] 40% quux gone", ["[====] 40% quux gone"]],
    ["x[====] 40%quux", ["x[====] 40%quux"]],
  ])("%j is %j", (line, plain) => expect(plainLines(line)).toEqual(plain));
});

describe("the encoding of a log", () => {
  const utf16 = (text: string, swap: boolean) => {
    const bytes = Buffer.from(text, "utf16le");
    return Uint8Array.from(swap ? bytes.swap16() : bytes);
  };

  it.each([
    ["a mark of UTF-16, low byte first", Uint8Array.of(0xff, 0xfe, 0x41), "utf-16le"],
    ["a mark of UTF-16, high byte first", Uint8Array.of(0xfe, 0xff, 0x41), "utf-16be"],
    ["half a mark", Uint8Array.of(0xff, 0x41), "utf-8"],
    ["the other half", Uint8Array.of(0x41, 0xfe), "utf-8"],
    ["half a swapped mark", Uint8Array.of(0xfe, 0x41), "utf-8"],
    ["zeros at odd places", utf16("Verify failed", false), "utf-16le"],
    ["zeros at even places", utf16("Verify failed", true), "utf-16be"],
    ["zeros at both", new Uint8Array(64), "utf-8"],
    ["few zeros", Uint8Array.from({ length: 64 }, (_, i) => (i % 8 === 1 ? 0 : 0x41)), "utf-8"],
    ["nothing", new Uint8Array(0), "utf-8"],
  ] as const)("with $0 is $2", (_, bytes, encoding) => expect(encodingOf(bytes)).toBe(encoding));

  it("is looked for in the first 512 bytes", () => {
    const bytes = new Uint8Array(4_096).fill(0x41);
    bytes.set(utf16("x".repeat(256), false));
    expect(encodingOf(bytes)).toBe("utf-16le");
  });
});

describe("lines that come in pieces", () => {
  function linesOf(pieces: readonly string[]): readonly (string | true)[] {
    const lines: (string | true)[] = [];
    const reader = new LogLines((line, cut) => lines.push(...(cut ? [line, true as const] : [line])));
    for (const piece of pieces) reader.write(new TextEncoder().encode(piece));
    reader.end();
    return lines;
  }

  it.each([
    [["a\nb"], ["a", "b"]],
    [
      ["a\n", "b\n"],
      ["a", "b"],
    ],
    [["a\r\nb\r\n"], ["a", "b"]],
    [
      ["a\r", "\nb"],
      ["a", "b"],
    ],
    [
      ["a\r", "b\n"],
      ["a", "b"],
    ],
    [
      ["a\r", "", "\nb"],
      ["a", "b"],
    ],
    [["a\rb\nc\r\rd"], ["a", "b", "c", "", "d"]],
    [["a\r\n\r\nb"], ["a", "", "b"]],
    [
      ["a\r\n", "\nb"],
      ["a", "", "b"],
    ],
    [["a", "b", "\n"], ["ab"]],
    [["\n"], [""]],
    [[""], []],
    [[], []],
  ])("%j are %j", (pieces, lines) => expect(linesOf(pieces)).toEqual(lines));

  it("are kept whole up to 65536 characters, and are cut behind them", () => {
    const whole = "x".repeat(LONGEST_LINE);
    expect(linesOf([`${whole}\nb`])).toEqual([whole, "b"]);
    expect(linesOf([`${whole}y\nb`])).toEqual([whole, true, "b"]);
    expect(linesOf([whole, "y", "z"])).toEqual([whole, true]);
  });
});

describe("a line that looks like an error", () => {
  const WORDS =
    "err error errors failed failure failing fails fatal panic aborted aborting exception traceback timeout timed-out cannot can't couldn't unable denied refused rejected invalid illegal mismatch mismatches missing unexpected unsupported unrecognised unrecognized unknown violation faulted hardfault locked protected secured corrupt corrupted disconnected lost wrong bad broken refuses unreachable incompatible exceeds exceeded overflow overflowed doesn't didn't nack differs different fehler fehlgeschlagen verweigert erreur introuvable impossible aucun fallo fallida denegado errore fallito negato impossibile erro falhou falha negado fout mislukt geweigerd odmowa";
  const WORDINGS =
    "could not|time out|not found|not connected|not responding|not halted|not examined|not answering|no device|no ack|no power|no matching|no such|does not|did not|hard fault|nicht gefunden|konnte nicht|no se puede|non trovato|n\u00e3o foi|kan niet|nie znaleziono|ung\u00fcltige|\u00e9chec|inv\u00e1lido|fall\u00f3|b\u0142\u0105d";

  it.each([...WORDS.split(" "), ...WORDINGS.split("|")])("has %j in it, as a word", (word) => {
    expect(looksLikeError(`x ${word} y`)).toBe(true);
    expect(looksLikeError(word.toUpperCase())).toBe(true);
  });

  it.each(WORDS.split(" "))("has nothing of it where %s is a part of another word", (word) => {
    expect(looksLikeError(`x q${word} y`)).toBe(false);
    if (!/^(refused|refuses|fehler)$/.test(word)) expect(looksLikeError(`x ${word}q y`)).toBe(false);
  });

  it.each([
    "\u043e\u0448\u0438\u0431\u043a\u0430",
    "\u9519\u8bef",
    "\u5931\u8d25",
    "\u62d2\u7edd",
    "\u65e0\u6cd5",
    "\u932f\u8aa4",
    "\u5931\u6557",
    "\u7121\u6cd5",
    "\u30a8\u30e9\u30fc",
    "\u62d2\u5426",
    "\u3067\u304d\u307e\u305b\u3093",
    "\uc624\ub958",
    "\uc2e4\ud328",
    "\uac70\ubd80",
    "\u2717",
    "\u2718",
    "\u274c",
    "\u043d\u0435 \u0443\u0434\u0430\u043b\u043e\u0441\u044c",
    "\u043e\u0442\u043a\u0430\u0437\u0430\u043d\u043e",
  ])("has %s in it", (sign) => expect(looksLikeError(`x${sign}y`)).toBe(true));

  it.each(["Gr\u00f6\u00dfe 3 \u00b5s", "\u0437\u0430\u043f\u0438\u0441\u044c", "\u66f8\u304d\u8fbc\u307f"])(
    "has nothing of it in %s",
    (line) => expect(looksLikeError(line)).toBe(false),
  );

  it.each([
    "0 errors",
    "0 err(s)",
    "0 Error(s), no warnings",
    "no failures",
    "zero failed",
    "without error",
    "without any errors",
    "errors: 0",
    "error = 0",
    "failures: 0",
    "failed:0",
    "0 mismatches",
    "--fail-on-error 1",
    "-exit-on-error",
    "exit on error",
    "ExitOnError",
    "on_error",
    "on-error",
    "locked by default",
    "unlocked by default",
    "all is well",
  ])("has nothing of it in %j", (line) => {
    expect(looksLikeError(line)).toBe(false);
    expect(looksLikeError(`${line}, but broken`)).toBe(true);
  });
});

describe("a form for a line", () => {
  const form = (fact: FactKind, pattern: RegExp): LineForm => ({ tool: "openocd", fact, pattern, source: "here" });
  const index = new FormIndex([
    form("erased", /^erased (?<what>\w+)/),
    form("done", /^erase/),
    form("reset", /^x$/),
    form("trouble", /quux/),
    form("verify-ok", /quux gone/),
  ]);

  it("is the first of those that fit from the beginning", () => {
    expect(index.find("erased all")).toMatchObject({ form: { fact: "erased" }, match: { groups: { what: "all" } } });
    expect(index.find("erase all")?.form.fact).toBe("done");
    expect(index.find("x")?.form.fact).toBe("reset");
    expect(index.find("xy")).toBeUndefined();
    expect(index.find(" erase")).toBeUndefined();
    expect(index.find("")).toBeUndefined();
  });

  it("is the first of those without a beginning, only where such are asked for", () => {
    expect(index.find("the quux gone")).toBeUndefined();
    expect(index.findLoose("the quux gone")?.form.fact).toBe("trouble");
    expect(index.findLoose("gone")).toBeUndefined();
  });

  it("fits inside a text only where it does not ask for the text's end", () => {
    expect(index.fitsAt("all erased now", 4)).toBe(true);
    expect(index.fitsAt("all erased now", 3)).toBe(false);
    expect(index.fitsAt("all x", 4)).toBe(false);
    expect(index.fitsAt("all quux", 4)).toBe(false);
  });
});

describe("what every match of a pattern begins with", () => {
  it.each([
    [/^abcdef/, ["abcd"]],
    [/^ab/, ["ab"]],
    [/^AbC/, ["abc"]],
    [/^ab?c/, ["abc", "ac"]],
    [/^ab+c/, ["ab"]],
    [/^ab*c/, ["a"]],
    [/^ab{2}c/, ["a"]],
    [/^ab{1,3}c/, ["a"]],
    [/^a\.b\(c/, ["a.b("]],
    [/^a.b/, ["a"]],
    [/^a[\]bc]d/, ["a"]],
    [/^a\db/, ["a"]],
    [/^(?:a|bc)d/, ["ad", "bcd"]],
    [/^(?<x>a|b)c/, ["ac", "bc"]],
    [/^(a|b\d)cc/, ["a", "b"]],
    [/^(?:a|b)?c/, ["ac", "bc", "c"]],
    [/^(?:ab)+c/, ["ab"]],
    [/^(?:ab)*c/, []],
    [/^(?:a|)b/, ["ab", "b"]],
    [/^a(?=b)c/, ["a"]],
    [/^a(?!b)c/, ["a"]],
    [/^a$/, ["a"]],
    [/^.?a/, []],
    [/^(?:a|\w)b/, []],
    [/^\w/, []],
    [/abc/, []],
    [/^(?:abcd|abcde)f/, ["abcd"]],
  ])("%s", (pattern, starts) => expect([...literalStarts(pattern)].sort()).toEqual([...starts].sort()));
});
