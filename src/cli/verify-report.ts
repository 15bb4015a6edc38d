import type { Json } from "../base/errors.ts";
import { address32, byte8, hex8 } from "../base/u32.ts";
import type { VerifyResult } from "../flash/verify.ts";

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

/** A comparison in lines for people. */
export function verifyLines(verify: VerifyResult): readonly string[] {
  const head = {
    equal: `Verify successful. ${verify.compared} bytes are as the image says.`,
    "equal-but-declared": `Verify successful. ${verify.compared} bytes are as the image says, but for what was declared.`,
    different: `Verify failed: ${verify.differences.length} ranges differ.`,
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

const hexOf = (bytes: Uint8Array): string => [...bytes].map(hex8).join("");
