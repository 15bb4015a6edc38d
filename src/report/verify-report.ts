import type { Json } from "../base/errors.ts";
import { address32, byte8, hex8 } from "../base/u32.ts";
import type { Spell } from "../doctor/advice-acts.ts";
import type { Explanation } from "../doctor/differences.ts";
import { type Declared, declaredBytes, isKept, type KeptBytes } from "../flash/declared.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { VerifyResult } from "../flash/verify.ts";
import { keptJson, keptText } from "./declared-report.ts";
import { type ErrorReport, refusal } from "./error-report.ts";

/** Differences printed in full; the rest is counted. */
const SHOWN = 16;
/** Bytes of one difference that are printed. */
const BYTES_SHOWN = 16;

/** A comparison as `--json` prints it. */
export function verifyJson(verify: VerifyResult): { readonly [key: string]: Json } {
  return {
    verdict: verify.verdict,
    compared: verify.compared,
    declared: verify.declared.map(declaredJson),
    differences: verify.differences.map((d) => ({
      address: address32(d.address),
      length: d.expected.length,
      expected: hexOf(d.expected),
      actual: d.actual === undefined ? null : hexOf(d.actual),
    })),
  };
}

const declaredJson = (declared: Declared): { readonly [key: string]: Json } =>
  isKept(declared)
    ? keptJson(declared)
    : {
        address: address32(declared.address),
        field: declared.field,
        from: byte8(declared.from),
        to: byte8(declared.to),
      };

/** What a failed comparison says as an error; the hints are those of its best cause, where one was looked for. */
export function verifyError(verify: VerifyResult, spell: Spell, causes?: Explanation): { readonly error: ErrorReport } {
  const [first] = verify.differences;
  const count = verify.differences.length;
  const where = `${count === 1 ? "1 range differs" : `${count} ranges differ`}, from ${address32(first.address)} on`;
  const details = { address: address32(first.address) };
  const { error } = refusal(new FlashError("verify-differs", `Verify failed: ${where}`, { details }), spell);
  const advice = causes?.causes[0]?.remedy ?? error.advice;
  return { error: { ...error, hints: advice.map(spell), advice } };
}

/** A comparison in lines for people. */
export function verifyLines(verify: VerifyResult): readonly string[] {
  const { compared, differences } = verify;
  const head = {
    equal: `Verify successful. ${compared} bytes are as the file says.`,
    "equal-but-declared": `Verify successful. ${declaredText(verify)}`,
    different: `Verify failed: ${differences.length} ${differences.length === 1 ? "range differs" : "ranges differ"}.`,
    "not-compared": "Not verified.",
  }[verify.verdict];
  const shown = verify.differences.slice(0, SHOWN).map((d) => {
    const actual = d.actual === undefined ? "(unreadable)" : short(d.actual);
    return `  ${address32(d.address)} ${d.expected.length} bytes: expected ${short(d.expected)} read ${actual}`;
  });
  const rest = verify.differences.length - shown.length;
  return [head, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

/** How many bytes are the file's, and which are not, for what reason. */
function declaredText({ compared, declared }: VerifyResult): string {
  const were = ({ differing }: KeptBytes) => (differing === 1 ? "was" : "were");
  const kept = declared.filter(isKept).map((each) => `${keptText(each)} ${were(each)} kept from the chip (--keep)`);
  const equal = `${compared - declaredBytes(declared)} bytes are as the file says`;
  const changed = declared.length > kept.length ? [equal, "but for what was declared"] : [equal];
  return `${[...changed, ...kept].join(", ")}.`;
}

const short = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, BYTES_SHOWN)].map(hex8).join(" ") + (bytes.length > BYTES_SHOWN ? " ..." : "");

const hexOf = (bytes: Uint8Array): string => `0x${[...bytes].map(hex8).join("")}`;
