import type { Json } from "../base/errors.ts";
import { address32, byte8, hex8 } from "../base/u32.ts";
import type { Explanation } from "../doctor/differences.ts";
import { FlashError } from "../flash/flash-error.ts";
import type { VerifyResult } from "../flash/verify.ts";
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
    declared: verify.declared.map((c) => ({
      address: address32(c.address),
      field: c.field,
      from: byte8(c.from),
      to: byte8(c.to),
    })),
    differences: verify.differences.map((d) => ({
      address: address32(d.address),
      length: d.expected.length,
      expected: hexOf(d.expected),
      actual: d.actual === undefined ? null : hexOf(d.actual),
    })),
  };
}

/** What a failed comparison says as an error; the hints are those of its best cause, where one was looked for. */
export function verifyError(verify: VerifyResult, causes?: Explanation): { readonly error: ErrorReport } {
  const [first] = verify.differences;
  const count = verify.differences.length;
  const where = `${count === 1 ? "1 range differs" : `${count} ranges differ`}, from ${address32(first.address)} on`;
  const details = { address: address32(first.address) };
  const { error } = refusal(new FlashError("verify-differs", `Verify failed: ${where}`, { details }));
  const hints = causes?.causes[0]?.remedy ?? error.hints;
  return { error: { ...error, hints } };
}

/** A comparison in lines for people. */
export function verifyLines(verify: VerifyResult): readonly string[] {
  const { compared, differences } = verify;
  const head = {
    equal: `Verify successful. ${compared} bytes are as the file says.`,
    "equal-but-declared": `Verify successful. ${compared} bytes are as the file says, but for what was declared.`,
    different: `Verify failed: ${differences.length} ${differences.length === 1 ? "range differs" : "ranges differ"}.`,
  }[verify.verdict];
  const shown = verify.differences.slice(0, SHOWN).map((d) => {
    const actual = d.actual === undefined ? "(unreadable)" : short(d.actual);
    return `  ${address32(d.address)} ${d.expected.length} bytes: expected ${short(d.expected)} read ${actual}`;
  });
  const rest = verify.differences.length - shown.length;
  return [head, ...shown, ...(rest > 0 ? [`  and ${rest} more`] : [])];
}

const short = (bytes: Uint8Array): string =>
  [...bytes.subarray(0, BYTES_SHOWN)].map(hex8).join(" ") + (bytes.length > BYTES_SHOWN ? " ..." : "");

const hexOf = (bytes: Uint8Array): string => `0x${[...bytes].map(hex8).join("")}`;
