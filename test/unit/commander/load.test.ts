import { describe, expect, it } from "vitest";
import { board, example } from "../../support/board.ts";
import { answerTo, loopForEver, run, smallImage } from "./lab.ts";

const FSEC = 0x40c;
const ALLOW = "MK24FN1M0xxx12 (allow security)";
const LOAD = "loadfile a.bin 0";

describe("loadfile", () => {
  it("programs the file's bytes", async () => {
    const twin = board();
    const bytes = smallImage();
    const ran = await run(LOAD, { twin, files: { "a.bin": bytes } });
    expect(answerTo(LOAD, ran).at(-1)).toBe("O.K.");
    expect(twin.peekFlash(0, bytes.length)).toEqual(bytes);
  });
  it("resets first, and prints so with the command as it was typed", async () => {
    const ran = await run("LOADBIN a.bin 0", { files: { "a.bin": smallImage() } });
    expect(ran.answers).toContain("'LOADBIN': Performing implicit reset & halt of MCU.");
  });
  it("leaves the core alone with noreset, but for halting it", async () => {
    const ran = await run("loadbin a.bin 0 noreset", { files: { "a.bin": smallImage() } });
    expect(ran.answers.some((line) => line.includes("implicit reset"))).toBe(false);
    expect(ran.answers.at(-1)).toBe("O.K.");
  });
  it("prints so when the chip holds the file already", async () => {
    const ran = await run([LOAD, "loadbin a.bin 0"], { files: { "a.bin": smallImage() } });
    expect(answerTo("loadbin a.bin 0", ran).slice(-2)).toEqual([
      "J-Link: Flash download: Bank 0 @ 0x00000000: Skipped. Contents already match",
      "O.K.",
    ]);
  });
  it("counts whole sectors, and each neighbourhood of them as a range", async () => {
    const a = run(LOAD, { files: { "a.bin": smallImage({}, 0x1804) } });
    expect((await a).answers).toContain("J-Link: Flash download: Bank 0 @ 0x00000000: 1 range affected (8192 bytes)");
    const files = { "a.bin": smallImage({}, 0x3000), "b.bin": smallImage({ 0: 1, [0x2800]: 1 }, 0x3000) };
    const b = await run([LOAD, "loadfile b.bin 0"], { files });
    expect(answerTo("loadfile b.bin 0", b)).toContain(
      "J-Link: Flash download: Bank 0 @ 0x00000000: 2 ranges affected (8192 bytes)",
    );
  });
  it("takes a raw file without an address to 0", async () => {
    const twin = board();
    await run("loadfile a.bin", { twin, files: { "a.bin": smallImage() } });
    expect([...twin.peekFlash(0, 4)]).toEqual([0x00, 0x10, 0x00, 0x20]);
  });
  it("warns where a raw file without an address has no vectors for 0", async () => {
    const ran = await run("loadfile a.bin", { files: { "a.bin": Uint8Array.of(1, 2, 3, 4) } });
    expect(ran.exit).toBe(0);
    expect(ran.notes).toContainEqual(
      "warning: a.bin has no address, so it goes to 0x00000000 as with J-Link; it has no vectors",
    );
  });
  it("programs a HEX file without its end record, with a warning", async () => {
    const files = { "a.hex": new TextEncoder().encode(":048000000102030472\n") };
    const ran = await run("loadfile a.hex", { files });
    expect(ran.answers.at(-1)).toBe("O.K.");
    expect(ran.notes).toContainEqual(
      "warning: about a.hex: the file ends without an end record: it may have been cut short",
    );
  });
  it("programs the text of a HEX file called .bin as J-Link does, with a warning", async () => {
    const twin = board();
    const text = new TextEncoder().encode(":048000000102030472\n:00000001FF\n");
    const ran = await run("loadfile a.bin 8000", { twin, files: { "a.bin": text } });
    expect(twin.peekFlash(0x8000, text.length)).toEqual(text);
    expect(ran.notes).toContainEqual(expect.stringMatching(/^warning: about a\.bin: .*holds Intel HEX/));
  });
  it("warns of an image that protects the whole flash", async () => {
    const files = { "a.bin": smallImage({ [0x408]: 0, [0x409]: 0, [0x40a]: 0, [0x40b]: 0 }) };
    const ran = await run(LOAD, { files });
    expect(ran.notes).toContainEqual(expect.stringMatching(/^warning: FPROT at 0x00000408 protects the whole flash\./));
  });
  it("writes what lies in RAM to RAM, without a report", async () => {
    const ran = await run(["loadbin a.bin 20000100", "mem8 20000100 4"], {
      files: { "a.bin": Uint8Array.of(1, 2, 3, 4) },
    });
    expect(answerTo("loadbin a.bin 20000100", ran).slice(-2)).toEqual(["Downloading file [a.bin]...", "O.K."]);
    expect(answerTo("mem8 20000100 4", ran)).toEqual(["20000100 = 01 02 03 04 "]);
  });
  it("leaves the target alone where the file can't be opened", async () => {
    const ran = await run(LOAD, { exitOnError: true });
    expect(answerTo(LOAD, ran).slice(-2)).toEqual(["Downloading file [a.bin]...", "Failed to open file."]);
    expect(ran.exit).toBe(1);
  });
  it("fails where nothing can be written", async () => {
    const ran = await run("loadbin a.bin F0000000", { files: { "a.bin": smallImage() }, exitOnError: true });
    expect(ran.answers).toContain("Writing target memory failed.");
    expect(ran.answers).not.toContain("O.K.");
    expect(ran.exit).toBe(1);
  });
  it("programs nothing under a bare core's name, and notes that the device's name is missing", async () => {
    const twin = board();
    const files = { "a.bin": loopForEver(smallImage()), "b.bin": smallImage({ [0x800]: 0 }) };
    await run(LOAD, { twin, files });
    const { answers, notes } = await run("loadfile b.bin 0", { twin, files, device: "Cortex-M4" });
    expect(answers).toContain("Writing target memory failed.");
    expect(notes.join("\n")).toMatch(/-Device/);
    expect(twin.peekFlash(0x800, 1)[0]).toBe(0x5a);
  });
});

