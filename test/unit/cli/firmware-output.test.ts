import { describe, expect, it } from "vitest";
import { FirmwareOutput } from "../../../src/cli/serving/firmware-output.ts";
import { onceEach } from "../../../src/cli/serving/once-each.ts";

describe("a firmware's output", () => {
  const piece = new Uint8Array(1 << 20).fill(0x61);
  const printing = () => {
    const printed = { out: 0, err: "" };
    const terminal = {
      raw: (text: string) => {
        printed.out += text.length;
      },
      err: (text: string) => {
        printed.err += text;
      },
    };
    return { printed, terminal };
  };

  it("is printed as it comes and not kept, where it is not for an answer", async () => {
    const { printed, terminal } = printing();
    const output = new FirmwareOutput(terminal);
    for (let i = 0; i < 3; i++) await output.write(piece, "out");
    await output.write(Buffer.from("error"), "err");
    expect([printed, output.text]).toEqual([{ out: 3 << 20, err: "error" }, ""]);
  });

  it("is kept for an answer up to 16 M characters, with one line of a note where there is more", async () => {
    const { printed, terminal } = printing();
    const notes: string[] = [];
    const output = new FirmwareOutput(terminal, (line) => void notes.push(line));
    for (let i = 0; i < 16; i++) await output.write(piece, "out");
    expect([output.text.length, notes]).toEqual([1 << 24, []]);
    for (let i = 0; i < 3; i++) await output.write(piece, "out");
    expect([output.text.length, notes.length, printed.out]).toEqual([1 << 24, 1, 0]);
    expect(notes[0]).toContain("the first 16777216 characters");
  });
});

describe("a printer of each line once", () => {
  it("prints alternating lines once each, and no more lines than it may", () => {
    const lines: string[] = [];
    const print = onceEach((line) => void lines.push(line), 3);
    for (let i = 0; i < 10; i++) for (const line of ["a", "b"]) print(line);
    expect(lines).toEqual(["a", "b"]);
    for (let i = 0; i < 10; i++) print(`${i}`);
    expect(lines).toEqual(["a", "b", "0"]);
  });
});
