import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { FlashproofError, WaitError } from "../../../src/base/errors.ts";
import { ADVICE } from "../../../src/doctor/advice.ts";
import { report } from "../../../src/doctor/report.ts";
import { FlashError } from "../../../src/flash/flash-error.ts";
import { ImageError } from "../../../src/image/image.ts";
import { DapError } from "../../../src/probe/probe-error.ts";

describe("advice", () => {
  it("has a hint for every code", () => {
    const without = Object.entries(ADVICE).filter(([, advice]) => advice.hints.length === 0);
    expect(without.map(([code]) => code)).toEqual([]);
  });

  it("is made of sentences", () => {
    for (const { sentence, hints } of Object.values(ADVICE)) {
      // Work that was called off says by itself how to go on.
      for (const line of [...(sentence === undefined ? [] : [sentence]), ...hints])
        if (line !== "{next}") expect(line).toMatch(/^(\p{Lu}|flashproof).*[.?!]$/su);
    }
  });
});

describe("reporting an error", () => {
  const at = { opIndex: 0, done: 0, ack: "none", partial: new Uint32Array() } as const;
  const silence = new DapError("dap-no-ack", "The target did not acknowledge", at);

  it("says what failed, why, and what to do, from the outside in", () => {
    const said = report(new AdiError("dp-no-target", "No target answers on SWD", { cause: silence }));
    expect(said).toMatchObject({ code: "dp-no-target", what: "No target answers on SWD" });
    expect(said.because).toEqual(["Nobody answers on the debug wires.", "The target did not acknowledge"]);
    expect(said.hints[0]).toMatch(/power/);
  });

  it("gives no hint twice and not more than anybody reads", () => {
    const { hints } = report(new AdiError("dp-no-target", "No target answers on SWD", { cause: silence }));
    expect(new Set(hints).size).toBe(hints.length);
    expect(hints.length).toBeLessThanOrEqual(4);
  });

  it("fills in the error's details", () => {
    const error = new ImageError("hex-checksum", "Intel HEX line 7: checksum 0x00, but ...", { details: { line: 7 } });
    expect(report(error).because).toEqual(["Line 7 of the file is damaged."]);
  });

  it("names the token of a consent, and leaves the hint out where there is none", () => {
    const token = "irrev-lock-for-ever-01234567";
    const hints = (details: { [key: string]: string }) =>
      report(new FlashError("consent-missing", "FSEC 0xEF ...", { details })).hints.join("\n");
    expect(hints({ act: "lock-for-ever", token })).toContain(`--allow-irreversible ${token}.`);
    expect(hints({ act: "lock" })).not.toContain("--allow-irreversible");
    expect(hints({ act: "lock" })).toContain("--security keep-open");
  });

  it("reports what is no Flashproof error as a bug", () => {
    expect(report(new TypeError("x is undefined"))).toMatchObject({
      code: "internal",
      what: "x is undefined",
      because: [],
    });
    expect(report("thrown text")).toMatchObject({ code: "internal", what: "thrown text" });
  });

  it("takes the first Flashproof error of a chain for its code", () => {
    const wrapped = new Error("outer", { cause: new WaitError("timeout", "Timed out waiting for the flash") });
    expect(report(wrapped)).toMatchObject({ code: "timeout", what: "outer" });
  });

  it("has nothing to add to a code that it does not know", () => {
    class OtherError extends FlashproofError<"other"> {}
    expect(report(new OtherError("other", "Something else"))).toEqual({
      code: "other",
      what: "Something else",
      because: [],
      hints: [],
    });
  });
});