describe("the rest of a sector", () => {
  const files = {
    "a.bin": smallImage(),
    "small.bin": new Uint8Array(0x3ff).fill(0x11),
    "large.bin": new Uint8Array(0x400).fill(0x22),
  };
  const loaded = async (script: readonly string[]) => {
    const twin = board();
    await run([LOAD, ...script], { twin, files });
    return twin.peekFlash(0x800, 1)[0];
  };

  it("is kept by an image below the NoRMW threshold", async () =>
    expect(await loaded(["loadfile small.bin 0"])).toBe(0x5a));
  it("is lost by one that reaches it", async () => expect(await loaded(["loadfile large.bin 0"])).toBe(0xff));
  it("is kept by it once exec has raised the threshold", async () =>
    expect(await loaded(["exec SetFlashDLNoRMWThreshold = 0x1000", "loadfile large.bin 0"])).toBe(0x5a));
  it("never leaves the chip locked, where it holds the security byte", async () => {
    const twin = board();
    await run([LOAD, "loadfile large.bin 0"], { twin, files });
    expect(twin.peekFlash(FSEC, 1)[0]).toBe(0xfe);
  });
});

describe("the security byte", () => {
  const load = async (fsec: number, device: string, before: readonly string[] = []) => {
    const twin = board();
    const ran = await run([...before, LOAD], { twin, device, files: { "a.bin": smallImage({ [FSEC]: fsec }) } });
    return { ...ran, chip: twin.peekFlash(FSEC, 1)[0], notes: ran.notes.join("\n") };
  };

  it.each([
    [0x7b, 0x7a],
    [0x54, 0x56],
    [0x79, 0x7a],
    [0xff, 0xfe],
    [0x6f, 0x7e],
    [0xee, 0xfe],
  ])("0x%s of a file is kept open under the plain name, and the change is noted", async (image, chip) => {
    const hex = (byte: number) => `0x${byte.toString(16).toUpperCase()}`;
    const ran = await load(image, "MK24FN1M0xxx12");
    expect(ran.chip).toBe(chip);
    expect(ran.notes).toMatch(new RegExp(`FSEC image ${hex(image)} \\(.*\\) chip ${hex(chip)} \\(open\\)`));
  });
  it("isn't spoken of where nothing changes", async () =>
    expect((await load(0xfe, "MK24FN1M0xxx12")).notes).not.toContain("FSEC"));
  it("is programmed as it is under (allow security), with a warning", async () => {
    const ran = await load(0x7b, ALLOW);
    expect(ran.chip).toBe(0x7b);
    expect(ran.notes).toMatch(/only a mass erase/);
  });
  it.each([0x6f, 0xee])("0x%s is refused under that name too, and names its token", async (fsec) => {
    const ran = await load(fsec, ALLOW);
    expect(ran.answers).toContain("Writing target memory failed.");
    expect(ran.chip).toBe(0xfe);
    expect(ran.notes).toMatch(/exec AllowIrreversible = irrev-(lock-for-ever|near-lock)-[0-9a-f]{8}/);
  });
  it("that locks for ever is programmed with its token, and no other", async () => {
    const token = /irrev-\S+-[0-9a-f]{8}/.exec((await load(0x6f, ALLOW)).notes)?.[0] ?? "";
    expect((await load(0x6f, ALLOW, [`exec AllowIrreversible = ${token}`])).chip).toBe(0x6f);
    expect((await load(0x6e, ALLOW, [`exec AllowIrreversible = ${token}`])).chip).toBe(0xfe);
  });
  it("locks the chip at the next reset, and the connection is gone then", async () => {
    const ran = await run([LOAD, "r", "mem8 0 1"], { device: ALLOW, files: { "a.bin": smallImage({ [FSEC]: 0x7b }) } });
    expect(answerTo("r", ran)).toContain("WARNING: CPU could not be halted");
    expect(answerTo("mem8 0 1", ran)).toContain("Skipping unsecure");
    expect(ran.notes.join("\n")).toMatch(/has come out of this reset secured/);
  });
});

