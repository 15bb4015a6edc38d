import { afterAll, describe, expect, it } from "vitest";
import { call, complaints } from "./call.ts";
import { CALLERS } from "./callers.ts";

/** No supply on VTref: nothing on the board answers. */
const DEAD = ",vtref=200";

const rows: string[] = [];
afterAll(() => console.log(rows.join("\n")));

describe("a program that runs J-Link Commander", () => {
  it.each(CALLERS.map((caller) => [caller.name, caller] as const))("%s", async (name, caller) => {
    const success = complaints(await call(caller, ""), caller.success);
    const failure = complaints(await call(caller, DEAD), caller.failure);
    const word = (found: readonly string[]) => (found.length === 0 ? "ok" : found.join("; "));
    rows.push(`${name}: success ${word(success)}, failure ${word(failure)}`);
    expect({ success, failure }).toEqual({ success: [], failure: [] });
  });

  it("that names an unknown device gets J-Link's output, and advice on stderr", async () => {
    const [west] = CALLERS;
    const { exit, out, err } = await call(west, "", "MK24FN1M0");
    expect(exit).toBe(1);
    expect(out).toContain('The selected device "MK24FN1M0" is unknown to this version of the J-Link software.');
    expect(err).toMatch(/^flashproof: .*near it: MK24FN1M0xxx12/m);
  });
});
