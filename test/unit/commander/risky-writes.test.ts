import { describe, expect, it } from "vitest";
import { board, example, flashBoard } from "../../support/board.ts";
import { run } from "./lab.ts";

/** The warning of each act, which has to stand before the act. */
const COMMAND = /^warning: this write starts a flash command/;
const MASS_ERASE = /^warning: this write to the MDM-AP starts a mass erase/;

/** Lines that erase sector 0, whose FSEC stays blank: the chip is locked at its next reset. */
const PARAMETERS = ["w4 40020004 09000000"];

/** Every route to the write that starts the command, after its parameters. */
const ROUTES: readonly (readonly [name: string, ...lines: string[]])[] = [
  ["w1", "w1 40020000 80"],
  ["write1", "write1 40020000 80"],
  ["w2", "w2 40020000 0080"],
  ["w4", "w4 40020000 00000080"],
  ["w8, with the parameters behind it", "w8 40020000 0900000000000080"],
  ["the test of single writes, which writes back what it has read", "TestNWSpeed 4 40020000"],
  ["the test of writes", "TestWSpeed 4 40020000"],
  ["SWDWriteAP", "SWDWriteDP 2 0", "SWDWriteAP 0 23000000", "SWDWriteAP 1 40020000", "SWDWriteAP 3 80"],
  ["WriteAP", "WriteDP 2 0", "WriteAP 0 23000000", "WriteAP 1 40020000", "WriteAP 3 80"],
  ["WriteAP of a word", "WriteDP 2 0", "WriteAP 0 23000002", "WriteAP 1 40020000", "WriteAP 3 80"],
  ["a banked register", "WriteDP 2 0", "WriteAP 0 23000002", "WriteAP 1 40020004", "WriteDP 2 10", "WriteAP 0 80"],
];

describe("a raw write that starts a flash command", () => {
  it.each(ROUTES)("is warned of before it is done, by %s", async (_, ...lines) => {
    const twin = board({ flash: "zero" });
    const { notes, out } = await run(["h", ...PARAMETERS, ...lines], { twin, quiet: true });
    expect(out.join("\n")).not.toContain("Error");
    expect(notes.filter((line) => COMMAND.test(line))).toHaveLength(1);
    expect(twin.peekFlash(0x40c, 1)[0]).toBe(0xff);
  });

  it("is warned of each time", async () => {
    const { notes } = await run(["h", "w1 40020000 80", "w1 40020000 80"], { quiet: true });
    expect(notes.filter((line) => COMMAND.test(line))).toHaveLength(2);
  });

  it("is warned of where a file is loaded over the flash controller", async () => {
    const files = { "fstat.bin": Uint8Array.of(0x80, 0, 0, 0) };
    const { notes } = await run(["loadfile fstat.bin 40020000 noreset"], { files, quiet: true });
    expect(notes.filter((line) => COMMAND.test(line))).toHaveLength(1);
  });

  it("is warned of where no device is named", async () => {
    const twin = board({ flash: "zero" });
    await flashBoard(twin, example("bootloader-open.raw.bin"));
    const { notes } = await run(["w1 40020000 80"], { twin, device: "Cortex-M4", quiet: true });
    expect(notes.filter((line) => COMMAND.test(line))).toHaveLength(1);
  });

  it("is warned of through the bit-band alias", async () => {
    const { notes } = await run(["w4 4240001C 1"], { quiet: true });
    expect(notes.filter((line) => COMMAND.test(line))).toHaveLength(1);
  });

  it.each([
    ["error bits that are cleared", "w1 40020000 70"],
    ["another register", "w1 40020001 80"],
    ["RAM", "w4 20000000 80"],
    ["RAM by raw access", "WriteDP 2 0", "WriteAP 0 23000002", "WriteAP 1 20000000", "WriteAP 3 80"],
    [
      "RAM where a command in between has moved TAR",
      "WriteDP 2 0",
      "WriteAP 1 40020000",
      "mem32 20000000 1",
      "WriteAP 3 80",
    ],
    ["another byte lane", "WriteDP 2 0", "WriteAP 0 23000000", "WriteAP 1 40020001", "WriteAP 3 80"],
  ])("is not warned of: %s", async (_, ...lines) => {
    const { notes } = await run(["h", ...lines], { quiet: true });
    expect(notes).toEqual([]);
  });
});

describe("raw access to the access port whose write starts a flash command", () => {
  it("finds the bank, and the answer of the next posted read, as they were", async () => {
    const lines = [
      "WriteDP 2 000000F0",
      "SWDReadAP 3",
      "WriteDP 2 0",
      "WriteAP 1 20000000",
      "WriteAP 3 5A",
      "SWDReadAP 1",
    ];
    const { out } = await run(["h", ...lines]);
    expect(out).toContain("Read AP register 1 = 0x24770011");
  });
});

describe("a mass erase", () => {
  it.each([
    ["SWDWriteAP", "SWDWriteDP 2 01000000", "SWDWriteAP 1 1"],
    ["WriteAP", "WriteDP 2 01000000", "WriteAP 1 1"],
  ])("is warned of before %s starts it, in a quiet run too", async (_, ...lines) => {
    const { notes } = await run(lines, { quiet: true });
    expect(notes.filter((line) => MASS_ERASE.test(line))).toHaveLength(1);
  });

  it("is announced before unlock Kinetis does it, with its losses, in a quiet run too", async () => {
    const twin = board({ flash: "zero" });
    const { notes, exit } = await run(["unlock Kinetis"], { twin, quiet: true, exitOnError: true });
    expect(exit).toBe(0);
    expect(notes).toEqual([
      "warning: unlock erases the whole chip. Lost: Everything in program flash, the firmware and its data included; the one-time field stays.",
    ]);
  });

  it("is announced with the stored answer that allowed it, in a quiet run too", async () => {
    const twin = board({ flash: "zero", locked: true });
    const { notes } = await run(["connect"], { twin, quiet: true, stored: "unsecure" });
    expect(notes).toEqual([expect.stringContaining("the mass erase loses everything on the chip")]);
  });
});
