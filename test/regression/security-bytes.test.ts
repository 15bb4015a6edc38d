import { describe, expect, it } from "vitest";
import { permit } from "../../src/flash/permit.ts";
import { verifyImage } from "../../src/flash/verify.ts";
import { eraseFlash } from "../../src/session/erase-job.ts";
import { planFlash } from "../../src/flash/plan/plan.ts";
import { MK24FN1M0xxx12 as chip } from "../../src/chips/nxp/mk24fn1m0xxx12.ts";
import { board, flashBoard, onTarget } from "../support/board.ts";
import { codeFrom, findings, firmware, FSEC, holds, lockAfterPowerUp, piece, programmedBoard } from "./firmware.ts";

describe("1: every second word written as zero, the security bytes among them", () => {
  const words = [0x404, 0x40c].map((at) => [at, [0, 0, 0, 0]] as const);
  const image = firmware(0x3000, Object.fromEntries(words));

  it("is found before a probe is touched", () => expect(findings(image)).toContain("fsec-locks"));

  it("is not programmed, and the chip stays as it was", async () => {
    const twin = await programmedBoard();
    expect(await codeFrom(flashBoard(twin, image))).toBe("consent-missing");
    expect(holds(twin, firmware())).toBe(true);
  });

  it("is programmed open under keep-open, and declares the change", async () => {
    const twin = await programmedBoard();
    const { plan } = await flashBoard(twin, image, { policy: "keep-open" });
    expect(plan.changes).toMatchObject([{ address: FSEC, from: 0x00, to: 0x32 }]);
    expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
  });
});

describe("2: the security byte silently rewritten, and verify none the wiser", () => {
  const image = firmware(0x3000, { [FSEC]: [0x7b] });

  it("the change is declared, and a verify against the file separates it from a fault", async () => {
    const twin = await programmedBoard();
    const { plan } = await flashBoard(twin, image, { policy: "keep-open" });
    expect(plan.changes).toMatchObject([{ address: FSEC, from: 0x7b, to: 0x7a }]);
    const compare = (changes: typeof plan.changes) =>
      onTarget(twin, (session) => verifyImage(session.core.memory, image, changes));
    expect((await compare(plan.changes)).verdict).toBe("equal-but-declared");
    expect((await compare([])).verdict).toBe("different");
  });
});

describe("3: a locked chip mass-erased by a stored answer, by default, or by a line hidden in a script", () => {
  it("is left alone unless this very command allows it", async () => {
    const twin = await programmedBoard();
    await flashBoard(twin, firmware(0x3000, { [FSEC]: [0x7b] }), { policy: "as-image", permits: [permit("lock")] });
    expect(await lockAfterPowerUp(twin)).toEqual({ locked: true, massErase: true });
    expect(await codeFrom(flashBoard(twin, firmware()))).toBe("target-locked");
    expect(await codeFrom(onTarget(twin, (session) => session.unlock([])))).toBe("unlock-consent");
    expect(twin.peekFlash(FSEC, 1)[0]).toBe(0x7b);
    await flashBoard(twin, firmware(), { massErase: true });
    expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
  });
});

describe("4: gaps of a .bin filled with zeroes", () => {
  const image = firmware(0x3000, { 0x400: Array.from({ length: 16 }, () => 0) });

  it("are named as what they look like", () => expect(findings(image)).toContain("field-zero-filled"));

  it("do not lock the chip, nor protect its flash", async () => {
    const twin = await programmedBoard();
    expect(await codeFrom(flashBoard(twin, image))).toBe("consent-missing");
    expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
  });
});

describe("5: an image that locks for ever", () => {
  const image = firmware(0x3000, { [FSEC]: [0x64] });
  const { needs } = planFlash({ chip, image, policy: "as-image", keepRest: true });

  it("is a brick according to explain", () => expect(findings(image)).toContain("fsec-locks-for-ever"));

  it.each([
    ["no consent", []],
    ["the consent to lock", [permit("lock")]],
    ["another image's token", [permit("lock-for-ever", "irrev-lock-for-ever-00000000")]],
  ])("is not programmed with %s", async (_, permits) => {
    const twin = await programmedBoard();
    expect(await codeFrom(flashBoard(twin, image, { policy: "as-image", permits }))).toBe("consent-missing");
    expect(holds(twin, firmware())).toBe(true);
  });

  it("is programmed with its own token, and then even we cannot open it", async () => {
    const twin = await programmedBoard();
    const permits = needs.map(({ act, token }) => permit(act, token));
    await flashBoard(twin, image, { policy: "as-image", permits });
    expect(await lockAfterPowerUp(twin)).toEqual({ locked: true, massErase: false });
    expect(await codeFrom(flashBoard(twin, firmware(), { massErase: true }))).toBe("target-locked-for-ever");
  });
});

describe("6: erase all, and the security bytes left blank", () => {
  it("the chip is open after the next power-on", async () => {
    const twin = await programmedBoard();
    await onTarget(twin, (session) => eraseFlash(session, { what: "chip" }));
    expect(twin.peekFlash(FSEC, 1)[0]).toBe(0xfe);
    expect(twin.peekFlash(0x1000, 0x2000).every((byte) => byte === 0xff)).toBe(true);
    expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
  });

  it("and after an erase of sector 0 alone, or of a range in it", async () => {
    for (const what of ["sectors", "range"] as const) {
      const twin = await programmedBoard();
      await onTarget(twin, (session) => eraseFlash(session, { what, start: 0, length: 0x1000 }));
      expect(await lockAfterPowerUp(twin)).toMatchObject({ locked: false });
    }
  });
});

describe("7: the field programmed over without an erase", () => {
  it("the phrase with FSEC goes with its sector's erase, and no other step touches the field", async () => {
    const twin = await programmedBoard();
    const { plan } = await flashBoard(twin, firmware(0x3000, { [FSEC]: [0x3e] }));
    const erase = plan.steps.find((step) => step.step === "erase-sector" && step.address === 0);
    expect(erase).toMatchObject({ atOnce: [{ address: 0x408 }] });
    const programmed = plan.steps.filter((step) => "bytes" in step && step.address < 0x410);
    for (const step of programmed)
      if ("bytes" in step) expect(step.address + step.bytes.length).toBeLessThanOrEqual(0x408);
    expect(twin.peekFlash(FSEC, 1)[0]).toBe(0x3e);
  });
});

describe("8: an image for another chip", () => {
  it("is refused before anything is erased", async () => {
    const twin = await programmedBoard();
    const before = twin.flashCommands;
    expect(await codeFrom(flashBoard(twin, piece(0x0800_0000, [0, 0, 2, 0x20])))).toBe("image-outside-chip");
    expect(twin.flashCommands).toBe(before);
  });

  it("that lies within the flash is known by its vectors", () => {
    expect(findings(firmware(0x3000, { 0: [0, 0x50, 0, 0x10] }))).toContain("vectors-stack");
    expect(findings(firmware(0x3000, { 4: [0x11, 0x04, 0, 0x08] }))).toContain("vectors-outside-flash");
  });
});

describe("9: a chip with blank flash that looks locked because it resets over and over", () => {
  it("is programmed all the same, without a mass erase", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, firmware());
    expect(holds(twin, firmware())).toBe(true);
  });
});
