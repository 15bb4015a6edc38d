import { describe, expect, it } from "vitest";
import { AdiError } from "../../../src/adi/adi-error.ts";
import { FlashproofError, WaitError } from "../../../src/base/errors.ts";
import { inCliWords } from "../../../src/report/advice-words.ts";
import { isAct } from "../../../src/doctor/advice-acts.ts";
import { ADVICE } from "../../../src/doctor/advice.ts";
import { report } from "../../../src/doctor/report.ts";
import { FlashError } from "../../../src/flash/flash-error.ts";
import { ImageError } from "../../../src/image/image.ts";
import { DapError } from "../../../src/probe/probe-error.ts";

describe("advice", () => {
  it("has an act for every code but for work that was called off, whose error names one", () => {
    const without = Object.entries(ADVICE).filter(([, advice]) => advice.advice.length === 0);
    expect(without.map(([code, { actIn }]) => [code, actIn])).toEqual([["aborted", "next"]]);
  });

  it("names acts that exist, none twice for one code, and the error's own from its detail next", () => {
    for (const [code, { actIn = "next", advice }] of Object.entries(ADVICE)) {
      expect(actIn).toBe("next");
      expect([code, ...advice.filter((act) => !isAct(act))]).toEqual([code]);
      expect(new Set(advice).size).toBe(advice.length);
    }
  });

  it("is made of sentences", () => {
    for (const { sentence } of Object.values(ADVICE)) {
      if (sentence !== undefined) expect(sentence).toMatch(/^\p{Lu}.*[.?!]$/su);
    }
  });
});

describe("reporting an error", () => {
  const at = { opIndex: 0, done: 0, ack: "none", partial: new Uint32Array() } as const;
  const silence = new DapError("dap-no-ack", "The target did not acknowledge", at);

  it("names what failed, why, and what to do, from the outermost error inwards", () => {
    const reported = report(new AdiError("dp-no-target", "No target answers on SWD", { cause: silence }));
    expect(reported).toMatchObject({ code: "dp-no-target", what: "No target answers on SWD" });
    expect(reported.because).toEqual(["No target answers on the debug wires.", "The target did not acknowledge"]);
    expect(reported.advice[0]).toEqual({ act: "check-power", arguments: {} });
  });

  it("gives no advice twice and at most four", () => {
    const { advice } = report(new AdiError("dp-no-target", "No target answers on SWD", { cause: silence }));
    expect(advice.map(({ act }) => act)).toEqual(["check-power", "lower-speed", "connect-under-reset"]);
  });

  it("gives the first four where the errors of a chain advise more", () => {
    const busy = new FlashError("flash-busy", "The flash is busy", { cause: silence });
    const locked = new FlashError("consent-missing", "FSEC 0xEF", { details: { token: "t" }, cause: busy });
    expect(report(locked).advice.map(({ act }) => act)).toEqual([
      "give-token",
      "keep-chip-open",
      "secure-as-image",
      "check-power",
    ]);
  });

  it("has nothing twice, and nothing of a code whose detail is missing", () => {
    const error = (what: string, cause?: Error) =>
      new ImageError("hex-checksum", what, { ...(cause ? { cause } : {}) });
    expect(report(error("Damaged")).because).toEqual([]);
    expect(report(error("Damaged", new Error("Damaged"))).because).toEqual([]);
    expect(report(error("Damaged", new Error("Line 7", { cause: new Error("Line 7") }))).because).toEqual(["Line 7"]);
  });

  it("fills in the error's details", () => {
    const error = new ImageError("hex-checksum", "Intel HEX line 7: checksum 0x00, but ...", { details: { line: 7 } });
    expect(report(error).because).toEqual(["Line 7 of the file is damaged."]);
  });

  it("gives the token of a consent as an argument, and leaves the act out where there is none", () => {
    const token = "irrev-lock-for-ever-01234567";
    const advice = (details: { [key: string]: string }) =>
      report(new FlashError("consent-missing", "FSEC 0xEF ...", { details })).advice;
    const [first] = advice({ act: "lock-for-ever", token });
    expect(first).toEqual({ act: "give-token", arguments: { token } });
    expect(inCliWords(first)).toContain(`--allow-irreversible ${token}.`);
    expect(advice({ act: "lock" }).map(({ act }) => act)).toEqual(["keep-chip-open", "secure-as-image"]);
  });

  it("reports what is no Flashproof error as a bug", () => {
    expect(report(new TypeError("x is undefined"))).toMatchObject({
      code: "internal",
      what: "x is undefined",
      because: [],
      advice: [{ act: "report-bug", arguments: {} }],
    });
    expect(report("thrown text")).toMatchObject({ code: "internal", what: "thrown text" });
  });

  it("takes the first Flashproof error of a chain for its code", () => {
    const wrapped = new Error("outer", { cause: new WaitError("timeout", "Timed out waiting for the flash") });
    expect(report(wrapped)).toMatchObject({ code: "timeout", what: "outer" });
  });

  it("takes what to do next from an error that was called off, and nothing that is no act", () => {
    const next = (name: string) => report(new WaitError("aborted", "Called off", { details: { next: name } })).advice;
    expect(next("repeat-job")).toEqual([{ act: "repeat-job", arguments: {} }]);
    expect(next("toString")).toEqual([]);
  });

  it("has nothing to add to a code that it does not know", () => {
    class OtherError extends FlashproofError<"other"> {}
    expect(report(new OtherError("other", "Something else"))).toEqual({
      code: "other",
      what: "Something else",
      because: [],
      advice: [],
    });
  });
});
