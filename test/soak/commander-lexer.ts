import fc from "fast-check";
import { lexScript } from "../../src/commander/language/lexer.ts";
import type { SoakOptions } from "../../tools/lib/soak-runner.mjs";

const word = fc.string({ unit: fc.constantFrom(..."abcXYZ019_.:-\\()"), minLength: 1, maxLength: 12 });
const path = fc.string({ unit: fc.constantFrom(..."abc ,;/*.\\"), maxLength: 20 });
const separator = fc.constantFrom(" ", ",", ", ", " , ", "\t", "  ");
const tail = fc.constantFrom("", " // done", " ; done", " /* done */", "  ");
const line = fc.record({ name: word, path, number: word, separator, tail });
const script = fc.record({ lines: fc.array(line, { maxLength: 20 }), end: fc.constantFrom("\n", "\r\n") });

/** Writes scripts by seed and reads them back: every word has to return as it was written. */
export async function run({ count, seed, out }: SoakOptions): Promise<number> {
  let lines = 0;
  const property = fc.property(script, (written) => {
    const text = written.lines
      .map((l) => `${l.name} "${l.path}"${l.separator}${l.number}${l.tail}${written.end}`)
      .join("");
    lines += written.lines.length;
    const read = lexScript(text).map(({ name, args }) => [name, ...args]);
    return JSON.stringify(read) === JSON.stringify(written.lines.map((l) => [l.name, l.path, l.number]));
  });
  const result = fc.check(property, { numRuns: count, seed, endOnFailure: true });
  out(`${result.numRuns} scripts, ${lines} lines, ${result.failed ? 1 : 0} wrong`);
  if (result.failed) console.error(fc.defaultReportMessage(result));
  return result.failed ? 1 : 0;
}
