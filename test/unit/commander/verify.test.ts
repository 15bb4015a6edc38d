import { describe, expect, it } from "vitest";
import type { Twin } from "../../../src/twin/usb.ts";
import { board } from "../../support/board.ts";
import { answerTo, run, smallImage } from "./lab.ts";

const FSEC = 0x40c;
const VERIFY = "verifybin b.bin 0";

/** Loads one file and verifies against another; by two sessions where `apart` says so. */
async function verify(bytes: Uint8Array, against: Uint8Array, apart = false) {
  const twin: Twin = board();
  const files = { "a.bin": bytes, "b.bin": against };
  if (apart) await run("loadfile a.bin 0", { twin, files });
  const ran = await run(apart ? [VERIFY] : ["loadfile a.bin 0", VERIFY], { twin, files, exitOnError: true });
  return { ...ran, answer: answerTo(VERIFY, ran), notesText: ran.notes.join("\n") };
}

describe("verifybin", () => {
  it('prints "Verify successful." when file and memory are equal', async () => {
    const { answer, exit } = await verify(smallImage(), smallImage());
    expect(answer).toEqual([
      "Loading binary file b.bin",
      "Reading 4096 bytes data from target memory @ 0x00000000.",
      "Verify successful.",
    ]);
    expect(exit).toBe(0);
  });
  it("shows the first of several differences, and fails", async () => {
    const { answer, exit, notesText } = await verify(smallImage(), smallImage({ [0x20]: 1, [0x30]: 2 }));
    expect(answer.slice(2)).toEqual([
      "Verify failed @ address 0x00000020.",
      "Expected 01 read 5A",
      "ERROR: Verify failed.",
    ]);
    expect(exit).toBe(1);
    expect(notesText).toMatch(/2 bytes differ/);
  });
  it("compares the file byte by byte, whatever format its name suggests", async () => {
    const twin = board();
    const files = { "a.hex": new TextEncoder().encode(":00000001FF\n") };
    const ran = await run("verifybin a.hex 0", { twin, files });
    expect(ran.answers).toContain("Reading 12 bytes data from target memory @ 0x00000000.");
  });
  it("needs its file", async () =>
    expect((await run(VERIFY, { exitOnError: true })).answers.at(-1)).toBe("Failed to open file."));
});

describe("a security byte that differs", () => {
  it.each([
    ["0x54", "0x54 (secured)", "0x56 (open)"],
    ["0x79", "0x79 (secured)", "0x7A (open)"],
    ["0xFF", "0xFF (secured)", "0xFE (open)"],
    ["0x7B", "0x7B (secured)", "0x7A (open)"],
    ["0x6F", "0x6F (secured for ever)", "0x7E (open)"],
    ["0xEE", "0xEE (open)", "0xFE (open)"],
  ])("is explained by what this session did: FSEC %s", async (fsec, image, chip) => {
    const file = smallImage({ [FSEC]: Number(fsec) });
    const { notesText } = await verify(file, file);
    const answer = notesText.slice(notesText.indexOf("One byte differs"));
    expect(answer).toContain(`FSEC image ${image} chip ${chip}`);
    expect(answer).toMatch(/why: Flashproof changed the byte itself/);
    expect(answer).toMatch(/hint: To have the chip secured/);
    expect(answer).toMatch(/hint: To have it open/);
  });
  it("is explained by what fits where another session programmed the chip", async () => {
    const file = smallImage({ [FSEC]: 0x7b });
    const { notesText } = await verify(file, file, true);
    expect(notesText).toContain("FSEC image 0x7B (secured) chip 0x7A (open)");
    expect(notesText).toMatch(/why: The tool that programmed the chip set SEC to 10/);
    expect(notesText).toMatch(/or: The image was programmed over the 0xFE/);
    expect(notesText).not.toContain("Flashproof changed");
  });
  it("is named beside others that differ", async () => {
    const file = smallImage({ [FSEC]: 0x7b });
    const { notesText, answer } = await verify(file, smallImage({ [FSEC]: 0x7b, [0x800]: 0 }));
    expect(answer[2]).toBe("Verify failed @ address 0x0000040C.");
    expect(notesText).toMatch(/2 bytes differ.*among them FSEC image 0x7B \(secured\) chip 0x7A \(open\)/);
  });
});

describe("any other difference", () => {
  it.each([0x20, 0x400, 0x408, 0x40d, 0x40e, 0x410, 0xfff])("at 0x%s has no word of FSEC", async (address) => {
    const { notesText, out } = await verify(smallImage(), smallImage({ [address]: 0x01 }));
    expect(notesText).not.toContain("FSEC");
    expect(out.join("\n")).not.toContain("FSEC");
    expect(notesText).toMatch(/One byte differs/);
  });
  it("is explained on a blank chip", async () => {
    const ran = await run(VERIFY, { files: { "b.bin": new Uint8Array(0x100).fill(0x77) } });
    expect(ran.notes.join("\n")).toMatch(/blank/);
    expect(ran.notes.join("\n")).not.toContain("FSEC");
  });
});