describe("the formats", () => {
  it.each(["bootloader-open.hex", "bootloader-open.srec", "bootloader-open.elf"])(
    "%s is taken at its own addresses",
    async (name) => {
      const { readFileSync } = await import("node:fs");
      const twin = board();
      const files = { [name]: new Uint8Array(readFileSync(`examples/k24-bootloader/${name}`)) };
      const ran = await run(`loadfile ${name}`, { twin, files });
      expect(ran.answers.at(-1)).toBe("O.K.");
      const [{ address, bytes }] = example("bootloader-open.raw.bin").segments;
      expect(twin.peekFlash(address, 0x400)).toEqual(bytes.slice(0, 0x400));
    },
  );
});

describe("loadfile of a chip that shows its flash at a second address (STM32F407xG)", () => {
  const F4 = { device: "STM32F407VG" };
  const twinOf = () => board({ chip: "STM32F407xG" });
  const firmware = loopForEver(smallImage());

  it.each(["loadbin a.bin 0", "loadfile a.bin", "loadbin a.bin 0x08000000"])(
    "programs the flash by %s",
    async (line) => {
      const twin = twinOf();
      const ran = await run(line, { ...F4, twin, files: { "a.bin": firmware } });
      expect(answerTo(line, ran).at(-1)).toBe("O.K.");
      expect(answerTo(line, ran).join("\n")).toContain("Bank 0 @ 0x08000000: 1 range affected");
      expect(twin.peekFlash(0x08000000, firmware.length)).toEqual(firmware);
    },
  );
  it("reports on stderr where a file for the second address goes", async () => {
    const { notes } = await run("loadbin a.bin 0x4000", { ...F4, twin: twinOf(), files: { "a.bin": firmware } });
    expect(notes).toContain(
      "a.bin is for 0x00004000, which is another address of the flash at 0x08004000: it is programmed there",
    );
  });
  it.each([
    ["option bytes", "1FFFC000", "a.bin has bytes for the bank option"],
    ["the ROM of the boot loader", "1FFF0000", "0x1FFF0000-0x1FFF0FFF, outside of"],
    ["the end of the second address", "FFFFC", "outside of"],
  ])("refuses a file for %s before anything is written", async (_, address, words) => {
    const twin = twinOf();
    const line = `loadbin a.bin ${address}`;
    const ran = await run(line, { ...F4, twin, files: { "a.bin": firmware } });
    expect(answerTo(line, ran)).not.toContain("O.K.");
    expect(ran.notes.join("\n")).toContain(words);
    expect(twin.peekFlash(0x08000000, 16).every((byte) => byte === 0xff)).toBe(true);
  });
});
